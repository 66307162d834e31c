// One field of a message from the text of a path variable, a query parameter or a JSON scalar. No
// state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {

// Whether SetFromText takes the field: scalars and enums; of messages Timestamp, Duration,
// FieldMask and the wrappers.
bool HasTextForm(const google::protobuf::FieldDescriptor& field);

// Sets `field` of `message` (appends, when it is repeated) from `text` as proto3's JSON writes the
// value, without quotes. Numbers are decimal; an enum is given by name or number; bytes are base64
// or base64url, padded or not, without bits after the last byte; the paths of a FieldMask may be in
// lowerCamelCase or snake_case. `path` names the field in errors, all INVALID_ARGUMENT: text of
// another form, out of range, not UTF-8.
absl::Status SetFromText(google::protobuf::Message& message,
                         const google::protobuf::FieldDescriptor& field, std::string_view text,
                         std::string_view path);

// The same for a whole message of a type that has a text form.
absl::Status SetMessageFromText(google::protobuf::Message& message, std::string_view text,
                                std::string_view path);

}  // namespace corridor::gateway
