// The observations of one series in one release as bytes: what a row of the store holds.
//
// Format, version 1. Numbers are unsigned LEB128 varints in their shortest form, signed ones zigzag
// first. Each column covers all observations in order of period; a run says of how many consecutive
// observations something holds, and two runs that follow each other differ.
//
//   version      byte 1
//   frequency    byte `A`, `Q` or `M`; `_` when the period is not stated or there is no observation
//   count        varint; at most 1 when the frequency is `_`
//   periods      none when the frequency is `_`; else of the first the number of periods since that
//                which begins the year 1, of each other the number of periods left out before it
//   statuses     runs: byte (a letter of CL_OBS_STATUS), varint length
//   values       runs: byte (digits after the point, 0 to 18; 0xFF: no value), varint length; then,
//                but for 0xFF, a zigzag varint each: its mantissa less that of the value before (of
//                any run; 0 before the first), modulo 2^64
//   rounded_to   runs: byte (digits after the point, 0 to 18; 0xFF: not stated), varint length;
//                then, but for 0xFF, one varint: the mantissa, from 1
//   texts        three columns: published_text, missing_reason, note. Of each: varint number of
//                those that are not empty; of each of these, varint number of observations left out
//                before it, varint length in bytes from 1, the bytes
//
// Nothing follows. The same observations are always the same bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/dates/partial_date.h"
#include "platform/dates/period.h"
#include "services/indicators/decimal.h"

namespace corridor::indicators {

// One observation, as v1::Observation has it; empty texts are absent ones.
struct PackedObservation {
  std::optional<Period> period;  // Absent: not stated.
  std::optional<Decimal> value;
  std::optional<Decimal> rounded_to;  // More than 0.
  char status = 'A';
  std::string published_text;
  std::string missing_reason;
  std::string note;

  friend bool operator==(const PackedObservation&, const PackedObservation&) = default;
};

// The bytes of `observations`: of one frequency, in order of period, one a period; a single one
// when the period is not stated; at most 18 digits after a point; statuses that are capital
// letters. Aborts on others. Thread-safe.
std::string PackObservations(std::span<const PackedObservation> observations);

// The observations that `bytes` hold, in order of period. With a bound in `within` only those whose
// period has a day within, and none whose period is not stated; texts of others are not copied.
// Takes memory in proportion to the bytes, whatever they are. Thread-safe. Errors: DATA_LOSS (not
// bytes that PackObservations makes), whatever `within` is.
absl::StatusOr<std::vector<PackedObservation>> UnpackObservations(std::string_view bytes,
                                                                  const DayRange& within = {});

// The last of `observations`, which are in order of period, that has a value; null when none has.
const PackedObservation* LastWithValue(std::span<const PackedObservation> observations);

}  // namespace corridor::indicators
