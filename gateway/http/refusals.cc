#include "gateway/http/refusals.h"

#include "absl/strings/str_cat.h"

namespace corridor::gateway {

HttpError NoHost() { return {400, "NO_HOST", "header Host is missing", {}}; }

HttpError RepeatedHeader(std::string_view name) {
  return {400,
          "REPEATED_HEADER",
          absl::StrCat("header ", absl::string_view(name.data(), name.size()),
                       " is given more than once"),
          {}};
}

HttpError HeadTimeout() { return {408, "HEAD_TIMEOUT", "the headers did not arrive in time", {}}; }

HttpError BodyTimeout() { return {408, "BODY_TIMEOUT", "the body did not arrive in time", {}}; }

HttpError BodyTooLarge(size_t limit_bytes) {
  return {413,
          "BODY_TOO_LARGE",
          absl::StrCat("the body is larger than ", limit_bytes, " bytes"),
          {{"limitBytes", absl::StrCat(limit_bytes)}}};
}

HttpError HeadTooLarge(size_t limit_bytes) {
  return {431,
          "HEAD_TOO_LARGE",
          absl::StrCat("request line and headers are larger than ", limit_bytes, " bytes"),
          {{"limitBytes", absl::StrCat(limit_bytes)}}};
}

HttpError TooManyHeaders(size_t limit) {
  return {431, "TOO_MANY_HEADERS", absl::StrCat("more than ", limit, " header lines"), {}};
}

HttpError OutOfMemory(int64_t limit_bytes) {
  return {503,
          "OUT_OF_MEMORY",
          absl::StrCat("the gateway holds its limit of ", limit_bytes,
                       " bytes of requests and answers"),
          {}};
}

HttpError TooManyConnections(int64_t limit) {
  return {503,
          "TOO_MANY_CONNECTIONS",
          absl::StrCat("the gateway holds its limit of ", limit, " connections"),
          {}};
}

}  // namespace corridor::gateway
