// Lists of observations: what each parameter asks for, and pages.
#include "services/indicators/observation_handler.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// POV of Armenia and Georgia by both sources, with a revision in the release 2010; Moldova's
// emigrants by quarter and in all, and a value of POV whose period is not stated.
class ListObservationsTest : public ServiceTest {
 protected:
  ListObservationsTest() {
    EXPECT_OK(Write("ATLAS/2010", Annual("GEO", {"2005=30.1", "2006=25.0", "2007=24"})));
    EXPECT_OK(Write("ATLAS/2008",
                    Annual("GEO", {"2005=31.1", "2006=25.30"}) + Annual("ARM", {"2006=40"})));
    EXPECT_OK(Write("ATLAS/draft", Annual("GEO", {"2008=1"}) + Annual("MDA", {"2008=2"})));
    EXPECT_OK(Write("BOOK/1", SeriesOf("area: 'areas/GEO' frequency: '_U'",
                                       "observations { value_text: '25' rounded_to: '1' }") +
                                  SeriesOf("indicator: 'indicators/PEOPLE' area: 'areas/MDA' "
                                           "counterpart_area: 'areas/ARM' frequency: 'Q'",
                                           "observations { period: '2009-Q3' value_text: '100' }") +
                                  SeriesOf("indicator: 'indicators/PEOPLE' area: 'areas/MDA' "
                                           "frequency: 'Q'",
                                           "observations { period: '2009-Q3' value_text: '300' }"
                                           "observations { period: '2009-Q4' value_text: '310' }"
                                           "observations { period: '2010-Q1' "
                                           "               missing_reason: 'no survey' }")));
  }
};

TEST_F(ListObservationsTest, EverySourceAnswersFromTheReleaseThatItPublishedLast) {
  EXPECT_THAT(Values("indicator: 'POV' area: 'GEO'"),
              ElementsAre("GEO 2005 30.1", "GEO 2006 25.0", "GEO 2007 24", "GEO - 25"));
  // Armenia is not in the release 2010, nor Moldova in a dated one.
  EXPECT_THAT(Values("indicator: 'indicators/POV' area: 'areas/ARM'"), ElementsAre("ARM 2006 40"));
  EXPECT_THAT(Values("indicator: 'POV' area: 'MDA'"), ElementsAre("MDA 2008 2"));
}

TEST_F(ListObservationsTest, EachParameterNarrowsTheList) {
  struct Case {
    const char* request;
    std::vector<std::string> values;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"indicator: 'POV' source: 'B'", {"GEO - 25"}},
           {"source: 'sources/B' frequency: '_U'", {"GEO - 25"}},
           {"source: 'A' area: 'GEO' frequency: 'Q'", {}},
           {"area: 'GEO' start_period: '2006' source: 'A'", {"GEO 2006 25.0", "GEO 2007 24"}},
           {"area: 'GEO' end_period: '2006'", {"GEO 2005 30.1", "GEO 2006 25.0"}},
           {"area: 'GEO' start_period: '2006' end_period: '2006'", {"GEO 2006 25.0"}},
           // A year has days within a month, and a month within a year.
           {"area: 'GEO' start_period: '2006-12' end_period: '2007-01'",
            {"GEO 2006 25.0", "GEO 2007 24"}},
           {"indicator: 'PEOPLE' counterpart_area: 'ARM'", {"MDA 2009-Q3 100"}},
           {"indicator: 'PEOPLE' counterpart_area: 'GEO'", {}},
           {"indicator: 'PEOPLE' start_period: '2009-12' end_period: '2009'", {"MDA 2009-Q4 310"}},
           {"indicator: 'PEOPLE' filter: 'counterpart_area = \"\"' start_period: '2010'",
            {"MDA 2010-Q1 -"}},
           {"indicator: 'POV' area: 'GEO' release: '2008'", {"GEO 2005 31.1", "GEO 2006 25.30"}},
           {"indicator: 'POV' release: 'draft'", {"GEO 2008 1", "MDA 2008 2"}},
           {"indicator: 'POV' source: 'A' release: '1'", {}},
           {"indicator: 'POV' area: 'GEO' released_by: '2008'",
            {"GEO 2005 31.1", "GEO 2006 25.30"}},
           {"indicator: 'POV' area: 'GEO' released_by: '2009-12-31'",
            {"GEO 2005 31.1", "GEO 2006 25.30", "GEO - 25"}},
           {"indicator: 'POV' area: 'GEO' released_by: '2008-12-30'", {}},
           {"indicator: 'POV' released_by: '2010' release: '2008'",
            {"ARM 2006 40", "GEO 2005 31.1", "GEO 2006 25.30"}},
           {"indicator: 'POV' latest: true",
            {"ARM 2006 40", "GEO 2007 24", "GEO - 25", "MDA 2008 2"}},
           {"indicator: 'POV' latest: true end_period: '2006'", {"ARM 2006 40", "GEO 2006 25.0"}},
           // The last period with a value: nothing is known of 2010-Q1.
           {"indicator: 'PEOPLE' latest: true", {"MDA 2009-Q4 310", "MDA 2009-Q3 100"}},
           {"headline: true area: 'ARM'", {"ARM 2006 40"}},
           {"headline: true indicator: 'PEOPLE'", {}},
           {"filter: 'dataset = \"datasets/BOOK\" AND frequency = \"_U\"'", {"GEO - 25"}},
           {"filter: 'id = \"POV~ARM~A~ATLAS\"'", {"ARM 2006 40"}},
       }) {
    EXPECT_EQ(Values(c.request), c.values) << c.request;
  }
}

