// areas.csv, regions.csv, groups.csv and group_members.csv of the default data set.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "platform/default_data/sources_file.h"

namespace corridor::memberstates {

// Adds every area, and every record of membership in one: of regions in their parents, of countries
// in their regions and in the groups of their flags, and of groups. Errors: NOT_FOUND (a file),
// INVALID_ARGUMENT naming file, line and value.
absl::Status ReadAreas(const std::string& folder, const SourcesFile& sources,
                       v1::BatchCreateAreasRequest& areas,
                       v1::BatchCreateAreaMembersRequest& members);

}  // namespace corridor::memberstates
