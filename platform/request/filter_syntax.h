// The syntax of filters (AIP-160): text to a tree of comparisons. What fields mean is filter.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace corridor {

enum class FilterOperator {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kHas
};

// What a field is compared with. `*` counts as a wildcard only where it was not written `\*`.
struct FilterArgument {
  std::string text;  // Without the wildcards at its ends.
  bool leading_star = false;
  bool trailing_star = false;
};

struct FilterSyntax {
  enum class Kind { kAnd, kOr, kNot, kComparison };
  Kind kind = Kind::kComparison;
  std::vector<FilterSyntax> children = {};  // Of kAnd and kOr: two or more. Of kNot: one.
  // Of kComparison:
  std::string field = {};
  FilterOperator op = FilterOperator::kEqual;
  FilterArgument argument = {};
  size_t position = 0;  // Byte in the filter where it begins.
};

inline constexpr size_t kMaxFilterBytes = 4096;
inline constexpr int kMaxFilterDepth = 32;
inline constexpr int kMaxFilterComparisons = 100;

// Reads a filter that is not blank. As AIP-160 has it: OR binds tighter than AND, juxtaposition is
// AND, NOT and `-` negate one term; keywords in upper case; values bare, or quoted by `"` or `'`
// with `\` before a quote, `\` or `*`. Errors: INVALID_ARGUMENT naming `field`, the filter, the
// byte and what is wrong there.
absl::StatusOr<FilterSyntax> ParseFilterSyntax(std::string_view filter, std::string_view field);

// The error of a filter that is wrong at a byte of it (counted from 1 for people).
absl::Status FilterError(std::string_view filter, std::string_view field, size_t position,
                         std::string_view why);

}  // namespace corridor
