// Answers the calls of corridor.memberstates.v1.Areas: validate, ask, answer. Reads are in
// area_handler.cc, writes in area_writes.cc. Thread-safe. Errors: as the contract says of each
// method.
#pragma once

#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "google/protobuf/empty.pb.h"
#include "platform/request/call_context.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

class AreaHandler {
 public:
  // `store` must outlive this.
  explicit AreaHandler(Store& store) : store_(store) {}

  absl::StatusOr<v1::Area> GetArea(const v1::GetAreaRequest& request, CallContext& call);
  absl::StatusOr<v1::BatchGetAreasResponse> BatchGetAreas(const v1::BatchGetAreasRequest& request,
                                                          CallContext& call);
  absl::StatusOr<v1::ListAreasResponse> ListAreas(const v1::ListAreasRequest& request,
                                                  CallContext& call);
  absl::StatusOr<v1::ResolveAreasResponse> ResolveAreas(const v1::ResolveAreasRequest& request,
                                                        CallContext& call);
  absl::StatusOr<v1::ListAreaMembersResponse> ListAreaMembers(
      const v1::ListAreaMembersRequest& request, CallContext& call);
  absl::StatusOr<v1::ListAreaGroupsResponse> ListAreaGroups(
      const v1::ListAreaGroupsRequest& request, CallContext& call);

  absl::StatusOr<v1::Area> CreateArea(const v1::CreateAreaRequest& request, CallContext& call);
  absl::StatusOr<v1::BatchCreateAreasResponse> BatchCreateAreas(
      const v1::BatchCreateAreasRequest& request, CallContext& call);
  absl::StatusOr<v1::Area> UpdateArea(const v1::UpdateAreaRequest& request, CallContext& call);
  absl::StatusOr<google::protobuf::Empty> DeleteArea(const v1::DeleteAreaRequest& request,
                                                     CallContext& call);
  absl::StatusOr<v1::BatchUpdateAreasResponse> BatchUpdateAreas(
      const v1::BatchUpdateAreasRequest& request, CallContext& call);
  absl::StatusOr<google::protobuf::Empty> BatchDeleteAreas(
      const v1::BatchDeleteAreasRequest& request, CallContext& call);
  absl::StatusOr<v1::AreaMember> CreateAreaMember(const v1::CreateAreaMemberRequest& request,
                                                  CallContext& call);
  absl::StatusOr<v1::BatchCreateAreaMembersResponse> BatchCreateAreaMembers(
      const v1::BatchCreateAreaMembersRequest& request, CallContext& call);
  absl::StatusOr<google::protobuf::Empty> DeleteAreaMember(
      const v1::DeleteAreaMemberRequest& request, CallContext& call);
  absl::StatusOr<v1::AreaMember> UpdateAreaMember(const v1::UpdateAreaMemberRequest& request,
                                                  CallContext& call);
  absl::StatusOr<v1::BatchUpdateAreaMembersResponse> BatchUpdateAreaMembers(
      const v1::BatchUpdateAreaMembersRequest& request, CallContext& call);
  absl::StatusOr<google::protobuf::Empty> BatchDeleteAreaMembers(
      const v1::BatchDeleteAreaMembersRequest& request, CallContext& call);

 private:
  Store& store_;
};

}  // namespace corridor::memberstates
