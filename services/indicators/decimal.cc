// Decimal numbers, computed with in 128 bits.
#include "services/indicators/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <system_error>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "platform/status/status.h"

namespace corridor::indicators {
namespace {

constexpr int64_t kMaxMantissa = std::numeric_limits<int64_t>::max();

// All exact as doubles.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
static_assert(std::size(kPowersOfTen) == Decimal::kMaxScale + 1);

bool AreDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return '0' <= c && c <= '9'; });
}

absl::int128 PowerOfTen(int exponent) {
  absl::int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

bool Fits(absl::int128 mantissa) { return -kMaxMantissa <= mantissa && mantissa <= kMaxMantissa; }

absl::StatusOr<Decimal> FromWide(absl::int128 mantissa, int scale) {
  while ((scale > Decimal::kMaxScale || !Fits(mantissa)) && scale > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    --scale;
  }
  if (scale > Decimal::kMaxScale || !Fits(mantissa)) {
    return absl::OutOfRangeError("the exact result has more digits than a decimal number may");
  }
  return Decimal(static_cast<int64_t>(mantissa), scale);
}

// Two numbers brought to one scale. Since a scale is at most 19 and a mantissa less than 10^19, the
// mantissas and their sum fit into 128 bits.
struct Aligned {
  Aligned(const Decimal& first, const Decimal& second)
      : scale(std::max(first.scale(), second.scale())),
        a(first.mantissa() * PowerOfTen(scale - first.scale())),
        b(second.mantissa() * PowerOfTen(scale - second.scale())) {}

  int scale;
  absl::int128 a, b;
};

}  // namespace

Decimal::Decimal(int64_t mantissa, int scale) : mantissa_(mantissa), scale_(scale) {
  if (scale < 0 || scale > kMaxScale || mantissa < -kMaxMantissa) std::abort();
}

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text, std::string_view field) {
  const bool negative = !text.empty() && text.front() == '-';
  const std::string_view number = text.substr(negative ? 1 : 0);
  const size_t point = number.find('.');
  const bool has_point = point != std::string_view::npos;
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction = has_point ? number.substr(point + 1) : std::string_view();
  if (!AreDigits(whole) || (has_point && !AreDigits(fraction))) {
    return InvalidField(field, text, "is not a decimal number, such as -25.30");
  }
  if (whole.size() > 1 && whole.front() == '0') {
    return InvalidField(field, text, "begins with a zero too many");
  }
  if (fraction.size() > static_cast<size_t>(kMaxPublishedScale)) {
    return InvalidField(field, text, "has more than 18 digits after the point");
  }
  const std::string digits = std::string(whole) + std::string(fraction);
  int64_t mantissa = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), mantissa);
  if (read.ec != std::errc()) {
    return InvalidField(field, text, "is, without its point, beyond 9223372036854775807");
  }
  return Decimal(negative ? -mantissa : mantissa, static_cast<int>(fraction.size()));
}

absl::StatusOr<Decimal> Decimal::FromDouble(double number, std::string_view field) {
  char shortest[32];
  const auto general = std::to_chars(std::begin(shortest), std::end(shortest), number);
  const std::string_view named(shortest, static_cast<size_t>(general.ptr - shortest));
  if (!std::isfinite(number)) return InvalidField(field, named, "is not a number");
  // The longest are some 325 characters: -5e-324.
  char fixed[400];
  const auto written =
      std::to_chars(std::begin(fixed), std::end(fixed), number, std::chars_format::fixed);
  absl::StatusOr<Decimal> decimal =
      Parse(std::string_view(fixed, static_cast<size_t>(written.ptr - fixed)), field);
  if (decimal.ok()) return decimal;
  return InvalidField(field, named, "has too many digits before or after the point");
}

int Decimal::Digits() const {
  int digits = 1;
  for (int64_t rest = mantissa_ / 10; rest != 0; rest /= 10) ++digits;
  return digits;
}

std::string Decimal::Text() const {
  std::string text = std::to_string(mantissa_ < 0 ? -mantissa_ : mantissa_);
  const auto after_point = static_cast<size_t>(scale_);
  if (text.size() <= after_point) text.insert(0, after_point + 1 - text.size(), '0');
  if (after_point > 0) text.insert(text.size() - after_point, 1, '.');
  if (mantissa_ < 0) text.insert(0, 1, '-');
  return text;
}

double Decimal::ToDouble() const {
  // A quotient of two doubles that are exact is the nearest double.
  constexpr int64_t kExact = int64_t{1} << std::numeric_limits<double>::digits;
  if (-kExact <= mantissa_ && mantissa_ <= kExact) {
    return static_cast<double>(mantissa_) / kPowersOfTen[scale_];
  }
  const std::string text = Text();
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::weak_ordering Compare(const Decimal& a, const Decimal& b) {
  const Aligned aligned(a, b);
  if (aligned.a == aligned.b) return std::weak_ordering::equivalent;
  return aligned.a < aligned.b ? std::weak_ordering::less : std::weak_ordering::greater;
}

absl::StatusOr<Decimal> Add(const Decimal& a, const Decimal& b) {
  const Aligned aligned(a, b);
  return FromWide(aligned.a + aligned.b, aligned.scale);
}

absl::StatusOr<Decimal> Subtract(const Decimal& a, const Decimal& b) { return Add(a, -b); }

absl::StatusOr<Decimal> Multiply(const Decimal& a, const Decimal& b) {
  return FromWide(absl::int128(a.mantissa()) * b.mantissa(), a.scale() + b.scale());
}

Decimal LastPlace(const Decimal& value) { return Decimal(1, value.scale()); }

absl::StatusOr<Rounding> RoundingOf(const Decimal& value, const Decimal& rounded_to) {
  const bool even = rounded_to.mantissa() % 2 == 0;
  ASSIGN_OR_RETURN(const Decimal half, even ? Decimal(rounded_to.mantissa() / 2, rounded_to.scale())
                                            : FromWide(absl::int128(rounded_to.mantissa()) * 5,
                                                       rounded_to.scale() + 1));
  ASSIGN_OR_RETURN(const Decimal low, Subtract(value, half));
  ASSIGN_OR_RETURN(const Decimal high, Add(value, half));
  return Rounding{low, high};
}

}  // namespace corridor::indicators
