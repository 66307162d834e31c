// Loads the default data set into an empty store, through the handlers that clients write through.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/versioned_store.h"
#include "services/memberstates/area_handler.h"
#include "services/memberstates/membership_handler.h"
#include "services/memberstates/organisation_handler.h"

namespace corridor::memberstates {

struct WriteHandlers {
  AreaHandler& areas;
  OrganisationHandler& organisations;
  MembershipHandler& memberships;
};

// Loads the files of `folder` when `versions`, which the handlers write to, has no commit; goes on
// where a load that was interrupted stopped, since each commit of a load is known by its request
// id; does nothing otherwise, so that what people changed stays. Call it before the store is
// served. Answers the number of commits made. Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming
// file, line or entry and value; those of the store.
absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    const WriteHandlers& handlers, absl::Time now);

}  // namespace corridor::memberstates
