#include "services/indicators/series.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "services/indicators/observation_reader.h"
#include "services/indicators/series_versions.h"

namespace corridor::indicators {
namespace {

using resources::Reference;

std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

absl::Status CheckSeries(v1::Series& series, const std::string& path) {
  RETURN_IF_ERROR(CheckSeriesKey(series, path));
  if (series.citations().empty()) return absl::OkStatus();
  return CheckCitations(series.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfSeries(const v1::Series& series, const std::string& path) {
  std::vector<Reference> references = {{path + ".indicator", series.indicator()},
                                       {path + ".area", series.area()},
                                       {path + ".dataset", series.dataset()}};
  if (!series.counterpart_area().empty()) {
    references.push_back({path + ".counterpart_area", series.counterpart_area()});
  }
  return references;
}

absl::Status DescribeSeries(resources::Reader& reader, v1::Series& series) {
  return ObservationReader(reader).Describe(series);
}

}  // namespace

const resources::Kind& AllSeries() {
  static const auto* kind = new resources::Kind(resources::MakeKind<v1::Series>(
      {.collection = "series",
       .field = "series",
       .columns = {"indicator", "area", "counterpart_area", "frequency", "dataset", "source"},
       .check = CheckSeries,
       .references = ReferencesOfSeries,
       .immutable = {"indicator", "area", "counterpart_area", "frequency", "dataset", "source",
                     "unit"},
       .output_only = {"releases", "first_period", "last_period"},
       .max_id_bytes = kMaxIdBytes,
       .complete = DescribeSeries,
       .parts = ObservationsOfSeries()}));
  return *kind;
}

std::string SeriesName(const v1::Series& series) {
  std::string name =
      absl::StrCat("series/", LastPart(series.indicator()), "~", LastPart(series.area()), "~",
                   series.frequency(), "~", LastPart(series.dataset()));
  if (!series.counterpart_area().empty()) {
    absl::StrAppend(&name, "~", LastPart(series.counterpart_area()));
  }
  return name;
}

absl::Status CheckSeriesKey(const v1::Series& series, const std::string& path) {
  RETURN_IF_ERROR(IdIn(series.indicator(), "indicators/*", path + ".indicator").status());
  RETURN_IF_ERROR(CodeIn(series.area(), "areas/*", path + ".area").status());
  if (!series.counterpart_area().empty()) {
    RETURN_IF_ERROR(
        CodeIn(series.counterpart_area(), "areas/*", path + ".counterpart_area").status());
  }
  RETURN_IF_ERROR(IdIn(series.dataset(), "datasets/*", path + ".dataset").status());
  return CheckFrequency(series.frequency(), path + ".frequency");
}

absl::Status CheckFrequency(const std::string& frequency, const std::string& field) {
  if (frequency.empty()) return MissingField(field);
  for (const char* known : {"A", "Q", "M", kUnstatedFrequency}) {
    if (frequency == known) return absl::OkStatus();
  }
  return InvalidField(field, frequency, "is not a frequency: A, Q, M or _U");
}

}  // namespace corridor::indicators
