// A few commits, in an order in which each finds what it names: areas, who belongs to which,
// organisations, memberships.
#include "services/memberstates/default_data.h"

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "platform/request/call_context.h"
#include "platform/status/status.h"
#include "services/memberstates/data_files.h"
#include "services/memberstates/organisation.h"

namespace corridor::memberstates {
namespace {

constexpr char kActor[] = "default-data";
constexpr char kReason[] = "Default data set";
constexpr absl::Duration kCommitTakesAtMost = absl::Minutes(2);

// One commit of the load.
struct Step {
  std::string request_id;
  std::function<absl::Status(CallContext&)> write;
  std::string method;
};

// A step that hands `request` to `method` of `handler`.
template <typename Request, typename Handler, typename Response>
Step StepOf(std::string request_id, std::string method_name, Request& request, Handler& handler,
            absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&)) {
  request.set_request_id(request_id);
  request.set_reason(kReason);
  return {std::move(request_id),
          [&request, &handler, method](CallContext& call) {
            return (handler.*method)(request, call).status();
          },
          "/corridor.memberstates.v1." + std::move(method_name)};
}

// In order. They refer to `data`.
std::vector<Step> StepsOf(DefaultData& data, const WriteHandlers& handlers) {
  std::vector<Step> steps;
  steps.push_back(StepOf("default-data/areas", "Areas/BatchCreateAreas", data.areas, handlers.areas,
                         &AreaHandler::BatchCreateAreas));
  steps.push_back(StepOf("default-data/area-members", "Areas/BatchCreateAreaMembers",
                         data.area_members, handlers.areas, &AreaHandler::BatchCreateAreaMembers));
  for (v1::CreateOrganisationRequest& request : data.organisations) {
    steps.push_back(StepOf(absl::StrCat("default-data/", request.organisation().name()),
                           "Organisations/CreateOrganisation", request, handlers.organisations,
                           &OrganisationHandler::CreateOrganisation));
  }
  for (v1::BatchCreateMembershipsRequest& request : data.memberships) {
    steps.push_back(StepOf(absl::StrCat("default-data/", request.parent(), "/memberships"),
                           "Memberships/BatchCreateMemberships", request, handlers.memberships,
                           &MembershipHandler::BatchCreateMemberships));
  }
  return steps;
}

}  // namespace

absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    const WriteHandlers& handlers, absl::Time now) {
  // Nobody else writes before the load is done, so its commits are the first ones, in order.
  ASSIGN_OR_RETURN(const std::vector<store::Commit> first,
                   versions.CommitsAfter(0, 1, now + kCommitTakesAtMost));
  if (!first.empty() && first[0].actor != kActor) return 0;
  ASSIGN_OR_RETURN(DefaultData data, ReadDefaultData(folder));
  const std::vector<Step> steps = StepsOf(data, handlers);
  ASSIGN_OR_RETURN(
      const std::vector<store::Commit> made,
      versions.CommitsAfter(0, static_cast<int>(steps.size()), now + kCommitTakesAtMost));
  int commits = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (i < made.size()) {
      if (made[i].request_id == steps[i].request_id) continue;
      // A load of another edition of the files was completed, and people wrote since.
      return commits;
    }
    CallContext call(steps[i].method, kActor, now + kCommitTakesAtMost, now);
    if (absl::Status status = steps[i].write(call); !status.ok()) {
      return AtField(steps[i].request_id, status);
    }
    ++commits;
  }
  return commits;
}

}  // namespace corridor::memberstates
