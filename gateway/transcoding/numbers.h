// Numbers as JSON has them, faster than the standard library where that is exact. No state.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace corridor::gateway {

// The most bytes that a number is written as.
inline constexpr size_t kLongestNumber = 40;

// Writes the shortest digits that are read back as the same number, without an exponent for
// 1e-6 <= |value| < 1e21; `"NaN"`, `"Infinity"` and `"-Infinity"` in quotes, as proto3 has them.
// `to` has kLongestNumber bytes; answers the end of what was written.
char* WriteNumber(double value, char* to);
char* WriteNumber(float value, char* to);

// The double nearest to `number`. Nothing when it is no decimal, or out of range.
std::optional<double> ReadNumber(std::string_view number);

}  // namespace corridor::gateway
