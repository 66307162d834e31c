// Dates of any precision as columns of text that compare: what each may mean, from its earliest to
// its latest day.
#pragma once

#include <optional>
#include <string>

#include "corridor/common/v1/date.pb.h"
#include "platform/dates/partial_date.h"

namespace corridor {

// Before and after every day, as text.
inline constexpr char kBeforeAllDays[] = "0000-00-00";
inline constexpr char kAfterAllDays[] = "9999-99-99";

// What a date may mean, as two columns.
struct DayColumns {
  std::string earliest = kBeforeAllDays;
  std::string latest = kAfterAllDays;
};

inline DayColumns ColumnsOf(const common::v1::PartialDate& date) {
  const DayRange days = Days(date);
  return {days.earliest ? FormatDay(*days.earliest) : kBeforeAllDays,
          days.latest ? FormatDay(*days.latest) : kAfterAllDays};
}

// The end of something: none comes after all days.
inline DayColumns EndColumns(bool has_end, const common::v1::PartialDate& end) {
  return has_end ? ColumnsOf(end) : DayColumns{kAfterAllDays, kAfterAllDays};
}

// The days asked, as parameters; without a question, such that everything may hold.
inline DayColumns AskedColumns(const std::optional<DayRange>& asked) {
  if (!asked) return {};
  return {FormatDay(asked->earliest.value()), FormatDay(asked->latest.value())};
}

}  // namespace corridor
