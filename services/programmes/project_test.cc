#include "services/programmes/project.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using ::testing::ElementsAre;

using ProjectTest = ServiceTest;

TEST_F(ProjectTest, AProjectIsRefusedNamingTheField) {
  ASSERT_OK(AddPartner("P"));
  ASSERT_OK(AddProject("OTHER"));
  ASSERT_OK(AddClassification("C", "classes { class_id: '1' display_name: 'One' }"));
  struct Case {
    std::string project;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"dates { planned_start { text: 'soon' } }", "project.dates.planned_start", "\"soon\""},
           {"dates { actual_start { } }", "project.dates.actual_start", "\"\""},
           {"dates { planned_end { text: '2018-02-30' } }", "project.dates.planned_end",
            "\"2018-02-30\""},
           {"dates { actual_end { text: 'x' } }", "project.dates.actual_end", "\"x\""},
           {"dates { planned_start { text: '2003' } planned_end { text: '2002' } }",
            "project.dates.planned_end", "is before the start, \"2003\""},
           {"dates { actual_start { text: '2003-01-02' } actual_end { text: '2003-01-01' } }",
            "project.dates.actual_end", "is before the start, \"2003-01-02\""},
           {"dates { planned_start { text: '2004' } actual_end { text: '2003' } }",
            "project.dates.actual_end", "\"2003\" is before the start, \"2004\""},
           {"dates { planned_start { text: '2004' } planned_end { text: '2003' } "
            "actual_start { text: '2001' } actual_end { text: '2002' } }",
            "project.dates.planned_end", "\"2003\" is before the start, \"2004\""},
           {"countries { }", "project.countries[0].area", "is required"},
           {"countries { area: 'ROU' }", "project.countries[0].area", "\"ROU\""},
           {"countries { area: 'areas/ROU' } countries { area: 'areas/XXX' }",
            "project.countries[1].area", "is no area that memberstates knows"},
           {"countries { area: 'areas/ROU' percentage: 100.5 }", "project.countries[0].percentage",
            "is not 0 to 100"},
           {"countries { area: 'areas/ROU' percentage: -1 }", "project.countries[0].percentage",
            "is not 0 to 100"},
           {"countries { area: 'areas/ROU' percentage: nan }", "project.countries[0].percentage",
            "is not 0 to 100"},
           {"countries { area: 'areas/ROU' } countries { area: 'areas/ROU' }",
            "project.countries[1].area", "\"areas/ROU\" is there already"},
           {"countries { area: 'areas/ROU' percentage: 60 } "
            "countries { area: 'areas/CZE' percentage: 40.1 }",
            "project.countries[1].percentage", "\"40.1\" makes more than 100 with those before"},
           {"locations { area: 'areas/ROU' }", "project.locations[0].display_name", "is required"},
           {"locations { display_name: 'Here' area: 'here' }", "project.locations[0].area",
            "\"here\""},
           {"locations { display_name: 'Here' area: 'areas/XXX' }", "project.locations[0].area",
            "is no area that memberstates knows"},
           {"target_groups { group: 'MINORS' }", "project.target_groups[0].display_name",
            "is required"},
           {"target_groups { display_name: 'Minors' }", "project.target_groups[0].group",
            "is required"},
           {"target_groups { display_name: 'Minors' group: 'minors' }",
            "project.target_groups[0].group", "\"minors\""},
           {"participants { role: FUNDING }", "project.participants[0].participant", "is required"},
           {"participants { participant: 'projects/OTHER' }", "project.participants[0].participant",
            "is neither offices/* nor partners/*"},
           {"participants { participant: 'offices/P' }", "project.participants[0].participant",
            "\"offices/P\" does not exist"},
           {"participants { participant: 'partners/P' role: 9 }", "project.participants[0].role",
            "\"9\" is not a role"},
           {"reporting_organisation: 'projects/OTHER'", "project.reporting_organisation",
            "is neither organisations/* nor partners/*"},
           {"reporting_organisation: 'partners/X'", "project.reporting_organisation",
            "\"partners/X\" does not exist"},
           {"reporting_organisation: 'organisations/iom'", "project.reporting_organisation",
            "has the malformed id \"iom\""},
           {"programme_areas: 'partners/P'", "project.programme_areas[0]",
            "is not a name of the form programmeAreas/*"},
           {"programme_areas: 'programmeAreas/X'", "project.programme_areas[0]", "does not exist"},
           {"activity_types: 'partners/P'", "project.activity_types[0]",
            "is not a name of the form activityTypes/*"},
           {"activity_types: 'activityTypes/X'", "project.activity_types[0]", "does not exist"},
           {"classes: 'classifications/C'", "project.classes[0]",
            "is not a name of the form classifications/*/classes/*"},
           {"classes: 'classifications/D/classes/1'", "project.classes[0]",
            "\"classifications/D\" does not exist"},
           {"classes: 'classifications/C/classes/1' classes: 'classifications/C/classes/2'",
            "project.classes[1]", "is no class of classifications/C"},
           {"citations { source: 'S' kind: INFERRED }", "project.citations[0].reasoning",
            "is required"},
       }) {
    EXPECT_THAT(AddProject("A", c.project), Refuses(c.field, c.message)) << c.project;
  }
  const auto create = [&](const std::string& project) {
    return Call(handlers_.projects, &ProjectHandler::CreateProject,
                "project_id: 'A' project { " + project + " }");
  };
  EXPECT_THAT(create(kCited), Refuses("project.display_name", "is required"));
  EXPECT_THAT(create("display_name: 'A'"), Refuses("project.citations", "is required"));
}

