// Validation of UTF-8 and replacement of what is not.
#include "gateway/transcoding/utf8.h"

namespace corridor::gateway {
namespace {

bool InRange(unsigned char byte, unsigned char low, unsigned char high) {
  return byte >= low && byte <= high;
}

}  // namespace

size_t Utf8CharacterLength(std::string_view text) {
  auto byte = [text](size_t i) -> unsigned char {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  auto continues = [&](size_t i) { return InRange(byte(i), 0x80, 0xBF); };
  if (text.empty()) return 0;
  unsigned char first = byte(0);
  unsigned char second = byte(1);
  if (first < 0x80) return 1;
  if (InRange(first, 0xC2, 0xDF)) return continues(1) ? 2 : 0;
  if (InRange(first, 0xE0, 0xEF)) {
    unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : 0xBF;
    return InRange(second, low, high) && continues(2) ? 3 : 0;
  }
  if (InRange(first, 0xF0, 0xF4)) {
    unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
    return InRange(second, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    size_t length = Utf8CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string ReplaceNonUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t length = Utf8CharacterLength(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      length = 1;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

void AppendUtf8(uint32_t code_point, std::string& out) {
  auto append = [&out](uint32_t byte) {
    out += static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0 | code_point >> 6);
    append(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    append(0xE0 | code_point >> 12);
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  } else {
    append(0xF0 | code_point >> 18);
    append(0x80 | (code_point >> 12 & 0x3F));
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  }
}

}  // namespace corridor::gateway
