// The gRPC services of memberstates: each method hands its request to the handler's method of the
// same name.
#pragma once

#include <vector>

#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "corridor/memberstates/v1/membership.grpc.pb.h"
#include "corridor/memberstates/v1/organisation.grpc.pb.h"
#include "corridor/memberstates/v1/versions.grpc.pb.h"
#include "platform/server/serve.h"
#include "platform/server/unary.h"
#include "platform/versions/versions_rpc.h"
#include "services/memberstates/handlers.h"

namespace corridor::memberstates {

class AreasRpc final : public server::HandlerService<v1::Areas, AreaHandler> {
 public:
  using HandlerService::HandlerService;

  CORRIDOR_UNARY(Read, GetArea, v1::GetAreaRequest, v1::Area)
  CORRIDOR_UNARY(Read, BatchGetAreas, v1::BatchGetAreasRequest, v1::BatchGetAreasResponse)
  CORRIDOR_UNARY(Read, ListAreas, v1::ListAreasRequest, v1::ListAreasResponse)
  CORRIDOR_UNARY(Read, ResolveAreas, v1::ResolveAreasRequest, v1::ResolveAreasResponse)
  CORRIDOR_UNARY(Read, ListAreaMembers, v1::ListAreaMembersRequest, v1::ListAreaMembersResponse)
  CORRIDOR_UNARY(Read, ListAreaGroups, v1::ListAreaGroupsRequest, v1::ListAreaGroupsResponse)
  CORRIDOR_UNARY(Write, CreateArea, v1::CreateAreaRequest, v1::Area)
  CORRIDOR_UNARY(Write, BatchCreateAreas, v1::BatchCreateAreasRequest, v1::BatchCreateAreasResponse)
  CORRIDOR_UNARY(Write, UpdateArea, v1::UpdateAreaRequest, v1::Area)
  CORRIDOR_UNARY(Write, DeleteArea, v1::DeleteAreaRequest, google::protobuf::Empty)
  CORRIDOR_UNARY(Write, BatchUpdateAreas, v1::BatchUpdateAreasRequest, v1::BatchUpdateAreasResponse)
  CORRIDOR_UNARY(Write, BatchDeleteAreas, v1::BatchDeleteAreasRequest, google::protobuf::Empty)
  CORRIDOR_UNARY(Write, CreateAreaMember, v1::CreateAreaMemberRequest, v1::AreaMember)
  CORRIDOR_UNARY(Write, BatchCreateAreaMembers, v1::BatchCreateAreaMembersRequest,
                 v1::BatchCreateAreaMembersResponse)
  CORRIDOR_UNARY(Write, DeleteAreaMember, v1::DeleteAreaMemberRequest, google::protobuf::Empty)
  CORRIDOR_UNARY(Write, UpdateAreaMember, v1::UpdateAreaMemberRequest, v1::AreaMember)
  CORRIDOR_UNARY(Write, BatchUpdateAreaMembers, v1::BatchUpdateAreaMembersRequest,
                 v1::BatchUpdateAreaMembersResponse)
  CORRIDOR_UNARY(Write, BatchDeleteAreaMembers, v1::BatchDeleteAreaMembersRequest,
                 google::protobuf::Empty)
};

class OrganisationsRpc final
    : public server::HandlerService<v1::Organisations, OrganisationHandler> {
 public:
  using HandlerService::HandlerService;

  CORRIDOR_UNARY(Read, GetOrganisation, v1::GetOrganisationRequest, v1::Organisation)
  CORRIDOR_UNARY(Read, ListOrganisations, v1::ListOrganisationsRequest,
                 v1::ListOrganisationsResponse)
  CORRIDOR_UNARY(Write, CreateOrganisation, v1::CreateOrganisationRequest, v1::Organisation)
  CORRIDOR_UNARY(Write, UpdateOrganisation, v1::UpdateOrganisationRequest, v1::Organisation)
  CORRIDOR_UNARY(Write, DeleteOrganisation, v1::DeleteOrganisationRequest, google::protobuf::Empty)
  CORRIDOR_UNARY(Write, BatchCreateOrganisations, v1::BatchCreateOrganisationsRequest,
                 v1::BatchCreateOrganisationsResponse)
  CORRIDOR_UNARY(Write, BatchUpdateOrganisations, v1::BatchUpdateOrganisationsRequest,
                 v1::BatchUpdateOrganisationsResponse)
  CORRIDOR_UNARY(Write, BatchDeleteOrganisations, v1::BatchDeleteOrganisationsRequest,
                 google::protobuf::Empty)
};

class MembershipsRpc final : public server::HandlerService<v1::Memberships, MembershipHandler> {
 public:
  using HandlerService::HandlerService;

  CORRIDOR_UNARY(Read, GetMembership, v1::GetMembershipRequest, v1::Membership)
  CORRIDOR_UNARY(Read, ListMemberships, v1::ListMembershipsRequest, v1::ListMembershipsResponse)
  CORRIDOR_UNARY(Read, CountMemberships, v1::CountMembershipsRequest, v1::CountMembershipsResponse)
  CORRIDOR_UNARY(Read, ListMembershipChanges, v1::ListMembershipChangesRequest,
                 v1::ListMembershipChangesResponse)
  CORRIDOR_UNARY(Read, PanelMemberships, v1::PanelMembershipsRequest, v1::PanelMembershipsResponse)
  CORRIDOR_UNARY(Read, BatchCheckMemberships, v1::BatchCheckMembershipsRequest,
                 v1::BatchCheckMembershipsResponse)
  CORRIDOR_UNARY(Write, CreateMembership, v1::CreateMembershipRequest, v1::Membership)
  CORRIDOR_UNARY(Write, BatchCreateMemberships, v1::BatchCreateMembershipsRequest,
                 v1::BatchCreateMembershipsResponse)
  CORRIDOR_UNARY(Write, UpdateMembership, v1::UpdateMembershipRequest, v1::Membership)
  CORRIDOR_UNARY(Write, DeleteMembership, v1::DeleteMembershipRequest, google::protobuf::Empty)
  CORRIDOR_UNARY(Write, BatchUpdateMemberships, v1::BatchUpdateMembershipsRequest,
                 v1::BatchUpdateMembershipsResponse)
  CORRIDOR_UNARY(Write, BatchDeleteMemberships, v1::BatchDeleteMembershipsRequest,
                 google::protobuf::Empty)
};

// All of them.
struct Rpc {
  Rpc(Handlers& handlers, versions::VersionsHandler& versions_handler, server::UnaryCalls& calls)
      : areas(handlers.areas, calls),
        organisations(handlers.organisations, calls),
        memberships(handlers.memberships, calls),
        versions(versions_handler, calls) {}

  std::vector<server::ServedService> Services() {
    return server::Served(areas, organisations, memberships, versions);
  }

  AreasRpc areas;
  OrganisationsRpc organisations;
  MembershipsRpc memberships;
  versions::VersionsRpc<v1::Versions> versions;
};

}  // namespace corridor::memberstates
