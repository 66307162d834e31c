// Request bodies: JSON into a message, as proto3 maps it, with errors that name what is wrong.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/type_resolver.h"

namespace corridor::gateway {

// Reads the whole of `json` into `message`, which is empty. Field names in lowerCamelCase or as in
// the proto. Stricter than protobuf's own parser: RFC 8259 only, no key twice, no two members of a
// oneof, no quoted booleans. `resolver` is asked for the types of Any; Struct, Value, ListValue and
// Any are left to protobuf's own parser. Errors, all INVALID_ARGUMENT: malformed JSON (line and
// column), an unknown field (its path in lowerCamelCase, and the nearest known field), a value of
// another type or out of range (path and value).
absl::Status ReadJsonMessage(std::string_view json, google::protobuf::util::TypeResolver& resolver,
                             google::protobuf::Message& message);

// The same for the value of one field of `message`: an array for a repeated one, a scalar for a
// scalar.
absl::Status ReadJsonField(std::string_view json, google::protobuf::util::TypeResolver& resolver,
                           const google::protobuf::FieldDescriptor& field,
                           google::protobuf::Message& message);

}  // namespace corridor::gateway
