// Timestamps and durations as proto3's JSON writes them. Not protobuf's TimeUtil, which aborts on
// times out of range.
#pragma once

#include <cstddef>
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

// The most bytes that a time is written as.
inline constexpr size_t kLongestTime = 40;

// Write what the functions above read, with 0, 3, 6 or 9 digits of a second, timestamps with `Z`.
// `to` has kLongestTime bytes; answers the end of what was written, null when the time is out of
// range, which a duration with seconds and nanos of two signs is too.
char* WriteTimestamp(SecondsAndNanos time, char* to);
char* WriteDuration(SecondsAndNanos time, char* to);

}  // namespace corridor::gateway
