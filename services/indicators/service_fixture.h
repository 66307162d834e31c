// The handlers on a store of a test's own, and the few records that tests speak of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "indicators_schema.h"
#include "platform/areas/area_directory.h"
#include "platform/areas/fake_area_source.h"
#include "platform/resources/reader.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/service_test.h"
#include "services/indicators/handlers.h"

namespace corridor::indicators {

inline constexpr char kCited[] = " citations { source: 'S' kind: OFFICIAL } ";

class IndicatorsStore : public TestStore<resources::SqlStore> {
 public:
  IndicatorsStore() : TestStore("indicators", resources::Migrations(indicators_schema), Tables()) {}
};

// memberstates knows Armenia, Georgia and Moldova, the group CAUCASUS of the first two, and the
// group CIS of all three, Georgia until 18 August 2009. The copy of that is version 1.
class AreasTest : public ::testing::Test, protected HandlerCaller {
 protected:
  AreasTest() {
    source_.Put(areas::AreaOf("ARM", "Armenia"));
    source_.Put(areas::AreaOf("GEO", "Georgia"));
    source_.Put(areas::AreaOf("MDA", "Moldova"));
    for (const char* group : {"CAUCASUS", "CIS"}) {
      source_.Put(areas::AreaOf(group, group, memberstates::v1::Area::GROUP));
      source_.Put(areas::MemberOf(group, "ARM"));
    }
    source_.Put(areas::MemberOf("CAUCASUS", "GEO"));
    source_.Put(areas::MemberOf("CIS", "GEO", "1993-12-03", "2009-08-18"));
    source_.Put(areas::MemberOf("CIS", "MDA"));
    EXPECT_OK(areas_.EnsureLoaded(Soon()));
  }

  static absl::Time Soon() { return absl::Now() + absl::Minutes(1); }
  int64_t Head() { return store_.versions().Head(Soon()).value(); }

  // All with `more` in text format.
  auto AddIndicator(std::string_view id, std::string_view more = "unit: 'PERCENT'") {
    return Call(handlers_.indicators, &IndicatorHandler::CreateIndicator,
                New("indicator", id, absl::StrCat(std::string(more), kCited)));
  }
  auto AddSource(std::string_view id, std::string_view more = "") {
    return Call(handlers_.sources, &SourceHandler::CreateSource,
                New("source", id, absl::StrCat("kind: OFFICIAL ", std::string(more))));
  }
  auto AddDataset(std::string_view id, std::string_view source, std::string_view releases) {
    return Call(handlers_.datasets, &DatasetHandler::CreateDataset,
                New("dataset", id,
                    absl::StrCat("source: 'sources/", std::string(source), "' ",
                                 std::string(releases), kCited)));
  }
  auto AddTarget(std::string_view id, std::string_view more) {
    return Call(handlers_.targets, &TargetHandler::CreateTarget,
                New("target", id, absl::StrCat(std::string(more), kCited)));
  }
  auto AddNote(std::string_view id, std::string_view area,
               std::string_view more = "topic: 'POVERTY'") {
    return Call(
        handlers_.context_notes, &ContextNoteHandler::CreateContextNote,
        absl::StrCat("context_note_id: '", std::string(id), "' context_note { area: 'areas/",
                     std::string(area), "' text: 'Something.' ", std::string(more), kCited, "}"));
  }
  // The request that creates a resource with a name.
  static std::string New(const std::string& field, std::string_view id, std::string_view more) {
    return absl::StrCat(field, "_id: '", std::string(id), "' ", field, " { display_name: 'Name' ",
                        std::string(more), "}");
  }

  IndicatorsStore store_;
  areas::FakeAreaSource source_;
  areas::AreaDirectory areas_{store_.versions(), source_};
  Handlers handlers_{{*store_, AllKinds(), areas_}};
};

// Two indicators: POV, a headline, in per cent, and PEOPLE; and two sources with a dataset each:
// ATLAS with the releases 2008, 2010 and draft, which is undated, and BOOK with the release 1.
class ServiceTest : public AreasTest {
 protected:
  ServiceTest() {
    EXPECT_OK(AddIndicator("POV", "unit: 'PERCENT' headline: true"));
    EXPECT_OK(AddIndicator("PEOPLE", "unit: 'PERSONS'"));
    EXPECT_OK(AddSource("A"));
    EXPECT_OK(AddSource("B"));
    EXPECT_OK(AddDataset("ATLAS", "A",
                         "releases { release_id: '2008' published { text: '2008' } }"
                         "releases { release_id: '2010' published { text: '2010-06-01' } }"
                         "releases { release_id: 'draft' }"));
    EXPECT_OK(AddDataset("BOOK", "B", "releases { release_id: '1' published { text: '2009' } }"));
  }

  // A series of a request, of POV unless `key` names another indicator; both in text format.
  static std::string SeriesOf(std::string_view key, std::string_view observations) {
    const bool has_indicator = key.find("indicator:") != std::string_view::npos;
    return absl::StrCat("series { series { ", has_indicator ? "" : "indicator: 'indicators/POV' ",
                        std::string(key), " } ", std::string(observations), " } ");
  }
  // An annual series of POV for an area: `values` are `2005=25.30` and so on.
  static std::string Annual(const std::string& area, const std::vector<std::string>& values) {
    std::string observations;
    for (const std::string& value : values) {
      const size_t equals = value.find('=');
      absl::StrAppend(&observations, "observations { period: '", value.substr(0, equals),
                      "' value_text: '", value.substr(equals + 1), "' } ");
    }
    return SeriesOf(absl::StrCat("area: 'areas/", area, "' frequency: 'A'"), observations);
  }
  // Writes to a release, `ATLAS/2008`; `series`, and whatever else the request has, in text format.
  absl::StatusOr<v1::WriteObservationsResponse> Write(std::string_view vintage,
                                                      std::string_view series) {
    const size_t slash = vintage.find('/');
    return Call(
        handlers_.observations, &ObservationHandler::WriteObservations,
        absl::StrCat("dataset: 'datasets/", std::string(vintage.substr(0, slash)), "' release: '",
                     std::string(vintage.substr(slash + 1)), "' ", std::string(series)));
  }
  auto List(const std::string& request) {
    return Call(handlers_.observations, &ObservationHandler::ListObservations, request);
  }
  auto ListSeries(const std::string& request) {
    return Call(handlers_.series, &SeriesHandler::ListSeries, request);
  }
  auto GetSeries(const std::string& id, const std::string& more = "") {
    return Call(handlers_.series, &SeriesHandler::GetSeries,
                absl::StrCat("name: 'series/", id, "' ", more));
  }

  // `GEO 2005 25.30`, with `-` for what there is not.
  static std::string InShort(const v1::Observation& observation) {
    const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
    return absl::StrCat(observation.area().substr(observation.area().find('/') + 1), " ",
                        or_dash(observation.period()), " ", or_dash(observation.value_text()));
  }
  // What ListObservations answers, in short.
  std::vector<std::string> Values(const std::string& request) {
    const auto list = List(request);
    EXPECT_OK(list) << request;
    std::vector<std::string> values;
    if (!list.ok()) return values;
    EXPECT_EQ(list->next_page_token(), "") << request;
    for (const v1::Observation& one : list->observations()) values.push_back(InShort(one));
    return values;
  }
};

}  // namespace corridor::indicators
