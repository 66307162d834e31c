// Partial updates by FieldMask (AIP-134).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace corridor {

// Fields that an update treats apart: paths as in a mask, e.g. `party.area`.
struct UpdateRules {
  std::vector<std::string> immutable = {};    // Refused when the update would change them.
  std::vector<std::string> output_only = {};  // Left as they are, whatever the update says.
};

// Gives `target` the values that `patch`, of the same type, has for the fields of `mask`; a field
// that is unset in `patch` is cleared, lists and messages are replaced whole. An empty mask means
// all fields set in `patch`, `*` every field. `target` is unchanged on error. Errors:
// INVALID_ARGUMENT naming `update_mask` and the path (no such field, with the nearest), or
// `<resource_field>.<path>` (immutable).
absl::Status ApplyUpdateMask(const google::protobuf::Message& patch,
                             const google::protobuf::FieldMask& mask, const UpdateRules& rules,
                             std::string_view resource_field, google::protobuf::Message& target);

}  // namespace corridor
