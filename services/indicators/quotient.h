// Exact fractions of decimal numbers, and their digits rounded in a direction of choice.
#pragma once

#include <optional>

#include "absl/numeric/int128.h"
#include "services/indicators/decimal.h"

namespace corridor::indicators {

enum class RoundTowards { kNearest, kLess, kGreater };  // kNearest: halves away from 0.

// A value type; thread-safe as an int is.
class Quotient {
 public:
  explicit Quotient(const Decimal& number);

  // 100 × `part` / `whole`; `whole` is not 0. Absent when that takes more than 128 bits above or
  // below the line.
  static std::optional<Quotient> Percentage(const Decimal& part, const Decimal& whole);

  double ToDouble() const;

  // The number to `places` digits after the point, or to tens (-1), hundreds (-2) and so on. Absent
  // when a Decimal has not so many digits.
  std::optional<Decimal> Rounded(int places, RoundTowards towards) const;

 private:
  Quotient(bool negative, absl::uint128 numerator, absl::uint128 denominator)
      : negative_(negative), numerator_(numerator), denominator_(denominator) {}

  bool negative_;
  absl::uint128 numerator_;
  absl::uint128 denominator_;  // Less than 2^128 / 10, so that long division stays within 128 bits.
};

}  // namespace corridor::indicators
