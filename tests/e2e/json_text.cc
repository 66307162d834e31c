#include "tests/e2e/json_text.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/json_util.h"

namespace corridor::e2e {
namespace {

using google::protobuf::Value;
using Values = std::vector<const Value*>;

std::string NumberText(double number) {
  char text[400];  // The longest double in fixed notation has 309 digits before its point.
  const auto end =
      std::to_chars(std::begin(text), std::end(text), number, std::chars_format::fixed);
  return {text, end.ptr};
}

std::string TextOf(const Value& value) {
  switch (value.kind_case()) {
    case Value::kStringValue:
      return value.string_value();
    case Value::kNumberValue:
      return NumberText(value.number_value());
    case Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case Value::kListValue: {
      std::vector<std::string> texts;
      for (const Value& element : value.list_value().values()) texts.push_back(TextOf(element));
      return absl::StrCat("[", absl::StrJoin(texts, ", "), "]");
    }
    case Value::kStructValue: {
      std::map<std::string, std::string> texts;
      for (const auto& [name, member] : value.struct_value().fields()) {
        texts[name] = TextOf(member);
      }
      return absl::StrCat("{", absl::StrJoin(texts, ", ", absl::PairFormatter(": ")), "}");
    }
    default:
      return "null";
  }
}

Values Members(const Values& objects, const std::string& name) {
  Values members;
  for (const Value* object : objects) {
    const auto& fields = object->struct_value().fields();
    const auto member = fields.find(name);
    if (member != fields.end()) members.push_back(&member->second);
  }
  return members;
}

// Elements of lists; what is no list stands for itself, so that selectors can follow each other.
Values Elements(const Values& lists) {
  Values elements;
  for (const Value* list : lists) {
    if (!list->has_list_value()) elements.push_back(list);
    for (const Value& element : list->list_value().values()) elements.push_back(&element);
  }
  return elements;
}

// `selector` is what stands between brackets.
Values Selected(const Values& lists, std::string_view selector) {
  const Values elements = Elements(lists);
  if (selector == "*") return elements;
  Values selected;
  const size_t equals = selector.find('=');
  if (equals == std::string_view::npos) {
    size_t index = elements.size();
    std::from_chars(selector.data(), selector.data() + selector.size(), index);
    if (index < elements.size()) selected.push_back(elements[index]);
    return selected;
  }
  const std::string name(selector.substr(0, equals));
  for (const Value* element : elements) {
    const Values member = Members({element}, name);
    if (!member.empty() && TextOf(*member.front()) == selector.substr(equals + 1)) {
      selected.push_back(element);
    }
  }
  return selected;
}

}  // namespace

absl::StatusOr<Value> ParseJson(const std::string& text) {
  Value value;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(text, value.mutable_struct_value());
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("no JSON object: ", text));
  }
  return value;
}

std::string TextAt(const Value& json, std::string_view path) {
  Values found = {&json};
  while (!path.empty()) {
    if (path.front() == '[') {
      const size_t close = std::min(path.find(']'), path.size() - 1);
      const std::string_view selector = path.substr(1, close - 1);
      if (selector == "#") return absl::StrCat(Elements(found).size());
      found = Selected(found, selector);
      path.remove_prefix(close + 1);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const std::string name(path.substr(0, path.find_first_of(".[")));
      found = Members(found, name);
      path.remove_prefix(name.size());
    }
  }
  if (found.empty()) return kAbsent;
  return absl::StrJoin(found, " | ", [](std::string* out, const Value* value) {
    absl::StrAppend(out, TextOf(*value));
  });
}

}  // namespace corridor::e2e
