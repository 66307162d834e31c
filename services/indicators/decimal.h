// Decimal numbers as sources publish them: exact, with every digit kept.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace corridor::indicators {

// mantissa / 10^scale: 25.30 is 2530 / 10². A value type; thread-safe as an int is.
class Decimal {
 public:
  // Digits after the point that a published number may have.
  static constexpr int kMaxPublishedScale = 18;
  // Digits after the point that half a unit of its last place may have.
  static constexpr int kMaxScale = kMaxPublishedScale + 1;

  Decimal() = default;  // 0
  // Aborts unless 0 ≤ `scale` ≤ kMaxScale and `mantissa` has an opposite (is not INT64_MIN).
  Decimal(int64_t mantissa, int scale);

  // Reads `-25.30`: digits, at most one point between digits, no exponent, no leading zero, at most
  // 18 digits after the point, and all digits together at most 2^63 − 1. The minus of `-0` is
  // dropped. Errors: INVALID_ARGUMENT naming `field` and the text.
  static absl::StatusOr<Decimal> Parse(std::string_view text, std::string_view field);

  // The number with the fewest digits that reads back as `number`: 25.3 for 25.3. Errors:
  // INVALID_ARGUMENT naming `field` (not finite, or more digits than Parse takes).
  static absl::StatusOr<Decimal> FromDouble(double number, std::string_view field);

  // Every digit: `25.30` of 25.30.
  std::string Text() const;
  // The nearest double.
  double ToDouble() const;

  // Significant digits: 3 of 0.253, 6 of 317900.
  int Digits() const;

  int64_t mantissa() const { return mantissa_; }
  int scale() const { return scale_; }

  Decimal operator-() const { return Decimal(-mantissa_, scale_); }

  // Whether both have the same digits: 25.3 and 25.30 do not. Compare() compares the numbers.
  friend bool operator==(const Decimal&, const Decimal&) = default;

 private:
  int64_t mantissa_ = 0;
  int scale_ = 0;
};

// Order of the numbers, whatever their scales: 25.3 and 25.30 are equivalent.
std::weak_ordering Compare(const Decimal& a, const Decimal& b);

// Exact results, with the digits after the point that the terms (the factors together) have, less
// zeros at the end where all do not fit. Errors: OUT_OF_RANGE (not even then).
absl::StatusOr<Decimal> Add(const Decimal& a, const Decimal& b);
absl::StatusOr<Decimal> Subtract(const Decimal& a, const Decimal& b);
absl::StatusOr<Decimal> Multiply(const Decimal& a, const Decimal& b);

// One unit of the last digit: 0.1 of 25.3, 1 of 317900.
Decimal LastPlace(const Decimal& value);

// The numbers that rounding turns into a value, both ends included. low ≤ high.
struct Rounding {
  Decimal low;
  Decimal high;

  friend bool operator==(const Rounding&, const Rounding&) = default;
};

// `value` ± half of `rounded_to`, which is not negative: 24.5 to 25.5 for 25 rounded to 1. Errors:
// OUT_OF_RANGE (a bound takes more digits than a Decimal has).
absl::StatusOr<Rounding> RoundingOf(const Decimal& value, const Decimal& rounded_to);

}  // namespace corridor::indicators
