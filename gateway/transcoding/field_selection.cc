// Walks each path through the tables.
#include "gateway/transcoding/field_selection.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;

absl::Status Unknown(const std::string& path, size_t begin, std::string_view name,
                     const MessageTable& type) {
  std::vector<std::string> known;
  known.reserve(type.fields.size());
  for (const FieldTable& field : type.fields) known.emplace_back(field.json_name);
  if (known.empty()) {
    return InvalidField("fields", path, "names a field of a message that has none");
  }
  return InvalidField("fields", path,
                      absl::StrCat("names a field that does not exist; the nearest is ",
                                   path.substr(0, begin), Nearest(name, known)));
}

}  // namespace

const MessageTable* PartsOf(const FieldTable& field) {
  const MessageTable* type = field.map ? field.message->fields.back().message : field.message;
  const bool plain = type != nullptr && type->known == Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
  return plain ? type : nullptr;
}

absl::StatusOr<std::unique_ptr<FieldSelection>> FieldSelection::Compile(
    const std::vector<std::string>& paths, const MessageTable* type) {
  if (paths.empty()) return nullptr;
  auto selection = std::make_unique<FieldSelection>();
  for (const std::string& path : paths) RETURN_IF_ERROR(selection->Add(path, type));
  return selection;
}

absl::Status FieldSelection::Add(const std::string& path, const MessageTable* type) {
  FieldSelection* selection = this;
  if (type != nullptr && type->known != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) type = nullptr;
  bool all = false;  // An earlier path has all of this, so that this one only has to be right.
  for (size_t begin = 0; begin <= path.size();) {
    if (type == nullptr) {
      return InvalidField("fields", path, "names a part of a value that has no fields to choose");
    }
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view name = std::string_view(path).substr(begin, end - begin);
    const FieldTable* table = type->ByName(name);
    if (table == nullptr) return Unknown(path, begin, name, *type);
    const bool last = end == path.size();
    if (!all) {
      selection->fields_.resize(type->fields.size());
      Field& field = selection->fields_[type->IndexOf(*table)];
      all = field.selected && field.within == nullptr;
      field.selected = true;
      if (last) field.within = nullptr;
      if (!last && !all && field.within == nullptr)
        field.within = std::make_unique<FieldSelection>();
      selection = field.within.get();
    }
    type = PartsOf(*table);
    begin = end + 1;
  }
  return absl::OkStatus();
}

}  // namespace corridor::gateway
