// Reads of observations.
#include "services/indicators/observation_handler.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "corridor/indicators/v1/indicator.pb.h"
#include "platform/request/reading.h"
#include "platform/resources/area_query.h"
#include "platform/status/status.h"
#include "services/indicators/comparison.h"
#include "services/indicators/derivation.h"
#include "services/indicators/indicator.h"
#include "services/indicators/selection.h"
#include "services/indicators/series.h"
#include "services/indicators/source.h"

namespace corridor::indicators {
namespace {

using resources::Condition;
using resources::Query;
using resources::Reader;

// An analysis has no pages: observations of each side, pairs of them, and bytes that it takes.
constexpr size_t kMaxObservations = 1000;
constexpr size_t kMaxPairs = 10'000;
constexpr size_t kMaxAnalysisBytes = kMaxPageBytes;

// Only series of headline indicators.
absl::Status AddHeadline(Reader& reader, Query& query) {
  constexpr int kAtATime = 250;
  Condition any_of;
  any_of.column = "indicator";
  Query headline = {.filter = "headline = true", .slice = {.limit = kAtATime}};
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const auto indicators, reader.List<v1::Indicator>(Indicators(), headline));
    for (const v1::Indicator& indicator : indicators) any_of.values.emplace_back(indicator.name());
    more = indicators.size() == kAtATime;
    if (more) headline.slice.after = PageKey(Indicators().Id(indicators.back().name()));
  }
  query.conditions.push_back(std::move(any_of));
  return absl::OkStatus();
}

absl::Status CheckAsksForSomething(const v1::ListObservationsRequest& request) {
  if (!request.indicator().empty() || !request.area().empty() || !request.source().empty() ||
      !request.filter().empty() || request.headline()) {
    return absl::OkStatus();
  }
  return MissingField("indicator");
}

// What one side of an analysis is about, by the fields of its request.
struct Side {
  std::string indicator = {}, indicator_field = {};
  std::string area = {}, area_field = {};  // A code.
  std::string source = {}, source_field = {};
  std::string counterpart_area = {};  // A code; empty: series without one.
};

absl::Status TooLarge(const std::string& what, size_t limit) {
  return ErrorWithReason(
      absl::StatusCode::kResourceExhausted, "ANALYSIS_TOO_LARGE",
      absl::StrCat("this takes more than ", limit, " ", what, ": ask for fewer periods"),
      {{"limit", std::to_string(limit)}});
}

template <typename Request>
absl::StatusOr<std::vector<v1::Observation>> ReadSide(const Side& side, const Request& request,
                                                      Reader& reader) {
  ObservationQuery query;
  ASSIGN_OR_RETURN(query.periods, ReadPeriods(request.start_period(), request.end_period()));
  ASSIGN_OR_RETURN(query.release, ReadRelease("", request.released_by()));
  RETURN_IF_ERROR(AddFrequency(request.frequency(), query.series));
  RETURN_IF_ERROR(AddIndicator(side.indicator, side.indicator_field, reader, query.series));
  RETURN_IF_ERROR(AddSource(side.source, side.source_field, reader, query.series));
  AddEqual("area", "areas/" + side.area, query.series);
  const std::string counterpart =
      side.counterpart_area.empty() ? "" : "areas/" + side.counterpart_area;
  query.series.conditions.push_back({"counterpart_area", Condition::Test::kAnyOf, {counterpart}});
  ASSIGN_OR_RETURN(std::vector<v1::Observation> observations,
                   ObservationReader(reader).Read(query, {}, kMaxObservations + 1));
  if (observations.size() > kMaxObservations) return TooLarge("observations", kMaxObservations);
  return observations;
}

// As many pairs as one of each list makes that are of one period.
absl::Status CheckPairs(const std::vector<v1::Observation>& first,
                        const std::vector<v1::Observation>& second) {
  std::map<std::string_view, size_t> by_period;
  for (const v1::Observation& observation : first) ++by_period[observation.period()];
  size_t pairs = 0;
  for (const v1::Observation& observation : second) pairs += by_period[observation.period()];
  return pairs > kMaxPairs ? TooLarge("pairs of observations", kMaxPairs) : absl::OkStatus();
}

// Ends an analysis: says which version it was made from.
template <typename Response>
absl::Status Finish(const Reader& reader, Response& response) {
  if (response.ByteSizeLong() > kMaxAnalysisBytes) return TooLarge("bytes", kMaxAnalysisBytes);
  *response.mutable_known_version() = reader.known_version();
  return absl::OkStatus();
}

// The sources of the observations, and those that they derive from, as far as that goes.
absl::StatusOr<SourcesByName> SourcesOf(const std::vector<v1::Observation>& observations,
                                        Reader& reader) {
  SourcesByName sources;
  std::set<std::string> wanted;
  for (const v1::Observation& observation : observations) wanted.insert(observation.source());
  while (!wanted.empty()) {
    const std::string name = wanted.extract(wanted.begin()).value();
    v1::Source& source = sources[name];
    RETURN_IF_ERROR(reader.Get(Sources(), Sources().Id(name), source));
    for (const std::string& origin : source.derived_from()) {
      if (!sources.contains(origin)) wanted.insert(origin);
    }
  }
  return sources;
}

