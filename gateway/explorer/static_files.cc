// What is the same in every answer is made once, at the start: tags and headers.
#include "gateway/explorer/static_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/http/http_error.h"
#include "platform/text/fnv.h"

namespace corridor::gateway {
namespace {

constexpr char kIndex[] = "index.html";
constexpr char kGzipEnd[] = ".gz";
constexpr char kAllow[] = "GET, HEAD";
// Nothing but what this origin serves: no inline script or style, no frame around the page.
constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string ContentTypeOf(const std::string& path) {
  if (absl::EndsWith(path, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(path, ".js")) return "text/javascript; charset=utf-8";
  if (absl::EndsWith(path, ".json")) return "application/json";
  if (absl::EndsWith(path, ".txt")) return "text/plain; charset=utf-8";
  return "text/html; charset=utf-8";
}

HttpHeaders HeadersOf(const std::string& path, const std::string& etag) {
  return {
      {"content-type", ContentTypeOf(path)}, {"etag", etag},
      {"cache-control", "no-cache"},         {"content-security-policy", kContentSecurityPolicy},
      {"x-content-type-options", "nosniff"}, {"referrer-policy", "no-referrer"}};
}

// RFC 9110, 13.1.2: compared weakly. No tag of ours has a comma.
bool Names(const std::string& if_none_match, const std::string& etag) {
  const std::vector<std::string> tags = absl::StrSplit(if_none_match, ',');
  return std::any_of(tags.begin(), tags.end(), [&etag](const std::string& tag) {
    const absl::string_view bare = absl::StripAsciiWhitespace(tag);
    return bare == "*" || absl::StripPrefix(bare, "W/") == etag;
  });
}

bool HasCurrent(const HttpRequest& request, const std::string& etag) {
  const std::string* held = FindHeader(request.headers, "if-none-match");
  return held != nullptr && Names(*held, etag);
}

// RFC 9110, 12.5.3: a client that says nothing takes any encoding, and `*` means all but those that
// are named.
bool TakesGzip(const HttpRequest& request) {
  const std::string* accepted = FindHeader(request.headers, "accept-encoding");
  if (accepted == nullptr) return true;
  bool takes_others = false;
  for (const absl::string_view part : absl::StrSplit(*accepted, ',')) {
    const std::pair<absl::string_view, absl::string_view> coding =
        absl::StrSplit(part, absl::MaxSplits(';', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(coding.first);
    absl::string_view weight = absl::StripAsciiWhitespace(coding.second);
    const bool is_refused = absl::ConsumePrefix(&weight, "q=0") &&
                            weight.find_first_of("123456789") == absl::string_view::npos;
    if (absl::EqualsIgnoreCase(name, "gzip")) return !is_refused;
    if (name == "*") takes_others = !is_refused;
  }
  return takes_others;
}

HttpError OnlyAsGzip(const HttpRequest& request) {
  return {
      406,
      "NOT_ACCEPTABLE",
      absl::StrCat(request.path, " is served as gzip, which the header Accept-Encoding leaves out"),
      {{"acceptEncoding", "gzip"}}};
}

}  // namespace

StaticFiles::StaticFiles(const std::vector<StaticSite>& sites, Dialect& others) : others_(others) {
  for (const StaticSite& site : sites) {
    for (const EmbeddedFile& file : site.files) Add(site, file);
  }
}

void StaticFiles::Add(const StaticSite& site, const EmbeddedFile& file) {
  absl::string_view name(file.name.data(), file.name.size());
  const bool is_gzip = absl::ConsumeSuffix(&name, kGzipEnd);
  const std::string path = name == kIndex ? site.page : absl::StrCat(site.folder, name);
  const std::string etag = absl::StrFormat("\"%016x\"", Fnv1a(file.contents));
  HttpHeaders headers = HeadersOf(path, etag);
  if (is_gzip) {
    headers.emplace_back("content-encoding", "gzip");
    headers.emplace_back("vary", "accept-encoding");
  }
  by_path_[path] = {file.contents, etag, std::move(headers), is_gzip};
}

void StaticFiles::Serve(const std::shared_ptr<Call>& call) {
  const HttpRequest& request = call->request();
  const auto file = by_path_.find(request.path);
  if (file == by_path_.end()) return others_.Serve(call);
  if (request.method != "GET" && request.method != "HEAD") {
    return Refuse(*call, WrongVerb(request, kAllow), {{"allow", kAllow}});
  }
  call->set_route(request.method, file->first);
  if (file->second.is_gzip && !TakesGzip(request)) {
    return Refuse(*call, OnlyAsGzip(request));
  }
  Answer(*call, file->second);
}

void StaticFiles::Answer(Call& call, const File& file) const {
  HttpResponse response;
  response.headers = file.headers;
  if (HasCurrent(call.request(), file.etag)) {
    response.status = 304;
  } else {
    response.body = std::string(file.contents);
  }
  call.Answer(std::move(response), "OK");
}

}  // namespace corridor::gateway
