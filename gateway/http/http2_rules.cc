#include "gateway/http/http2_rules.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/http1_rules.h"
#include "gateway/http/refusals.h"

namespace corridor::gateway {
namespace {

constexpr size_t kBytesOfAField = 32;
constexpr size_t kUsualLines = 8;

std::optional<HttpError> CheckRepeats(const HttpHeaders& headers) {
  for (const std::string_view name : {"host", "content-type", "origin"}) {
    int seen = 0;
    for (const auto& header : headers) seen += header.first == name ? 1 : 0;
    if (seen > 1) return RepeatedHeader(name);
  }
  return std::nullopt;
}

}  // namespace

void Http2Head::Count(std::string_view name, std::string_view value) {
  bytes_ += name.size() + value.size() + kBytesOfAField;
}

void Http2Head::Add(std::string_view name, std::string_view value) {
  Count(name, value);
  if (is_too_large()) return;
  request_.wire_bytes += name.size() + value.size();
  if (name[0] == ':') return AddPseudo(name, value);
  if (name == "cookie") {
    absl::StrAppend(&cookies_, cookies_.empty() ? "" : "; ",
                    absl::string_view(value.data(), value.size()));
    return;
  }
  if (lines_ == 0) request_.headers.reserve(kUsualLines);
  if (++lines_ <= kMaxHeaderLines) request_.headers.emplace_back(name, value);
}

void Http2Head::AddPseudo(std::string_view name, std::string_view value) {
  if (name == ":method") {
    request_.method = value;
  } else if (name == ":path") {
    target_ = value;
    SplitTarget(value, request_);
  } else if (name == ":authority") {
    authority_ = value;
  }
}

std::optional<HttpError> Http2Head::Finish() {
  request_.is_http2 = true;
  const std::string target = std::exchange(target_, {});
  if (is_too_large()) return HeadTooLarge(limit_bytes_);
  if (lines_ > kMaxHeaderLines) return TooManyHeaders(kMaxHeaderLines);
  if (std::optional<HttpError> refused = CheckRepeats(request_.headers)) return refused;
  const std::string* host = FindHeader(request_.headers, "host");
  if (host != nullptr && !authority_.empty() && !absl::EqualsIgnoreCase(*host, authority_)) {
    return HttpError{400,
                     "TWO_HOSTS",
                     absl::StrCat(":authority \"", authority_, "\" is not host \"", *host, "\""),
                     {}};
  }
  if (host == nullptr && authority_.empty()) return NoHost();
  if (host == nullptr) {
    request_.headers.emplace(request_.headers.begin(), "host", std::move(authority_));
    host = &request_.headers.front().second;
  }
  if (std::optional<HttpError> refused = CheckHost(*host)) return refused;
  if (!cookies_.empty()) request_.headers.emplace_back("cookie", std::move(cookies_));
  // An absolute target is HTTP/1.1's.
  if (target.empty() || (target[0] != '/' && target != "*")) {
    return HttpError{400, "BAD_TARGET", ":path must begin with '/'", {}};
  }
  if (std::optional<HttpError> refused = CheckTarget(request_.method, target)) return refused;
  return CheckExpectation(request_);
}

}  // namespace corridor::gateway
