// Dates of any precision (corridor.common.v1.PartialDate): what a text may mean, and how spans of
// them answer for a day.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "corridor/common/v1/date.pb.h"

namespace corridor {

// The days that a date may mean, both inclusive; absent = unbounded. earliest ≤ latest.
struct DayRange {
  std::optional<absl::CivilDay> earliest;
  std::optional<absl::CivilDay> latest;
};

// Reads `2018`, `2018-01`, `2018-01-01`, `A/B`, `../B`, `A/..`; years 0001 to 9999, days that
// exist, no other form. Errors: INVALID_ARGUMENT naming `field` and the text.
absl::StatusOr<DayRange> ParsePartialDate(std::string_view text, std::string_view field);

// As ParsePartialDate, answered as the message: the text as given, with earliest and latest.
absl::StatusOr<common::v1::PartialDate> ToPartialDate(std::string_view text,
                                                      std::string_view field);

// The days of a message whose text has been parsed before. CHECK-fails on one that was not.
DayRange Days(const common::v1::PartialDate& date);

// `2018-01-01`.
std::string FormatDay(absl::CivilDay day);

// Whether something holds on a day.
enum class Holds { kNo, kPossibly, kCertainly };

// Whether what began on `start` and ended on `end` (first day on which it no longer held) held on
// the day `asked`: certainly, when it did whatever start, end and asked mean. No end: it still
// holds. No start: at best possibly.
Holds HoldsOn(const std::optional<DayRange>& start, const std::optional<DayRange>& end,
              const DayRange& asked);

}  // namespace corridor
