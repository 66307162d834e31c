#include "services/programmes/project_handler.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProjectHandlerTest : public ServiceTest {
 protected:
  ProjectHandlerTest() {
    EXPECT_OK(AddProgrammeArea("MD"));
    EXPECT_OK(AddClassification("C",
                                "classes { class_id: '1' display_name: 'One' } "
                                "classes { class_id: '2' display_name: 'Two' }"));
    EXPECT_OK(AddOffice("IOM_PRAGUE"));
    EXPECT_OK(AddPartner("DONOR"));
    EXPECT_OK(
        AddProject("CZ",
                   "countries { area: 'areas/CZE' } dates { actual_start { text: '2004-01-01' } } "
                   "participants { participant: 'partners/DONOR' role: FUNDING } "
                   "participants { participant: 'offices/IOM_PRAGUE' } "
                   "classes: 'classifications/C/classes/1'"));
    EXPECT_OK(AddProject("EU",
                         "countries { area: 'areas/EUROPE' } "
                         "reporting_organisation: 'partners/DONOR'"));
    EXPECT_OK(
        AddProject("RO",
                   "countries { area: 'areas/ROU' } locations { display_name: 'Bucharest' } "
                   "dates { actual_start { text: '2002' } actual_end { text: '2003' } } "
                   "target_groups { display_name: 'Minors' group: 'MINORS' } "
                   "participants { participant: 'offices/IOM_PRAGUE' role: IMPLEMENTING } "
                   "programme_areas: 'programmeAreas/MD' classes: 'classifications/C/classes/2'"));
  }
  auto List(std::string_view request) {
    return Call(handlers_.projects, &ProjectHandler::ListProjects, request);
  }
  // Ids, with a `?` after those that are not certain.
  std::vector<std::string> Ids(std::string_view request) {
    const auto list = List(request);
    EXPECT_OK(list) << request;
    std::vector<std::string> ids;
    if (!list.ok()) return ids;
    EXPECT_EQ(list->next_page_token(), "");
    for (const v1::Project& project : list->projects()) {
      ids.push_back(std::string(Projects().Id(project.name())));
      if (project.has_active() && !project.active().certain()) ids.back().push_back('?');
    }
    return ids;
  }
};

