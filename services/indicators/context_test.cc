// Notes and targets: what they must say, and what is answered with a target.
#include "services/indicators/context.h"

#include "platform/dates/period.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::HasSubstr;
using Assessment = v1::TargetAssessment;

class ContextTest : public ServiceTest {
 protected:
  auto Get(const std::string& more = "") {
    return Call(handlers_.targets, &TargetHandler::GetTarget, "name: 'targets/T' " + more);
  }
  auto Assess(const std::string& name, const std::string& more = "") {
    return Call(handlers_.targets, &TargetHandler::AssessTarget,
                absl::StrCat("name: '", name, "' ", more));
  }
  // Halve the poverty of Georgia, 40 per cent, by 2008.
  auto AddHalving() {
    return AddTarget("T",
                     "area: 'areas/GEO' indicator: 'indicators/POV' direction: AT_MOST "
                     "factor: 0.5 baseline_value: 40 baseline_period: '2000' "
                     "due { text: '2008' }");
  }
};

TEST_F(ContextTest, BadNotesAreRefusedByFieldAndValue) {
  struct Case {
    std::string note;
    const char* field;
    const char* message;
  };
  const std::string good = "area: 'areas/GEO' topic: 'POVERTY' text: 'T' ";
  for (const Case& c : std::initializer_list<Case>{
           {"topic: 'POVERTY' text: 'T'", "context_note.area", "is required"},
           {"area: 'GEO' topic: 'POVERTY' text: 'T'", "context_note.area", "\"GEO\""},
           {"area: 'areas/XXX' topic: 'POVERTY' text: 'T'", "context_note.area", "XXX"},
           {"area: 'areas/GEO' topic: 'poverty' text: 'T'", "context_note.topic", "\"poverty\""},
           {"area: 'areas/GEO' topic: 'POVERTY'", "context_note.text", "is required"},
           {good + "start { text: '19' }", "context_note.start", "\"19\""},
           {good + "start { text: '2009' } end { text: '2008' }", "context_note.end",
            "is not after the start"},
           {good + "related_areas: 'areas/ARM' related_areas: 'ARM'",
            "context_note.related_areas[1]", "\"ARM\""},
           {good + "related_areas: 'areas/XXX'", "context_note.related_areas[0]", "XXX"},
       }) {
    EXPECT_THAT(Call(handlers_.context_notes, &ContextNoteHandler::CreateContextNote,
                     absl::StrCat("context_note_id: 'N' context_note { ", c.note, kCited, "}")),
                Refuses(c.field, c.message))
        << c.note;
  }
  EXPECT_THAT(Call(handlers_.context_notes, &ContextNoteHandler::CreateContextNote,
                   absl::StrCat("context_note_id: 'N' context_note { ", good, " }")),
              Refuses("context_note.citations", "is required"));
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_THAT(AddNote("N", "ITA"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("ITA")));
}

TEST_F(ContextTest, BadTargetsAreRefusedByFieldAndValue) {
  struct Case {
    std::string target;
    const char* field;
    const char* message;
  };
  const std::string of_geo = "area: 'areas/GEO' direction: AT_MOST ";
  const std::string due = "due { text: '2015' } ";
  for (const Case& c : std::initializer_list<Case>{
           {"direction: AT_MOST factor: 0.5 " + due, "target.area", "is required"},
           {"area: 'areas/XXX' direction: AT_MOST factor: 0.5 " + due, "target.area", "XXX"},
           {"area: 'areas/GEO' factor: 0.5 " + due, "target.direction", "AT_MOST or AT_LEAST"},
           {"area: 'areas/GEO' direction: 7 factor: 0.5 " + due, "target.direction", "\"7\""},
           {of_geo + "factor: 0.5", "target.due", "is required"},
           {of_geo + "factor: 0.5 due { text: 'soon' }", "target.due", "\"soon\""},
           {of_geo + "factor: 0.5 adopted { text: 'x' } " + due, "target.adopted", "\"x\""},
           {of_geo + due, "target.factor", "is required"},
           {of_geo + "factor: 0.5 goal_value: 1 " + due, "target.goal_value",
            "\"1\" is given beside a factor"},
           {of_geo + "factor: nan " + due, "target.factor", "is not a finite number"},
           {of_geo + "goal_value: inf " + due, "target.goal_value", "is not a finite number"},
           {of_geo + "factor: 1 baseline_value: nan " + due, "target.baseline_value", "finite"},
           {of_geo + "factor: 1 baseline_period: '0' " + due, "target.baseline_period", "\"0\""},
           {of_geo + "factor: 1 indicator: 'indicators/NO' " + due, "target.indicator",
            "\"indicators/NO\" does not exist"},
           {of_geo + "factor: 1 indicator: 'sources/A' " + due, "target.indicator",
            "\"sources/A\""},
       }) {
    EXPECT_THAT(AddTarget("T", c.target), Refuses(c.field, c.message)) << c.target;
  }
}

