// What differs between two states of a resource, field by field.
#pragma once

#include <string>
#include <vector>

#include "corridor/changes/v1/versions.pb.h"
#include "google/protobuf/struct.pb.h"

namespace corridor::versions {

// Every difference between two JSON objects, in order of path (see FieldChange.path). Objects are
// compared member by member. Of lists the entries that both begin and end with are the same ones;
// what is left in between is compared one by one when both have as many, else all of it has gone
// and come.
std::vector<changes::v1::FieldChange> FieldChanges(const google::protobuf::Struct& before,
                                                   const google::protobuf::Struct& after);

}  // namespace corridor::versions
