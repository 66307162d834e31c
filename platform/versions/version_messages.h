// What the contract says of versions, from what the store does.
#pragma once

#include "absl/time/time.h"
#include "corridor/changes/v1/versions.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "platform/store/versioned_store.h"

namespace corridor::versions {

// In microseconds, as commits have it.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

changes::v1::Purge ToMessage(const store::Purged& purged);

}  // namespace corridor::versions
