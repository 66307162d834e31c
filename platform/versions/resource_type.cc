#include "platform/versions/resource_type.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "platform/status/status.h"

namespace corridor::versions {
namespace {

using google::protobuf::Message;

std::vector<std::string> Segments(std::string_view name) {
  return absl::StrSplit(absl::string_view(name.data(), name.size()), '/');
}

absl::Status ToObject(const Message& message, google::protobuf::Struct& object) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok() ||
      !google::protobuf::util::JsonStringToMessage(json, &object).ok()) {
    return absl::InternalError(
        absl::StrCat("no JSON for a ", message.GetDescriptor()->full_name()));
  }
  return absl::OkStatus();
}

}  // namespace

Ids ResourceType::IdsOf(std::string_view name) const {
  const std::vector<std::string> given = Segments(name);
  const std::vector<std::string> wanted = Segments(pattern);
  Ids ids;
  if (given.size() != wanted.size()) return ids;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "*" && !given[i].empty()) {
      ids.push_back(given[i]);
    } else if (wanted[i] != given[i]) {
      return {};
    }
  }
  return ids;
}

std::string ResourceType::NameOf(const Ids& ids) const {
  std::vector<std::string> segments = Segments(pattern);
  size_t next = 0;
  for (std::string& segment : segments) {
    if (segment == "*") segment = ids[next++];
  }
  return absl::StrJoin(segments, "/");
}

std::string ResourceType::Collection() const {
  std::vector<std::string> segments = Segments(pattern);
  segments.pop_back();
  std::replace(segments.begin(), segments.end(), std::string("*"), std::string("-"));
  return absl::StrJoin(segments, "/");
}

std::vector<store::RowsOf> ResourceType::RowsOf(const Ids& ids) const {
  std::vector<store::RowsOf> rows;
  for (const TypeTable& table : tables) {
    store::RowsOf& of = rows.emplace_back();
    of.table = table.table;
    for (size_t i = 0; i < ids.size(); ++i) of.key.emplace_back(table.id_columns[i], ids[i]);
  }
  return rows;
}

std::vector<store::RowsOf> ResourceType::AllRowsOf(const Ids& ids) const {
  std::vector<store::RowsOf> rows = RowsOf(ids);
  for (const auto& [table, column] : named_rows) rows.push_back({table, {{column, NameOf(ids)}}});
  return rows;
}

absl::StatusOr<Located> ResourceTypes::Find(const std::string& name) const {
  for (const ResourceType& type : types_) {
    if (Ids ids = type.IdsOf(name); !ids.empty()) return Located{&type, std::move(ids)};
  }
  return InvalidField("name", name, "names no resource of this service");
}

absl::StatusOr<State> ReadState(const Located& resource, store::Reader& rows) {
  State state;
  if (rows.version() == 0) return state;
  const std::unique_ptr<Message> message(resource.type->prototype->New());
  const absl::Status read = resource.type->read(rows, resource.ids, *message);
  if (absl::IsNotFound(read)) return state;
  RETURN_IF_ERROR(read);
  state.exists = true;
  const auto* descriptor = message->GetDescriptor();
  const auto* reflection = message->GetReflection();
  state.etag = reflection->GetString(*message, descriptor->FindFieldByName("etag"));
  for (const std::string& field : resource.type->output_only) {
    reflection->ClearField(message.get(), descriptor->FindFieldByName(field));
  }
  RETURN_IF_ERROR(ToObject(*message, state.object));
  if (resource.type->add_parts) {
    RETURN_IF_ERROR(resource.type->add_parts(rows, resource.ids, state.object));
  }
  return state;
}

}  // namespace corridor::versions
