// Filters of lists (AIP-160), checked against the fields that a list has, as SQL or as a test of
// values at hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "platform/store/database.h"

namespace corridor {

using FilterValue = std::variant<int64_t, std::string>;

// One field that a list can be filtered by.
struct FilterField {
  enum class Type {
    kText,  // Compared bytewise; `*` at the ends of a value is a wildcard; `:` is contains, ASCII
            // case ignored.
    kInteger,  // 64 bits.
    kEnum,     // One of `choices`; = != and : only.
  };
  std::string name = {};    // As clients write it, e.g. `party_kind`.
  std::string column = {};  // SQL of its value, NOT NULL; unused when the filter is not made SQL.
  Type type = Type::kText;
  // Names and what the column holds for each: its number, or its name.
  std::vector<std::pair<std::string, FilterValue>> choices = {};
};

// The values of a protobuf enum by name, but for 0, for columns that hold the number.
std::vector<std::pair<std::string, FilterValue>> ChoicesOf(
    const google::protobuf::EnumDescriptor* type);

// A condition with parameters `?N`, `?N+1`, … It uses no LIKE, GLOB or function that SQLite and
// PostgreSQL do not share.
struct FilterSql {
  std::string condition;
  std::vector<FilterValue> values;  // Of the parameters, in order.
  // Adds the values to `params`, which must not outlive this.
  void AppendTo(std::vector<store::Param>& params) const;
};

// Immutable.
class Filter {
 public:
  // An empty or blank `filter` passes everything. Errors: INVALID_ARGUMENT naming `field`, the
  // filter, the byte and what is wrong there; an unknown field or choice comes with the nearest
  // known one.
  static absl::StatusOr<Filter> Parse(std::string_view filter,
                                      const std::vector<FilterField>& fields,
                                      std::string_view field = "filter");

  bool empty() const { return !root_.has_value(); }

  // `first_param`: number of its first parameter. The text depends on the filter's shape, not on
  // its values.
  FilterSql ToSql(int first_param) const;

  // Whether it passes something whose field of a given name (as in FilterField) has the value that
  // `value_of` answers: of the type of the field, or for choices of the type of theirs.
  bool Passes(absl::FunctionRef<FilterValue(std::string_view)> value_of) const;

 private:
  enum class Test {
    kEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kSet,  // Neither "" nor 0.
    kPrefix,
    kSuffix,
    kContains,
    kContainsFolded,  // `value` is in lower case.
  };
  struct Node {
    enum class Kind { kAnd, kOr, kNot, kTest } kind = Kind::kTest;
    std::vector<Node> children;
    Test test = Test::kEqual;
    std::string field, column;
    FilterValue value;
  };
  class Binder;

  static void AppendSql(const Node& node, int first_param, FilterSql& sql);
  static bool Passes(const Node& node, absl::FunctionRef<FilterValue(std::string_view)> value_of);

  std::optional<Node> root_;
};

// ` AND (<condition>)` for the end of a WHERE, with parameters numbered on from `params`; empty
// when the filter `text` is. `sql` holds the values that are added to `params`, so it must outlive
// them. Errors: those of Filter::Parse.
absl::StatusOr<std::string> AndFilter(std::string_view text, const std::vector<FilterField>& fields,
                                      FilterSql& sql, std::vector<store::Param>& params);

}  // namespace corridor
