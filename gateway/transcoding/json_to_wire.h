// Request bodies: JSON into a serialised message, as proto3 maps it, from tables and without
// message objects, with errors that name what is wrong. No state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/transcoding/message_table.h"

namespace corridor::gateway {

// Reads the whole of `json` into a message of type `type`. Field names in lowerCamelCase or as in
// the proto; an Any may be of each type of the tables. Stricter than protobuf's own parser: RFC
// 8259 only, no key twice, no two members of a oneof, no quoted booleans, base64 in its one right
// form. The message nests at most 100 deep, as receivers take it. Errors, all INVALID_ARGUMENT:
// malformed JSON (line and column), an unknown field (its path in lowerCamelCase, and the nearest
// known field), a value of another type or out of range (path and value).
absl::StatusOr<std::string> JsonToWire(std::string_view json, const MessageTable& type);

// The same for the value of one field, an array for a repeated one, a scalar for a scalar; answers
// a message that has this field alone.
absl::StatusOr<std::string> JsonToWire(std::string_view json, const FieldTable& field);

}  // namespace corridor::gateway
