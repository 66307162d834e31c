#include "gateway/docs/address.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace corridor::gateway {
namespace {

using Segment = PathTemplate::Segment;

// The variable that captures a segment.
std::optional<size_t> VariableOf(const PathTemplate& path, size_t segment) {
  for (size_t i = 0; i < path.variables.size(); ++i) {
    const PathTemplate::Variable& variable = path.variables[i];
    if (segment >= variable.first && segment < variable.first + variable.count) return i;
  }
  return std::nullopt;
}

std::string NameOf(const PathTemplate& path, size_t segment) {
  if (segment == 0 || path.segments[segment - 1].kind != Segment::Kind::kLiteral) return "segment";
  return SingularOf(path.segments[segment - 1].literal);
}

// `name`, or `name2` and so on when others have it.
std::string Unused(const std::string& name, const std::vector<Address::Parameter>& others) {
  std::string unused = name;
  const auto taken = [&](const Address::Parameter& other) { return other.name == unused; };
  for (int number = 2; std::any_of(others.begin(), others.end(), taken); ++number) {
    unused = absl::StrCat(name, number);
  }
  return unused;
}

}  // namespace

std::string SingularOf(const std::string& collection) {
  if (collection == "series" || !absl::EndsWith(collection, "s")) return collection;
  if (absl::EndsWith(collection, "ies")) {
    return absl::StrCat(collection.substr(0, collection.size() - 3), "y");
  }
  return collection.substr(0, collection.size() - 1);
}

Address AddressOf(const PathTemplate& path, const std::vector<std::string>& field_names) {
  Address address;
  address.variables.resize(path.variables.size());
  for (size_t i = 0; i < path.segments.size(); ++i) {
    const Segment& segment = path.segments[i];
    const std::optional<size_t> variable = VariableOf(path, i);
    std::string text = segment.literal;
    std::string shape = segment.literal;
    if (segment.kind != Segment::Kind::kLiteral) {
      Address::Parameter parameter;
      parameter.variable = variable;
      parameter.is_whole = variable && path.variables[*variable].count == 1;
      parameter.is_rest = segment.kind == Segment::Kind::kRest;
      const std::string name = parameter.is_whole ? field_names[*variable] : NameOf(path, i);
      parameter.name = Unused(name, address.parameters);
      text = absl::StrCat("{", parameter.name, "}");
      shape = "{}";
      address.parameters.push_back(std::move(parameter));
    }
    absl::StrAppend(&address.path, "/", text);
    absl::StrAppend(&address.shape, "/", shape);
    if (!variable) continue;
    std::string& whole = address.variables[*variable];
    absl::StrAppend(&whole, whole.empty() ? "" : "/", text);
  }
  if (path.verb.empty()) return address;
  absl::StrAppend(&address.path, ":", path.verb);
  absl::StrAppend(&address.shape, ":", path.verb);
  return address;
}

}  // namespace corridor::gateway
