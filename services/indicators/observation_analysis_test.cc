// Sources compared and figures derived, as the handler answers them from what is stored.
#include "platform/dates/period.h"
#include "services/indicators/observation_handler.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Response = v1::CompareSourcesResponse;

// Observations of a monthly series from the year 1000 on.
std::string Months(int count) {
  std::string observations;
  Period month = {.frequency = Frequency::kMonthly, .year = 1000};
  for (int i = 0; i < count; ++i, month = Next(month)) {
    absl::StrAppend(&observations, "observations { period: '", FormatPeriod(month),
                    "' value: 1 } ");
  }
  return observations;
}

class AnalysisTest : public ServiceTest {
 protected:
  auto CompareSources(const std::string& request) {
    return Call(handlers_.observations, &ObservationHandler::CompareSources, request);
  }
  auto Derive(const std::string& request) {
    return Call(handlers_.observations, &ObservationHandler::DeriveObservations, request);
  }
  void WriteUndated(const std::string& vintage, const std::string& value,
                    const std::string& more = "") {
    ASSERT_OK(Write(
        vintage, SeriesOf("area: 'areas/GEO' frequency: '_U'",
                          absl::StrCat("observations { value_text: '", value, "' ", more, " }"))));
  }
};

class CompareSourcesTest : public AnalysisTest {};

TEST_F(CompareSourcesTest, ValuesWithinEachOthersRoundingMayBeTheSame) {
  WriteUndated("ATLAS/2008", "25.3");
  WriteUndated("BOOK/1", "25", "rounded_to: '1' status: 'E'");
  const auto answer = CompareSources("indicator: 'POV' area: 'GEO'");
  ASSERT_OK(answer);
  EXPECT_EQ(answer->known_version().version(), Head());
  ASSERT_EQ(answer->comparisons_size(), 1);
  const Response::Comparison& comparison = answer->comparisons(0);
  EXPECT_EQ(comparison.period(), "");
  ASSERT_EQ(comparison.observations_size(), 2);
  EXPECT_EQ(comparison.observations(1).low(), 24.5);
  EXPECT_EQ(comparison.observations(1).high(), 25.5);
  ASSERT_EQ(comparison.pairs_size(), 1);
  const Response::Pair& pair = comparison.pairs(0);
  EXPECT_EQ(pair.first(), "series/POV~GEO~_U~ATLAS");
  EXPECT_EQ(pair.second(), "series/POV~GEO~_U~BOOK");
  EXPECT_EQ(pair.difference(), "-0.3");
  EXPECT_EQ(pair.consistency(), Response::WITHIN_ROUNDING);
  EXPECT_EQ(pair.independence(), Response::UNKNOWN);
}

TEST_F(CompareSourcesTest, PeriodsAreComparedOneByOneFromTheReleasesThatAnswer) {
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2005=20", "2006=25.0", "2007=24"})));
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2006=30"})));
  ASSERT_OK(Write("BOOK/1", Annual("GEO", {"2006=25", "2008=1"})));
  const auto periods = [this](const std::string& request) {
    const auto answer = CompareSources("indicator: 'POV' area: 'GEO' " + request);
    EXPECT_OK(answer);
    std::vector<std::string> said;
    for (const auto& comparison : answer->comparisons()) {
      said.push_back(
          absl::StrCat(comparison.period(), " ", comparison.observations_size(), " ",
                       comparison.pairs().empty()
                           ? "-"
                           : Response::Consistency_Name(comparison.pairs(0).consistency())));
    }
    return said;
  };
  EXPECT_THAT(periods(""), ElementsAre("2005 1 -", "2006 2 EQUAL", "2007 1 -", "2008 1 -"));
  EXPECT_THAT(periods("released_by: '2009' start_period: '2006' end_period: '2006'"),
              ElementsAre("2006 2 DIFFERENT"));
  EXPECT_THAT(periods("frequency: 'Q'"), ElementsAre());
}

