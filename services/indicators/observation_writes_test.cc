// Writes of observations: what they make, keep, replace and refuse.
#include "platform/dates/period.h"
#include "services/indicators/observation_handler.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WriteObservationsTest : public ServiceTest {
 protected:
  // Of Georgia in a release of the atlas.
  std::vector<std::string> Georgia(const std::string& release) {
    return Values(absl::StrCat("indicator: 'POV' area: 'GEO' release: '", release, "'"));
  }
  // One observation of an annual series of Georgia.
  auto WriteOne(const std::string& observation) {
    return Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: 'A'",
                                        absl::StrCat("observations { ", observation, " }")));
  }
};

TEST_F(WriteObservationsTest, AFirstObservationMakesItsSeries) {
  const auto written =
      Write("ATLAS/2008",
            SeriesOf("area: 'areas/GEO' frequency: 'A' method: 'survey' note: 'N' unit: 'EUR' "
                     "source: 'sources/B' releases: 'x' first_period: '1' etag: 'e' "
                     "citations { source: 'T' kind: PRESS }",
                     "observations { period: '2006' value_text: '25.30' }"
                     "observations { period: '2005' value: 31.1 }"));
  ASSERT_OK(written);
  ASSERT_EQ(written->series_size(), 1);
  v1::Series series = written->series(0);
  EXPECT_NE(series.etag(), "");
  series.clear_etag();
  EXPECT_THAT(series, EqualsProto(R"pb(
                name: 'series/POV~GEO~A~ATLAS'
                indicator: 'indicators/POV'
                area: 'areas/GEO'
                frequency: 'A'
                dataset: 'datasets/ATLAS'
                source: 'sources/A'
                unit: 'PERCENT'
                method: 'survey'
                note: 'N'
                releases: '2008'
                first_period: '2005'
                last_period: '2006')pb"));
  EXPECT_THAT(Georgia("2008"), ElementsAre("GEO 2005 31.1", "GEO 2006 25.30"));
}

TEST_F(WriteObservationsTest, SeriesAreAnsweredInTheOrderOfTheRequestAsOneCommit) {
  const int64_t before = Head();
  const auto written = Write("ATLAS/2008", Annual("MDA", {"2006=1"}) + Annual("ARM", {"2006=2"}));
  ASSERT_OK(written);
  EXPECT_EQ(written->series(0).area(), "areas/MDA");
  EXPECT_EQ(written->series(1).area(), "areas/ARM");
  EXPECT_EQ(Head(), before + 1);
  EXPECT_EQ(answered_version_, Head());
}

TEST_F(WriteObservationsTest, WhatIsNotNamedStays) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1", "2007=3"}) + Annual("ARM", {"2005=9"})));
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2008=4", "2005=1.5", "2006=2"})));
  EXPECT_THAT(Georgia("2008"),
              ElementsAre("GEO 2005 1.5", "GEO 2006 2", "GEO 2007 3", "GEO 2008 4"));
  EXPECT_THAT(Values("indicator: 'POV' area: 'ARM'"), ElementsAre("ARM 2005 9"));
}

TEST_F(WriteObservationsTest, AnObservationIsReplacedWhole) {
  ASSERT_OK(WriteOne("period: '2005' value: 1 status: 'E' note: 'N' published_text: 'one'"));
  ASSERT_OK(WriteOne("period: '2005' missing_reason: 'withdrawn'"));
  const auto list = List("indicator: 'POV'");
  ASSERT_OK(list);
  ASSERT_EQ(list->observations_size(), 1);
  EXPECT_FALSE(list->observations(0).has_value());
  EXPECT_EQ(list->observations(0).note(), "");
  EXPECT_EQ(list->observations(0).published_text(), "");
  EXPECT_EQ(list->observations(0).status(), "O");
}

TEST_F(WriteObservationsTest, ReplaceDropsWhatTheReleaseHadOfTheseSeries) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1", "2006=2"}) + Annual("ARM", {"2005=9"})));
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2005=7"})));
  ASSERT_OK(Write("ATLAS/2008", "replace: true " + Annual("GEO", {"2006=3"})));
  EXPECT_THAT(Georgia("2008"), ElementsAre("GEO 2006 3"));
  EXPECT_THAT(Georgia("2010"), ElementsAre("GEO 2005 7"));
  EXPECT_THAT(Values("indicator: 'POV' area: 'ARM'"), ElementsAre("ARM 2005 9"));

  ASSERT_OK(Write("ATLAS/2008", "replace: true " + Annual("GEO", {})));
  EXPECT_THAT(Georgia("2008"), IsEmpty());
  const auto series = GetSeries("POV~GEO~A~ATLAS");
  ASSERT_OK(series);
  EXPECT_THAT(series->releases(), ElementsAre("2010"));
}

