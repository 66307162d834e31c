// The header Accept-Encoding, read (RFC 9110, 12.5.3).
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

class AcceptedCodings {
 public:
  explicit AcceptedCodings(const HttpHeaders& headers);
  // Of the text of the header; null when there is none.
  explicit AcceptedCodings(const std::string* text) : text_(text) {}

  // How much the client wants `coding`, such as `gzip` or `identity`: 0, not at all, to 1000. A
  // client that says nothing takes any.
  int Weight(std::string_view coding) const;
  bool is_silent() const { return text_ == nullptr; }

 private:
  const std::string* text_;
};

}  // namespace corridor::gateway
