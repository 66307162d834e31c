// What follows from two observations: a share or a difference, with the bounds that the rounding of
// both leaves. All functions are thread-safe.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "corridor/indicators/v1/observation.pb.h"

namespace corridor::indicators {

using Operation = v1::DeriveObservationsRequest::Operation;
using Derived = v1::DeriveObservationsResponse::Derived;

// 100 × `observation` / `base` in PERCENT, or `observation` − `base`, by interval arithmetic over
// the bounds of both (ReadPublishedValue): the least and the most that any numbers within them
// give.
//
// Where the base may be 0 before rounding a share has a value, but no bounds: they would be
// infinite. It has no value, but a missing_reason, where an observation has none, where the base is
// 0, and where the exact result takes more digits than can be computed with.
//
// `text` names only what can be: bounds are rounded inwards, to one digit more than the value; the
// value to the first digit of half the distance between the bounds, or as many digits more as keep
// it between them. 317900 (rounded to 1) of 3500000 (rounded to 100000) is `9.1 (8.96–9.21)`.
// Without bounds the value has one significant digit; where that takes more digits than a Decimal
// has, the text is the value alone.
//
// The difference of two values in PERCENT is in PERCENTAGE_POINTS, any other in the unit of both.
//
// Errors: INVALID_ARGUMENT: `operation` is none; `base_indicator`, of a difference, has another
// unit; or ReadPublishedValue's.
absl::StatusOr<Derived> Derive(Operation operation, const v1::Observation& observation,
                               const v1::Observation& base);

// Derive() of every observation with every base of the same period (or of none stated), in order of
// time, those that state none first, then in the orders given. Errors: as Derive.
absl::StatusOr<std::vector<Derived>> DeriveByPeriod(Operation operation,
                                                    std::vector<v1::Observation> observations,
                                                    std::vector<v1::Observation> bases);

}  // namespace corridor::indicators
