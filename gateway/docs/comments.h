// The comments of a contract as text for people who call it by HTTP. Immutable, thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

// An error that a method's comment names.
struct NamedError {
  absl::StatusCode code;
  std::string reason;  // When, as the comment has it; may be empty.
};

// Markdown: paragraphs are apart by a blank line.
struct MethodText {
  std::string summary;             // First sentence.
  std::string description;         // What follows it, but for the errors; may be empty.
  std::vector<NamedError> errors;  // Each code once, in order.
};

class Comments {
 public:
  // `files` are all of the contract, and outlive this. They have comments when they were built with
  // source info.
  explicit Comments(const std::vector<const google::protobuf::FileDescriptor*>& files);

  // What stands before a message, field, enum, …; empty when nothing does. Fields that it names in
  // backticks are spelled as JSON spells them (`asOf` for `as_of`).
  template <typename Element>
  std::string Of(const Element& element) const {
    google::protobuf::SourceLocation location;
    if (!element.GetSourceLocation(&location)) return "";
    return Text(location.leading_comments, /*spell_as_json=*/true);
  }
  // But for AIP-160 filters, which know fields by their own names only.
  std::string Of(const google::protobuf::FieldDescriptor& field) const;

  // Takes a comment of the form `Sentence. More. Errors: CODE (when), as OtherMethod; CODE.` apart.
  // `as OtherMethod` stands for the errors of a method of the same service, and `CODE as
  // OtherMethod` for that one of them.
  MethodText OfMethod(const google::protobuf::MethodDescriptor& method) const;

 private:
  std::string Text(std::string_view comment, bool spell_as_json) const;
  std::string SpelledAsJson(std::string_view text) const;
  std::vector<NamedError> ErrorsOf(const google::protobuf::MethodDescriptor& method,
                                   int depth) const;

  std::map<std::string, std::string, std::less<>> json_names_;  // Of each name of a field.
};

// The first sentence of a text: up to a period that a blank or the end follows, outside of
// backticks and parentheses, and that ends no abbreviation (`e.g.`).
std::string_view FirstSentence(std::string_view text);

}  // namespace corridor::gateway
