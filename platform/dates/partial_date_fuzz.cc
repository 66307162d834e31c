// Whatever is accepted as a date means days in order, and is answered as it was given.
#include <cstdint>
#include <cstdlib>

#include "platform/dates/partial_date.h"
#include "platform/dates/period.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto date = corridor::ToPartialDate(text, "date"); date.ok()) {
    const corridor::DayRange days = corridor::Days(*date);
    if (date->text() != text) std::abort();
    if (days.earliest && days.latest && *days.latest < *days.earliest) std::abort();
    if (corridor::HoldsOn(days, std::nullopt, days) == corridor::Holds::kNo) std::abort();
  }
  if (const auto period = corridor::ParsePeriod(text, "period"); period.ok()) {
    if (corridor::FormatPeriod(*period) != text) std::abort();
    if (corridor::LastDay(*period) < corridor::FirstDay(*period)) std::abort();
  }
  return 0;
}
