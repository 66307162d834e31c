#include "services/indicators/series_handler.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SeriesHandlerTest : public ServiceTest {
 protected:
  SeriesHandlerTest() {
    EXPECT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1", "2006=2"}) + Annual("ARM", {"2004=3"}) +
                                      Annual("CAUCASUS", {"2004=3"})));
    EXPECT_OK(Write("ATLAS/draft", Annual("GEO", {"1990=1"})));
    EXPECT_OK(Write("BOOK/1",
                    SeriesOf("area: 'areas/GEO' frequency: '_U'", "observations { value: 25 }") +
                        SeriesOf("indicator: 'indicators/PEOPLE' area: 'areas/MDA' "
                                 "counterpart_area: 'areas/GEO' frequency: 'Q'",
                                 "observations { period: '2009-Q3' value: 1 }")));
  }
  std::vector<std::string> Ids(const std::string& request) {
    const auto list = ListSeries(request);
    EXPECT_OK(list) << request;
    std::vector<std::string> ids;
    for (const v1::Series& one : list->series()) ids.emplace_back(AllSeries().Id(one.name()));
    return ids;
  }
  auto Update(const std::string& request) {
    return Call(handlers_.series, &SeriesHandler::UpdateSeries, request);
  }
  auto Delete(const std::string& request) {
    return Call(handlers_.series, &SeriesHandler::DeleteSeries, request);
  }
};

