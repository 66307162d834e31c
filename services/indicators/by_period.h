// The period of an observation, and observations of one period put together.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "corridor/indicators/v1/observation.pb.h"
#include "platform/dates/period.h"

namespace corridor::indicators {

// Sets `period`, `period_start` and `period_end`.
void SetPeriod(const Period& period, v1::Observation& observation);

// A period's place in time: one that is not stated comes first, then by first day, the longer of
// two that begin on one day first.
struct PeriodKey {
  // As v1::Observation has them: days as `YYYY-MM-DD`; empty when the period is not stated.
  std::string first_day;
  std::string last_day;
  std::string period;

  friend bool operator==(const PeriodKey&, const PeriodKey&) = default;
  friend std::strong_ordering operator<=>(const PeriodKey& a, const PeriodKey& b);
};

// `observations` by their `period`, those of one period in the order given; `period_start` and
// `period_end` are set where it is.
std::map<PeriodKey, std::vector<v1::Observation>> ByPeriod(
    std::vector<v1::Observation> observations);

}  // namespace corridor::indicators
