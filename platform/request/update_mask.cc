// Merges by protobuf's own FieldMaskUtil, once every path is known to be one.
#include "platform/request/update_mask.h"

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::MessageDifferencer;

std::vector<std::string> FieldNames(const google::protobuf::Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

FieldMask AllFields(const Message& message) {
  FieldMask mask;
  for (const std::string& name : FieldNames(*message.GetDescriptor())) mask.add_paths(name);
  return mask;
}

FieldMask FieldsSet(const Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  FieldMask mask;
  for (const auto* field : fields) mask.add_paths(field->name());
  return mask;
}

absl::StatusOr<FieldMask> Resolve(const FieldMask& mask, const Message& patch) {
  if (mask.paths().empty()) return FieldsSet(patch);
  if (mask.paths_size() == 1 && mask.paths(0) == "*") return AllFields(patch);
  const google::protobuf::Descriptor& type = *patch.GetDescriptor();
  for (const std::string& path : mask.paths()) {
    // FieldMaskUtil skips empty parts.
    const bool whole = absl::StrCat(".", path, ".").find("..") == std::string::npos;
    if (!whole || !FieldMaskUtil::GetFieldDescriptors(&type, path, nullptr)) {
      return InvalidField("update_mask", path,
                          absl::StrCat("is not a field of ", type.name(), "; the nearest is \"",
                                       Nearest(path, FieldNames(type)), "\""));
    }
  }
  return mask;
}

void Copy(const Message& from, const FieldMask& mask, Message& to) {
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(from, mask, options, &to);
}

// `message` with nothing but what it holds at `path`.
std::unique_ptr<Message> Only(const std::string& path, const Message& message) {
  FieldMask mask;
  mask.add_paths(path);
  std::unique_ptr<Message> only(message.New());
  Copy(message, mask, *only);
  return only;
}

}  // namespace

absl::Status ApplyUpdateMask(const Message& patch, const FieldMask& mask, const UpdateRules& rules,
                             std::string_view resource_field, Message& target) {
  ASSIGN_OR_RETURN(const FieldMask resolved, Resolve(mask, patch));
  const std::unique_ptr<Message> updated(target.New());
  updated->CopyFrom(target);
  Copy(patch, resolved, *updated);

  FieldMask output_only;
  for (const std::string& path : rules.output_only) output_only.add_paths(path);
  Copy(target, output_only, *updated);
  for (const std::string& path : rules.immutable) {
    const std::unique_ptr<Message> asked = Only(path, *updated);
    if (MessageDifferencer::Equals(*asked, *Only(path, target))) continue;
    return InvalidField(absl::StrCat(std::string(resource_field), ".", path),
                        asked->ShortDebugString(), "would change a field that cannot change");
  }
  target.CopyFrom(*updated);
  return absl::OkStatus();
}

}  // namespace corridor
