// How resources are kept in rows: the tables, days as text that compares, bodies as bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/common/v1/date.pb.h"
#include "google/protobuf/message_lite.h"
#include "platform/dates/partial_date.h"
#include "platform/store/versioned_store.h"

namespace corridor::memberstates {

inline const store::Table kAreas = {
    "areas",
    {"code"},
    {"kind", "display_name", "alpha2_code", "numeric_code", "members_complete", "body", "names"}};
inline const store::Table kAreaTerms = {"area_terms", {"term", "area"}, {"via", "language"}};
inline const store::Table kAreaMembers = {
    "area_members",
    {"area_group", "member"},
    {"start_earliest", "start_latest", "end_earliest", "end_latest", "body"}};
inline const store::Table kOrganisations = {
    "organisations", {"id"}, {"kind", "display_name", "body"}};
inline const store::Table kMemberships = {
    "memberships", {"organisation", "party"}, {"party_kind", "display_name", "area", "body"}};
inline const store::Table kSpells = {"spells",
                                     {"organisation", "party", "position"},
                                     {"status", "party_kind", "confidence", "start_earliest",
                                      "start_latest", "end_earliest", "end_latest"}};

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

inline absl::Status ReadBody(std::string_view bytes, google::protobuf::MessageLite& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError("a stored " + message.GetTypeName() + " cannot be read");
}

}  // namespace corridor::memberstates
