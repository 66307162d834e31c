// The query of an address as fields of a request message.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {

// Fields that a query may not set, each as the chain of fields that leads to it, and by what else
// it is set.
struct BoundField {
  std::vector<const google::protobuf::FieldDescriptor*> chain;
  std::string_view by;  // `path` or `body`.
};

// Sets the fields of `message` that `query` (raw, without `?`) names:
// `asOf=2018-01-01&spell.status=MEMBER`. Names in lowerCamelCase or snake_case; a repeated field
// takes one value each time its name occurs; `+` is a space. Errors, all INVALID_ARGUMENT naming
// parameter and value: an unknown parameter (with the nearest known one), one that is bound
// already, a second value for a singular field or oneof, a value of another form, a bad
// percent-escape.
absl::Status SetFromQuery(std::string_view query, const std::vector<BoundField>& bound,
                          google::protobuf::Message& message);

// `area.displayName` for a chain of fields.
std::string JsonPath(const std::vector<const google::protobuf::FieldDescriptor*>& chain);

// The message within `message`, itself perhaps, that has the last field of the chain; made if it is
// not there.
google::protobuf::Message& HolderOf(
    const std::vector<const google::protobuf::FieldDescriptor*>& chain,
    google::protobuf::Message& message);

}  // namespace corridor::gateway
