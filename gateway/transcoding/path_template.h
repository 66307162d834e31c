// Templates of google.api.http; their grammar is in the comment of google.api.HttpRule
// (google/api/http.proto).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"

namespace corridor::gateway {

// The segments of a raw path, still percent-encoded, without the custom verb. Views into the path.
using PathSegments = absl::InlinedVector<std::string_view, 12>;

struct PathTemplate {
  struct Segment {
    enum class Kind {
      kLiteral,  // Equals `literal`.
      kAny,      // `*`: one segment that is not empty.
      kRest,     // `**`: all that is left, also nothing. Always last.
    };
    Kind kind = Kind::kLiteral;
    std::string literal;  // Percent-decoded.
  };
  struct Variable {
    std::string field_path;  // As written: `name`, `area.name`.
    size_t first = 0;        // The segments that it captures: `count` of them from `first`.
    size_t count = 1;
    bool to_end = false;  // The last of them is `**`.
  };

  std::string text;  // As written.
  std::vector<Segment> segments;
  std::vector<Variable> variables;
  std::string verb;  // Custom verb without its colon; empty when there is none.

  // Errors: INVALID_ARGUMENT naming the template, the place and what is wrong there.
  static absl::StatusOr<PathTemplate> Parse(std::string_view text);
};

// The value of `variable` in a path whose segments match its template, percent-decoded: a variable
// of one segment entirely, of several all but `%2F`. Errors: INVALID_ARGUMENT naming `field` and
// value (a bad escape, not UTF-8).
absl::StatusOr<std::string> CapturedValue(const PathTemplate::Variable& variable,
                                          const PathSegments& segments, std::string_view field);

}  // namespace corridor::gateway