TEST_F(WriteObservationsTest, ASeriesKeepsWhatIsNotSetAnew) {
  ASSERT_OK(Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: 'A' method: 'M' note: 'N' "
                                         "citations { source: 'T' kind: PRESS }",
                                         "observations { period: '2005' value: 1 }")));
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=2"})));
  EXPECT_EQ(GetSeries("POV~GEO~A~ATLAS")->method(), "M");
  ASSERT_OK(Write("ATLAS/2010", SeriesOf("area: 'areas/GEO' frequency: 'A' method: 'M2'", "")));
  const auto series = GetSeries("POV~GEO~A~ATLAS");
  ASSERT_OK(series);
  EXPECT_EQ(series->method(), "M2");
  EXPECT_EQ(series->note(), "N");
  EXPECT_EQ(series->citations(0).source(), "T");
  EXPECT_THAT(series->releases(), ElementsAre("2010", "2008"));
}

TEST_F(WriteObservationsTest, LoadingAnOlderReleaseNeverChangesTheDefaultAnswer) {
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2005=10"})));
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=8", "2006=8"})));
  ASSERT_OK(Write("ATLAS/draft", Annual("GEO", {"2005=0", "2007=0"})));
  EXPECT_THAT(Values("indicator: 'POV'"), ElementsAre("GEO 2005 10"));
  EXPECT_EQ(GetSeries("POV~GEO~A~ATLAS")->last_period(), "2005");
}

TEST_F(WriteObservationsTest, ARepeatedRequestAnswersAsTheFirstDid) {
  const std::string request = "request_id: 'r1' " + Annual("GEO", {"2005=1"});
  const auto first = Write("ATLAS/2008", request);
  ASSERT_OK(first);
  const int64_t version = Head();
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=2"})));
  // Even when the area is gone and nobody can be asked.
  source_.DeleteArea("GEO");
  ASSERT_OK(areas_.CatchUp(source_.head(), Soon(), {}));
  source_.Fail(absl::UnavailableError("down"));
  const auto again = Write("ATLAS/2008", request);
  ASSERT_OK(again);
  EXPECT_THAT(*again, EqualsProto(*first));
  EXPECT_EQ(answered_version_, version);
  EXPECT_THAT(Write("ATLAS/2008", "request_id: 'r1' " + Annual("GEO", {"2005=2"})),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(WriteObservationsTest, AWriteThatIsOnlyValidatedIsAnsweredAndRecordsNothing) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  const int64_t before = Head();
  const std::string request = "request_id: 'r1' " + Annual("GEO", {"2005=2", "2006=3"}) +
                              SeriesOf("area: 'areas/ARM' frequency: 'A' note: 'N'",
                                       "observations { period: '2001' value: 9 }");
  const auto tried = Write("ATLAS/2010", "validate_only: true " + request);
  ASSERT_OK(tried);
  EXPECT_EQ(answered_version_, before);
  EXPECT_EQ(Head(), before);
  EXPECT_THAT(store_.versions().CommitsAfter(before, 10, Soon()), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Values("indicator: 'POV'"), ElementsAre("GEO 2005 1"));
  EXPECT_THAT(GetSeries("POV~ARM~A~ATLAS"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(GetSeries("POV~GEO~A~ATLAS")->releases(), ElementsAre("2008"));

  const auto replaced =
      Write("ATLAS/2008", "validate_only: true replace: true " + Annual("GEO", {}));
  ASSERT_OK(replaced);
  EXPECT_EQ(replaced->series(0).releases_size(), 0);
  EXPECT_THAT(Georgia("2008"), ElementsAre("GEO 2005 1"));

  // Its request id is free.
  auto written = Write("ATLAS/2010", request);
  ASSERT_OK(written);
  EXPECT_EQ(Head(), before + 1);
  EXPECT_THAT(tried->series(0).releases(), ElementsAre("2010", "2008"));
  EXPECT_EQ(tried->series(1).etag(), "");
  written->mutable_series(1)->clear_etag();
  EXPECT_THAT(*tried, EqualsProto(*written));
}

TEST_F(WriteObservationsTest, AWriteThatIsOnlyValidatedFailsAsTheWriteWould) {
  const int64_t before = Head();
  for (const std::string only : {"", "validate_only: true "}) {
    EXPECT_THAT(Write("ATLAS/2009", only + Annual("GEO", {"2005=1"})),
                Refuses("release", "\"2009\" is no release of datasets/ATLAS"));
    EXPECT_THAT(Write("ATLAS/2008", only + Annual("GEO", {})),
                Refuses("series[0].observations", "is required"));
    EXPECT_THAT(Write("ATLAS/2008", only + Annual("FRA", {"2005=1"})),
                Refuses("series[0].series.area", "\"areas/FRA\""));
    EXPECT_THAT(Write("ATLAS/2008", only + Annual("GEO", {"2005=1"}) +
                                        SeriesOf("indicator: 'indicators/NO' area: 'areas/GEO' "
                                                 "frequency: 'A'",
                                                 "observations { period: '2005' value: 1 }")),
                Refuses("series[1].series.indicator", "\"indicators/NO\" does not exist"));
  }
  EXPECT_EQ(Head(), before);
}

TEST_F(WriteObservationsTest, AWriteThatChangedNothingIsAnsweredTheSameWhenItIsRepeated) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  const int64_t before = Head();
  const std::string same = "request_id: 'r1' " + Annual("GEO", {"2005=1"});
  const auto first = Write("ATLAS/2008", same);
  ASSERT_OK(first);
  EXPECT_EQ(Head(), before);
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=2", "2006=3"})));
  EXPECT_THAT(Write("ATLAS/2008", same), IsOkAndHolds(EqualsProto(*first)));
  EXPECT_EQ(answered_version_, before);
  EXPECT_THAT(Georgia("2008"), ElementsAre("GEO 2005 2", "GEO 2006 3"));
  EXPECT_EQ(Head(), before + 1);
  EXPECT_THAT(Write("ATLAS/2008", "request_id: 'r1' " + Annual("GEO", {"2005=4"})),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"r1\"")));
}

