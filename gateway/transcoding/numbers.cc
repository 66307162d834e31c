// Decimals of few digits go by way of integers, all others by std::to_chars and std::from_chars.
#include "gateway/transcoding/numbers.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <system_error>

namespace corridor::gateway {
namespace {

// Two decimals of at most 15 digits are never the same double.
constexpr double kExactDigits = 1e15;
constexpr uint64_t kPlaces = 10'000;

char* Write(std::string_view text, char* to) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* WriteInteger(uint64_t value, char* to) { return std::to_chars(to, to + 20, value).ptr; }

// `value` is less than kPlaces: what follows the point, without zeros at its end.
char* WritePlaces(uint64_t value, char* to) {
  *to++ = '.';
  for (uint64_t unit = kPlaces / 10; value > 0; unit /= 10) {
    *to++ = static_cast<char>('0' + value / unit);
    value %= unit;
  }
  return to;
}

template <typename Real>
char* WriteAny(Real value, char* to) {
  if (std::isnan(value)) return Write("\"NaN\"", to);
  if (std::isinf(value)) return Write(value > 0 ? "\"Infinity\"" : "\"-Infinity\"", to);
  if (value == 0) return Write(std::signbit(value) ? "-0" : "0", to);
  const double size = std::fabs(static_cast<double>(value));
  const auto format =
      size >= 1e-6 && size < 1e21 ? std::chars_format::fixed : std::chars_format::scientific;
  return std::to_chars(to, to + kLongestNumber, value, format).ptr;
}

}  // namespace

char* WriteNumber(double value, char* to) {
  const double size = std::fabs(value);
  const double scaled = size * static_cast<double>(kPlaces);
  if (!(scaled < kExactDigits) || size == 0) return WriteAny(value, to);
  const auto digits = static_cast<uint64_t>(scaled + 0.5);
  if (static_cast<double>(digits) / static_cast<double>(kPlaces) != size) {
    return WriteAny(value, to);
  }
  if (value < 0) *to++ = '-';
  to = WriteInteger(digits / kPlaces, to);
  return digits % kPlaces == 0 ? to : WritePlaces(digits % kPlaces, to);
}

char* WriteNumber(float value, char* to) { return WriteAny(value, to); }

std::optional<double> ReadNumber(std::string_view number) {
  // Powers of ten that are doubles exactly, as is the integer of up to 15 digits: their quotient is
  // rounded once (Clinger, How to Read Floating Point Numbers Accurately, 1990).
  static constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool negative = !number.empty() && number[0] == '-';
  uint64_t digits = 0;
  size_t count = 0;
  size_t places = 0;
  bool point = false;
  for (const char c : number.substr(negative ? 1 : 0)) {
    if (c == '.' && !point) {
      point = true;
    } else if (c < '0' || c > '9' || ++count > 15) {
      count = std::size(kPowers);
      break;
    } else {
      digits = digits * 10 + static_cast<uint64_t>(c - '0');
      places += point ? 1 : 0;
    }
  }
  if (count > 0 && count < std::size(kPowers)) {
    const double size = static_cast<double>(digits) / kPowers[places];
    return negative ? -size : size;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;  // `nan` and `inf` are no decimals.
  return value;
}

}  // namespace corridor::gateway
