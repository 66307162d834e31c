// The value of an observation as a number, with the bounds that its rounding leaves.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "services/indicators/decimal.h"

namespace corridor::indicators {

struct PublishedValue {
  Decimal value;
  Decimal rounded_to;  // More than 0.
  Rounding bounds;
};

// `value`, rounded to `rounded_to`, which is more than 0, else to the place of its last digit.
// Thread-safe. Errors: INVALID_ARGUMENT naming `rounded_to`: bounds of too many digits.
absl::StatusOr<PublishedValue> PublishedValueOf(const Decimal& value,
                                                const std::optional<Decimal>& rounded_to);

// The value that `value_text`, else `value`, states, rounded as `rounded_to` states, else to the
// place of its last digit; absent when there is no value. Thread-safe. Errors: INVALID_ARGUMENT
// naming the field of the observation: no number, two texts of different numbers, a `rounded_to`
// that is not more than 0 or has no value, bounds of too many digits.
absl::StatusOr<std::optional<PublishedValue>> ReadPublishedValue(
    const v1::Observation& observation);

// Sets `value`, `value_text`, `rounded_to`, `low` and `high`.
void SetPublishedValue(const PublishedValue& published, v1::Observation& observation);

// `25 (24.5 to 25.5 before rounding)`.
std::string WithBounds(const PublishedValue& published);

}  // namespace corridor::indicators
