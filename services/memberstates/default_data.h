// Loads the default data set into an empty store, through the handlers that clients write through.
#pragma once

#include <string>

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

// Loads the files of `folder` into `versions`, which the handlers write to, by the rules of
// LoadSteps. Answers the number of commits made. Errors: NOT_FOUND (a file), INVALID_ARGUMENT
// naming file, line or entry and value; those of the store.
absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    const WriteHandlers& handlers, absl::Time now);

}  // namespace corridor::memberstates
