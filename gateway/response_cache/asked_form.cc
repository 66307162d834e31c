#include "gateway/response_cache/asked_form.h"

#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace corridor::gateway {
namespace {

bool HasDirective(const std::string& header, absl::string_view wanted) {
  for (const absl::string_view directive : absl::StrSplit(header, ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(directive), wanted)) return true;
  }
  return false;
}

}  // namespace

AskedForm::AskedForm(const HttpHeaders& headers) {
  const auto take = [this](const std::string*& into, const std::string& value) {
    is_unusual = is_unusual || into != nullptr;
    into = &value;
  };
  for (const auto& [key, value] : headers) {
    const std::string_view name = key;
    // Most headers are none of these, which their first letter tells.
    switch (name.empty() ? '\0' : name[0]) {
      case 'a':
        if (name == "accept-encoding") take(accept_encoding, value);
        if (name == "authorization") is_private = true;
        break;
      case 'c':
        if (name == "cache-control") {
          is_private = is_private || HasDirective(value, "no-store");
          wants_origin = wants_origin || is_private || HasDirective(value, "no-cache");
        } else if (name == "content-type" || name == "content-encoding") {
          is_unusual = true;
        } else if (name == "corridor-min-version") {
          take(min_version, value);
        } else if (name == "corridor-json") {
          take(json, value);
        } else if (name == "corridor-fields") {
          take(fields, value);
        } else if (name == "corridor-timeout") {
          has_timeout = true;
        }
        break;
      case 'i':
        if (name == "if-none-match") take(if_none_match, value);
        if (name == "if-range") take(if_range, value);
        break;
      case 'p':
        if (name == "pragma") wants_origin = wants_origin || HasDirective(value, "no-cache");
        break;
      case 'r':
        if (name == "range") take(range, value);
        break;
      default:
        break;
    }
  }
}

}  // namespace corridor::gateway
