// Reads fixed-width fields one after the other.
#include "gateway/transcoding/time_text.h"

#include <chrono>

namespace corridor::gateway {
namespace {

constexpr int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z.
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z.
constexpr int64_t kLongestDuration = 315576000000;

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool Take(char expected) {
    if (rest_.empty() || rest_[0] != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A number of `least` to `most` digits, at most 18; -1 when there are fewer.
  int64_t Number(size_t least, size_t most) {
    int64_t value = 0;
    size_t digits = 0;
    while (digits < most && digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + (rest_[digits++] - '0');
    }
    rest_.remove_prefix(digits);
    return digits < least ? -1 : value;
  }
  int Field(size_t digits) { return static_cast<int>(Number(digits, digits)); }

  // What follows the point, if there is one, in billionths; -1 when no digit does.
  int32_t Fraction() {
    if (!Take('.')) return 0;
    size_t before = rest_.size();
    int64_t value = Number(1, 9);
    for (size_t digits = before - rest_.size(); digits < 9 && value > 0; ++digits) value *= 10;
    return static_cast<int32_t>(value);
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Minutes east of UTC; nothing when the offset is malformed.
std::optional<int> TakeOffset(Cursor& cursor) {
  if (cursor.Take('Z')) return 0;
  bool west = cursor.Take('-');
  if (!west && !cursor.Take('+')) return std::nullopt;
  int hours = cursor.Field(2);
  bool colon = cursor.Take(':');
  int minutes = cursor.Field(2);
  if (!colon || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<SecondsAndNanos> ParseTimestamp(std::string_view text) {
  Cursor cursor(text);
  int year = cursor.Field(4);
  bool form = cursor.Take('-');
  int month = cursor.Field(2);
  form = form && cursor.Take('-');
  int day = cursor.Field(2);
  form = form && cursor.Take('T');
  int hour = cursor.Field(2);
  form = form && cursor.Take(':');
  int minute = cursor.Field(2);
  form = form && cursor.Take(':');
  int second = cursor.Field(2);
  int32_t nanos = cursor.Fraction();
  std::optional<int> offset = TakeOffset(cursor);
  if (!form || !offset || !cursor.AtEnd()) return std::nullopt;
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 59 || nanos < 0) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  int64_t seconds = ((days * 24 + hour) * 60 + minute - *offset) * 60 + second;
  if (seconds < kFirstSecond || seconds > kLastSecond) return std::nullopt;
  return SecondsAndNanos{seconds, nanos};
}

std::optional<SecondsAndNanos> ParseDuration(std::string_view text) {
  Cursor cursor(text);
  bool negative = cursor.Take('-');
  int64_t seconds = cursor.Number(1, 18);
  int32_t nanos = cursor.Fraction();
  bool form = cursor.Take('s') && cursor.AtEnd();
  if (!form || seconds < 0 || nanos < 0 || seconds > kLongestDuration) return std::nullopt;
  if (seconds == kLongestDuration && nanos > 0) return std::nullopt;
  int sign = negative ? -1 : 1;
  return SecondsAndNanos{sign * seconds, sign * nanos};
}

}  // namespace corridor::gateway