TEST_F(CompareSourcesTest, ASourceThatRestsOnAnotherOverSeveralStepsIsNotIndependentOfIt) {
  ASSERT_OK(AddSource("D", "derived_from: 'sources/A'"));
  ASSERT_OK(AddSource("E", "derived_from: 'sources/B' derived_from: 'sources/D'"));
  ASSERT_OK(AddDataset("COPY", "E", "releases { release_id: '1' }"));
  WriteUndated("ATLAS/2008", "25.3");
  WriteUndated("COPY/1", "25.3");
  const auto answer = CompareSources("indicator: 'POV' area: 'GEO'");
  ASSERT_OK(answer);
  const Response::Pair& pair = answer->comparisons(0).pairs(0);
  EXPECT_EQ(pair.consistency(), Response::EQUAL);
  EXPECT_EQ(pair.independence(), Response::NOT_INDEPENDENT);
  EXPECT_THAT(pair.independence_reason(), HasSubstr("sources/E rests on figures of sources/A"));
}

TEST_F(CompareSourcesTest, SourcesThatRestOnEachOtherAreFollowedOnce) {
  ASSERT_OK(AddSource("D", "derived_from: 'sources/A'"));
  ASSERT_OK(Call(handlers_.sources, &SourceHandler::UpdateSource,
                 "source { name: 'sources/A' derived_from: 'sources/D' }"));
  WriteUndated("ATLAS/2008", "25.3");
  WriteUndated("BOOK/1", "26");
  const auto answer = CompareSources("indicator: 'POV' area: 'GEO'");
  ASSERT_OK(answer);
  EXPECT_EQ(answer->comparisons(0).pairs(0).independence(), Response::UNKNOWN);
}

TEST_F(CompareSourcesTest, AFlowIsComparedOnlyWithTheSameFlow) {
  const std::string flow = "area: 'areas/GEO' counterpart_area: 'areas/ARM' frequency: 'A'";
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2006=1"})));
  ASSERT_OK(Write("BOOK/1", SeriesOf(flow, "observations { period: '2006' value: 2 }")));
  const auto all = CompareSources("indicator: 'POV' area: 'GEO'");
  ASSERT_OK(all);
  ASSERT_EQ(all->comparisons_size(), 1);
  EXPECT_EQ(all->comparisons(0).observations(0).value(), 1);
  EXPECT_EQ(all->comparisons(0).pairs_size(), 0);
  const auto one = CompareSources("indicator: 'POV' area: 'GEO' counterpart_area: 'areas/ARM'");
  ASSERT_OK(one);
  ASSERT_EQ(one->comparisons_size(), 1);
  EXPECT_EQ(one->comparisons(0).observations(0).value(), 2);
}

TEST_F(CompareSourcesTest, AnEarlierVersionComparesWhatWasKnownThen) {
  WriteUndated("ATLAS/2008", "25.3");
  const int64_t before = Head();
  WriteUndated("BOOK/1", "25");
  const auto then =
      CompareSources(absl::StrCat("indicator: 'POV' area: 'GEO' known_at: '", before, "'"));
  ASSERT_OK(then);
  EXPECT_EQ(then->comparisons(0).observations_size(), 1);
}

TEST_F(CompareSourcesTest, BadInputIsRefusedByFieldAndValue) {
  EXPECT_THAT(CompareSources("area: 'GEO'"), Refuses("indicator", "is required"));
  EXPECT_THAT(CompareSources("indicator: 'POV'"), Refuses("area", "is required"));
  EXPECT_THAT(CompareSources("indicator: 'NO' area: 'GEO'"), Refuses("indicator", "\"NO\""));
  EXPECT_THAT(CompareSources("indicator: 'POV' area: 'XXX'"), Refuses("area", "XXX"));
  EXPECT_THAT(CompareSources("indicator: 'POV' area: 'GEO' counterpart_area: 'XXX'"),
              Refuses("counterpart_area", "XXX"));
  EXPECT_THAT(CompareSources("indicator: 'POV' area: 'GEO' frequency: 'W'"),
              Refuses("frequency", "\"W\""));
  EXPECT_THAT(CompareSources("indicator: 'POV' area: 'GEO' end_period: '1'"),
              Refuses("end_period", "\"1\""));
  EXPECT_THAT(CompareSources("indicator: 'POV' area: 'GEO' released_by: '1'"),
              Refuses("released_by", "\"1\""));
}

