// organisations.json and reported_counts.csv of the default data set.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "platform/default_data/sources_file.h"

namespace corridor::memberstates {

// Errors: NOT_FOUND (a file), INVALID_ARGUMENT naming the file and the member, or the line, and the
// value.
absl::StatusOr<std::vector<v1::Organisation>> ReadOrganisations(const std::string& folder,
                                                                const SourcesFile& sources);

}  // namespace corridor::memberstates