TEST_F(ProjectTest, AProjectIsKeptWithAllThatIsStatedOfIt) {
  ASSERT_OK(AddPartner("P"));
  EXPECT_OK(AddProject("A", "dates { actual_start { text: '2002' } actual_end { text: '2002' } }"));
  EXPECT_OK(AddProject("B",
                       "dates { actual_start { text: '2002-05-01' } "
                       "actual_end { text: '2002-05-01' } }"));
  EXPECT_OK(AddProject("C",
                       "countries { area: 'areas/ROU' percentage: 0 } "
                       "countries { area: 'areas/CZE' percentage: 100 }"));
  EXPECT_OK(AddProject("DIFFERENT",
                       "dates { planned_start { text: '2004' } planned_end { text: '2005' } "
                       "actual_start { text: '2002' } actual_end { text: '2003' } }"));
  EXPECT_OK(AddProject("ROUNDED",
                       "countries { area: 'areas/ROU' percentage: 16.1 } "
                       "countries { area: 'areas/CZE' percentage: 66.7 } "
                       "countries { area: 'areas/EUROPE' percentage: 17.2 }"));
  EXPECT_OK(AddProject("D",
                       "reporting_organisation: 'organisations/IOM' "
                       "participants { participant: 'partners/P' }"));
  EXPECT_OK(AddProject("E", "reporting_organisation: 'partners/P'"));
  EXPECT_OK(AddProject("XM-DAC-47066-DP.2154"));
  EXPECT_OK(AddProject(std::string(100, 'a')));
  EXPECT_THAT(AddProject(std::string(101, 'a')),
              Refuses("project.name", absl::StrCat("projects/", std::string(101, 'a'))));
}

