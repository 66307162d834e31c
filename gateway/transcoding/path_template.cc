// Recursive descent over the grammar of google.api.HttpRule.
#include "gateway/transcoding/path_template.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/percent_encoding.h"
#include "gateway/transcoding/utf8.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using Segment = PathTemplate::Segment;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { parsed_.text = std::string(text); }

  absl::StatusOr<PathTemplate> Parse() {
    if (!Take('/')) return Wrong("must begin with /");
    RETURN_IF_ERROR(ParseSegments(/*in_variable=*/false));
    if (Take(':')) {
      ASSIGN_OR_RETURN(parsed_.verb, ParseLiteral());
    }
    if (at_ != text_.size()) return Wrong("has something after its end");
    for (size_t i = 0; i + 1 < parsed_.segments.size(); ++i) {
      if (parsed_.segments[i].kind == Segment::Kind::kRest) return Wrong("has ** before its end");
    }
    return std::move(parsed_);
  }

 private:
  absl::Status ParseSegments(bool in_variable) {
    do {
      if (Next() == '{') {
        if (in_variable) return Wrong("has a variable within a variable");
        RETURN_IF_ERROR(ParseVariable());
      } else {
        RETURN_IF_ERROR(ParseSegment());
      }
    } while (Take('/'));
    return absl::OkStatus();
  }

  absl::Status ParseSegment() {
    Segment segment;
    if (Take('*')) {
      segment.kind = Take('*') ? Segment::Kind::kRest : Segment::Kind::kAny;
    } else {
      ASSIGN_OR_RETURN(segment.literal, ParseLiteral());
    }
    parsed_.segments.push_back(std::move(segment));
    return absl::OkStatus();
  }

  absl::Status ParseVariable() {
    Take('{');
    PathTemplate::Variable variable;
    ASSIGN_OR_RETURN(variable.field_path, ParseFieldPath());
    variable.first = parsed_.segments.size();
    if (Take('=')) {
      RETURN_IF_ERROR(ParseSegments(/*in_variable=*/true));
    } else {
      parsed_.segments.push_back({Segment::Kind::kAny, ""});
    }
    if (!Take('}')) return Wrong("has a variable that does not end with }");
    variable.count = parsed_.segments.size() - variable.first;
    variable.to_end = parsed_.segments.back().kind == Segment::Kind::kRest;
    for (const PathTemplate::Variable& earlier : parsed_.variables) {
      if (earlier.field_path == variable.field_path) return Wrong("binds a field twice");
    }
    parsed_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ParseFieldPath() {
    size_t begin = at_;
    do {
      if (!absl::ascii_isalpha(static_cast<unsigned char>(Next())) && Next() != '_') {
        return Wrong("has a variable without a field name");
      }
      while (absl::ascii_isalnum(static_cast<unsigned char>(Next())) || Next() == '_') ++at_;
    } while (Take('.'));
    return std::string(text_.substr(begin, at_ - begin));
  }

  absl::StatusOr<std::string> ParseLiteral() {
    constexpr std::string_view kPunctuation = "-._~!$&'()+,;@%";
    size_t begin = at_;
    while (absl::ascii_isalnum(static_cast<unsigned char>(Next())) ||
           (Next() != '\0' && kPunctuation.find(Next()) != std::string_view::npos)) {
      ++at_;
    }
    if (at_ == begin) return Wrong("lacks a segment");
    std::optional<std::string> decoded = DecodeSegment(text_.substr(begin, at_ - begin));
    if (!decoded) return Wrong("has a bad percent-escape");
    return *std::move(decoded);
  }

  char Next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Take(char expected) {
    if (Next() != expected || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  absl::Status Wrong(std::string_view why) const {
    return absl::InvalidArgumentError(absl::StrCat("path template \"", parsed_.text, "\" ",
                                                   std::string(why), ", at character ", at_ + 1));
  }

  std::string_view text_;
  size_t at_ = 0;
  PathTemplate parsed_;
};

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) {
  return Parser(text).Parse();
}

absl::StatusOr<std::string> CapturedValue(const PathTemplate::Variable& variable,
                                          const PathSegments& segments, std::string_view field) {
  size_t end = variable.to_end ? segments.size() : variable.first + variable.count;
  if (end <= variable.first) return std::string();
  const char* begin = segments[variable.first].data();
  const std::string_view last = segments[end - 1];
  std::string_view raw(begin, static_cast<size_t>(last.data() + last.size() - begin));
  bool single = variable.count == 1 && !variable.to_end;
  std::optional<std::string> value = single ? DecodeSegment(raw) : DecodeSegments(raw);
  if (!value) {
    return InvalidField(field, raw, "has a bad percent-escape");
  }
  if (!IsUtf8(*value)) {
    return InvalidField(field, raw, "is not UTF-8");
  }
  return *std::move(value);
}

}  // namespace corridor::gateway
