// Days asked about, and sizes of batches.
#include "platform/request/reading.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace corridor {

absl::StatusOr<AsOfDays> ReadAsOf(std::string_view text, std::string_view field,
                                  const std::optional<PageCursor>& cursor,
                                  const CallContext& call) {
  const std::string today = FormatDay(absl::ToCivilDay(call.now(), absl::UTCTimeZone()));
  if (cursor && !cursor->as_of.empty()) text = cursor->as_of;
  if (text.empty()) text = today;
  AsOfDays as_of;
  ASSIGN_OR_RETURN(as_of.date, ToPartialDate(text, field));
  as_of.days = Days(as_of.date);
  if (!as_of.days.earliest || !as_of.days.latest) {
    return InvalidField(field, text, "has an open end: give a day, a month, a year or A/B");
  }
  return as_of;
}

absl::Status CheckBatchSize(int size, std::string_view field) {
  if (size == 0) return MissingField(field);
  if (size <= kMaxBatch) return absl::OkStatus();
  return InvalidField(field, std::to_string(size),
                      absl::StrCat("entries are more than ", kMaxBatch, " in one request"));
}

}  // namespace corridor
