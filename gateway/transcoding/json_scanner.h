// Reads JSON (RFC 8259) forward, value by value, and nothing that is not JSON. Belongs to one
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace corridor::gateway {

// Errors, all INVALID_ARGUMENT naming `body`, line and column: text that is not JSON or not UTF-8,
// objects and arrays nested more than 100 deep.
class JsonScanner {
 public:
  // The text must outlive the scanner.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  enum class Kind { kObject, kArray, kString, kNumber, kBool, kNull, kNone };
  // What the next value is, by its first character; kNone when no value begins here.
  Kind Peek() {
    SkipSpace();
    return KindOf(Next());
  }
  // Where the next value begins, or what is there instead.
  size_t Position() {
    SkipSpace();
    return at_;
  }
  std::string_view text() const { return text_; }

  // Begins the object or array that comes next. Then, as long as NextMember or NextElement sets
  // `more`, read one value.
  absl::Status Begin();
  absl::Status NextMember(bool& more, std::string_view& key);
  absl::Status NextElement(bool& more);

  // Reads a string without quotes and escapes. The view is good until the next string is read, and
  // a key so too.
  absl::Status ReadString(std::string_view& string);
  // Reads `true` or `false`.
  absl::Status ReadBool(bool& value);
  // Reads a number and answers its text as it stands.
  absl::Status ReadNumber(std::string_view& number);
  // Reads any value and answers its text as it stands. Errors: also an object in it that has a key
  // twice.
  absl::Status ReadRaw(std::string_view& raw);
  absl::Status Skip();
  // Checks that nothing follows.
  absl::Status End();

  // The error of an object that has `key`, which was read last, a second time.
  absl::Status RepeatedKey(std::string_view key) const;

 private:
  static constexpr size_t kDeepest = 100;
  struct Open {
    char close;
    bool first;
  };

  absl::Status Malformed(std::string_view why) const;
  static Kind KindOf(char c);
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  static bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  char Next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  absl::Status ReadEscapedString(size_t begin, std::string_view& string);
  absl::Status ReadEscape(std::string& out);
  absl::Status ReadHex4(uint32_t& code);
  absl::Status SkipNumber();
  absl::Status SkipWord();
  absl::Status SkipDigits();
  absl::Status SkipObject();
  absl::Status SkipArray();

  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
  std::array<Open, kDeepest> open_;
  std::string unescaped_;  // The string read last, when it had escapes.
};

// Appends `text` as a JSON string in quotes; bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace corridor::gateway
