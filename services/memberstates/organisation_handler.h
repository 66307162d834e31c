// Answers the calls of corridor.memberstates.v1.Organisations: validate, ask, answer. Thread-safe.
// Errors: as the contract says of each method.
#pragma once

#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "google/protobuf/empty.pb.h"
#include "platform/request/call_context.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

class OrganisationHandler {
 public:
  // `store` must outlive this.
  explicit OrganisationHandler(Store& store) : store_(store) {}

  absl::StatusOr<v1::Organisation> GetOrganisation(const v1::GetOrganisationRequest& request,
                                                   CallContext& call);
  absl::StatusOr<v1::ListOrganisationsResponse> ListOrganisations(
      const v1::ListOrganisationsRequest& request, CallContext& call);
  absl::StatusOr<v1::Organisation> CreateOrganisation(const v1::CreateOrganisationRequest& request,
                                                      CallContext& call);
  absl::StatusOr<v1::Organisation> UpdateOrganisation(const v1::UpdateOrganisationRequest& request,
                                                      CallContext& call);
  absl::StatusOr<google::protobuf::Empty> DeleteOrganisation(
      const v1::DeleteOrganisationRequest& request, CallContext& call);
  absl::StatusOr<v1::BatchCreateOrganisationsResponse> BatchCreateOrganisations(
      const v1::BatchCreateOrganisationsRequest& request, CallContext& call);
  absl::StatusOr<v1::BatchUpdateOrganisationsResponse> BatchUpdateOrganisations(
      const v1::BatchUpdateOrganisationsRequest& request, CallContext& call);
  absl::StatusOr<google::protobuf::Empty> BatchDeleteOrganisations(
      const v1::BatchDeleteOrganisationsRequest& request, CallContext& call);

 private:
  Store& store_;
};

}  // namespace corridor::memberstates