TEST(RanOnTest, AProjectRanOnADayCertainlyPossiblyOrNot) {
  struct Case {
    const char* dates;
    const char* asked;
    Holds holds;
  };
  constexpr char kDays[] = "actual_start { text: '2002-03-01' } actual_end { text: '2003-04-30' }";
  constexpr char kYears[] = "actual_start { text: '2002' } actual_end { text: '2003' }";
  constexpr char kOneYear[] = "actual_start { text: '2002' } actual_end { text: '2002' }";
  constexpr char kNoEnd[] = "actual_start { text: '2002-03-01' }";
  constexpr char kNoStart[] = "actual_end { text: '2003-04-30' }";
  constexpr char kPlanned[] =
      "planned_start { text: '2001-01-01' } planned_end { text: '2005-12-31' } "
      "actual_start { text: '2002-01-01' }";
  constexpr char kLate[] = "actual_start { text: '2005' } planned_end { text: '2004' }";
  for (const Case& c : std::initializer_list<Case>{
           {kDays, "2002-02-28", Holds::kNo},
           {kDays, "2002-03-01", Holds::kCertainly},
           {kDays, "2003-04-30", Holds::kCertainly},  // A last day is included.
           {kDays, "2003-05-01", Holds::kNo},
           {kDays, "2003", Holds::kCertainly},
           {kDays, "2004", Holds::kNo},
           {kYears, "2001", Holds::kNo},
           {kYears, "2001-12-31", Holds::kNo},
           {kYears, "2002", Holds::kCertainly},
           {kYears, "2002-06-15", Holds::kPossibly},
           {kYears, "2002-12-31", Holds::kCertainly},
           {kYears, "2003", Holds::kCertainly},
           {kYears, "2003-01-01", Holds::kCertainly},
           {kYears, "2003-06-15", Holds::kPossibly},
           {kYears, "2004-01-01", Holds::kNo},
           {kYears, "2001-06/2002-06", Holds::kPossibly},
           {kOneYear, "2002", Holds::kCertainly},
           {kOneYear, "2002-12-31", Holds::kPossibly},
           {kNoEnd, "2002-02-28", Holds::kNo},
           {kNoEnd, "2002-03-01", Holds::kCertainly},
           {kNoEnd, "2002-03-02", Holds::kPossibly},
           {kNoEnd, "2024", Holds::kPossibly},
           {kNoStart, "1990", Holds::kPossibly},
           {kNoStart, "2003-04-30", Holds::kPossibly},
           {kNoStart, "2003-05-01", Holds::kNo},
           {kPlanned, "2001", Holds::kNo},
           {kPlanned, "2002", Holds::kCertainly},
           {kPlanned, "2005-12-31", Holds::kPossibly},  // Plans make nothing certain.
           {kPlanned, "2006", Holds::kNo},
           {"planned_start { text: '2030' } planned_end { text: '2031' }", "2030",
            Holds::kPossibly},
           {kLate, "2004", Holds::kNo},
           {kLate, "2005", Holds::kCertainly},
           {kLate, "2006", Holds::kPossibly},
           {"actual_start { text: '2002/2003' }", "2002/2003", Holds::kCertainly},
           {"actual_start { text: '../2002' } actual_end { text: '2003/..' }", "2002-06",
            Holds::kPossibly},
           {"actual_start { text: '../2002' } actual_end { text: '2003/..' }", "2003-01-01",
            Holds::kCertainly},
           {"", "2002", Holds::kPossibly},
       }) {
    EXPECT_EQ(RanOn(Proto<v1::Project::Dates>(c.dates), ParsePartialDate(c.asked, "").value()),
              c.holds)
        << c.dates << " " << c.asked;
  }
}

TEST(ProjectNamesTest, WhoTookPartIsMarkedByRole) {
  using Participant = v1::Project::Participant;
  EXPECT_EQ(RelationOf(Participant::FUNDING), "FUNDING");
  EXPECT_THAT(RelationsOfAllRoles(), ElementsAre("ROLE_UNSPECIFIED", "FUNDING", "ACCOUNTABLE",
                                                 "EXTENDING", "IMPLEMENTING"));
  EXPECT_OK(CheckParticipantName("offices/A", "participant"));
  EXPECT_OK(CheckParticipantName("partners/A", "participant"));
  EXPECT_THAT(CheckParticipantName("organisations/A", "participant"),
              Refuses("participant", "is neither offices/* nor partners/*"));
}

}  // namespace
}  // namespace corridor::programmes
