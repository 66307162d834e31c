// Serialised messages as JSON, as proto3 maps them, from tables and without message objects. No
// state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/transcoding/field_selection.h"
#include "gateway/transcoding/message_table.h"
#include "gateway/transcoding/transcoder.h"

namespace corridor::gateway {

// Appends `message`, a serialised message of type `type`, to `json`: fields in order of their
// numbers; default values unless `choices` decline them, but never a message, a member of a oneof
// or an `optional` field that is not set; an enum value without a name as its number. What is on
// the wire twice is read as protobuf reads it. A map's key comes once, with its last value.
// `selection` (null: all) stands for choices.fields. Stricter than protobuf's own: a FieldMask
// whose paths are not in snake_case, and a Value that is NaN or infinite, have no JSON. Errors:
// INTERNAL with reason MALFORMED_ANSWER, when the bytes are not such a message, a string is not
// UTF-8, a time is out of range, messages are nested more than 100 deep, or an Any is of a type
// that the tables do not have; `json` is then as it was.
absl::Status AppendJson(const MessageTable& type, std::string_view message,
                        const JsonChoices& choices, const FieldSelection* selection,
                        std::string& json);

// The same for one field of `message`, the value alone; `null` when it is not set. `selection` is
// of the fields within it.
absl::Status AppendMemberJson(const FieldTable& field, std::string_view message,
                              const JsonChoices& choices, const FieldSelection* selection,
                              std::string& json);

// The same for the message in an Any, with its `@type`.
absl::Status AppendAnyJson(const MessageTables& tables, std::string_view type_url,
                           std::string_view message, const JsonChoices& choices, std::string& json);

}  // namespace corridor::gateway