TEST_F(CompareSourcesTest, MoreThanAThousandObservationsAreAnErrorThatNamesTheLimit) {
  const auto write = [this](const char* vintage, int months) {
    return Write(vintage, SeriesOf("area: 'areas/GEO' frequency: 'M'", Months(months)));
  };
  ASSERT_OK(write("ATLAS/2008", 1000));
  EXPECT_OK(CompareSources("indicator: 'POV' area: 'GEO'"));
  ASSERT_OK(write("BOOK/1", 1));
  EXPECT_THAT(CompareSources("indicator: 'POV' area: 'GEO'"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("1000 observations")));
  EXPECT_OK(CompareSources("indicator: 'POV' area: 'GEO' start_period: '1001'"));
}

class DeriveTest : public AnalysisTest {
 protected:
  DeriveTest() { EXPECT_OK(AddIndicator("ABROAD", "unit: 'PERSONS'")); }

  void WritePeople(const std::string& indicator, const std::string& observations,
                   const std::string& vintage = "ATLAS/2008", const std::string& frequency = "Q") {
    ASSERT_OK(
        Write(vintage, SeriesOf(absl::StrCat("indicator: 'indicators/", indicator,
                                             "' area: 'areas/MDA' frequency: '", frequency, "'"),
                                observations)));
  }
  static constexpr char kShare[] =
      "operation: SHARE indicator: 'ABROAD' base_indicator: 'PEOPLE' area: 'MDA' ";
};

TEST_F(DeriveTest, AShareHasTheBoundsThatTheRoundingOfBothLeaves) {
  WritePeople("ABROAD", "observations { period: '2009-Q3' value_text: '317900' }");
  WritePeople("PEOPLE",
              "observations { period: '2009-Q2' value_text: '1' }"
              "observations { period: '2009-Q3' value_text: '3500000' rounded_to: '100000' }");
  const auto answer = Derive(kShare);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->known_version().version(), Head());
  ASSERT_EQ(answer->derived_size(), 1);
  EXPECT_EQ(answer->derived(0).period(), "2009-Q3");
  EXPECT_EQ(answer->derived(0).text(), "9.1 (8.96–9.21)");
  EXPECT_EQ(answer->derived(0).unit(), "PERCENT");
  EXPECT_EQ(answer->derived(0).base().value_text(), "3500000");
}

TEST_F(DeriveTest, ADifferenceOfTwoAreasIsInPercentagePoints) {
  ASSERT_OK(Write("ATLAS/2008", Annual("ARM", {"2006=31.1"}) + Annual("GEO", {"2006=25.3"})));
  const auto answer =
      Derive("operation: DIFFERENCE indicator: 'POV' area: 'ARM' base_area: 'areas/GEO'");
  ASSERT_OK(answer);
  ASSERT_EQ(answer->derived_size(), 1);
  EXPECT_EQ(answer->derived(0).unit(), "PERCENTAGE_POINTS");
  EXPECT_NEAR(answer->derived(0).value(), 5.8, 1e-12);
}

TEST_F(DeriveTest, EachSideIsNarrowedToItsOwnSource) {
  const std::string abroad = "observations { period: '2009-Q3' value: 10 }";
  WritePeople("ABROAD", abroad);
  WritePeople("ABROAD", abroad, "BOOK/1");
  WritePeople("PEOPLE", "observations { period: '2009-Q3' value: 100 }");
  WritePeople("PEOPLE", "observations { period: '2009-Q3' value: 200 }", "BOOK/1");
  const auto count = [this](const std::string& more) {
    const auto answer = Derive(kShare + more);
    EXPECT_OK(answer);
    return answer->derived_size();
  };
  EXPECT_EQ(count(""), 4);
  EXPECT_EQ(count("source: 'A'"), 2);
  EXPECT_EQ(count("base_source: 'sources/B'"), 2);
  EXPECT_EQ(count("source: 'A' base_source: 'B'"), 1);
  EXPECT_EQ(count("frequency: 'A'"), 0);
  EXPECT_EQ(count("end_period: '2009-Q2'"), 0);
  EXPECT_EQ(count("released_by: '2008'"), 1);
}

