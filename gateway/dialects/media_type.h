// The type in a Content-Type, without its parameters.
#pragma once

#include <string>

#include "absl/strings/ascii.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

// In lower case; empty when there is none.
inline std::string MediaTypeOf(const HttpHeaders& headers) {
  const std::string* type = FindHeader(headers, "content-type");
  if (type == nullptr) return "";
  return absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(absl::string_view(*type).substr(0, type->find(';'))));
}

}  // namespace corridor::gateway
