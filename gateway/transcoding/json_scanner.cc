// A strict scanner: what it accepts is RFC 8259, so that no reader after it need be strict.
#include "gateway/transcoding/json_scanner.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/plain_text.h"
#include "gateway/transcoding/utf8.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr size_t kExcerptBytes = 24;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

JsonScanner::Kind JsonScanner::KindOf(char c) {
  switch (c) {
    case '{':
      return Kind::kObject;
    case '[':
      return Kind::kArray;
    case '"':
      return Kind::kString;
    case 't':
    case 'f':
      return Kind::kBool;
    case 'n':
      return Kind::kNull;
    default:
      return IsDigit(c) || c == '-' ? Kind::kNumber : Kind::kNone;
  }
}

absl::Status JsonScanner::Begin() {
  const Kind kind = Peek();
  if (kind != Kind::kObject && kind != Kind::kArray)
    return Malformed("expected an object or array");
  if (depth_ == kDeepest) return Malformed("more than 100 objects and arrays in each other");
  open_[depth_++] = {.close = kind == Kind::kObject ? '}' : ']', .first = true};
  ++at_;
  return absl::OkStatus();
}

absl::Status JsonScanner::NextElement(bool& more) {
  SkipSpace();
  Open& open = open_[depth_ - 1];
  if (Next() == open.close) {
    ++at_;
    --depth_;
    more = false;
    return absl::OkStatus();
  }
  if (!open.first) {
    if (Next() != ',') return Malformed(absl::StrCat("expected , or ", std::string(1, open.close)));
    ++at_;
    SkipSpace();
  }
  open.first = false;
  more = true;
  return absl::OkStatus();
}

absl::Status JsonScanner::NextMember(bool& more, std::string_view& key) {
  RETURN_IF_ERROR(NextElement(more));
  if (!more) return absl::OkStatus();
  if (Next() != '"') return Malformed("expected a key in double quotes");
  RETURN_IF_ERROR(ReadString(key));
  SkipSpace();
  if (Next() != ':') return Malformed("expected :");
  ++at_;
  return absl::OkStatus();
}

absl::Status JsonScanner::ReadString(std::string_view& string) {
  if (Peek() != Kind::kString) return Malformed("expected a string in double quotes");
  const size_t begin = ++at_;
  while (true) {
    at_ += PlainLength(text_.substr(at_));
    if (Next() == '"') break;
    if (Next() == '\\') return ReadEscapedString(begin, string);
    if (at_ == text_.size()) return Malformed("a string has no end");
    if (static_cast<unsigned char>(Next()) < 0x20)
      return Malformed("a control character in a string");
    const size_t length = Utf8CharacterLength(text_.substr(at_));
    if (length == 0) return Malformed("not UTF-8");
    at_ += length;
  }
  string = text_.substr(begin, at_++ - begin);
  return absl::OkStatus();
}

// The rest of a string from its first escape on.
absl::Status JsonScanner::ReadEscapedString(size_t begin, std::string_view& string) {
  unescaped_ = text_.substr(begin, at_ - begin);
  while (Next() != '"') {
    if (at_ == text_.size()) return Malformed("a string has no end");
    if (Next() == '\\') {
      RETURN_IF_ERROR(ReadEscape(unescaped_));
      continue;
    }
    if (static_cast<unsigned char>(Next()) < 0x20)
      return Malformed("a control character in a string");
    size_t length = PlainLength(text_.substr(at_));
    if (length == 0) length = Utf8CharacterLength(text_.substr(at_));
    if (length == 0) return Malformed("not UTF-8");
    unescaped_ += text_.substr(at_, length);
    at_ += length;
  }
  ++at_;
  string = unescaped_;
  return absl::OkStatus();
}

