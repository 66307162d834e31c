// What the head of an HTTP/2 request must satisfy beyond what nghttp2 checks: the counterpart of
// http1_rules.h. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/http_error.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

// Makes an HttpRequest of header fields as they come. What is wrong with them is kept until the
// block has ended, and no more is stored from then on.
class Http2Head {
 public:
  // `limit_bytes`: names, values, and 32 for each field, as RFC 9113 counts them.
  explicit Http2Head(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  void Add(std::string_view name, std::string_view value);
  // Trailers count, and are dropped.
  void AddTrailer(std::string_view name, std::string_view value) { Count(name, value); }
  // So far above the limit that nobody sends it in good faith.
  bool is_hostile() const { return bytes_ > 2 * limit_bytes_; }
  bool is_too_large() const { return bytes_ > limit_bytes_; }
  // After the last field: judges the whole, and makes `:authority` the header `host`.
  std::optional<HttpError> Finish();

  HttpRequest& request() { return request_; }

 private:
  void Count(std::string_view name, std::string_view value);
  void AddPseudo(std::string_view name, std::string_view value);

  const size_t limit_bytes_;
  HttpRequest request_;
  std::string target_;
  std::string authority_;
  std::string cookies_;  // Crumbs joined, as RFC 9113 (8.2.3) has it.
  size_t bytes_ = 0;
  size_t lines_ = 0;
};

}  // namespace corridor::gateway
