// Comments are read as they are written in proto/: sentences, and `Errors:` last.
#include "gateway/docs/comments.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::SourceLocation;
using JsonNames = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kErrors = "Errors: ";
// One method may refer to another, and that to a third; more would be a circle.
constexpr int kMostReferences = 4;
constexpr std::string_view kAbbreviations[] = {"e.g.", "i.e.", "ca.", "vs.", "cf."};

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }
std::string_view Stripped(std::string_view text) {
  return View(absl::StripAsciiWhitespace(View(text)));
}

void LearnFields(const Descriptor& message, JsonNames& names) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    names.emplace(field.name(), field.json_name());
  }
  for (int i = 0; i < message.nested_type_count(); ++i) {
    LearnFields(*message.nested_type(i), names);
  }
}

bool IsNameByte(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Follows parentheses and backticks through a text.
class Nesting {
 public:
  // Whether `c`, the next byte, stands outside of them.
  bool IsOutside(char c) {
    if (c == '`') in_code_ = !in_code_;
    if (in_code_) return false;
    if (c == '(') ++depth_;
    if (c == ')') --depth_;
    return depth_ <= 0 && c != '`';
  }

 private:
  bool in_code_ = false;
  int depth_ = 0;
};

// Parts of a list whose separators are commas and semicolons.
std::vector<std::string> ListedIn(std::string_view list) {
  std::vector<std::string> parts(1);
  Nesting nesting;
  for (const char c : list) {
    const bool separates = nesting.IsOutside(c) && (c == ',' || c == ';');
    if (separates) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (std::string& part : parts) part = std::string(Stripped(part));
  return parts;
}

// Takes the canonical code off the begin of `text`.
std::optional<absl::StatusCode> TakeCode(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  for (int number = 1; number <= 16; ++number) {
    const auto code = static_cast<absl::StatusCode>(number);
    if (CodeName(code) != text.substr(0, end)) continue;
    text = Stripped(text.substr(end));
    return code;
  }
  return std::nullopt;
}

// The method of the same service that `as OtherMethod` means.
const MethodDescriptor* ReferredTo(const MethodDescriptor& from, std::string_view text) {
  constexpr std::string_view kAs = "as ";
  if (!absl::StartsWith(View(text), View(kAs))) return nullptr;
  return from.service()->FindMethodByName(std::string(text.substr(kAs.size())));
}

std::string WithoutParentheses(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::string(text);
  return std::string(text.substr(1, text.size() - 2));
}

void Append(std::string_view more, std::string_view separator, std::string& reason) {
  if (more.empty()) return;
  absl::StrAppend(&reason, reason.empty() ? "" : std::string(separator), std::string(more));
}

void AddError(const NamedError& error, std::vector<NamedError>& errors) {
  const auto same = std::find_if(errors.begin(), errors.end(),
                                 [&](const NamedError& other) { return other.code == error.code; });
  if (same == errors.end()) {
    errors.push_back(error);
  } else {
    Append(error.reason, "; ", same->reason);
  }
}

// The text of a comment before `Errors:`, and the list after it.
std::pair<std::string_view, std::string_view> Split(std::string_view text) {
  const size_t at = text.find(kErrors);
  if (at == std::string_view::npos) return {text, {}};
  std::string_view list = Stripped(text.substr(at + kErrors.size()));
  if (!list.empty() && list.back() == '.') list.remove_suffix(1);
  return {Stripped(text.substr(0, at)), list};
}

}  // namespace

std::string_view FirstSentence(std::string_view text) {
  Nesting nesting;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!nesting.IsOutside(text[i])) continue;
    if (text[i] == '\n') return text.substr(0, i);
    if (text[i] != '.') continue;
    const bool ends = i + 1 == text.size() || absl::ascii_isspace(text[i + 1]);
    const std::string_view sentence = text.substr(0, i + 1);
    const bool abbreviates = std::any_of(
        std::begin(kAbbreviations), std::end(kAbbreviations),
        [&](std::string_view end) { return absl::EndsWith(View(sentence), View(end)); });
    if (ends && !abbreviates) return sentence;
  }
  return text;
}

Comments::Comments(const std::vector<const FileDescriptor*>& files) {
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      LearnFields(*file->message_type(i), json_names_);
    }
  }
}

std::string Comments::Of(const FieldDescriptor& field) const {
  SourceLocation location;
  if (!field.GetSourceLocation(&location)) return "";
  return Text(location.leading_comments, /*spell_as_json=*/field.name() != "filter");
}

std::string Comments::Text(std::string_view comment, bool spell_as_json) const {
  std::string text;
  std::string_view separator;
  for (const absl::string_view line : absl::StrSplit(View(comment), '\n')) {
    const std::string_view words = Stripped(View(line));
    if (words.empty()) {
      if (!text.empty()) separator = "\n\n";
      continue;
    }
    absl::StrAppend(&text, std::string(separator), std::string(words));
    separator = " ";
  }
  return spell_as_json ? SpelledAsJson(text) : text;
}

std::string Comments::SpelledAsJson(std::string_view text) const {
  std::string spelled;
  bool in_code = false;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '`') in_code = !in_code;
    if (!in_code || !IsNameByte(text[i])) {
      spelled += text[i++];
      continue;
    }
    const size_t begin = i;
    while (i < text.size() && IsNameByte(text[i])) ++i;
    const std::string_view name = text.substr(begin, i - begin);
    const auto field = json_names_.find(name);
    spelled += field == json_names_.end() ? name : field->second;
  }
  return spelled;
}

MethodText Comments::OfMethod(const MethodDescriptor& method) const {
  const std::string text = Of(method);
  const std::string_view about = Split(text).first;
  const std::string_view summary = FirstSentence(about);
  return {std::string(summary), std::string(Stripped(about.substr(summary.size()))),
          ErrorsOf(method, 0)};
}

std::vector<NamedError> Comments::ErrorsOf(const MethodDescriptor& method, int depth) const {
  std::vector<NamedError> errors;
  if (depth > kMostReferences) return errors;
  const std::string text = Of(method);
  const std::string_view list = Split(text).second;
  size_t latest = 0;  // The first of those that the part before added.
  for (const std::string& part : ListedIn(list)) {
    std::string_view rest = part;
    const size_t count = errors.size();
    const std::optional<absl::StatusCode> code = TakeCode(rest);
    const std::string reason = WithoutParentheses(rest);
    if (const MethodDescriptor* other = ReferredTo(method, reason)) {
      for (const NamedError& error : ErrorsOf(*other, depth + 1)) {
        if (!code || error.code == *code) AddError(error, errors);
      }
      latest = count;
    } else if (code) {
      AddError({*code, reason}, errors);
      latest = count;
    } else {
      // `as CreateArea, naming the entry`: of all that the part before says.
      for (size_t i = latest; i < errors.size(); ++i) Append(reason, ", ", errors[i].reason);
    }
  }
  return errors;
}

}  // namespace corridor::gateway