absl::Status JsonScanner::ReadEscape(std::string& out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  ++at_;
  size_t simple = at_ < text_.size() ? kEscapes.find(Next()) : std::string_view::npos;
  if (simple != std::string_view::npos) {
    out += kMeanings[simple];
    ++at_;
    return absl::OkStatus();
  }
  if (Next() != 'u') return Malformed("an unknown escape");
  ++at_;
  uint32_t code = 0;
  RETURN_IF_ERROR(ReadHex4(code));
  if (code >= 0xD800 && code <= 0xDBFF && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    uint32_t low = 0;
    RETURN_IF_ERROR(ReadHex4(low));
    if (low < 0xDC00 || low > 0xDFFF) return Malformed("half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code >= 0xD800 && code <= 0xDFFF) return Malformed("half of a surrogate pair");
  AppendUtf8(code, out);
  return absl::OkStatus();
}

absl::Status JsonScanner::ReadHex4(uint32_t& code) {
  for (int i = 0; i < 4; ++i, ++at_) {
    auto digit = static_cast<unsigned char>(Next());
    if (!absl::ascii_isxdigit(digit)) return Malformed("expected four hex digits");
    int value = absl::ascii_isdigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
    code = code * 16 + static_cast<uint32_t>(value);
  }
  return absl::OkStatus();
}

absl::Status JsonScanner::SkipDigits() {
  if (!IsDigit(Next())) return Malformed("expected a digit");
  while (IsDigit(Next())) ++at_;
  return absl::OkStatus();
}

absl::Status JsonScanner::SkipNumber() {
  if (Next() == '-') ++at_;
  if (Next() == '0') {
    ++at_;
  } else {
    RETURN_IF_ERROR(SkipDigits());
  }
  if (Next() == '.') {
    ++at_;
    RETURN_IF_ERROR(SkipDigits());
  }
  if (Next() == 'e' || Next() == 'E') {
    ++at_;
    if (Next() == '+' || Next() == '-') ++at_;
    RETURN_IF_ERROR(SkipDigits());
  }
  return absl::OkStatus();
}

absl::Status JsonScanner::SkipWord() {
  for (std::string_view word : {"true", "false", "null"}) {
    if (text_.substr(at_, word.size()) == word) {
      at_ += word.size();
      return absl::OkStatus();
    }
  }
  return Malformed("expected a value");
}

absl::Status JsonScanner::SkipObject() {
  RETURN_IF_ERROR(Begin());
  absl::flat_hash_set<std::string> keys;
  bool more = false;
  std::string_view key;
  while (true) {
    RETURN_IF_ERROR(NextMember(more, key));
    if (!more) return absl::OkStatus();
    if (!keys.emplace(key).second) return RepeatedKey(key);
    RETURN_IF_ERROR(Skip());
  }
}

absl::Status JsonScanner::SkipArray() {
  RETURN_IF_ERROR(Begin());
  bool more = false;
  while (true) {
    RETURN_IF_ERROR(NextElement(more));
    if (!more) return absl::OkStatus();
    RETURN_IF_ERROR(Skip());
  }
}

absl::Status JsonScanner::ReadBool(bool& value) {
  value = Peek() == Kind::kBool && Next() == 't';
  return SkipWord();
}

absl::Status JsonScanner::ReadNumber(std::string_view& number) {
  const size_t begin = Position();
  RETURN_IF_ERROR(SkipNumber());
  number = text_.substr(begin, at_ - begin);
  return absl::OkStatus();
}

absl::Status JsonScanner::Skip() {
  std::string_view ignored;
  switch (Peek()) {
    case Kind::kObject:
      return SkipObject();
    case Kind::kArray:
      return SkipArray();
    case Kind::kString:
      return ReadString(ignored);
    case Kind::kNumber:
      return SkipNumber();
    case Kind::kBool:
    case Kind::kNull:
      return SkipWord();
    case Kind::kNone:
      break;
  }
  return Malformed("expected a value");
}

absl::Status JsonScanner::ReadRaw(std::string_view& raw) {
  const size_t begin = Position();
  RETURN_IF_ERROR(Skip());
  raw = text_.substr(begin, at_ - begin);
  return absl::OkStatus();
}

absl::Status JsonScanner::End() {
  SkipSpace();
  return at_ == text_.size() ? absl::OkStatus() : Malformed("expected nothing more");
}

absl::Status JsonScanner::RepeatedKey(std::string_view key) const {
  return Malformed(absl::StrCat("the key ", std::string(key), " a second time"));
}

absl::Status JsonScanner::Malformed(std::string_view why) const {
  std::string_view before = text_.substr(0, at_);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0.
  return InvalidField(
      "body", text_.substr(at_, kExcerptBytes),
      absl::StrCat("at line ", line, ", column ", at_ - line_begin + 1,
                   " is not the JSON expected: ", absl::string_view(why.data(), why.size())));
}

void AppendJsonString(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : ReplaceNonUtf8(text)) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace corridor::gateway
