// Binds the syntax of a filter to the fields of a list, then writes SQL or tests values.
#include "platform/request/filter.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/request/filter_syntax.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor {

// Turns syntax into nodes; holds what its errors name.
class Filter::Binder {
 public:
  Binder(std::string_view filter, std::string_view filter_field,
         const std::vector<FilterField>& fields)
      : filter_(filter), filter_field_(filter_field), fields_(fields) {}

  absl::StatusOr<Node> Bind(const FilterSyntax& syntax) const {
    if (syntax.kind == FilterSyntax::Kind::kComparison) return BindComparison(syntax);
    Node node;
    node.kind = syntax.kind == FilterSyntax::Kind::kAnd  ? Node::Kind::kAnd
                : syntax.kind == FilterSyntax::Kind::kOr ? Node::Kind::kOr
                                                         : Node::Kind::kNot;
    for (const FilterSyntax& child : syntax.children) {
      ASSIGN_OR_RETURN(Node bound, Bind(child));
      node.children.push_back(std::move(bound));
    }
    return node;
  }

 private:
  absl::Status Error(const FilterSyntax& syntax, std::string_view why) const {
    return FilterError(filter_, filter_field_, syntax.position, why);
  }

  absl::StatusOr<const FilterField*> Find(const FilterSyntax& syntax) const {
    std::vector<std::string> names;
    for (const FilterField& field : fields_) {
      if (field.name == syntax.field) return &field;
      names.push_back(field.name);
    }
    return Error(syntax, absl::StrCat("there is no field \"", syntax.field, "\"; the nearest is \"",
                                      Nearest(syntax.field, names), "\""));
  }

  absl::StatusOr<Node> BindComparison(const FilterSyntax& syntax) const {
    ASSIGN_OR_RETURN(const FilterField* field, Find(syntax));
    Node node;
    node.field = field->name;
    node.column = field->column;
    const FilterArgument& argument = syntax.argument;
    const bool equality = syntax.op == FilterOperator::kEqual ||
                          syntax.op == FilterOperator::kNotEqual ||
                          syntax.op == FilterOperator::kHas;
    const bool star = argument.leading_star || argument.trailing_star;
    if (!equality && (star || field->type == FilterField::Type::kEnum)) {
      return Error(syntax, absl::StrCat("\"", field->name, "\" with ", star ? "`*`" : "names",
                                        " takes = != and : only"));
    }
    if (star && argument.text.empty()) {
      RETURN_IF_ERROR(BindAnything(*field, node));
    } else if (field->type == FilterField::Type::kText) {
      BindText(syntax, node);
    } else {
      if (star)
        return Error(syntax, absl::StrCat("\"", field->name, "\" takes no `*` within a value"));
      RETURN_IF_ERROR(field->type == FilterField::Type::kEnum ? BindChoice(syntax, *field, node)
                                                              : BindInteger(syntax, node));
    }
    if (syntax.op != FilterOperator::kNotEqual) return node;
    Node negation;
    negation.kind = Node::Kind::kNot;
    negation.children.push_back(std::move(node));
    return negation;
  }

  // `field:*`: that it has a value.
  absl::Status BindAnything(const FilterField& field, Node& node) const {
    node.test = Test::kSet;
    const bool number =
        field.type == FilterField::Type::kInteger ||
        (!field.choices.empty() && std::holds_alternative<int64_t>(field.choices.front().second));
    node.value = number ? FilterValue(int64_t{0}) : FilterValue(std::string());
    return absl::OkStatus();
  }

  static Test Ordering(FilterOperator op) {
    switch (op) {
      case FilterOperator::kLess:
        return Test::kLess;
      case FilterOperator::kLessOrEqual:
        return Test::kLessOrEqual;
      case FilterOperator::kGreater:
        return Test::kGreater;
      case FilterOperator::kGreaterOrEqual:
        return Test::kGreaterOrEqual;
      default:
        return Test::kEqual;
    }
  }

  static void BindText(const FilterSyntax& syntax, Node& node) {
    const FilterArgument& argument = syntax.argument;
    node.value = argument.text;
    if (argument.leading_star || argument.trailing_star) {
      node.test = !argument.trailing_star  ? Test::kSuffix
                  : !argument.leading_star ? Test::kPrefix
                                           : Test::kContains;
    } else if (syntax.op == FilterOperator::kHas && !argument.text.empty()) {
      node.test = Test::kContainsFolded;
      node.value = absl::AsciiStrToLower(argument.text);
    } else {
      node.test = Ordering(syntax.op);
    }
  }

  absl::Status BindInteger(const FilterSyntax& syntax, Node& node) const {
    const std::string& text = syntax.argument.text;
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return Error(syntax,
                   absl::StrCat("\"", syntax.field, "\" is a whole number, not \"", text, "\""));
    }
    node.test = Ordering(syntax.op);
    node.value = number;
    return absl::OkStatus();
  }

  absl::Status BindChoice(const FilterSyntax& syntax, const FilterField& field, Node& node) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : field.choices) {
      names.push_back(name);
      if (name != syntax.argument.text) continue;
      node.value = value;
      return absl::OkStatus();
    }
    return Error(syntax, absl::StrCat("\"", field.name, "\" is one of ", absl::StrJoin(names, ", "),
                                      ", not \"", syntax.argument.text, "\"; the nearest is \"",
                                      Nearest(syntax.argument.text, names), "\""));
  }

  std::string_view filter_;
  std::string_view filter_field_;
  const std::vector<FilterField>& fields_;
};

