// The type in a Content-Type, or in another header of one type, without its parameters.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

// In lower case; empty when there is none.
inline std::string MediaTypeOf(const HttpHeaders& headers, std::string_view name = "content-type") {
  const std::string* type = FindHeader(headers, name);
  if (type == nullptr) return "";
  return absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(absl::string_view(*type).substr(0, type->find(';'))));
}

}  // namespace corridor::gateway
