// Reads dates of any precision, and answers whether something held on a day.
#include "platform/dates/partial_date.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "platform/status/status.h"

namespace corridor {
namespace {

constexpr std::string_view kForms =
    "is not a date: YYYY, YYYY-MM, YYYY-MM-DD, or two of these (one may be ..) joined by /";

// The number that `text` is when it consists of `digits` digits.
std::optional<int> Number(std::string_view text, size_t digits) {
  if (text.size() != digits) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

struct NamedDays {
  absl::CivilDay first, last;
};

// `2018`, `2018-01` or `2018-01-01`.
std::optional<NamedDays> ReadSimpleDate(std::string_view text) {
  const std::optional<int> year = Number(text.substr(0, 4), 4);
  if (!year || *year < 1) return std::nullopt;
  if (text.size() == 4)
    return NamedDays{absl::CivilDay(*year, 1, 1), absl::CivilDay(*year, 12, 31)};

  if (text.size() < 7 || text[4] != '-') return std::nullopt;
  const std::optional<int> month = Number(text.substr(5, 2), 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  if (text.size() == 7) {
    const absl::CivilMonth named(*year, *month);
    return NamedDays{absl::CivilDay(named), absl::CivilDay(named + 1) - 1};
  }

  if (text.size() != 10 || text[7] != '-') return std::nullopt;
  const std::optional<int> number = Number(text.substr(8, 2), 2);
  if (!number) return std::nullopt;
  const absl::CivilDay day(*year, *month, *number);
  // CivilDay normalises 2018-02-30 to a day of March.
  if (day.month() != *month || day.day() != *number) return std::nullopt;
  return NamedDays{day, day};
}

}  // namespace

absl::StatusOr<DayRange> ParsePartialDate(std::string_view text, std::string_view field) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    const std::optional<NamedDays> days = ReadSimpleDate(text);
    if (!days) return InvalidField(field, text, kForms);
    return DayRange{days->first, days->last};
  }

  const std::string_view from = text.substr(0, slash);
  const std::string_view to = text.substr(slash + 1);
  if (from == ".." && to == "..") return InvalidField(field, text, kForms);
  DayRange range;
  if (from != "..") {
    const std::optional<NamedDays> days = ReadSimpleDate(from);
    if (!days) return InvalidField(field, text, kForms);
    range.earliest = days->first;
  }
  if (to != "..") {
    const std::optional<NamedDays> days = ReadSimpleDate(to);
    if (!days) return InvalidField(field, text, kForms);
    range.latest = days->last;
  }
  if (range.earliest && range.latest && *range.latest < *range.earliest) {
    return InvalidField(field, text, "ends before it begins");
  }
  return range;
}

absl::StatusOr<common::v1::PartialDate> ToPartialDate(std::string_view text,
                                                      std::string_view field) {
  ASSIGN_OR_RETURN(const DayRange range, ParsePartialDate(text, field));
  common::v1::PartialDate date;
  date.set_text(std::string(text));
  if (range.earliest) date.set_earliest(FormatDay(*range.earliest));
  if (range.latest) date.set_latest(FormatDay(*range.latest));
  return date;
}

DayRange Days(const common::v1::PartialDate& date) {
  absl::StatusOr<DayRange> range = ParsePartialDate(date.text(), "text");
  if (!range.ok()) {
    std::fprintf(stderr, "BUG: a date that was never parsed: %s\n",
                 range.status().ToString().c_str());
    std::abort();
  }
  return *range;
}

std::string FormatDay(absl::CivilDay day) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(day.year()), day.month(),
                day.day());
  return text;
}

Holds HoldsOn(const std::optional<DayRange>& start, const std::optional<DayRange>& end,
              const DayRange& asked) {
  const bool certainly_begun =
      start && start->latest && asked.earliest && *start->latest <= *asked.earliest;
  const bool certainly_not_ended =
      !end || (end->earliest && asked.latest && *asked.latest < *end->earliest);
  if (certainly_begun && certainly_not_ended) return Holds::kCertainly;

  // Possibly: some day of `asked` lies on or after the earliest start and before the latest end.
  const bool has_earliest_start = start && start->earliest;
  const bool has_latest_end = end && end->latest;
  const bool may_have_begun =
      !has_earliest_start || !asked.latest || *start->earliest <= *asked.latest;
  const bool may_not_have_ended =
      !has_latest_end || !asked.earliest || *asked.earliest < *end->latest;
  const bool may_have_held_at_all =
      !has_earliest_start || !has_latest_end || *start->earliest < *end->latest;
  return may_have_begun && may_not_have_ended && may_have_held_at_all ? Holds::kPossibly
                                                                      : Holds::kNo;
}

}  // namespace corridor
