// Which release of a dataset answers: the one published last, or published last by a day, or one
// that is named.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "corridor/indicators/v1/source.pb.h"

namespace corridor::indicators {

// What a request says of the release.
struct ReleaseChoice {
  std::string release = {};                        // Only this one; empty: any.
  std::optional<absl::CivilDay> released_by = {};  // Certainly published by this day.
};

// The releases that may answer, the one to take first: by the latest day that `published` may mean,
// the last first, then by id, the last first; those of unknown day come last, and are none that was
// published by a day.
std::vector<const v1::Dataset::Release*> ReleasesInOrder(const v1::Dataset& dataset,
                                                         const ReleaseChoice& choice);

}  // namespace corridor::indicators
