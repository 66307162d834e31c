// Which store a database holds: one row, with the epoch.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// The store's own migrations, of the table of this and of those of commits, then `series`.
std::vector<MigrationSeries> WithPlatformSeries(const std::vector<MigrationSeries>& series);

// The epoch of the store; of a new one, where there is none, as of `now`.
absl::StatusOr<std::string> ReadOrMakeEpoch(Transaction& transaction, absl::Time now);

}  // namespace corridor::store
