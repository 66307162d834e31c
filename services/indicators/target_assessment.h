// Whether a target is met, as far as the values held can say.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "corridor/indicators/v1/context.pb.h"
#include "corridor/indicators/v1/observation.pb.h"

namespace corridor::indicators {

// Assesses `target` by `observations`: of every series of its indicator and area, all periods, in
// any order. Thread-safe.
//
// The goal is `goal_value`, else `factor` × `baseline_value`, exact; no series' own value stands in
// for a baseline that is not stated. The target is due until the last day that `due` may mean.
//
// Nothing can be said (CANNOT_SAY, of the target and of each series) when the indicator, the
// direction, the goal or the day due is not stated; the reason names all that lack.
//
// One period of a series decides: the last that has a value and ends by the last day due. Forecasts
// (status F) decide nothing: nothing was reached by being expected.
//   MET       all numbers that round to the value reach the goal, equal to it included, unless the
//             period ended before the target was set;
//   NOT_MET   none of them does, and it is the period due: of all periods of the frequency that end
//             by the last day due the last, and it ends on or after the first day that `due` may
//             mean. Until a later value is held, a goal not reached may still have been.
//   CANNOT_SAY otherwise: some of the numbers reach the goal and others do not, the last value is
//             of an earlier period, or of none that is stated; or the series is of one counterpart
//             area only, so that its figure is another.
//
// Of each source the series count whose deciding period ends last. The target is MET or NOT_MET
// when all of these that can say agree, SOURCES_DISAGREE when they do not, CANNOT_SAY when none
// can. Series are answered in order of their names.
//
// Errors: INVALID_ARGUMENT: an observation's value or period is malformed.
absl::StatusOr<v1::TargetAssessment> AssessTarget(const v1::Target& target,
                                                  const std::vector<v1::Observation>& observations);

}  // namespace corridor::indicators
