// The versions of a resource in the rows of its history, and how they are erased.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// See Writer::Purge.
absl::StatusOr<std::vector<int64_t>> PurgeRows(Transaction& transaction, const PurgeOf& purge);

}  // namespace corridor::store
