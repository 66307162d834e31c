// Days as ISO 8601 are in order as texts.
#include "services/indicators/by_period.h"

#include <utility>

#include "platform/dates/partial_date.h"

namespace corridor::indicators {

void SetPeriod(const Period& period, v1::Observation& observation) {
  observation.set_period(FormatPeriod(period));
  observation.set_period_start(FormatDay(FirstDay(period)));
  observation.set_period_end(FormatDay(LastDay(period)));
}

std::strong_ordering operator<=>(const PeriodKey& a, const PeriodKey& b) {
  if (const auto order = a.first_day <=> b.first_day; std::is_neq(order)) return order;
  if (const auto order = b.last_day <=> a.last_day; std::is_neq(order)) return order;
  return a.period <=> b.period;
}

std::map<PeriodKey, std::vector<v1::Observation>> ByPeriod(
    std::vector<v1::Observation> observations) {
  std::map<PeriodKey, std::vector<v1::Observation>> by_period;
  for (v1::Observation& observation : observations) {
    PeriodKey key{observation.period_start(), observation.period_end(), observation.period()};
    by_period[std::move(key)].push_back(std::move(observation));
  }
  return by_period;
}

}  // namespace corridor::indicators
