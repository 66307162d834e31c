// One decoder with the two deviations that its callers need.
#include "gateway/transcoding/percent_encoding.h"

namespace corridor::gateway {
namespace {

// -1 for what is no hex digit.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> Decode(std::string_view text, bool keep_slashes, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      int high = HexDigit(text[i + 1]);
      int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      char decoded = static_cast<char>(high * 16 + low);
      if (decoded == '/' && keep_slashes) {
        out += text.substr(i, 3);
      } else {
        out += decoded;
      }
      i += 2;
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> DecodeSegment(std::string_view text) {
  return Decode(text, /*keep_slashes=*/false, /*plus_is_space=*/false);
}

std::optional<std::string> DecodeSegments(std::string_view text) {
  return Decode(text, /*keep_slashes=*/true, /*plus_is_space=*/false);
}

std::optional<std::string> DecodeQueryPart(std::string_view text) {
  return Decode(text, /*keep_slashes=*/false, /*plus_is_space=*/true);
}

}  // namespace corridor::gateway
