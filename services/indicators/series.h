// Series: their key and its name, and what may be said of them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "platform/resources/kind.h"

namespace corridor::indicators {

const resources::Kind& AllSeries();

// SDMX frequency of a value whose period is not stated (CL_FREQ).
inline constexpr char kUnstatedFrequency[] = "_U";

// The name that follows from the key: `series/{indicator}~{area}~{frequency}~{dataset}`, and
// `~{counterpart area}` where there is one.
std::string SeriesName(const v1::Series& series);

// Refuses what is no key: a field that is empty or no name of its collection, a frequency that is
// not A, Q, M or _U. Errors: INVALID_ARGUMENT naming the field under `path`.
absl::Status CheckSeriesKey(const v1::Series& series, const std::string& path);

// Refuses what is no SDMX frequency of a series. Errors: INVALID_ARGUMENT naming `field`.
absl::Status CheckFrequency(const std::string& frequency, const std::string& field);

}  // namespace corridor::indicators
