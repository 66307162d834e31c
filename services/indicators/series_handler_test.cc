#include "services/indicators/series_handler.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
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
  auto BatchUpdate(const std::string& request) {
    return Call(handlers_.series, &SeriesHandler::BatchUpdateSeries, request);
  }
  auto BatchDelete(const std::string& request) {
    return Call(handlers_.series, &SeriesHandler::BatchDeleteSeries, request);
  }
  // Everything that a write leaves a trace in: the commits, the series and their observations.
  std::vector<std::string> Recorded() {
    std::vector<std::string> recorded;
    const auto commits = store_.versions().CommitsAfter(0, 1000, Soon());
    EXPECT_OK(commits);
    for (const store::Commit& commit : *commits) {
      recorded.push_back(absl::StrCat(commit.version, " ", absl::StrJoin(commit.resources, " ")));
    }
    const auto list = ListSeries("");
    EXPECT_OK(list);
    for (const v1::Series& one : list->series()) recorded.push_back(one.DebugString());
    for (const std::string& value : Values("headline: true")) recorded.push_back(value);
    return recorded;
  }
};

constexpr char kGeorgia[] = "name: 'series/POV~GEO~A~ATLAS' ";
constexpr char kArmenia[] = "name: 'series/POV~ARM~A~ATLAS' ";

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

TEST_F(SeriesHandlerTest, ABatchOfUpdatesIsOneCommitAnsweredInItsOrder) {
  const int64_t head = Head();
  const auto updated =
      BatchUpdate(absl::StrCat("requests { series { ", kGeorgia,
                               "method: 'M' note: 'N' } update_mask { paths: 'note' } } "
                               "requests { series { ",
                               kArmenia, "method: 'M' } } reason: 'Both'"));
  ASSERT_OK(updated);
  EXPECT_EQ(Head(), head + 1);
  EXPECT_EQ(answered_version_, head + 1);
  ASSERT_EQ(updated->series_size(), 2);
  EXPECT_EQ(updated->series(0).note(), "N");
  EXPECT_EQ(updated->series(0).method(), "");
  EXPECT_EQ(updated->series(1).method(), "M");
  // Without what follows from other rows.
  EXPECT_EQ(updated->series(0).releases_size(), 0);
  EXPECT_EQ(GetSeries("POV~GEO~A~ATLAS")->etag(), updated->series(0).etag());
  EXPECT_THAT(Values("area: 'GEO' source: 'A'"), ElementsAre("GEO 2005 1", "GEO 2006 2"));
}

TEST_F(SeriesHandlerTest, ABatchOfDeletesDropsTheObservationsAsOneCommit) {
  const int64_t head = Head();
  ASSERT_OK(BatchDelete(absl::StrCat("requests { ", kGeorgia, "etag: '",
                                     GetSeries("POV~GEO~A~ATLAS")->etag(), "' } requests { ",
                                     kArmenia, "}")));
  EXPECT_EQ(Head(), head + 1);
  EXPECT_THAT(Ids(""),
              ElementsAre("PEOPLE~MDA~Q~BOOK~GEO", "POV~CAUCASUS~A~ATLAS", "POV~GEO~_U~BOOK"));
  EXPECT_THAT(Values("area: 'CAUCASUS' source: 'A'"), ElementsAre("CAUCASUS 2004 3"));
  EXPECT_THAT(Values(absl::StrCat("area: 'CAUCASUS' source: 'A' known_at: '", head, "'")),
              ElementsAre("ARM 2004 3", "CAUCASUS 2004 3", "GEO 2005 1", "GEO 2006 2"));
}