TEST_F(ListObservationsTest, AGroupIsItsMembersOfTheDay) {
  const auto cis = [this](const std::string& as_of) {
    return Values("indicator: 'POV' source: 'A' latest: true area: 'CIS' " + as_of);
  };
  EXPECT_THAT(cis("as_of: '2009-08-17'"), ElementsAre("ARM 2006 40", "GEO 2007 24", "MDA 2008 2"));
  EXPECT_THAT(cis("as_of: '2009-08-18'"), ElementsAre("ARM 2006 40", "MDA 2008 2"));
  EXPECT_THAT(cis("as_of: '2009'"), SizeIs(3));
  EXPECT_THAT(cis(""), SizeIs(2));  // Today.
}

TEST_F(ListObservationsTest, AValueOfAGroupStandsBesideThoseOfItsMembers) {
  ASSERT_OK(Write("BOOK/1", Annual("CAUCASUS", {"2006=33"})));
  EXPECT_THAT(Values("indicator: 'POV' area: 'CAUCASUS' frequency: 'A' start_period: '2006' "
                     "end_period: '2006'"),
              ElementsAre("ARM 2006 40", "CAUCASUS 2006 33", "GEO 2006 25.0"));
}

TEST_F(ListObservationsTest, AnObservationCarriesItsValueItsBoundsAndWhereItComesFrom) {
  const auto list = List("indicator: 'POV' area: 'GEO' release: '2008' start_period: '2006'");
  ASSERT_OK(list);
  ASSERT_EQ(list->observations_size(), 1);
  EXPECT_THAT(list->observations(0), EqualsProto(R"pb(
                series: 'series/POV~GEO~A~ATLAS'
                indicator: 'indicators/POV'
                area: 'areas/GEO'
                frequency: 'A'
                period: '2006'
                period_start: '2006-01-01'
                period_end: '2006-12-31'
                value: 25.3
                value_text: '25.30'
                unit: 'PERCENT'
                rounded_to: '0.01'
                low: 25.295
                high: 25.305
                status: 'A'
                source: 'sources/A'
                dataset: 'datasets/ATLAS'
                release: '2008'
                released { text: '2008' earliest: '2008-01-01' latest: '2008-12-31' }
                citations { source: 'S' kind: OFFICIAL })pb"));
  EXPECT_EQ(list->known_version().version(), Head());
}

TEST_F(ListObservationsTest, AMissingValueIsAbsentAndSaysWhy) {
  const auto list = List("indicator: 'PEOPLE' start_period: '2010'");
  ASSERT_OK(list);
  ASSERT_EQ(list->observations_size(), 1);
  const v1::Observation& missing = list->observations(0);
  EXPECT_FALSE(missing.has_value());
  EXPECT_FALSE(missing.has_low());
  EXPECT_EQ(missing.value_text(), "");
  EXPECT_EQ(missing.rounded_to(), "");
  EXPECT_EQ(missing.status(), "O");
  EXPECT_EQ(missing.missing_reason(), "no survey");
}

TEST_F(ListObservationsTest, ASeriesCitesItsOwnSourcesElseThoseOfItsDataset) {
  ASSERT_OK(Write("ATLAS/2010",
                  SeriesOf("area: 'areas/MDA' frequency: 'A' method: 'survey' "
                           "citations { source: 'T' kind: PRESS }",
                           "observations { period: '2009' value: 0.5 status: 'E' note: 'N' "
                           "               published_text: 'one half' rounded_to: '0.5' }")));
  const auto list = List("indicator: 'POV' area: 'MDA'");
  ASSERT_OK(list);
  ASSERT_EQ(list->observations_size(), 1);
  const v1::Observation& one = list->observations(0);
  ASSERT_EQ(one.citations_size(), 1);
  EXPECT_EQ(one.citations(0).source(), "T");
  EXPECT_EQ(one.method(), "survey");
  EXPECT_EQ(one.published_text(), "one half");
  EXPECT_EQ(one.note(), "N");
  EXPECT_EQ(one.status(), "E");
  EXPECT_EQ(one.value_text(), "0.5");
  EXPECT_EQ(one.rounded_to(), "0.5");
  EXPECT_EQ(one.low(), 0.25);
  EXPECT_EQ(one.high(), 0.75);
}

TEST_F(ListObservationsTest, AnEarlierVersionAnswersAsItDidThen) {
  const std::string before = absl::StrCat("known_at: '", Head(), "' ");
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=26", "2009=20"})));
  const std::string request = "indicator: 'POV' area: 'GEO' source: 'A' start_period: '2006' ";
  EXPECT_THAT(Values(request), ElementsAre("GEO 2006 26", "GEO 2007 24", "GEO 2009 20"));
  EXPECT_THAT(Values(request + before), ElementsAre("GEO 2006 25.0", "GEO 2007 24"));
  // Before the sources there was nothing to ask for.
  EXPECT_THAT(List(request + "known_at: '1'"), Refuses("indicator", "\"POV\" does not exist"));
  EXPECT_THAT(List(request + "known_at: '1999-01-01T00:00:00Z'"),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(ListObservationsTest, PagesOfOneNeitherSkipNorRepeatWhileOthersWrite) {
  for (const char* narrowed : {"", "latest: true ", "release: '2008' ", "start_period: '2006' "}) {
    const std::string text = absl::StrCat("indicator: 'POV' area: 'CIS' as_of: '2008' ", narrowed);
    const std::vector<std::string> all = Values(text);
    auto request = Proto<v1::ListObservationsRequest>(text);
    request.set_page_size(1);
    std::vector<std::string> values;
    int64_t version = 0;
    do {
      const auto page =
          Call(handlers_.observations, &ObservationHandler::ListObservations, request);
      ASSERT_OK(page);
      ASSERT_EQ(page->observations_size(), 1);
      if (version == 0) version = page->known_version().version();
      EXPECT_EQ(page->known_version().version(), version);
      values.push_back(InShort(page->observations(0)));
      request.set_page_token(page->next_page_token());
      // Before, at and after where the list has come to.
      const std::string value = std::to_string(50 + values.size());
      for (const char* vintage : {"ATLAS/2010", "ATLAS/2008"}) {
        ASSERT_OK(Write(vintage, Annual("GEO", {"2001=" + value, "2006=" + value, "2011=1"}) +
                                     Annual("ARM", {"2002=" + value, "2006=" + value})));
      }
    } while (!request.page_token().empty());
    EXPECT_EQ(values, all) << text;
  }
}

TEST_F(ListObservationsTest, APageTokenBelongsToItsRequest) {
  auto request = Proto<v1::ListObservationsRequest>("indicator: 'POV' page_size: 1");
  const auto page = Call(handlers_.observations, &ObservationHandler::ListObservations, request);
  ASSERT_OK(page);
  request.set_page_token(page->next_page_token());
  request.set_latest(true);
  EXPECT_THAT(Call(handlers_.observations, &ObservationHandler::ListObservations, request),
              Refuses("page_token", ""));
}

TEST_F(ListObservationsTest, BadInputIsRefusedByFieldAndValue) {
  struct Case {
    const char* request;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", "indicator", "is required"},
           {"counterpart_area: 'ARM'", "indicator", "is required"},
           {"indicator: 'NO'", "indicator", "\"NO\" does not exist"},
           {"indicator: 'sources/A'", "indicator", "\"sources/A\""},
           {"source: 'C'", "source", "\"C\" does not exist"},
           {"area: 'XXX'", "area", "XXX"},
           {"area: 'georgia'", "area", "georgia"},
           {"indicator: 'POV' counterpart_area: 'XXX'", "counterpart_area", "XXX"},
           {"indicator: 'POV' start_period: '2006-13'", "start_period", "\"2006-13\""},
           {"indicator: 'POV' end_period: 'now'", "end_period", "\"now\""},
           {"indicator: 'POV' start_period: '2007' end_period: '2006'", "end_period", "\"2006\""},
           {"indicator: 'POV' frequency: 'D'", "frequency", "\"D\" is not a frequency"},
           {"indicator: 'POV' release: 'a b'", "release", "\"a b\""},
           {"indicator: 'POV' release: '2009'", "release", "\"2009\" is no release"},
           {"indicator: 'POV' released_by: '2006-02-30'", "released_by", "\"2006-02-30\""},
           {"indicator: 'POV' as_of: '2006/..'", "as_of", "\"2006/..\""},
           {"indicator: 'POV' known_at: 'now'", "known_at", "\"now\""},
           {"indicator: 'POV' page_size: -1", "page_size", "-1"},
           {"indicator: 'POV' page_size: 1001", "page_size", "1001"},
           {"indicator: 'POV' page_token: 'x'", "page_token", "x"},
           {"filter: 'value > 3'", "filter", "value"},
       }) {
    EXPECT_THAT(List(c.request), Refuses(c.field, c.message)) << c.request;
  }
}

TEST_F(ListObservationsTest, AnAreaThatIsNotKnownHereIsAskedForElsewhere) {
  EXPECT_THAT(List("area: 'FRA'"), Refuses("area", "FRA"));
  source_.Put(areas::AreaOf("FRA", "France"));
  EXPECT_THAT(Values("area: 'FRA'"), IsEmpty());
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_THAT(Values("area: 'ARM' indicator: 'POV'"), SizeIs(1));
  EXPECT_THAT(List("area: 'ITA'"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("ITA")));
}

TEST_F(ListObservationsTest, ManyHeadlinesAreAllAskedFor) {
  std::string requests;
  for (int i = 0; i < 600; ++i) {
    absl::StrAppend(&requests, "requests { ",
                    New("indicator", absl::StrCat("H", 1000 + i),
                        absl::StrCat("unit: 'PERCENT' headline: true", kCited)),
                    " } ");
  }
  ASSERT_OK(Call(handlers_.indicators, &IndicatorHandler::BatchCreateIndicators, requests));
  ASSERT_OK(Write("BOOK/1", SeriesOf("indicator: 'indicators/H1599' area: 'areas/ARM' "
                                     "frequency: 'A'",
                                     "observations { period: '2001' value: 1 }")));
  EXPECT_THAT(Values("headline: true source: 'B'"), ElementsAre("ARM 2001 1", "GEO - 25"));
}

}  // namespace
}  // namespace corridor::indicators
