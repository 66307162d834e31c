// The rules that all reads share.
#include "services/memberstates/reading.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "platform/request/known_at.h"
#include "platform/request/resource_name.h"
#include "services/memberstates/area.h"

namespace corridor::memberstates {
namespace {

constexpr char kService[] = "memberstates";

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> OpenReader(Store& store, std::string_view known_at,
                                                   CallContext& call) {
  ASSIGN_OR_RETURN(const store::KnownAt at, ParseKnownAt(known_at, kService, store.epoch()));
  ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, store.ReadAt(at, call.deadline()));
  call.AnsweredFrom(store.epoch(), reader->known_version().version());
  return reader;
}

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

namespace {

absl::StatusOr<std::vector<std::string>> IdsIn(std::string_view name, std::string_view pattern,
                                               std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, MatchResourceName(name, pattern, field));
  for (const std::string& id : ids) {
    if (IsWellFormedId(id)) continue;
    return InvalidField(field, name,
                        absl::StrCat("has the malformed id \"", id,
                                     "\": it takes a capital letter, then capital letters, digits "
                                     "and underscores, 64 at most"));
  }
  return ids;
}

}  // namespace

absl::StatusOr<std::string> IdIn(std::string_view name, std::string_view pattern,
                                 std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, IdsIn(name, pattern, field));
  return ids.at(0);
}

absl::StatusOr<TwoIds> TwoIdsIn(std::string_view name, std::string_view pattern,
                                std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, IdsIn(name, pattern, field));
  return TwoIds{ids.at(0), ids.at(1)};
}

}  // namespace corridor::memberstates