TEST_F(ProjectHandlerTest, AGroupStandsForItselfAndForWhoeverBelongedToItOnTheDay) {
  EXPECT_THAT(Ids(""), ElementsAre("CZ", "EU", "RO"));
  EXPECT_THAT(Ids("area: 'ROU'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("area: 'areas/ROU'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("area: 'EUROPE'"), ElementsAre("CZ", "EU", "RO"));
  EXPECT_THAT(Ids("area: 'EUROPE' as_of: '2004-05-01'"), ElementsAre("CZ", "EU", "RO"));
  EXPECT_THAT(Ids("area: 'EUROPE' as_of: '2004-04-30'"), ElementsAre("EU", "RO"));
  EXPECT_THAT(Ids("area: 'EUROPE' as_of: '2004'"), ElementsAre("CZ", "EU", "RO"));
  // As of the days on which they are to have been active, unless another day is asked for.
  EXPECT_THAT(Ids("area: 'EUROPE' active_on: '2004-04'"), ElementsAre("EU?"));
  EXPECT_THAT(Ids("area: 'EUROPE' active_on: '2004-04' as_of: '2004-06'"),
              ElementsAre("CZ?", "EU?"));
}

TEST_F(ProjectHandlerTest, APlaceWithinACountryIsOfTheCountry) {
  ASSERT_OK(AddProject("TOWN", "locations { display_name: 'Brno' area: 'areas/CZE' }"));
  EXPECT_THAT(Ids("area: 'CZE'"), ElementsAre("CZ", "TOWN"));
}

TEST_F(ProjectHandlerTest, ProjectsActiveOnADaySayWhetherThatIsCertain) {
  EXPECT_THAT(Ids("active_on: '2001-12-31'"), ElementsAre("EU?"));
  EXPECT_THAT(Ids("active_on: '2002'"), ElementsAre("EU?", "RO"));
  EXPECT_THAT(Ids("active_on: '2002-06-15'"), ElementsAre("EU?", "RO?"));
  EXPECT_THAT(Ids("active_on: '2003-12-31'"), ElementsAre("EU?", "RO?"));
  EXPECT_THAT(Ids("active_on: '2004-01-01'"), ElementsAre("CZ", "EU?"));
  EXPECT_THAT(Ids("active_on: '2004-01-02'"), ElementsAre("CZ?", "EU?"));
  const auto list = List("");
  ASSERT_OK(list);
  for (const v1::Project& project : list->projects()) EXPECT_FALSE(project.has_active());
}

TEST_F(ProjectHandlerTest, ProjectsAreAskedByWhoTookPartAndHow) {
  EXPECT_THAT(Ids("participant: 'offices/IOM_PRAGUE'"), ElementsAre("CZ", "RO"));
  EXPECT_THAT(Ids("participant: 'offices/IOM_PRAGUE' role: IMPLEMENTING"), ElementsAre("RO"));
  EXPECT_THAT(Ids("participant: 'offices/IOM_PRAGUE' role: FUNDING"), IsEmpty());
  // It reported EU, and did not take part.
  EXPECT_THAT(Ids("participant: 'partners/DONOR'"), ElementsAre("CZ"));
  EXPECT_THAT(Ids("filter: 'reporting_organisation = \"partners/DONOR\"'"), ElementsAre("EU"));
}

TEST_F(ProjectHandlerTest, ProjectsAreAskedByWhatAndForWhomTheyAre) {
  EXPECT_THAT(Ids("class: 'classifications/C/classes/2'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("programme_area: 'programmeAreas/MD'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("programme_area: 'MD'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("target_group: 'MINORS'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("target_group: 'ADULTS'"), IsEmpty());
  EXPECT_THAT(Ids("filter: 'id = \"RO\" OR id = \"EU\"' area: 'ROU'"), ElementsAre("RO"));
  EXPECT_THAT(Ids("class: 'classifications/C/classes/1' programme_area: 'MD'"), IsEmpty());
}

TEST_F(ProjectHandlerTest, AQuestionIsRefusedNamingTheField) {
  struct Case {
    const char* request;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"area: 'XXX'", "area", "\"XXX\" is no area that memberstates knows"},
           {"area: 'rou'", "area", "\"rou\""},
           {"active_on: 'spring'", "active_on", "\"spring\""},
           {"active_on: '../2003'", "active_on", "\"../2003\""},
           {"as_of: 'spring'", "as_of", "\"spring\""},
           {"participant: 'DONOR'", "participant", "is neither offices/* nor partners/*"},
           {"participant: 'partners/X'", "participant", "\"partners/X\" does not exist"},
           {"role: FUNDING", "role", "\"FUNDING\" says whose role only with participant"},
           {"participant: 'partners/DONOR' role: 9", "role", "\"9\" is not a role"},
           {"class: 'C'", "class", "\"C\""},
           {"class: 'classifications/C/classes/3'", "class", "is no class of classifications/C"},
           {"programme_area: 'X'", "programme_area", "\"X\" does not exist"},
           {"target_group: 'minors'", "target_group", "\"minors\""},
           {"filter: 'size > 1'", "filter", "size"},
           {"page_size: 1001", "page_size", "1001"},
       }) {
    EXPECT_THAT(List(c.request), Refuses(c.field, c.message)) << c.request;
  }
}

TEST_F(ProjectHandlerTest, WithoutMemberstatesAnAreaThatIsNotKnownHereIsUnavailable) {
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_THAT(List("area: 'XXX'"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("areas/XXX is not known here")));
  EXPECT_THAT(Ids("area: 'EUROPE'"), ElementsAre("CZ", "EU", "RO"));
}

TEST_F(ProjectHandlerTest, PagesStayThoseOfTheFirstWhileOthersWriteAndGroupsChange) {
  auto request = Proto<v1::ListProjectsRequest>("area: 'EUROPE' page_size: 1");
  std::vector<std::string> names;
  do {
    const auto page = Call(handlers_.projects, &ProjectHandler::ListProjects, request);
    ASSERT_OK(page);
    for (const v1::Project& project : page->projects()) names.push_back(project.name());
    if (request.page_token().empty()) {
      now_ += absl::Hours(24 * 366);
      source_.Put(areas::MemberOf("EUROPE", "ROU", "", "2020"));
      ASSERT_OK(areas_.CopyAnew(absl::Now() + absl::Minutes(1), {}));
      ASSERT_OK(Call(handlers_.projects, &ProjectHandler::DeleteProject, "name: 'projects/EU'"));
      ASSERT_OK(AddProject("DE", "countries { area: 'areas/EUROPE' }"));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("projects/CZ", "projects/EU", "projects/RO"));
  EXPECT_THAT(Ids("area: 'EUROPE'"), ElementsAre("CZ", "DE"));
}

TEST_F(ProjectHandlerTest, TheDayOfTheFirstPageIsThatOfAllPages) {
  now_ = absl::FromCivil(absl::CivilSecond(2004, 4, 30, 23, 59, 59), absl::UTCTimeZone());
  auto request = Proto<v1::ListProjectsRequest>("area: 'EUROPE' page_size: 1");
  const auto first = Call(handlers_.projects, &ProjectHandler::ListProjects, request);
  ASSERT_OK(first);
  ASSERT_EQ(first->projects(0).name(), "projects/EU");
  now_ += absl::Seconds(2);
  ASSERT_OK(AddProject("A", "countries { area: 'areas/CZE' }"));
  request.set_page_token(first->next_page_token());
  const auto second = Call(handlers_.projects, &ProjectHandler::ListProjects, request);
  ASSERT_OK(second);
  EXPECT_EQ(second->projects(0).name(), "projects/RO");
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_THAT(Ids("area: 'EUROPE'"), ElementsAre("A", "CZ", "EU", "RO"));
}

TEST_F(ProjectHandlerTest, ProjectsAreAnsweredAsTheyWereKnown) {
  const int64_t before = store_.versions().Head(absl::InfiniteFuture()).value();
  ASSERT_OK(Call(handlers_.projects, &ProjectHandler::UpdateProject,
                 "project { name: 'projects/RO' countries { area: 'areas/CZE' } "
                 "dates { actual_start { text: '2010' } } }"));
  const std::string known_at = absl::StrCat(" known_at: '", before, "'");
  EXPECT_THAT(Ids("area: 'ROU'"), IsEmpty());
  EXPECT_THAT(Ids("area: 'ROU' active_on: '2002'" + known_at), ElementsAre("RO"));
  EXPECT_THAT(Ids("area: 'CZE' active_on: '2010'"), ElementsAre("CZ?", "RO"));
}

}  // namespace
}  // namespace corridor::programmes