TEST_F(DeriveTest, ABaseOfAnotherFrequencyIsNoBase) {
  WritePeople("ABROAD", "observations { period: '2009-Q3' value: 10 }");
  WritePeople("PEOPLE", "observations { period: '2009' value: 100 }", "ATLAS/2008", "A");
  const auto answer = Derive(kShare);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->derived_size(), 0);
}

TEST_F(DeriveTest, BadInputIsRefusedByFieldAndValue) {
  WritePeople("PEOPLE", "observations { period: '2009' value: 100 }", "ATLAS/2008", "A");
  ASSERT_OK(Write("ATLAS/2008", Annual("MDA", {"2009=1"})));
  EXPECT_THAT(Derive("operation: DIFFERENCE indicator: 'POV' base_indicator: 'PEOPLE' area: 'MDA'"),
              Refuses("base_indicator", "is in PERSONS"));
  EXPECT_THAT(Derive("operation: SHARE area: 'MDA'"), Refuses("indicator", "is required"));
  EXPECT_THAT(Derive("operation: SHARE indicator: 'POV'"), Refuses("area", "is required"));
  EXPECT_THAT(Derive("indicator: 'POV' area: 'MDA'"), Refuses("operation", "\"0\""));
  EXPECT_THAT(Derive("operation: 7 indicator: 'POV' area: 'MDA'"), Refuses("operation", "\"7\""));
  for (const char* field : {"source", "base_source", "base_indicator", "base_area", "frequency",
                            "start_period", "released_by"}) {
    EXPECT_THAT(
        Derive(absl::StrCat("operation: SHARE indicator: 'POV' area: 'MDA' ", field, ": 'XX'")),
        Refuses(field, "XX"))
        << field;
  }
}

TEST_F(DeriveTest, MorePairsThanCanBeAnsweredAreAnErrorThatNamesTheLimit) {
  // 101 sources that state no period each, of both sides.
  std::string sources;
  std::string datasets;
  for (int i = 0; i < 101; ++i) {
    absl::StrAppend(&sources, "requests { ", New("source", absl::StrCat("S", i), "kind: PRESS"),
                    " } ");
    absl::StrAppend(
        &datasets, "requests { ",
        New("dataset", absl::StrCat("S", i),
            absl::StrCat("source: 'sources/S", i, "' releases { release_id: '1' }", kCited)),
        " } ");
  }
  ASSERT_OK(Call(handlers_.sources, &SourceHandler::BatchCreateSources, sources));
  ASSERT_OK(Call(handlers_.datasets, &DatasetHandler::BatchCreateDatasets, datasets));
  for (int i = 0; i < 101; ++i) {
    WriteUndated(absl::StrCat("S", i, "/1"), "25.3");
  }
  const std::string pov = "indicator: 'POV' area: 'GEO'";
  EXPECT_THAT(
      Derive("operation: SHARE " + pov),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("10000 pairs of observations")));
  EXPECT_THAT(CompareSources(pov), StatusIs(absl::StatusCode::kResourceExhausted,
                                            HasSubstr("10000 pairs of observations")));
  EXPECT_OK(Derive("operation: SHARE source: 'S1' " + pov));
}

TEST_F(DeriveTest, AnAnswerThatIsTooLongIsAnErrorThatNamesTheLimit) {
  ASSERT_OK(Write("ATLAS/2008", SeriesOf(absl::StrCat("area: 'areas/GEO' frequency: 'M' method: '",
                                                      std::string(5000, 'm'), "'"),
                                         Months(500))));
  ASSERT_OK(Write("ATLAS/2008", SeriesOf("area: 'areas/ARM' frequency: 'M'", Months(500))));
  EXPECT_THAT(Derive("operation: SHARE indicator: 'POV' area: 'GEO' base_area: 'ARM'"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2097152 bytes")));
  EXPECT_OK(
      Derive("operation: SHARE indicator: 'POV' area: 'GEO' base_area: 'ARM' end_period: '1000'"));
}

}  // namespace
}  // namespace corridor::indicators
