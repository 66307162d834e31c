// On simdjson, which no other file of the default data needs to know.
#include "platform/default_data/json_members.h"

#include <simdjson.h>

#include <utility>

namespace corridor {

using ::corridor::common::v1::Citation;
using simdjson::dom::array;
using simdjson::dom::element;

struct JsonMembers::Object {
  simdjson::dom::object members;

  // The object that `value` is. `where` is for errors.
  static absl::StatusOr<std::shared_ptr<const Object>> Of(const element& value,
                                                          const std::string& where,
                                                          const std::set<std::string_view>& known) {
    const auto object = std::make_shared<Object>();
    if (value.get_object().get(object->members) != simdjson::SUCCESS) {
      return absl::InvalidArgumentError(where + ": is not an object");
    }
    for (const auto& [key, unused] : object->members) {
      if (known.contains(key)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": unknown member \"", std::string(key), "\""));
    }
    return object;
  }
};

JsonMembers::JsonMembers(std::shared_ptr<const Object> object, std::string where)
    : object_(std::move(object)), where_(std::move(where)) {}

absl::StatusOr<std::string> JsonMembers::Text(const char* key) const {
  element value;
  if (object_->members[key].get(value) == simdjson::NO_SUCH_FIELD) return std::string();
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return Wrong(key, "is not a text");
  return std::string(text);
}

absl::StatusOr<bool> JsonMembers::Bool(const char* key) const {
  bool value = false;
  if (object_->members[key].get_bool().get(value) != simdjson::SUCCESS) {
    return Wrong(key, "is not true or false");
  }
  return value;
}

absl::StatusOr<std::vector<JsonMembers>> JsonMembers::List(
    const char* key, const std::set<std::string_view>& known) const {
  std::vector<JsonMembers> list;
  element value;
  if (object_->members[key].get(value) == simdjson::NO_SUCH_FIELD) return list;
  array entries;
  if (value.get_array().get(entries) != simdjson::SUCCESS) return Wrong(key, "is not a list");
  for (const element entry : entries) {
    const std::string where = absl::StrCat(where_, ".", key, "[", list.size(), "]");
    ASSIGN_OR_RETURN(auto object, Object::Of(entry, where, known));
    list.push_back(JsonMembers(std::move(object), where));
  }
  return list;
}

absl::StatusOr<Citation> JsonMembers::Cite(const SourcesFile& sources) const {
  ASSIGN_OR_RETURN(const std::string id, Text("source"));
  const Citation* source = sources.Find(id);
  if (source == nullptr) {
    return Wrong("source", absl::StrCat("\"", id, "\" is not in sources.csv"));
  }
  Citation citation = *source;
  ASSIGN_OR_RETURN(const std::string locator, Text("locator"));
  if (!locator.empty()) citation.set_locator(absl::StrCat(citation.locator(), ", ", locator));
  ASSIGN_OR_RETURN(const std::string note, Text("note"));
  if (!note.empty()) citation.set_note(note);
  return citation;
}

absl::Status JsonMembers::Wrong(const char* key, const std::string& why) const {
  return absl::InvalidArgumentError(absl::StrCat(where_, ".", key, ": ", why));
}

absl::Status ReadJsonList(const std::string& path, const std::set<std::string_view>& known,
                          absl::FunctionRef<absl::Status(const JsonMembers&)> each) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  simdjson::dom::parser parser;
  array list;
  if (const auto error = parser.parse(text).get_array().get(list)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", simdjson::error_message(error)));
  }
  int index = 0;
  for (const element entry : list) {
    const std::string where = absl::StrCat(path, ": [", index++, "]");
    ASSIGN_OR_RETURN(auto object, JsonMembers::Object::Of(entry, where, known));
    RETURN_IF_ERROR(each(JsonMembers(std::move(object), where)));
  }
  return absl::OkStatus();
}

}  // namespace corridor
