// Everything that memberstates answers, on one store.
#pragma once

#include "services/memberstates/area_handler.h"
#include "services/memberstates/membership_handler.h"
#include "services/memberstates/organisation_handler.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

struct Handlers {
  // `store` must outlive this.
  explicit Handlers(Store& store) : areas(store), organisations(store), memberships(store) {}

  AreaHandler areas;
  OrganisationHandler organisations;
  MembershipHandler memberships;
};

}  // namespace corridor::memberstates
