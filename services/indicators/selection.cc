#include "services/indicators/selection.h"

#include "absl/strings/str_cat.h"
#include "platform/dates/period.h"
#include "platform/request/resource_name.h"
#include "platform/resources/references.h"
#include "platform/status/status.h"
#include "services/indicators/indicator.h"
#include "services/indicators/series.h"
#include "services/indicators/source.h"

namespace corridor::indicators {

void AddEqual(const std::string& column, const std::string& value, resources::Query& query) {
  if (value.empty()) return;
  query.conditions.push_back({column, resources::Condition::Test::kAnyOf, {value}});
}

absl::Status AddIndicator(const std::string& text, const std::string& field,
                          resources::Reader& reader, resources::Query& query) {
  ASSIGN_OR_RETURN(const std::string name,
                   resources::ReadOptionalName(text, Indicators(), field, reader));
  AddEqual("indicator", name, query);
  return absl::OkStatus();
}

absl::Status AddSource(const std::string& text, const std::string& field, resources::Reader& reader,
                       resources::Query& query) {
  ASSIGN_OR_RETURN(const std::string name,
                   resources::ReadOptionalName(text, Sources(), field, reader));
  AddEqual("source", name, query);
  return absl::OkStatus();
}

absl::Status AddFrequency(const std::string& frequency, resources::Query& query) {
  if (!frequency.empty()) RETURN_IF_ERROR(CheckFrequency(frequency, "frequency"));
  AddEqual("frequency", frequency, query);
  return absl::OkStatus();
}

absl::StatusOr<DayRange> ReadPeriods(const std::string& start_period,
                                     const std::string& end_period) {
  DayRange days;
  if (!start_period.empty()) {
    ASSIGN_OR_RETURN(const Period start, ParsePeriod(start_period, "start_period"));
    days.earliest = FirstDay(start);
  }
  if (!end_period.empty()) {
    ASSIGN_OR_RETURN(const Period end, ParsePeriod(end_period, "end_period"));
    days.latest = LastDay(end);
  }
  if (days.earliest && days.latest && *days.latest < *days.earliest) {
    return InvalidField("end_period", end_period,
                        absl::StrCat("ends before ", start_period, " begins"));
  }
  return days;
}

absl::StatusOr<ReleaseChoice> ReadRelease(const std::string& release,
                                          const std::string& released_by) {
  ReleaseChoice choice = {.release = release};
  if (!release.empty()) RETURN_IF_ERROR(IdIn(release, "*", "release").status());
  if (released_by.empty()) return choice;
  ASSIGN_OR_RETURN(const DayRange days, ParsePartialDate(released_by, "released_by"));
  if (!days.latest) return InvalidField("released_by", released_by, "has no last day");
  choice.released_by = days.latest;
  return choice;
}

absl::Status CheckReleaseExists(const std::string& release, resources::Reader& reader) {
  if (release.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string dataset, reader.FindUse(ReleaseName(release)));
  return dataset.empty() ? InvalidField("release", release, "is no release of any dataset")
                         : absl::OkStatus();
}

}  // namespace corridor::indicators