TEST_F(WriteObservationsTest, WhatIsSoAlreadyIsNoCommit) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  const int64_t before = Head();
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  EXPECT_EQ(Head(), before);
}

TEST_F(WriteObservationsTest, NothingIsWrittenWhenOneSeriesIsRefused) {
  EXPECT_THAT(Write("ATLAS/2008", Annual("GEO", {"2005=1"}) +
                                      SeriesOf("indicator: 'indicators/NO' area: 'areas/GEO' "
                                               "frequency: 'A'",
                                               "observations { period: '2005' value: 1 }")),
              Refuses("series[1].series.indicator", "\"indicators/NO\" does not exist"));
  EXPECT_THAT(Values("indicator: 'POV'"), IsEmpty());
}

TEST_F(WriteObservationsTest, BadObservationsAreRefusedByEntryFieldAndValue) {
  const std::string path = "series[0].observations[0]";
  struct Case {
    const char* observation;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"value: 1", ".period", "is required"},
           {"period: '2005-Q1' value: 1", ".period", "is not a period of frequency A"},
           {"period: 'MMV' value: 1", ".period", "\"MMV\""},
           {"period: '2005' value: nan", ".value", "is not a number"},
           {"period: '2005' value: inf", ".value", "is not a number"},
           {"period: '2005' value: 1e-30", ".value", "too many digits"},
           {"period: '2005' value: 9007199254740993", ".value", "more than 15 digits"},
           {"period: '2005' value: 0.1234567890123456789", ".value", "more than 15 digits"},
           {"period: '2005' value: 1 unit: 'USD'", ".unit", "that of the series, PERCENT"},
           {"period: '2005' value: 1 area: 'areas/ARM'", ".area", "of the series, areas/GEO"},
           {"period: '2005' value: 1 release: 'r2'", ".release", "\"r2\" is not that"},
           {"period: '2005' value: 1 source: 'sources/NO'", ".source", "\"sources/NO\""},
           {"period: '2005' value_text: '25,3'", ".value_text", "\"25,3\""},
           {"period: '2005' value_text: '1.0000000000000000001'", ".value_text", "1.00000"},
           {"period: '2005' value: 2 value_text: '1'", ".value_text", "another number"},
           {"period: '2005' value: 1 rounded_to: '0'", ".rounded_to", "\"0\" is not more than 0"},
           {"period: '2005' value: 1 rounded_to: 'ten'", ".rounded_to", "\"ten\""},
           {"period: '2005' missing_reason: 'x' rounded_to: '1'", ".rounded_to", "no value"},
           {"period: '2005'", ".missing_reason", "is required"},
           {"period: '2005' status: 'M'", ".missing_reason", "is required"},
           {"period: '2005' value: 1 missing_reason: 'x'", ".missing_reason", "beside a value"},
           {"period: '2005' value: 1 status: 'O'", ".status", "without a value"},
           {"period: '2005' status: 'A' missing_reason: 'x'", ".status", "with a value"},
           {"period: '2005' value: 1 status: 'X'", ".status", "\"X\" is not a code"},
           {"period: '2005' value: 1 status: 'AA'", ".status", "\"AA\" is not a code"},
       }) {
    EXPECT_THAT(WriteOne(c.observation), Refuses(path + c.field, c.message)) << c.observation;
  }
  for (const char* field : {"published_text", "note"}) {
    EXPECT_THAT(WriteOne(absl::StrCat("period: '2005' value: 1 ", field, ": '",
                                      std::string(2001, 'x'), "'")),
                Refuses(absl::StrCat(path, ".", field), "is longer than 2000 bytes"));
  }
  EXPECT_THAT(Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: '_U'",
                                           "observations { period: '2005' value: 1 }")),
              Refuses(path + ".period", "\"2005\" is stated"));
}

