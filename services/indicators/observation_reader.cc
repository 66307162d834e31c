// Series by series: the vintages that there are, the one that answers, its observations.
#include "services/indicators/observation_reader.h"

#include <algorithm>
#include <optional>

#include "platform/dates/period.h"
#include "platform/status/status.h"
#include "services/indicators/by_period.h"
#include "services/indicators/published_value.h"
#include "services/indicators/series.h"
#include "services/indicators/source.h"

namespace corridor::indicators {
namespace {

using resources::Condition;
using Release = v1::Dataset::Release;

constexpr int kSeriesAtATime = 64;

// The packed observations of the releases of one series, by release.
using Vintages = std::map<std::string, std::string>;

// What all observations of a series in a release have in common.
v1::Observation Template(const v1::Series& series, const v1::Dataset& dataset,
                         const Release& release) {
  v1::Observation observation;
  observation.set_series(series.name());
  observation.set_indicator(series.indicator());
  observation.set_area(series.area());
  observation.set_counterpart_area(series.counterpart_area());
  observation.set_frequency(series.frequency());
  observation.set_unit(series.unit());
  observation.set_source(series.source());
  observation.set_dataset(series.dataset());
  observation.set_release(release.release_id());
  if (release.has_published()) *observation.mutable_released() = release.published();
  observation.set_method(series.method());
  *observation.mutable_citations() =
      series.citations().empty() ? dataset.citations() : series.citations();
  return observation;
}

// What comes after the observation of `period`; everything when there is none.
std::span<const PackedObservation> After(std::span<const PackedObservation> observations,
                                         std::string_view period) {
  for (size_t i = 0; i < observations.size(); ++i) {
    const std::optional<Period>& own = observations[i].period;
    if ((own ? FormatPeriod(*own) : "") == period) return observations.subspan(i + 1);
  }
  return observations;
}

}  // namespace

absl::Status FillObservation(const PackedObservation& packed, v1::Observation& observation) {
  if (packed.period) SetPeriod(*packed.period, observation);
  observation.set_status(std::string(1, packed.status));
  observation.set_published_text(packed.published_text);
  observation.set_missing_reason(packed.missing_reason);
  observation.set_note(packed.note);
  if (!packed.value) return absl::OkStatus();
  ASSIGN_OR_RETURN(const PublishedValue published,
                   PublishedValueOf(*packed.value, packed.rounded_to));
  SetPublishedValue(published, observation);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Observation>> ObservationReader::Read(
    const ObservationQuery& query, const ObservationPosition& after, size_t limit) {
  std::vector<v1::Observation> observations;
  resources::Query page = query.series;
  page.slice.limit = kSeriesAtATime;
  if (!after.series.empty()) {  // What is left of the series that was being answered.
    resources::Query begun = page;
    begun.conditions.push_back({"id", Condition::Test::kAnyOf, {after.series}});
    ASSIGN_OR_RETURN(const auto series, reader_.List<v1::Series>(AllSeries(), begun));
    RETURN_IF_ERROR(AddObservations(query, series, after, limit, observations));
    page.slice.after = {after.series};
  }
  while (observations.size() < limit) {
    ASSIGN_OR_RETURN(const auto series, reader_.List<v1::Series>(AllSeries(), page));
    if (series.empty()) break;
    RETURN_IF_ERROR(AddObservations(query, series, {}, limit, observations));
    page.slice.after = {std::string(AllSeries().Id(series.back().name()))};
  }
  return observations;
}

absl::Status ObservationReader::AddObservations(const ObservationQuery& query,
                                                const std::vector<v1::Series>& series,
                                                const ObservationPosition& after, size_t limit,
                                                std::vector<v1::Observation>& observations) {
  std::vector<std::string> ids;
  ids.reserve(series.size());
  for (const v1::Series& one : series) ids.emplace_back(AllSeries().Id(one.name()));
  // Of each series the release that answers, as far as one was met, and its observations.
  struct Answering {
    const v1::Dataset* dataset = nullptr;
    std::vector<const Release*> releases;  // The one to take first.
    size_t met = 0;                        // Index into it; its size: none.
    std::string packed;
  };
  std::map<std::string, Answering, std::less<>> answering;
  for (size_t i = 0; i < series.size(); ++i) {
    Answering& of_series = answering[ids[i]];
    ASSIGN_OR_RETURN(of_series.dataset, DatasetOf(series[i]));
    of_series.releases = ReleasesInOrder(*of_series.dataset, query.release);
    of_series.met = of_series.releases.size();
  }
  RETURN_IF_ERROR(
      ReadVintages(reader_.rows(), ids,
                   [&](std::string_view id, std::string_view release, std::string_view packed) {
                     Answering& of_series = answering.find(id)->second;
                     for (size_t i = 0; i < of_series.met; ++i) {
                       if (of_series.releases[i]->release_id() != release) continue;
                       of_series.met = i;
                       of_series.packed = packed;
                     }
                     return absl::OkStatus();
                   }));
  for (size_t i = 0; i < series.size() && observations.size() < limit; ++i) {
    const Answering& of_series = answering.find(ids[i])->second;
    if (of_series.met == of_series.releases.size()) continue;
    const Release* const release = of_series.releases[of_series.met];
    ASSIGN_OR_RETURN(std::vector<PackedObservation> unpacked,
                     UnpackObservations(of_series.packed, query.periods));
    std::span<const PackedObservation> selected = unpacked;
    if (query.latest) {
      const PackedObservation* const last = LastWithValue(unpacked);
      selected = last == nullptr ? selected.first(0) : std::span(last, 1);
    }
    if (ids[i] == after.series) selected = After(selected, after.period);
    const v1::Observation common = Template(series[i], *of_series.dataset, *release);
    for (const PackedObservation& packed : selected) {
      if (observations.size() == limit) break;
      RETURN_IF_ERROR(FillObservation(packed, observations.emplace_back(common)));
    }
  }
  return absl::OkStatus();
}

absl::Status ObservationReader::Describe(v1::Series& series) {
  const std::string id(AllSeries().Id(series.name()));
  Vintages vintages;
  RETURN_IF_ERROR(
      ReadVintages(reader_.rows(), {&id, 1},
                   [&](std::string_view, std::string_view release, std::string_view packed) {
                     vintages.emplace(release, packed);
                     return absl::OkStatus();
                   }));
  ASSIGN_OR_RETURN(const v1::Dataset* const dataset, DatasetOf(series));
  for (const Release* release : ReleasesInOrder(*dataset, {})) {
    const auto vintage = vintages.find(release->release_id());
    if (vintage == vintages.end()) continue;
    series.add_releases(release->release_id());
    if (series.releases_size() > 1) continue;
    ASSIGN_OR_RETURN(const std::vector<PackedObservation> observations,
                     UnpackObservations(vintage->second));
    if (observations.empty() || !observations.front().period) continue;
    series.set_first_period(FormatPeriod(*observations.front().period));
    series.set_last_period(FormatPeriod(*observations.back().period));
  }
  return absl::OkStatus();
}

absl::StatusOr<const v1::Dataset*> ObservationReader::DatasetOf(const v1::Series& series) {
  const auto [found, is_new] = datasets_.try_emplace(series.dataset());
  if (is_new) {
    RETURN_IF_ERROR(reader_.Get(Datasets(), Datasets().Id(series.dataset()), found->second));
  }
  return &found->second;
}

}  // namespace corridor::indicators
