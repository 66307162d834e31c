// What is not written in line: strings with characters that need an escape or a look, and bytes.
#include "gateway/transcoding/json_text.h"

#include <algorithm>

#include "gateway/transcoding/utf8.h"

namespace corridor::gateway {
namespace {

char* WriteEscape(char c, char* to) {
  constexpr char kHex[] = "0123456789abcdef";
  *to++ = '\\';
  if (c == '"' || c == '\\') {
    *to++ = c;
  } else if (c == '\n') {
    *to++ = 'n';
  } else {
    const auto byte = static_cast<unsigned char>(c);
    for (const char digit : {'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]}) *to++ = digit;
  }
  return to;
}

}  // namespace

void JsonText::Grow(size_t bytes) {
  const size_t before = size();
  text_.resize(std::max(2 * text_.size(), before + bytes));
  PointTo(before);
}

bool JsonText::AddEscapedString(std::string_view text) {
  constexpr size_t kLongestEscape = 6;
  Add('"');
  while (!text.empty()) {
    const size_t plain = PlainLength(text);
    Add(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      Commit(WriteEscape(text[0], Room(kLongestEscape)));
      text.remove_prefix(1);
      continue;
    }
    const size_t length = Utf8CharacterLength(text);
    if (length == 0) return false;
    Add(text.substr(0, length));
    text.remove_prefix(length);
  }
  Add('"');
  return true;
}

void JsonText::AddBase64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* to = Room((bytes.size() + 2) / 3 * 4 + 2);
  *to++ = '"';
  for (; !bytes.empty(); bytes.remove_prefix(std::min<size_t>(3, bytes.size()))) {
    uint32_t three = 0;
    for (size_t i = 0; i < 3; ++i) {
      const char byte = i < bytes.size() ? bytes[i] : '\0';
      three = three << 8 | static_cast<unsigned char>(byte);
    }
    for (size_t i = 0; i < 4; ++i) {
      *to++ = i <= bytes.size() ? kDigits[three >> (18 - 6 * i) & 63] : '=';
    }
  }
  *to++ = '"';
  Commit(to);
}

}  // namespace corridor::gateway