TEST_F(SeriesHandlerTest, ASeriesSaysWhichReleasesAndPeriodsThereAre) {
  const auto series = GetSeries("POV~GEO~A~ATLAS");
  ASSERT_OK(series);
  EXPECT_THAT(series->releases(), ElementsAre("2008", "draft"));
  EXPECT_EQ(series->first_period(), "2005");
  EXPECT_EQ(series->last_period(), "2006");
  EXPECT_EQ(series->unit(), "PERCENT");
  const auto undated = GetSeries("POV~GEO~_U~BOOK");
  ASSERT_OK(undated);
  EXPECT_THAT(undated->releases(), ElementsAre("1"));
  EXPECT_EQ(undated->first_period(), "");
  EXPECT_EQ(undated->last_period(), "");
  EXPECT_THAT(GetSeries("POV~GEO~Q~ATLAS"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(SeriesHandlerTest, SeriesAreListedByWhatTheyAreAbout) {
  EXPECT_THAT(Ids(""), ElementsAre("PEOPLE~MDA~Q~BOOK~GEO", "POV~ARM~A~ATLAS",
                                   "POV~CAUCASUS~A~ATLAS", "POV~GEO~A~ATLAS", "POV~GEO~_U~BOOK"));
  EXPECT_THAT(Ids("indicator: 'PEOPLE'"), ElementsAre("PEOPLE~MDA~Q~BOOK~GEO"));
  EXPECT_THAT(Ids("area: 'areas/GEO'"), ElementsAre("POV~GEO~A~ATLAS", "POV~GEO~_U~BOOK"));
  EXPECT_THAT(Ids("area: 'CAUCASUS' source: 'A'"),
              ElementsAre("POV~ARM~A~ATLAS", "POV~CAUCASUS~A~ATLAS", "POV~GEO~A~ATLAS"));
  EXPECT_THAT(Ids("area: 'CIS' as_of: '2009-08-17' source: 'A'"),
              ElementsAre("POV~ARM~A~ATLAS", "POV~GEO~A~ATLAS"));
  EXPECT_THAT(Ids("area: 'CIS' as_of: '2009-08-18' source: 'A'"), ElementsAre("POV~ARM~A~ATLAS"));
  EXPECT_THAT(Ids("filter: 'counterpart_area = \"areas/GEO\"'"),
              ElementsAre("PEOPLE~MDA~Q~BOOK~GEO"));
  EXPECT_THAT(Ids("filter: 'frequency = \"_U\" OR dataset = \"datasets/ATLAS\"' area: 'GEO'"),
              ElementsAre("POV~GEO~A~ATLAS", "POV~GEO~_U~BOOK"));
  const auto list = ListSeries("area: 'ARM'");
  ASSERT_OK(list);
  EXPECT_EQ(list->series(0).last_period(), "2004");
}

TEST_F(SeriesHandlerTest, BadQuestionsAreRefusedByFieldAndValue) {
  EXPECT_THAT(ListSeries("indicator: 'NO'"), Refuses("indicator", "\"NO\" does not exist"));
  EXPECT_THAT(ListSeries("source: 'NO'"), Refuses("source", "\"NO\" does not exist"));
  EXPECT_THAT(ListSeries("area: 'XXX'"), Refuses("area", "XXX"));
  EXPECT_THAT(ListSeries("area: 'GEO' as_of: 'x'"), Refuses("as_of", "\"x\""));
  EXPECT_THAT(ListSeries("filter: 'unit = \"PERCENT\"'"), Refuses("filter", "unit"));
}

TEST_F(SeriesHandlerTest, WhatIsSaidOfASeriesMayBeChangedItsKeyMayNot) {
  const std::string name = "name: 'series/POV~GEO~A~ATLAS' ";
  const auto updated =
      Update("series { " + name + "method: 'M' note: 'N' citations { source: 'T' kind: PRESS } }");
  ASSERT_OK(updated);
  EXPECT_EQ(updated->method(), "M");
  EXPECT_EQ(updated->citations(0).source(), "T");
  EXPECT_THAT(updated->releases(), ElementsAre("2008", "draft"));
  for (const char* field : {"indicator", "area", "frequency", "dataset", "source", "unit"}) {
    EXPECT_THAT(Update(absl::StrCat("series { ", name, field, ": 'X' } update_mask { paths: '",
                                    field, "' }")),
                Refuses(absl::StrCat("series.", field), "X"))
        << field;
  }
  EXPECT_THAT(Update("series { " + name + "note: 'O' etag: 'old' }"),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Update("series { name: 'series/NO' note: 'O' }"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Update("series { " + name + "citations {} }"),
              Refuses("series.citations[0].source", "is required"));
}

TEST_F(SeriesHandlerTest, DeletingASeriesDropsItsObservationsAndKeepsItsHistory) {
  const int64_t before = Head();
  ASSERT_OK(Delete("name: 'series/POV~GEO~A~ATLAS'"));
  EXPECT_EQ(Head(), before + 1);
  EXPECT_THAT(GetSeries("POV~GEO~A~ATLAS"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Values("area: 'GEO'"), ElementsAre("GEO - 25"));

  const std::string then = absl::StrCat("known_at: '", before, "'");
  EXPECT_THAT(Values("area: 'GEO' source: 'A' " + then), ElementsAre("GEO 2005 1", "GEO 2006 2"));
  EXPECT_THAT(Values("area: 'GEO' release: 'draft' " + then), ElementsAre("GEO 1990 1"));
  EXPECT_EQ(GetSeries("POV~GEO~A~ATLAS", then)->first_period(), "2005");

  // Made anew, it has nothing of the one before.
  ASSERT_OK(Write("ATLAS/draft", Annual("GEO", {"2000=1"})));
  EXPECT_THAT(Values("area: 'GEO' source: 'A'"), ElementsAre("GEO 2000 1"));
  EXPECT_THAT(Values("area: 'GEO' source: 'A' release: '2008'"), IsEmpty());
}

TEST_F(SeriesHandlerTest, OnlyTheSeriesThatWasMeantIsDeleted) {
  EXPECT_THAT(Delete("name: 'series/NO'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Delete("name: 'POV~GEO~A~ATLAS'"), Refuses("name", "POV~GEO~A~ATLAS"));
  const std::string name = "name: 'series/POV~GEO~A~ATLAS' ";
  EXPECT_THAT(Delete(name + "etag: 'old'"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_OK(Delete(absl::StrCat(name, "etag: '", GetSeries("POV~GEO~A~ATLAS")->etag(), "'")));
}

}  // namespace
}  // namespace corridor::indicators