TEST_F(WriteObservationsTest, APeriodHasOneObservation) {
  EXPECT_THAT(Write("ATLAS/2008", Annual("GEO", {"2005=1", "2006=1", "2005=2"})),
              Refuses("series[0].observations", "\"2005\" has two values"));
  EXPECT_THAT(Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: '_U'",
                                           "observations { value: 1 } observations { value: 1 }")),
              Refuses("series[0].observations", "has two values"));
}

TEST_F(WriteObservationsTest, ASeriesTakesAMebibyteInARelease) {
  std::string observations;
  for (int year = 1000; year < 1600; ++year) {
    absl::StrAppend(&observations, "observations { period: '", year, "' value: 1 note: '",
                    std::string(1990, 'n'), "' }");
  }
  EXPECT_THAT(
      Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: 'A'", observations)),
      Refuses("series[0].observations", "are more than a series may take in one release, 1048576"));
}

TEST_F(WriteObservationsTest, FrequenciesAreSeriesOfTheirOwn) {
  const std::string quarter = "observations { period: '2005-Q1' value: 1 }";
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=2"}) +
                                    SeriesOf("area: 'areas/GEO' frequency: 'Q'", quarter)));
  EXPECT_THAT(Georgia("2008"), ElementsAre("GEO 2005 2", "GEO 2005-Q1 1"));
  EXPECT_THAT(Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: 'A'",
                                           "observations { period: '2004' value: 1 }" + quarter)),
              Refuses("series[0].observations[1].period", "\"2005-Q1\" is not a period"));
}

TEST_F(WriteObservationsTest, BadRequestsAreRefusedByFieldAndValue) {
  const std::string good = Annual("GEO", {"2005=1"});
  const auto key = [](const std::string& fields) {
    return SeriesOf(fields, "observations { period: '2005' value: 1 }");
  };
  struct Case {
    const char* vintage;
    std::string series;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"/2008", good, "dataset", "\"datasets/\""},
           {"NO/2008", good, "dataset", "\"datasets/NO\" does not exist"},
           {"ATLAS/", good, "release", "is required"},
           {"ATLAS/2009", good, "release", "\"2009\" is no release of datasets/ATLAS"},
           {"ATLAS/2008", "", "series", "is required"},
           {"ATLAS/2008", key("area: 'areas/GEO'"), "series[0].series.frequency", "is required"},
           {"ATLAS/2008", key("area: 'areas/GEO' frequency: 'D'"), "series[0].series.frequency",
            "\"D\" is not a frequency"},
           {"ATLAS/2008", key("frequency: 'A'"), "series[0].series.area", "is required"},
           {"ATLAS/2008", key("area: 'GEO' frequency: 'A'"), "series[0].series.area", "\"GEO\""},
           {"ATLAS/2008", key("indicator: 'POV' area: 'areas/GEO' frequency: 'A'"),
            "series[0].series.indicator", "\"POV\""},
           {"ATLAS/2008", key("area: 'areas/GEO' frequency: 'A' counterpart_area: 'ARM'"),
            "series[0].series.counterpart_area", "\"ARM\""},
           {"ATLAS/2008", key("area: 'areas/GEO' frequency: 'A' dataset: 'datasets/BOOK'"),
            "series[0].series.dataset", "is not that of the request, datasets/ATLAS"},
           {"ATLAS/2008", key("area: 'areas/GEO' frequency: 'A' citations {}"),
            "series[0].series.citations[0].source", "is required"},
           {"ATLAS/2008", good + good, "series[1].series", "\"series/POV~GEO~A~ATLAS\" occurs"},
           {"ATLAS/2008", Annual("GEO", {}), "series[0].observations", "is required"},
           {"ATLAS/2008",
            key(absl::StrCat("area: 'areas/GEO' frequency: 'A' note: '", std::string(66000, 'x'),
                             "'")),
            "series[0].series", "is more than one record may take"},
           {"ATLAS/2008", good + "request_id: '" + std::string(65, 'r') + "'", "request_id", "65"},
           {"ATLAS/2008", good + "reason: '" + std::string(1001, 'r') + "'", "reason", "1001"},
       }) {
    EXPECT_THAT(Write(c.vintage, c.series), Refuses(c.field, c.message)) << c.field;
  }
}

