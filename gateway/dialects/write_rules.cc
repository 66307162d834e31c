#include "gateway/dialects/write_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace corridor::gateway {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// `[::1]:80` and `host:80` without the port.
std::string_view WithoutPort(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.back() == ']') return host;
  const std::string_view port = host.substr(colon + 1);
  return port.find_first_not_of("0123456789") == std::string_view::npos ? host.substr(0, colon)
                                                                        : host;
}

// `application/json` in UTF-8; other parameters mean nothing (RFC 8259, section 11).
bool IsJson(std::string_view content_type) {
  const std::vector<std::string> parts = absl::StrSplit(View(content_type), ';');
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), "application/json")) {
    return false;
  }
  return std::all_of(parts.begin() + 1, parts.end(), [](const std::string& parameter) {
    const absl::string_view text = absl::StripAsciiWhitespace(parameter);
    return !absl::StartsWithIgnoreCase(text, "charset=") ||
           absl::EqualsIgnoreCase(text, "charset=utf-8") ||
           absl::EqualsIgnoreCase(text, "charset=\"utf-8\"");
  });
}

}  // namespace

KnownHosts::KnownHosts(std::string_view more, std::string_view origins)
    : names_{"localhost", "127.0.0.1", "[::1]"} {
  for (const absl::string_view origin :
       absl::StrSplit(View(origins), ',', absl::SkipWhitespace())) {
    origins_.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(origin)));
  }
  for (const absl::string_view name : absl::StrSplit(View(more), ',', absl::SkipWhitespace())) {
    names_.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(name)));
  }
}

bool KnownHosts::Knows(std::string_view host) const {
  const std::string name = absl::AsciiStrToLower(View(WithoutPort(host)));
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

bool KnownHosts::KnowsOrigin(std::string_view origin) const {
  const std::string whole = absl::AsciiStrToLower(View(origin));
  if (std::find(origins_.begin(), origins_.end(), whole) != origins_.end()) return true;
  absl::string_view rest = View(origin);
  if (!absl::ConsumePrefix(&rest, "http://") && !absl::ConsumePrefix(&rest, "https://")) {
    return false;
  }
  return Knows({rest.data(), rest.size()});
}

bool IsSafeVerb(std::string_view verb) {
  return verb == "GET" || verb == "HEAD" || verb == "OPTIONS";
}

HttpError UnknownOrigin(std::string_view what, const std::string& origin) {
  return {403,
          "UNKNOWN_ORIGIN",
          absl::StrCat(View(what), " are taken only from pages of a known host, and Origin \"",
                       origin, "\" is none; the gateway's option --hosts names more"),
          {{"origin", origin}}};
}

std::optional<HttpError> CheckSender(const HttpRequest& request, const KnownHosts& hosts) {
  const std::string* host = FindHeader(request.headers, "host");
  if (host == nullptr || !hosts.Knows(*host)) {
    const std::string name = host == nullptr ? "" : *host;
    return HttpError{403,
                     "UNKNOWN_HOST",
                     absl::StrCat("writes are taken only under a known Host, and \"", name,
                                  "\" is none; the gateway's option --hosts names more"),
                     {{"host", name}}};
  }
  const std::string* origin = FindHeader(request.headers, "origin");
  if (origin != nullptr && !hosts.KnowsOrigin(*origin)) {
    return UnknownOrigin("writes", *origin);
  }
  return std::nullopt;
}

std::optional<HttpError> CheckWrite(const HttpRequest& request, const KnownHosts& hosts,
                                    BodyType expected) {
  if (auto refused = CheckSender(request, hosts)) return refused;
  for (const char* name : {"if-match", "if-unmodified-since"}) {
    const std::string* condition = FindHeader(request.headers, name);
    if (condition == nullptr) continue;
    return HttpError{400,
                     "CONDITION_NOT_TAKEN",
                     absl::StrCat(name, ": \"", *condition,
                                  "\" is not looked at by writes; send the resource's own `etag`"),
                     {{name, *condition}}};
  }
  if (expected == BodyType::kAny) return std::nullopt;
  const std::string* type = FindHeader(request.headers, "content-type");
  const bool may_lack_type = request.method == "DELETE" && request.body.empty();
  if (!may_lack_type && (type == nullptr || !IsJson(*type))) {
    const std::string name = type == nullptr ? "" : *type;
    return HttpError{415,
                     "UNSUPPORTED_MEDIA_TYPE",
                     absl::StrCat("Content-Type: \"", name,
                                  "\" is not taken here; send application/json in UTF-8"),
                     {{"contentType", name}}};
  }
  return std::nullopt;
}

}  // namespace corridor::gateway
