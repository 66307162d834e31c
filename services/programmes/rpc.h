// The gRPC services of programmes: each method hands its request to the handler's method of the
// same name.
#pragma once

#include <vector>

#include "corridor/programmes/v1/classification.grpc.pb.h"
#include "corridor/programmes/v1/partner.grpc.pb.h"
#include "corridor/programmes/v1/programme_area.grpc.pb.h"
#include "corridor/programmes/v1/project.grpc.pb.h"
#include "corridor/programmes/v1/versions.grpc.pb.h"
#include "platform/server/serve.h"
#include "platform/server/unary.h"
#include "platform/versions/versions_rpc.h"
#include "services/programmes/handlers.h"

namespace corridor::programmes {

CORRIDOR_RESOURCE_RPC(ProgrammeArea, ProgrammeAreas)
CORRIDOR_RESOURCE_RPC(ActivityType, ActivityTypes)
CORRIDOR_RESOURCE_RPC(Classification, Classifications)
CORRIDOR_RESOURCE_RPC(Crosswalk, Crosswalks)
CORRIDOR_RESOURCE_RPC(Office, Offices)
CORRIDOR_RESOURCE_RPC(Partner, Partners)
CORRIDOR_RESOURCE_RPC(Project, Projects)

// All of them.
struct Rpc {
  Rpc(Handlers& handlers, versions::VersionsHandler& versions_handler, server::UnaryCalls& calls)
      : programme_areas(handlers.programme_areas, calls),
        activity_types(handlers.activity_types, calls),
        classifications(handlers.classifications, calls),
        crosswalks(handlers.crosswalks, calls),
        offices(handlers.offices, calls),
        partners(handlers.partners, calls),
        projects(handlers.projects, calls),
        versions(versions_handler, calls) {}

  std::vector<server::ServedService> Services() {
    return server::Served(programme_areas, activity_types, classifications, crosswalks, offices,
                          partners, projects, versions);
  }

  ProgrammeAreasRpc programme_areas;
  ActivityTypesRpc activity_types;
  ClassificationsRpc classifications;
  CrosswalksRpc crosswalks;
  OfficesRpc offices;
  PartnersRpc partners;
  ProjectsRpc projects;
  versions::VersionsRpc<v1::Versions> versions;
};

}  // namespace corridor::programmes
