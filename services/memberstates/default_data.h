// Loads the default data set (data/README.md) into an empty store, through the handlers that
// clients write through.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/versioned_store.h"
#include "services/memberstates/handlers.h"

namespace corridor::memberstates {

// As LoadSteps, with the files of `folder`. Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming
// file, line or entry, and value; those of the store.
absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    Handlers& handlers, absl::Time now);

}  // namespace corridor::memberstates
