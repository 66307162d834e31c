// On simdjson, which no other file of the default data needs to know.
#include "platform/default_data/json_members.h"

#include <utility>

#include "platform/default_data/json_list.h"

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
  if (sources.Find(id) == nullptr) {
    return Wrong("source", absl::StrCat("\"", id, "\" is not in sources.csv"));
  }
  Citation said;
  said.set_source(id);
  ASSIGN_OR_RETURN(*said.mutable_locator(), Text("locator"));
  ASSIGN_OR_RETURN(*said.mutable_note(), Text("note"));
  return sources.Complete(std::move(said));
}

absl::Status JsonMembers::Wrong(const char* key, const std::string& why) const {
  return absl::InvalidArgumentError(absl::StrCat(where_, ".", key, ": ", why));
}

absl::Status ReadJsonList(const std::string& path, const std::set<std::string_view>& known,
                          absl::FunctionRef<absl::Status(const JsonMembers&)> each) {
  return ReadJsonEntries(path, [&](const element& entry, const std::string& where) -> absl::Status {
    ASSIGN_OR_RETURN(auto object, JsonMembers::Object::Of(entry, where, known));
    return each(JsonMembers(std::move(object), where));
  });
}

}  // namespace corridor