std::vector<std::pair<std::string, FilterValue>> ChoicesOf(
    const google::protobuf::EnumDescriptor* type) {
  std::vector<std::pair<std::string, FilterValue>> choices;
  for (int i = 0; i < type->value_count(); ++i) {
    const auto* value = type->value(i);
    if (value->number() != 0) choices.emplace_back(value->name(), int64_t{value->number()});
  }
  return choices;
}

void FilterSql::AppendTo(std::vector<store::Param>& params) const {
  for (const FilterValue& value : values) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      params.emplace_back(*number);
    } else {
      params.emplace_back(std::string_view(std::get<std::string>(value)));
    }
  }
}

absl::StatusOr<Filter> Filter::Parse(std::string_view filter,
                                     const std::vector<FilterField>& fields,
                                     std::string_view field) {
  Filter parsed;
  const bool blank = std::all_of(filter.begin(), filter.end(), [](char c) {
    return absl::ascii_isspace(static_cast<unsigned char>(c));
  });
  if (blank && filter.size() <= kMaxFilterBytes) return parsed;
  ASSIGN_OR_RETURN(const FilterSyntax syntax, ParseFilterSyntax(filter, field));
  ASSIGN_OR_RETURN(parsed.root_, Binder(filter, field, fields).Bind(syntax));
  return parsed;
}

FilterSql Filter::ToSql(int first_param) const {
  FilterSql sql;
  if (root_) {
    AppendSql(*root_, first_param, sql);
  } else {
    sql.condition = "1 = 1";
  }
  return sql;
}

void Filter::AppendSql(const Node& node, int first_param, FilterSql& sql) {
  if (node.kind == Node::Kind::kTest) {
    const std::string& c = node.column;
    const std::string p = absl::StrCat("?", first_param + static_cast<int>(sql.values.size()));
    sql.values.push_back(node.value);
    switch (node.test) {
      case Test::kEqual:
        return absl::StrAppend(&sql.condition, c, " = ", p);
      case Test::kLess:
        return absl::StrAppend(&sql.condition, c, " < ", p);
      case Test::kLessOrEqual:
        return absl::StrAppend(&sql.condition, c, " <= ", p);
      case Test::kGreater:
        return absl::StrAppend(&sql.condition, c, " > ", p);
      case Test::kGreaterOrEqual:
        return absl::StrAppend(&sql.condition, c, " >= ", p);
      case Test::kSet:
        return absl::StrAppend(&sql.condition, c, " <> ", p);
      case Test::kPrefix:
        return absl::StrAppend(&sql.condition, "substr(", c, ", 1, length(", p, ")) = ", p);
      case Test::kSuffix:
        // Where the value is longer, both engines answer something shorter than it.
        return absl::StrAppend(&sql.condition, "substr(", c, ", length(", c, ") - length(", p,
                               ") + 1) = ", p);
      case Test::kContains:
        return absl::StrAppend(&sql.condition, "replace(", c, ", ", p, ", '') <> ", c);
      case Test::kContainsFolded:
        return absl::StrAppend(&sql.condition, "replace(lower(", c, "), ", p, ", '') <> lower(", c,
                               ")");
    }
  }
  if (node.kind == Node::Kind::kNot) sql.condition += "NOT ";
  sql.condition += "(";
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) sql.condition += node.kind == Node::Kind::kAnd ? " AND " : " OR ";
    AppendSql(node.children[i], first_param, sql);
  }
  sql.condition += ")";
}

bool Filter::Passes(absl::FunctionRef<FilterValue(std::string_view)> value_of) const {
  return !root_ || Passes(*root_, value_of);
}

bool Filter::Passes(const Node& node, absl::FunctionRef<FilterValue(std::string_view)> value_of) {
  const auto passes = [&](const Node& child) { return Passes(child, value_of); };
  switch (node.kind) {
    case Node::Kind::kAnd:
      return std::all_of(node.children.begin(), node.children.end(), passes);
    case Node::Kind::kOr:
      return std::any_of(node.children.begin(), node.children.end(), passes);
    case Node::Kind::kNot:
      return !passes(node.children[0]);
    case Node::Kind::kTest:
      break;
  }
  const FilterValue actual = value_of(node.field);
  const auto* text = std::get_if<std::string>(&actual);
  const auto* asked = std::get_if<std::string>(&node.value);
  switch (node.test) {
    case Test::kEqual:
      return actual == node.value;
    case Test::kLess:
      return actual < node.value;
    case Test::kLessOrEqual:
      return actual <= node.value;
    case Test::kGreater:
      return actual > node.value;
    case Test::kGreaterOrEqual:
      return actual >= node.value;
    case Test::kSet:
      return actual != node.value;
    case Test::kPrefix:
      return text && asked && absl::StartsWith(*text, *asked);
    case Test::kSuffix:
      return text && asked && absl::EndsWith(*text, *asked);
    case Test::kContains:
      return text && asked && absl::StrContains(*text, *asked);
    case Test::kContainsFolded:
      return text && asked && absl::StrContains(absl::AsciiStrToLower(*text), *asked);
  }
  return false;
}

absl::StatusOr<std::string> AndFilter(std::string_view text, const std::vector<FilterField>& fields,
                                      FilterSql& sql, std::vector<store::Param>& params) {
  ASSIGN_OR_RETURN(const Filter filter, Filter::Parse(text, fields));
  if (filter.empty()) return std::string();
  sql = filter.ToSql(static_cast<int>(params.size()) + 1);
  sql.AppendTo(params);
  return absl::StrCat(" AND (", sql.condition, ")");
}

}  // namespace corridor
