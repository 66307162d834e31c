// Periods as SDMX writes them: years `2009`, quarters `2009-Q3`, months `2009-07`
// (https://sdmx.org, "Time formats": Gregorian year and month, reporting quarter).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace corridor {

// How long a period is.
enum class Frequency { kAnnual, kQuarterly, kMonthly };

// Reads `A`, `Q` or `M`. Errors: INVALID_ARGUMENT naming `field` and the text.
absl::StatusOr<Frequency> ParseFrequency(std::string_view text, std::string_view field);

struct Period {
  Frequency frequency = Frequency::kAnnual;
  int year = 1;     // 1 to 9999.
  int ordinal = 1;  // Within the year, from 1.

  friend bool operator==(const Period&, const Period&) = default;
};

// Reads a period of any frequency. Errors: INVALID_ARGUMENT naming `field` and the text.
absl::StatusOr<Period> ParsePeriod(std::string_view text, std::string_view field);

// `2009`, `2009-Q3` or `2009-07`.
std::string FormatPeriod(const Period& period);

// The period that `day` lies in.
Period PeriodOf(absl::CivilDay day, Frequency frequency);

absl::CivilDay FirstDay(const Period& period);
absl::CivilDay LastDay(const Period& period);

// The period after; may leave the years 1 to 9999.
Period Next(const Period& period);
// The period before; may leave the years 1 to 9999.
Period Previous(const Period& period);

// Periods from `first` to `last`, both included; 0 when `last` is before. Both are of one
// frequency.
int CountPeriods(const Period& first, const Period& last);

}  // namespace corridor
