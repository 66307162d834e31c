// Reads fixed-width fields one after the other.
#include "gateway/transcoding/time_text.h"

#include <charconv>
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

constexpr int32_t kNanosPerSecond = 1'000'000'000;

// With zeros in front.
char* WriteDigits(int64_t value, int digits, char* to) {
  for (int i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

char* WriteFraction(int32_t nanos, char* to) {
  if (nanos == 0) return to;
  *to++ = '.';
  if (nanos % 1'000'000 == 0) return WriteDigits(nanos / 1'000'000, 3, to);
  if (nanos % 1000 == 0) return WriteDigits(nanos / 1000, 6, to);
  return WriteDigits(nanos, 9, to);
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

char* WriteTimestamp(SecondsAndNanos time, char* to) {
  if (time.seconds < kFirstSecond || time.seconds > kLastSecond) return nullptr;
  if (time.nanos < 0 || time.nanos >= kNanosPerSecond) return nullptr;
  const std::chrono::sys_seconds moment{std::chrono::seconds(time.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const int64_t second = (moment - day).count();
  const struct {
    int64_t value;
    int digits;
    char after;
  } parts[] = {{int{date.year()}, 4, '-'},
               {unsigned{date.month()}, 2, '-'},
               {unsigned{date.day()}, 2, 'T'},
               {second / 3600, 2, ':'},
               {second / 60 % 60, 2, ':'}};
  for (const auto& part : parts) {
    to = WriteDigits(part.value, part.digits, to);
    *to++ = part.after;
  }
  to = WriteFraction(time.nanos, WriteDigits(second % 60, 2, to));
  *to++ = 'Z';
  return to;
}

char* WriteDuration(SecondsAndNanos time, char* to) {
  if (time.seconds < -kLongestDuration || time.seconds > kLongestDuration) return nullptr;
  if (time.nanos <= -kNanosPerSecond || time.nanos >= kNanosPerSecond) return nullptr;
  const bool at_limit = time.seconds == kLongestDuration || time.seconds == -kLongestDuration;
  if (at_limit && time.nanos != 0) return nullptr;
  if ((time.seconds < 0 && time.nanos > 0) || (time.seconds > 0 && time.nanos < 0)) return nullptr;
  const bool negative = time.seconds < 0 || time.nanos < 0;
  if (negative) *to++ = '-';
  to = std::to_chars(to, to + 20, negative ? -time.seconds : time.seconds).ptr;
  to = WriteFraction(negative ? -time.nanos : time.nanos, to);
  *to++ = 's';
  return to;
}

}  // namespace corridor::gateway