TEST_F(WriteObservationsTest, ARequestHasAThousandSeriesAtMost) {
  v1::WriteObservationsRequest request;
  request.set_dataset("datasets/ATLAS");
  request.set_release("2008");
  for (int i = 0; i < 1001; ++i) request.add_series();
  EXPECT_THAT(Call(handlers_.observations, &ObservationHandler::WriteObservations, request),
              Refuses("series", "1001"));
}

TEST_F(WriteObservationsTest, ARequestHasAHundredThousandObservationsAtMost) {
  v1::WriteObservationsRequest request;
  request.set_dataset("datasets/ATLAS");
  request.set_release("2008");
  const auto add = [&request](const std::string& area, int count) {
    auto& one = *request.add_series();
    one.mutable_series()->set_indicator("indicators/POV");
    one.mutable_series()->set_area(area);
    one.mutable_series()->set_frequency("M");
    Period month = {.frequency = Frequency::kMonthly, .year = 1000};
    for (int i = 0; i < count; ++i, month = Next(month)) {
      one.add_observations()->set_period(FormatPeriod(month));
      one.mutable_observations(i)->set_value_text("1");
    }
  };
  add("areas/GEO", 60'000);
  add("areas/ARM", 40'000);
  ASSERT_OK(Call(handlers_.observations, &ObservationHandler::WriteObservations, request));
  EXPECT_EQ(GetSeries("POV~GEO~M~ATLAS")->last_period(), "5999-12");
  add("areas/MDA", 1);
  EXPECT_THAT(Call(handlers_.observations, &ObservationHandler::WriteObservations, request),
              Refuses("series", "\"100001\" observations are more than 100000"));
}

TEST_F(WriteObservationsTest, AnAreaThatIsNotKnownIsRefusedOrAskedFor) {
  EXPECT_THAT(Write("ATLAS/2008", Annual("FRA", {"2005=1"})),
              Refuses("series[0].series.area", "\"areas/FRA\""));
  EXPECT_THAT(Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' counterpart_area: 'areas/FRA' "
                                           "frequency: 'A'",
                                           "observations { period: '2005' value: 1 }")),
              Refuses("series[0].series.counterpart_area", "\"areas/FRA\""));
  source_.Put(areas::AreaOf("FRA", "France"));
  EXPECT_OK(Write("ATLAS/2008", Annual("FRA", {"2005=1"})));
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_OK(Write("ATLAS/2008", Annual("FRA", {"2005=2"}) + Annual("ARM", {"2005=1"})));
  EXPECT_THAT(Write("ATLAS/2008", Annual("ITA", {"2005=1"})),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("ITA")));
}

TEST_F(WriteObservationsTest, WhatWasSaidOfAnAreaMayBeRevisedOnceTheAreaIsGone) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  source_.DeleteArea("GEO");
  ASSERT_OK(areas_.CatchUp(source_.head(), Soon(), {}));
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=2"})));
  EXPECT_THAT(Georgia("2008"), ElementsAre("GEO 2005 2"));
  EXPECT_THAT(Write("BOOK/1", Annual("GEO", {"2005=2"})),
              Refuses("series[0].series.area", "\"areas/GEO\""));
}

}  // namespace
}  // namespace corridor::indicators