TEST_F(ContextTest, ATargetIsAnsweredWithItsAssessmentWhicheverWayItIsAskedFor) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2007=30", "2008=19.5"})));
  const auto created = AddHalving();
  ASSERT_OK(created);
  EXPECT_EQ(created->assessment().verdict(), Assessment::MET);
  EXPECT_EQ(created->assessment().goal(), 20);
  ASSERT_EQ(created->assessment().by_series_size(), 1);
  EXPECT_EQ(created->assessment().by_series(0).series(), "series/POV~GEO~A~ATLAS");
  EXPECT_EQ(created->assessment().by_series(0).period(), "2008");

  EXPECT_THAT(Get()->assessment(), EqualsProto(created->assessment()));
  EXPECT_THAT(*Assess("targets/T"), EqualsProto(created->assessment()));
  const auto list = Call(handlers_.targets, &TargetHandler::ListTargets, "area: 'GEO'");
  ASSERT_OK(list);
  ASSERT_EQ(list->targets_size(), 1);
  EXPECT_THAT(list->targets(0).assessment(), EqualsProto(created->assessment()));
  const auto updated = Call(handlers_.targets, &TargetHandler::UpdateTarget,
                            "target { name: 'targets/T' factor: 0.25 }");
  ASSERT_OK(updated);
  EXPECT_EQ(updated->assessment().verdict(), Assessment::NOT_MET);
}

TEST_F(ContextTest, AnAssessmentFollowsTheValuesThatWereKnown) {
  ASSERT_OK(AddHalving());
  EXPECT_EQ(Get()->assessment().verdict(), Assessment::CANNOT_SAY);
  const std::string before = absl::StrCat("known_at: '", Head(), "'");
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2008=30"})));
  EXPECT_EQ(Get()->assessment().verdict(), Assessment::NOT_MET);
  ASSERT_OK(Write("BOOK/1", Annual("GEO", {"2008=10"})));
  EXPECT_EQ(Get()->assessment().verdict(), Assessment::SOURCES_DISAGREE);
  EXPECT_EQ(Get()->assessment().by_series_size(), 2);
  EXPECT_EQ(Get(before)->assessment().by_series_size(), 0);
  EXPECT_EQ(Assess("targets/T", before)->verdict(), Assessment::CANNOT_SAY);
  EXPECT_THAT(Assess("targets/NO"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Assess("T"), Refuses("name", "\"T\""));
  EXPECT_THAT(Assess("targets/T", "known_at: 'x'"), Refuses("known_at", "\"x\""));
}

TEST_F(ContextTest, AnAssessmentThatIsWrittenIsNotRead) {
  ASSERT_OK(AddTarget("T",
                      "area: 'areas/GEO' direction: AT_MOST factor: 0.5 due { text: '2015' } "
                      "assessment { verdict: MET }"));
  EXPECT_EQ(Get()->assessment().verdict(), Assessment::CANNOT_SAY);
  EXPECT_THAT(Get()->assessment().reason(), HasSubstr("indicator"));
}

TEST_F(ContextTest, ATargetIsAnsweredHoweverMuchIsHeldOfItsIndicator) {
  std::string observations;
  Period month = {.frequency = Frequency::kMonthly, .year = 1000};
  for (int i = 0; i < 10'001; ++i, month = Next(month)) {
    absl::StrAppend(&observations, "observations { period: '", FormatPeriod(month),
                    "' value: 1 } ");
  }
  ASSERT_OK(Write("ATLAS/2008", SeriesOf("area: 'areas/GEO' frequency: 'M'", observations)));
  ASSERT_OK(AddHalving());
  EXPECT_EQ(Get()->assessment().verdict(), Assessment::CANNOT_SAY);
  EXPECT_THAT(Get()->assessment().reason(), HasSubstr("More than 10000 observations"));
  EXPECT_EQ(Get()->assessment().target(), "targets/T");
}

}  // namespace
}  // namespace corridor::indicators
