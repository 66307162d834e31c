// Periods, by the number of months that they last.
#include "platform/dates/period.h"

#include <algorithm>
#include <cstdio>

#include "platform/dates/partial_date.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

constexpr std::string_view kForms = "is not a period: YYYY, YYYY-Qn (n from 1 to 4) or YYYY-MM";

int MonthsIn(Frequency frequency) {
  switch (frequency) {
    case Frequency::kAnnual:
      return 12;
    case Frequency::kQuarterly:
      return 3;
    case Frequency::kMonthly:
      return 1;
  }
  return 12;
}

// Periods since year 0.
int Index(const Period& period) {
  return period.year * (12 / MonthsIn(period.frequency)) + period.ordinal - 1;
}

Period FromIndex(int index, Frequency frequency) {
  const int per_year = 12 / MonthsIn(frequency);
  return {frequency, index / per_year, index % per_year + 1};
}

absl::CivilMonth FirstMonth(const Period& period) {
  return absl::CivilMonth(period.year, (period.ordinal - 1) * MonthsIn(period.frequency) + 1);
}

}  // namespace

absl::StatusOr<Frequency> ParseFrequency(std::string_view text, std::string_view field) {
  if (text == "A") return Frequency::kAnnual;
  if (text == "Q") return Frequency::kQuarterly;
  if (text == "M") return Frequency::kMonthly;
  return InvalidField(field, text, "is not a frequency: A (years), Q (quarters) or M (months)");
}

absl::StatusOr<Period> ParsePeriod(std::string_view text, std::string_view field) {
  if (text.size() == 7 && text[5] == 'Q') {
    const absl::StatusOr<DayRange> year = ParsePartialDate(text.substr(0, 4), field);
    if (!year.ok() || text[4] != '-' || text[6] < '1' || text[6] > '4') {
      return InvalidField(field, text, kForms);
    }
    return Period{Frequency::kQuarterly, static_cast<int>(year->earliest->year()), text[6] - '0'};
  }
  if (text.size() != 4 && text.size() != 7) return InvalidField(field, text, kForms);
  const absl::StatusOr<DayRange> days = ParsePartialDate(text, field);
  if (!days.ok() || !days->earliest || !days->latest) return InvalidField(field, text, kForms);
  return PeriodOf(*days->earliest, text.size() == 4 ? Frequency::kAnnual : Frequency::kMonthly);
}

std::string FormatPeriod(const Period& period) {
  char text[32];
  switch (period.frequency) {
    case Frequency::kAnnual:
      std::snprintf(text, sizeof text, "%04d", period.year);
      break;
    case Frequency::kQuarterly:
      std::snprintf(text, sizeof text, "%04d-Q%d", period.year, period.ordinal);
      break;
    case Frequency::kMonthly:
      std::snprintf(text, sizeof text, "%04d-%02d", period.year, period.ordinal);
      break;
  }
  return text;
}

Period PeriodOf(absl::CivilDay day, Frequency frequency) {
  return {frequency, static_cast<int>(day.year()), (day.month() - 1) / MonthsIn(frequency) + 1};
}

absl::CivilDay FirstDay(const Period& period) { return absl::CivilDay(FirstMonth(period)); }

absl::CivilDay LastDay(const Period& period) {
  return absl::CivilDay(FirstMonth(period) + MonthsIn(period.frequency)) - 1;
}

Period Next(const Period& period) { return FromIndex(Index(period) + 1, period.frequency); }

Period Previous(const Period& period) { return FromIndex(Index(period) - 1, period.frequency); }

int CountPeriods(const Period& first, const Period& last) {
  return std::max(0, Index(last) - Index(first) + 1);
}

}  // namespace corridor
