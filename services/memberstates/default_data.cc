// The steps of the load, in an order in which each finds what it names: areas, who belongs to
// which, organisations, memberships.
#include "services/memberstates/default_data.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "platform/default_data/load_steps.h"
#include "platform/status/status.h"
#include "services/memberstates/data_files.h"

namespace corridor::memberstates {
namespace {

// `method` of this contract, by a request id that tells the steps apart.
StepId IdOf(const char* method, const std::string& what) {
  return {.request_id = absl::StrCat("default-data/", what),
          .method = absl::StrCat("/corridor.memberstates.v1.", method)};
}

// They refer to `data`.
std::vector<Step> StepsOf(DefaultData& data, Handlers& handlers) {
  std::vector<Step> steps;
  steps.push_back(StepOf(IdOf("Areas/BatchCreateAreas", "areas"), data.areas, handlers.areas,
                         &AreaHandler::BatchCreateAreas));
  steps.push_back(StepOf(IdOf("Areas/BatchCreateAreaMembers", "area-members"), data.area_members,
                         handlers.areas, &AreaHandler::BatchCreateAreaMembers));
  for (v1::CreateOrganisationRequest& request : data.organisations) {
    steps.push_back(StepOf(IdOf("Organisations/CreateOrganisation", request.organisation().name()),
                           request, handlers.organisations,
                           &OrganisationHandler::CreateOrganisation));
  }
  for (v1::BatchCreateMembershipsRequest& request : data.memberships) {
    steps.push_back(
        StepOf(IdOf("Memberships/BatchCreateMemberships", request.parent() + "/memberships"),
               request, handlers.memberships, &MembershipHandler::BatchCreateMemberships));
  }
  return steps;
}

}  // namespace

absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    Handlers& handlers, absl::Time now) {
  DefaultData data;
  const auto read_steps = [&]() -> absl::StatusOr<std::vector<Step>> {
    ASSIGN_OR_RETURN(data, ReadDefaultData(folder));
    return StepsOf(data, handlers);
  };
  return LoadSteps(read_steps, versions, now);
}

}  // namespace corridor::memberstates
