// Answers the calls of corridor.memberstates.v1.Memberships: validate, ask, answer. Reads are in
// membership_handler.cc, writes in membership_writes.cc. Thread-safe. Errors: as the contract says
// of each method.
#pragma once

#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "google/protobuf/empty.pb.h"
#include "platform/request/call_context.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

class MembershipHandler {
 public:
  // `store` must outlive this.
  explicit MembershipHandler(Store& store) : store_(store) {}

  absl::StatusOr<v1::Membership> GetMembership(const v1::GetMembershipRequest& request,
                                               CallContext& call);
  absl::StatusOr<v1::ListMembershipsResponse> ListMemberships(
      const v1::ListMembershipsRequest& request, CallContext& call);
  absl::StatusOr<v1::CountMembershipsResponse> CountMemberships(
      const v1::CountMembershipsRequest& request, CallContext& call);
  absl::StatusOr<v1::ListMembershipChangesResponse> ListMembershipChanges(
      const v1::ListMembershipChangesRequest& request, CallContext& call);
  absl::StatusOr<v1::PanelMembershipsResponse> PanelMemberships(
      const v1::PanelMembershipsRequest& request, CallContext& call);
  absl::StatusOr<v1::BatchCheckMembershipsResponse> BatchCheckMemberships(
      const v1::BatchCheckMembershipsRequest& request, CallContext& call);

  absl::StatusOr<v1::Membership> CreateMembership(const v1::CreateMembershipRequest& request,
                                                  CallContext& call);
  absl::StatusOr<v1::BatchCreateMembershipsResponse> BatchCreateMemberships(
      const v1::BatchCreateMembershipsRequest& request, CallContext& call);
  absl::StatusOr<v1::Membership> UpdateMembership(const v1::UpdateMembershipRequest& request,
                                                  CallContext& call);
  absl::StatusOr<google::protobuf::Empty> DeleteMembership(
      const v1::DeleteMembershipRequest& request, CallContext& call);
  absl::StatusOr<v1::BatchUpdateMembershipsResponse> BatchUpdateMemberships(
      const v1::BatchUpdateMembershipsRequest& request, CallContext& call);
  absl::StatusOr<google::protobuf::Empty> BatchDeleteMemberships(
      const v1::BatchDeleteMembershipsRequest& request, CallContext& call);

 private:
  Store& store_;
};

}  // namespace corridor::memberstates
