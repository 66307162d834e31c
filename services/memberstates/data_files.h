// The files of the default data set (data/README.md), read as the requests that write them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "corridor/memberstates/v1/organisation.pb.h"

namespace corridor::memberstates {

struct DefaultData {
  v1::BatchCreateAreasRequest areas;
  v1::BatchCreateAreaMembersRequest area_members;
  std::vector<v1::CreateOrganisationRequest> organisations;
  std::vector<v1::BatchCreateMembershipsRequest> memberships;  // One an organisation.
};

// Reads sources.csv, areas.csv, regions.csv, groups.csv, group_members.csv, memberships.csv,
// reported_counts.csv and organisations.json of `folder`, and the countries of iso_codes.h. The
// requests are checked when they are handled. Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming
// file, line and value (an unknown column, source or word).
absl::StatusOr<DefaultData> ReadDefaultData(const std::string& folder);

}  // namespace corridor::memberstates
