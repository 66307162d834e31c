// What the contract says of versions, from what the store does.
#pragma once

#include "corridor/changes/v1/versions.pb.h"
#include "platform/store/versioned_store.h"

namespace corridor::versions {

changes::v1::Purge ToMessage(const store::Purged& purged);

}  // namespace corridor::versions
