// Long division in 128 bits.
#include "services/indicators/quotient.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

namespace corridor::indicators {
namespace {

constexpr absl::uint128 kMax = std::numeric_limits<absl::uint128>::max();

absl::uint128 PowerOfTen(int exponent) {
  absl::uint128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

std::optional<absl::uint128> Product(absl::uint128 a, absl::uint128 b) {
  if (a != 0 && b > kMax / a) return std::nullopt;
  return a * b;
}

uint64_t Magnitude(int64_t number) { return static_cast<uint64_t>(number < 0 ? -number : number); }

// numerator / denominator in units of 10^-places, without the part of a unit.
struct Units {
  absl::uint128 count;
  bool exact;
};

// Absent when there are too many to round and to hold.
std::optional<Units> UnitsOf(absl::uint128 numerator, absl::uint128 denominator, int places) {
  absl::uint128 count = numerator / denominator;
  absl::uint128 rest = numerator % denominator;
  for (int i = 0; i < places; ++i) {
    if (count > kMax / 100) return std::nullopt;
    rest *= 10;
    count = count * 10 + rest / denominator;
    rest %= denominator;
  }
  bool exact = rest == 0;
  for (int i = 0; i > places; --i) {
    exact = exact && count % 10 == 0;
    count /= 10;
  }
  return Units{count, exact};
}

}  // namespace

Quotient::Quotient(const Decimal& number)
    : negative_(number.mantissa() < 0),
      numerator_(Magnitude(number.mantissa())),
      denominator_(PowerOfTen(number.scale())) {}

std::optional<Quotient> Quotient::Percentage(const Decimal& part, const Decimal& whole) {
  const uint64_t divisor = std::gcd(Magnitude(part.mantissa()), Magnitude(whole.mantissa()));
  const int shift = whole.scale() - part.scale();
  const std::optional<absl::uint128> numerator = Product(
      absl::uint128(Magnitude(part.mantissa()) / divisor) * 100, PowerOfTen(std::max(shift, 0)));
  const std::optional<absl::uint128> denominator =
      Product(Magnitude(whole.mantissa()) / divisor, PowerOfTen(std::max(-shift, 0)));
  if (!numerator || !denominator || *denominator > kMax / 10) return std::nullopt;
  return Quotient((part.mantissa() < 0) != (whole.mantissa() < 0), *numerator, *denominator);
}

double Quotient::ToDouble() const {
  const double magnitude = static_cast<double>(numerator_) / static_cast<double>(denominator_);
  return negative_ && numerator_ != 0 ? -magnitude : magnitude;
}

std::optional<Decimal> Quotient::Rounded(int places, RoundTowards towards) const {
  if (places > Decimal::kMaxPublishedScale) return std::nullopt;
  const bool nearest = towards == RoundTowards::kNearest;
  const std::optional<Units> units =
      UnitsOf(numerator_, denominator_, nearest ? places + 1 : places);
  if (!units) return std::nullopt;
  absl::uint128 count = units->count;
  if (nearest) {
    count = (count + 5) / 10;
  } else if (!units->exact && (towards == RoundTowards::kGreater) != negative_) {
    ++count;
  }
  const std::optional<absl::uint128> digits = Product(count, PowerOfTen(std::max(-places, 0)));
  if (!digits || *digits > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return std::nullopt;
  }
  const auto mantissa = static_cast<int64_t>(*digits);
  return Decimal(negative_ ? -mantissa : mantissa, std::max(places, 0));
}

}  // namespace corridor::indicators
