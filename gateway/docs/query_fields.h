// The fields of a request that its query may set.
#pragma once

#include <vector>

#include "gateway/transcoding/bindings.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

// Each as the chain of fields that leads to it, in the order of the contract: those that
// SetFromQuery takes for the binding. A message within one of its own type is left out, since that
// has no end.
std::vector<std::vector<const google::protobuf::FieldDescriptor*>> QueryFieldsOf(
    const Binding& binding);

}  // namespace corridor::gateway