// Refuses an empty field before anything is asked.
absl::Status Require(const std::string& text, const char* field) {
  return text.empty() ? MissingField(field) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListObservationsResponse> ObservationHandler::ListObservations(
    const v1::ListObservationsRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckAsksForSomething(request));
  ObservationQuery query;
  ASSIGN_OR_RETURN(query.periods, ReadPeriods(request.start_period(), request.end_period()));
  ASSIGN_OR_RETURN(query.release, ReadRelease(request.release(), request.released_by()));
  query.latest = request.latest();
  RETURN_IF_ERROR(AddFrequency(request.frequency(), query.series));
  ASSIGN_OR_RETURN(const std::string area,
                   resources::ReadOptionalArea(request.area(), "area", parts_.areas, call));
  ASSIGN_OR_RETURN(const std::string counterpart,
                   resources::ReadOptionalArea(request.counterpart_area(), "counterpart_area",
                                               parts_.areas, call));

  ASSIGN_OR_RETURN(const auto page, OpenPage(parts_.store, request, call));
  ASSIGN_OR_RETURN(const AsOfDays as_of, ReadAsOf(request.as_of(), "as_of", page.cursor, call));
  RETURN_IF_ERROR(AddIndicator(request.indicator(), "indicator", *page.reader, query.series));
  RETURN_IF_ERROR(AddSource(request.source(), "source", *page.reader, query.series));
  RETURN_IF_ERROR(CheckReleaseExists(request.release(), *page.reader));
  query.series.filter = request.filter();
  if (!counterpart.empty()) AddEqual("counterpart_area", "areas/" + counterpart, query.series);
  if (request.headline()) RETURN_IF_ERROR(AddHeadline(*page.reader, query.series));
  RETURN_IF_ERROR(resources::AddWithin(*page.reader, area, as_of.days, "area", query.series));

  const Slice slice = page.slice();
  const ObservationPosition after = {.series = std::string(slice.After(0)),
                                     .period = std::string(slice.After(1))};
  ASSIGN_OR_RETURN(
      std::vector<v1::Observation> observations,
      ObservationReader(*page.reader).Read(query, after, static_cast<size_t>(slice.limit)));
  v1::ListObservationsResponse response;
  FillPage(
      request, parts_.store, page, std::move(observations),
      [](const v1::Observation& last) {
        return std::vector<std::string>{std::string(AllSeries().Id(last.series())), last.period()};
      },
      as_of.date.text(), response.mutable_observations(), response);
  return response;
}

absl::StatusOr<v1::CompareSourcesResponse> ObservationHandler::CompareSources(
    const v1::CompareSourcesRequest& request, CallContext& call) {
  RETURN_IF_ERROR(Require(request.indicator(), "indicator"));
  RETURN_IF_ERROR(Require(request.area(), "area"));
  Side side = {.indicator = request.indicator(),
               .indicator_field = "indicator",
               .area_field = "area",
               .source_field = "source"};
  ASSIGN_OR_RETURN(
      side.area, resources::ReadOptionalArea(request.area(), side.area_field, parts_.areas, call));
  ASSIGN_OR_RETURN(side.counterpart_area,
                   resources::ReadOptionalArea(request.counterpart_area(), "counterpart_area",
                                               parts_.areas, call));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(parts_.store, request.known_at(), call));
  ASSIGN_OR_RETURN(std::vector<v1::Observation> observations, ReadSide(side, request, *reader));
  RETURN_IF_ERROR(CheckPairs(observations, observations));
  ASSIGN_OR_RETURN(const SourcesByName sources, SourcesOf(observations, *reader));
  ASSIGN_OR_RETURN(auto comparisons, CompareByPeriod(std::move(observations), sources));

  v1::CompareSourcesResponse response;
  for (auto& comparison : comparisons) *response.add_comparisons() = std::move(comparison);
  RETURN_IF_ERROR(Finish(*reader, response));
  return response;
}

absl::StatusOr<v1::DeriveObservationsResponse> ObservationHandler::DeriveObservations(
    const v1::DeriveObservationsRequest& request, CallContext& call) {
  RETURN_IF_ERROR(Require(request.indicator(), "indicator"));
  RETURN_IF_ERROR(Require(request.area(), "area"));
  if (request.operation() == v1::DeriveObservationsRequest::OPERATION_UNSPECIFIED ||
      !v1::DeriveObservationsRequest::Operation_IsValid(request.operation())) {
    return InvalidField("operation", std::to_string(request.operation()),
                        "is not an operation: SHARE or DIFFERENCE");
  }
  Side of = {.indicator = request.indicator(),
             .indicator_field = "indicator",
             .area_field = "area",
             .source = request.source(),
             .source_field = "source"};
  Side base = {.indicator = request.base_indicator().empty() ? request.indicator()
                                                             : request.base_indicator(),
               .indicator_field = "base_indicator",
               .area_field = "base_area",
               .source = request.base_source(),
               .source_field = "base_source"};
  ASSIGN_OR_RETURN(of.area,
                   resources::ReadOptionalArea(request.area(), of.area_field, parts_.areas, call));
  ASSIGN_OR_RETURN(base.area, resources::ReadOptionalArea(request.base_area(), base.area_field,
                                                          parts_.areas, call));
  if (base.area.empty()) base.area = of.area;
  ASSIGN_OR_RETURN(const auto reader, OpenReader(parts_.store, request.known_at(), call));
  ASSIGN_OR_RETURN(std::vector<v1::Observation> observations, ReadSide(of, request, *reader));
  ASSIGN_OR_RETURN(std::vector<v1::Observation> bases, ReadSide(base, request, *reader));
  RETURN_IF_ERROR(CheckPairs(observations, bases));
  ASSIGN_OR_RETURN(auto derived,
                   DeriveByPeriod(request.operation(), std::move(observations), std::move(bases)));
  v1::DeriveObservationsResponse response;
  for (Derived& one : derived) *response.add_derived() = std::move(one);
  RETURN_IF_ERROR(Finish(*reader, response));
  return response;
}

}  // namespace corridor::indicators
