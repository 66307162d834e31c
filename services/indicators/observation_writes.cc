// Writes of observations: what is given is checked first, then merged with what the release has.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/indicators/v1/indicator.pb.h"
#include "platform/dates/period.h"
#include "platform/records/evidence.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/request/writing.h"
#include "platform/resources/references.h"
#include "platform/status/status.h"
#include "services/indicators/indicator.h"
#include "services/indicators/observation_handler.h"
#include "services/indicators/observation_rows.h"
#include "services/indicators/published_value.h"
#include "services/indicators/series.h"
#include "services/indicators/source.h"
#include "services/indicators/statuses.h"

namespace corridor::indicators {
namespace {

using SeriesObservations = v1::WriteObservationsRequest::SeriesObservations;

constexpr int kMaxObservationsPerWrite = 100'000;
constexpr size_t kMaxTextBytes = 2000;

// One series of a request, read.
struct SeriesToWrite {
  std::string path;  // `series[3]`.
  const SeriesObservations* given;
  v1::Series series;
  std::vector<PackedObservation> observations;  // In order of period.
};

// Years count, quarters and months within them: the order of periods of one frequency.
bool ComesBefore(const PackedObservation& a, const PackedObservation& b) {
  if (!a.period || !b.period) return !a.period && b.period;
  return std::pair(a.period->year, a.period->ordinal) <
         std::pair(b.period->year, b.period->ordinal);
}

absl::StatusOr<std::optional<Period>> ReadPeriod(const std::string& text,
                                                 const std::string& frequency,
                                                 const std::string& field) {
  if (frequency == kUnstatedFrequency) {
    if (text.empty()) return std::optional<Period>();
    return InvalidField(field, text, "is stated, so the frequency is not _U");
  }
  if (text.empty()) return MissingField(field);
  ASSIGN_OR_RETURN(const Frequency expected, ParseFrequency(frequency, field));
  ASSIGN_OR_RETURN(const Period period, ParsePeriod(text, field));
  if (period.frequency == expected) return std::optional(period);
  return InvalidField(field, text, absl::StrCat("is not a period of frequency ", frequency));
}

// Sets the status; one without a value says why there is none.
absl::Status ReadStatus(const v1::Observation& observation, bool has_value, const std::string& path,
                        PackedObservation& packed) {
  const char* const unstated = has_value ? "A" : "O";
  const std::string code = observation.status().empty() ? unstated : observation.status();
  const ObservationStatus* const status = FindStatus(code);
  if (status == nullptr) {
    return InvalidField(path + ".status", code, "is not a code of CL_OBS_STATUS");
  }
  if (has_value ? !status->with_value : !status->without_value) {
    return InvalidField(
        path + ".status", code,
        has_value ? "is of observations without a value" : "is of observations with a value");
  }
  packed.status = status->code;
  packed.missing_reason = observation.missing_reason();
  if (!has_value && packed.missing_reason.empty()) return MissingField(path + ".missing_reason");
  if (has_value && !packed.missing_reason.empty()) {
    return InvalidField(path + ".missing_reason", packed.missing_reason, "is given beside a value");
  }
  return absl::OkStatus();
}

absl::StatusOr<PackedObservation> ReadObservation(const v1::Observation& observation,
                                                  const std::string& frequency,
                                                  const std::string& path) {
  PackedObservation packed;
  ASSIGN_OR_RETURN(packed.period, ReadPeriod(observation.period(), frequency, path + ".period"));
  const absl::StatusOr<std::optional<PublishedValue>> published = ReadPublishedValue(observation);
  if (!published.ok()) return AtField(path + ".", published.status());
  if (*published) {
    packed.value = (*published)->value;
    if (!observation.rounded_to().empty()) packed.rounded_to = (*published)->rounded_to;
  }
  RETURN_IF_ERROR(ReadStatus(observation, packed.value.has_value(), path, packed));
  packed.published_text = observation.published_text();
  packed.note = observation.note();
  for (const auto& [text, field] :
       {std::pair(&packed.published_text, ".published_text"),
        std::pair(&packed.missing_reason, ".missing_reason"), std::pair(&packed.note, ".note")}) {
    if (text->size() > kMaxTextBytes) {
      return InvalidField(path + field, *text,
                          absl::StrCat("is longer than ", kMaxTextBytes, " bytes"));
    }
  }
  return packed;
}

// What is said twice agrees. Errors: INVALID_ARGUMENT naming `field`.
absl::Status CheckAgrees(const std::string& said, const std::string& said_before,
                         const std::string& field) {
  if (said.empty() || said == said_before) return absl::OkStatus();
  return InvalidField(field, said, absl::StrCat("is not that of the series, ", said_before));
}

// Whatever else an observation says of itself is what its series is.
absl::Status CheckOfSeries(const v1::Observation& observation, const v1::Series& series,
                           const std::string& release, const std::string& path) {
  RETURN_IF_ERROR(CheckAgrees(observation.series(), series.name(), path + ".series"));
  RETURN_IF_ERROR(CheckAgrees(observation.indicator(), series.indicator(), path + ".indicator"));
  RETURN_IF_ERROR(CheckAgrees(observation.area(), series.area(), path + ".area"));
  RETURN_IF_ERROR(CheckAgrees(observation.counterpart_area(), series.counterpart_area(),
                              path + ".counterpart_area"));
  RETURN_IF_ERROR(CheckAgrees(observation.frequency(), series.frequency(), path + ".frequency"));
  RETURN_IF_ERROR(CheckAgrees(observation.dataset(), series.dataset(), path + ".dataset"));
  return CheckAgrees(observation.release(), release, path + ".release");
}

// Unit and source, which the store knows.
absl::Status CheckUnitAndSource(const SeriesToWrite& written, const v1::Series& series) {
  const auto& observations = written.given->observations();
  for (int i = 0; i < observations.size(); ++i) {
    const std::string at = absl::StrCat(written.path, ".observations[", i, "]");
    RETURN_IF_ERROR(CheckAgrees(observations[i].unit(), series.unit(), at + ".unit"));
    RETURN_IF_ERROR(CheckAgrees(observations[i].source(), series.source(), at + ".source"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SeriesToWrite> ReadSeries(const SeriesObservations& given,
                                         const std::string& dataset, const std::string& release,
                                         const std::string& path) {
  SeriesToWrite read = {path, &given, given.series(), {}};
  v1::Series& series = read.series;
  if (series.dataset().empty()) series.set_dataset(dataset);
  if (series.dataset() != dataset) {
    return InvalidField(path + ".series.dataset", series.dataset(),
                        absl::StrCat("is not that of the request, ", dataset));
  }
  RETURN_IF_ERROR(CheckSeriesKey(series, path + ".series"));
  series.set_name(SeriesName(series));
  if (!series.citations().empty()) {
    RETURN_IF_ERROR(CheckCitations(series.citations(), path + ".series.citations"));
  }
  for (int i = 0; i < given.observations_size(); ++i) {
    const std::string at = absl::StrCat(path, ".observations[", i, "]");
    RETURN_IF_ERROR(CheckOfSeries(given.observations(i), series, release, at));
    ASSIGN_OR_RETURN(PackedObservation observation,
                     ReadObservation(given.observations(i), series.frequency(), at));
    read.observations.push_back(std::move(observation));
  }
  std::stable_sort(read.observations.begin(), read.observations.end(), ComesBefore);
  const auto twice =
      std::adjacent_find(read.observations.begin(), read.observations.end(),
                         [](const auto& a, const auto& b) { return !ComesBefore(a, b); });
  if (twice != read.observations.end()) {
    return InvalidField(path + ".observations", twice->period ? FormatPeriod(*twice->period) : "",
                        "has two values");
  }
  return read;
}

absl::StatusOr<std::vector<SeriesToWrite>> ReadRequest(
    const v1::WriteObservationsRequest& request) {
  RETURN_IF_ERROR(IdIn(request.dataset(), "datasets/*", "dataset").status());
  if (request.release().empty()) return MissingField("release");
  RETURN_IF_ERROR(CheckBatchSize(request.series_size(), "series"));
  int observations = 0;
  for (const SeriesObservations& one : request.series()) observations += one.observations_size();
  if (observations > kMaxObservationsPerWrite) {
    return InvalidField(
        "series", std::to_string(observations),
        absl::StrCat("observations are more than ", kMaxObservationsPerWrite, " in one request"));
  }
  std::vector<SeriesToWrite> series;
  std::set<std::string> names;
  for (int i = 0; i < request.series_size(); ++i) {
    const std::string path = absl::StrCat("series[", i, "]");
    ASSIGN_OR_RETURN(SeriesToWrite read,
                     ReadSeries(request.series(i), request.dataset(), request.release(), path));
    if (!names.insert(read.series.name()).second) {
      return InvalidField(path + ".series", read.series.name(), "occurs twice");
    }
    series.push_back(std::move(read));
  }
  return series;
}

// What the release had, with what is given in its place.
std::vector<PackedObservation> Merge(const std::vector<PackedObservation>& before,
                                     const std::vector<PackedObservation>& given) {
  std::vector<PackedObservation> merged;
  std::set_union(given.begin(), given.end(), before.begin(), before.end(),
                 std::back_inserter(merged), ComesBefore);
  return merged;
}

// What those of the series name that there are not yet. An area that memberstates gave up does not
// stand in the way of revising what was said of it.
absl::StatusOr<std::vector<resources::Reference>> NamedByNewSeries(
    const std::vector<SeriesToWrite>& all, resources::Store& store, const CallContext& call) {
  ASSIGN_OR_RETURN(const auto reader, store.ReadAt({}, call.deadline()));
  std::vector<resources::Reference> named;
  for (const SeriesToWrite& one : all) {
    ASSIGN_OR_RETURN(const bool exists,
                     reader->Has(AllSeries(), AllSeries().Id(one.series.name())));
    if (exists) continue;
    const auto references = AllSeries().references(one.series, one.path + ".series");
    named.insert(named.end(), references.begin(), references.end());
  }
  return named;
}

// A series comes into being by its first observation. What it names exists.
absl::StatusOr<v1::Series> NewSeries(const SeriesToWrite& given, const v1::Dataset& dataset,
                                     const resources::Kinds& kinds, resources::Reader& reader) {
  if (given.observations.empty()) return MissingField(given.path + ".observations");
  v1::Series series = given.series;
  for (const resources::Reference& reference :
       AllSeries().references(series, given.path + ".series")) {
    RETURN_IF_ERROR(CheckReference(reference, kinds, reader));
  }
  v1::Indicator indicator;
  RETURN_IF_ERROR(reader.Get(Indicators(), Indicators().Id(series.indicator()), indicator));
  series.set_source(dataset.source());
  series.set_unit(indicator.unit());
  return series;
}

// What is set anew of a series that there is.
void Revise(const v1::Series& given, v1::Series& series) {
  if (!given.method().empty()) series.set_method(given.method());
  if (!given.note().empty()) series.set_note(given.note());
  if (!given.citations().empty()) *series.mutable_citations() = given.citations();
}

absl::Status WriteSeries(const SeriesToWrite& given, const v1::WriteObservationsRequest& request,
                         const v1::Dataset& dataset, const resources::Kinds& kinds,
                         resources::Writer& writer) {
  const std::string_view id = AllSeries().Id(given.series.name());
  v1::Series series;
  const absl::Status found = writer.reader().Get(AllSeries(), id, series);
  if (found.ok()) {
    Revise(given.series, series);
  } else if (absl::IsNotFound(found)) {
    ASSIGN_OR_RETURN(series, NewSeries(given, dataset, kinds, writer.reader()));
  } else {
    return found;
  }
  RETURN_IF_ERROR(CheckUnitAndSource(given, series));
  RETURN_IF_ERROR(CheckSize(series, given.path + ".series"));
  RETURN_IF_ERROR(writer.Put(AllSeries(), series));
  std::vector<PackedObservation> before;
  if (!request.replace()) {
    ASSIGN_OR_RETURN(before, ReadVintage(writer.rows(), id, request.release()));
  }
  return AtField(given.path + ".", PutVintage(writer.rows(), id, request.release(),
                                              Merge(before, given.observations)));
}

absl::StatusOr<v1::Dataset> FindDataset(const v1::WriteObservationsRequest& request,
                                        resources::Reader& reader) {
  v1::Dataset dataset;
  const absl::Status found = reader.Get(Datasets(), Datasets().Id(request.dataset()), dataset);
  if (absl::IsNotFound(found)) return InvalidField("dataset", request.dataset(), "does not exist");
  RETURN_IF_ERROR(found);
  for (const v1::Dataset::Release& release : dataset.releases()) {
    if (release.release_id() == request.release()) return dataset;
  }
  return InvalidField("release", request.release(),
                      absl::StrCat("is no release of ", request.dataset()));
}

}  // namespace

absl::StatusOr<v1::WriteObservationsResponse> ObservationHandler::WriteObservations(
    const v1::WriteObservationsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::vector<SeriesToWrite> all, ReadRequest(request));
  ASSIGN_OR_RETURN(const std::vector<resources::Reference> named,
                   NamedByNewSeries(all, parts_.store, call));
  // Its failure is that of the commit, since a repeated request has been made already.
  const absl::Status areas = EnsureAreas(named, parts_.areas, call);
  const auto write = [&](resources::Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(areas);
    ASSIGN_OR_RETURN(const v1::Dataset dataset, FindDataset(request, writer.reader()));
    for (const SeriesToWrite& one : all) {
      RETURN_IF_ERROR(WriteSeries(one, request, dataset, parts_.kinds, writer));
    }
    return absl::OkStatus();
  };
  v1::WriteObservationsResponse response;
  const auto answer = [&](resources::Reader& reader) -> absl::Status {
    ObservationReader observations(reader);
    for (const SeriesToWrite& one : all) {
      v1::Series& series = *response.add_series();
      RETURN_IF_ERROR(reader.Get(AllSeries(), AllSeries().Id(one.series.name()), series));
      RETURN_IF_ERROR(observations.Describe(series));
      series.clear_citations();  // As given; of many series they are more than an answer can hold.
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(Commit(parts_.store, request, call, write, answer));
  return response;
}

}  // namespace corridor::indicators