TEST_F(SeriesHandlerTest, BatchesAreRefusedAsAWholeNamingTheEntry) {
  const std::vector<std::string> before = Recorded();
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  const std::string armenia = absl::StrCat("series { ", kArmenia, "note: 'N' } ");
  const std::string update =
      absl::StrCat("requests { series { ", kGeorgia, "note: 'N' } } requests { ");
  for (const Case& c : std::vector<Case>{
           {absl::StrCat("series { ", kGeorgia, "note: 'O' }"), "series.name",
            "\"series/POV~GEO~A~ATLAS\" is in the batch twice"},
           {"series { name: 'POV~ARM~A~ATLAS' }", "series.name", "\"POV~ARM~A~ATLAS\""},
           {absl::StrCat("series { ", kArmenia, "unit: 'X' }"), "series.unit", "cannot change"},
           {absl::StrCat("series { ", kArmenia, "citations {} }"), "series.citations[0].source",
            "is required"},
           {armenia + "request_id: 'r'", "request_id", "belongs to the whole batch"},
           {armenia + "reason: 'r'", "reason", "belongs to the whole batch"},
           {armenia + "validate_only: true", "validate_only", "belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchUpdate(update + c.second + " }"), Refuses("requests[1]." + c.field, c.message))
        << c.second;
  }
  const std::string erase = absl::StrCat("requests { ", kGeorgia, "} requests { ");
  for (const Case& c : std::vector<Case>{
           {kGeorgia, "name", "\"series/POV~GEO~A~ATLAS\" is in the batch twice"},
           {"name: 'POV~ARM~A~ATLAS'", "name", "\"POV~ARM~A~ATLAS\""},
           {absl::StrCat(kArmenia, "request_id: 'r'"), "request_id", "belongs to the whole batch"},
           {absl::StrCat(kArmenia, "reason: 'r'"), "reason", "belongs to the whole batch"},
           {absl::StrCat(kArmenia, "validate_only: true"), "validate_only",
            "belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchDelete(erase + c.second + " }"), Refuses("requests[1]." + c.field, c.message))
        << c.second;
  }
  const auto second_fails = [](absl::StatusCode code, const std::string& message) {
    return StatusIs(code, AllOf(HasSubstr("requests[1]"), HasSubstr(message)));
  };
  EXPECT_THAT(BatchUpdate(update + "series { name: 'series/NO' note: 'N' } }"),
              second_fails(absl::StatusCode::kNotFound, "series/NO"));
  EXPECT_THAT(BatchUpdate(absl::StrCat(update, "series { ", kArmenia, "etag: 'old' } }")),
              second_fails(absl::StatusCode::kAborted, "POV~ARM~A~ATLAS has changed"));
  EXPECT_THAT(BatchDelete(erase + "name: 'series/NO' }"),
              second_fails(absl::StatusCode::kNotFound, "series/NO"));
  EXPECT_THAT(BatchDelete(absl::StrCat(erase, kArmenia, "etag: 'old' }")),
              second_fails(absl::StatusCode::kAborted, "POV~ARM~A~ATLAS has changed"));
  EXPECT_THAT(BatchUpdate(""), Refuses("requests", "is required"));
  EXPECT_THAT(BatchDelete(""), Refuses("requests", "is required"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(SeriesHandlerTest, ARepeatedBatchAnswersAsTheFirstDid) {
  const int64_t head = Head();
  const std::string id = "request_id: '1' ";
  const std::string update = id + absl::StrCat("requests { series { ", kGeorgia, "note: 'N' } }");
  const auto updated = BatchUpdate(update);
  ASSERT_OK(updated);
  ASSERT_OK(Update(absl::StrCat("series { ", kGeorgia, "note: 'O' }")));
  const std::string erase = id + absl::StrCat("requests { ", kGeorgia, "}");
  ASSERT_OK(BatchDelete(erase));
  const std::vector<std::string> before = Recorded();
  EXPECT_THAT(BatchUpdate(update), IsOkAndHolds(EqualsProto(*updated)));
  EXPECT_EQ(answered_version_, head + 1);
  EXPECT_OK(BatchDelete(erase));
  EXPECT_EQ(answered_version_, head + 3);
  EXPECT_EQ(Recorded(), before);
  EXPECT_THAT(BatchDelete(id + absl::StrCat("requests { ", kArmenia, "}")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"1\"")));
}

TEST_F(SeriesHandlerTest, AWriteThatIsOnlyValidatedRecordsNothingAndLeavesItsRequestIdFree) {
  const std::vector<std::string> before = Recorded();
  const std::string only = "validate_only: true ";
  const std::string update =
      absl::StrCat("request_id: '1' series { ", kGeorgia, "note: 'N' method: 'M' }");
  const std::string update_batch =
      absl::StrCat("request_id: '1' requests { series { ", kArmenia, "note: 'N' } }");
  const std::string erase = absl::StrCat("request_id: '1' ", kGeorgia);
  const std::string erase_batch = absl::StrCat("request_id: '1' requests { ", kArmenia, "}");
  const auto tried = Update(only + update);
  ASSERT_OK(tried);
  EXPECT_THAT(tried->releases(), ElementsAre("2008", "draft"));
  const auto tried_batch = BatchUpdate(only + update_batch);
  ASSERT_OK(tried_batch);
  ASSERT_OK(Delete(only + erase));
  ASSERT_OK(BatchDelete(only + erase_batch));
  EXPECT_THAT(Update(absl::StrCat(only, "series { ", kGeorgia, "etag: 'old' }")),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("POV~GEO~A~ATLAS has changed")));
  EXPECT_THAT(BatchDelete(only + "requests { name: 'series/NO' }"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("requests[0]")));
  EXPECT_EQ(Recorded(), before);

  auto updated = Update(update);
  ASSERT_OK(updated);
  updated->clear_etag();
  EXPECT_THAT(*tried, EqualsProto(*updated));
  auto updated_batch = BatchUpdate(update_batch);
  ASSERT_OK(updated_batch);
  updated_batch->mutable_series(0)->clear_etag();
  EXPECT_THAT(*tried_batch, EqualsProto(*updated_batch));
  ASSERT_OK(Delete(erase));
  ASSERT_OK(BatchDelete(erase_batch));
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
