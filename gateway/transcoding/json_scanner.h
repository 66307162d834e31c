// Reads JSON (RFC 8259) forward, value by value, and nothing that is not JSON. Belongs to one
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace corridor::gateway {

// Errors, all INVALID_ARGUMENT naming `body`, line and column: text that is not JSON or not UTF-8,
// objects and arrays nested more than 100 deep.
class JsonScanner {
 public:
  // The text must outlive the scanner.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  enum class Kind { kObject, kArray, kString, kNumber, kBool, kNull, kNone };
  // What the next value is, by its first character; kNone when no value begins here.
  Kind Peek();

  // Begins the object or array that comes next. Then, as long as NextMember or NextElement answers
  // true, read one value.
  absl::Status Begin();
  absl::StatusOr<bool> NextMember(std::string& key);
  absl::StatusOr<bool> NextElement();

  // Reads a string without quotes and escapes.
  absl::StatusOr<std::string> ReadString();
  // Reads any value and answers its text as it stands. Errors: also an object in it that has a key
  // twice.
  absl::StatusOr<std::string_view> ReadRaw();
  // Checks that nothing follows.
  absl::Status End();

  absl::Status Malformed(std::string_view why) const;

 private:
  struct Open {
    char close;
    bool first = true;
  };

  void SkipSpace();
  char Next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  absl::StatusOr<bool> NextItem();
  absl::Status ReadEscape(std::string& out);
  absl::StatusOr<uint32_t> ReadHex4();
  absl::Status SkipNumber();
  absl::Status SkipWord();
  absl::Status SkipDigits();
  absl::Status SkipObject();
  absl::Status SkipArray();

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Open> open_;
};

// Appends `text` as a JSON string in quotes; bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace corridor::gateway
