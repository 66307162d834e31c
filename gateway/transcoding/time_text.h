// Timestamps and durations as proto3's JSON writes them. Not protobuf's TimeUtil, which aborts on
// times out of range.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace corridor::gateway {

// Fields of google.protobuf.Timestamp (since 1970-01-01T00:00:00Z) and of google.protobuf.Duration.
struct SecondsAndNanos {
  int64_t seconds = 0;
  int32_t nanos = 0;
};

// RFC 3339 with `Z` or an offset and up to nine digits of a second: `2018-01-01T00:00:00.5+01:00`.
// Nothing when it is of another form, no day of the calendar, or outside the years 1 to 9999 in
// UTC.
std::optional<SecondsAndNanos> ParseTimestamp(std::string_view text);

// Seconds with up to nine digits after the point: `-1.5s`. Nothing when it is of another form or
// beyond 315,576,000,000 seconds (10,000 years).
std::optional<SecondsAndNanos> ParseDuration(std::string_view text);

}  // namespace corridor::gateway
