// What different sources say of one thing, held against each other: whether their values can stand
// for the same number, and whether one source may confirm the other. All functions are thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "corridor/indicators/v1/source.pb.h"

namespace corridor::indicators {

// Sources by name, `sources/{source}`: those of observations and, as far as they are to be
// followed, those that they derive from.
using SourcesByName = std::map<std::string, v1::Source, std::less<>>;

// `second` against `first`, both of one indicator, area and period.
//
// Two values that are not the same number are WITHIN_ROUNDING when the intervals of numbers that
// round to them overlap (25.3 to a tenth, 25.25 to 25.35, and 25 to a unit, 24.5 to 25.5).
// Intervals that only touch do not: whatever the rule, what lies on their border rounds to one of
// both.
//
// Two sources are NOT_INDEPENDENT when they are one, when one derives from the other
// (Source.derived_from, over any number of steps that `sources` has), or both from a third. That
// both were cited by one source, or one by the other, makes nobody's figures another's: UNKNOWN.
//
// The difference is empty, and only the consistency answered, in the rare case that its exact
// digits are more than a Decimal has. Errors: INVALID_ARGUMENT (ReadPublishedValue).
absl::StatusOr<v1::CompareSourcesResponse::Pair> Compare(const v1::Observation& first,
                                                         const v1::Observation& second,
                                                         const SourcesByName& sources);

// One comparison a period, in order of time, those that state none first; in each every two
// observations of different sources, in the order given. Errors: as Compare.
absl::StatusOr<std::vector<v1::CompareSourcesResponse::Comparison>> CompareByPeriod(
    std::vector<v1::Observation> observations, const SourcesByName& sources);

}  // namespace corridor::indicators
