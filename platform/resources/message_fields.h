// Fields of messages by name, where the contracts of all kinds of resource agree on them (AIP-131
// to 135, 231): `name`, `etag`, the resource of a request. CHECK-fails when there is no such field.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace corridor::resources {

std::string TextOf(const google::protobuf::Message& message, const std::string& field);
void SetText(google::protobuf::Message& message, const std::string& field, std::string text);
void ClearField(google::protobuf::Message& message, const std::string& field);
const google::protobuf::Message& MessageOf(const google::protobuf::Message& message,
                                           const std::string& field);
// The one list of messages of `type` that `message` has.
const google::protobuf::FieldDescriptor& ListOf(const google::protobuf::Message& message,
                                                const google::protobuf::Descriptor& type);

}  // namespace corridor::resources
