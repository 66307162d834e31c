// The default data set answers what its sources say: the facts of data/README.md.
#include "services/programmes/default_data.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string DataFolder() {
  const char* folder = std::getenv("CORRIDOR_TEST_DATA");
  return folder == nullptr ? "services/programmes/data" : folder;
}

class DefaultDataTest : public ServiceTest {
 protected:
  absl::StatusOr<int> Load(const std::string& folder = DataFolder()) {
    return LoadDefaultData(folder, store_.versions(), handlers_, absl::Now());
  }
  int64_t Head() { return store_.versions().Head(absl::InfiniteFuture()).value(); }
};

// The data set in a store.
class LoadedDataTest : public DefaultDataTest {
 protected:
  LoadedDataTest() { EXPECT_OK(Load()); }

  v1::ListProjectsResponse Projects(const std::string& request) {
    const auto list = Call(handlers_.projects, &ProjectHandler::ListProjects, request);
    EXPECT_OK(list) << request;
    return list.value_or(v1::ListProjectsResponse());
  }
  // `1 NARROWER 2` for each entry.
  std::vector<std::string> Entries(const std::string& id) {
    const auto crosswalk = Call(handlers_.crosswalks, &CrosswalkHandler::GetCrosswalk,
                                absl::StrCat("name: 'crosswalks/", id, "'"));
    EXPECT_OK(crosswalk);
    std::vector<std::string> entries;
    if (!crosswalk.ok()) return entries;
    for (const auto& entry : crosswalk->entries()) {
      entries.push_back(absl::StrCat(entry.from_class(), " ",
                                     v1::Crosswalk::Relation_Name(entry.relation()), " ",
                                     entry.to_class()));
    }
    return entries;
  }
};

TEST_F(LoadedDataTest, TheProgrammeAreaHasItsKindsOfActivityAndItsClasses) {
  const auto area = Call(handlers_.programme_areas, &ProgrammeAreaHandler::GetProgrammeArea,
                         "name: 'programmeAreas/MIGRATION_AND_DEVELOPMENT'");
  ASSERT_OK(area);
  std::vector<std::string> topics;
  for (const auto& statement : area->statements()) topics.push_back(statement.topic());
  EXPECT_THAT(topics, ElementsAre("APPROACH", "AIM", "SCOPE", "CLASSIFICATION"));
  EXPECT_THAT(area->stakeholders(), SizeIs(7));

  const std::string of_area =
      "filter: 'programme_area = \"programmeAreas/MIGRATION_AND_DEVELOPMENT\"'";
  const auto types =
      Call(handlers_.activity_types, &ActivityTypeHandler::ListActivityTypes, of_area);
  ASSERT_OK(types);
  EXPECT_THAT(types->activity_types(), SizeIs(4));
  const auto editions =
      Call(handlers_.classifications, &ClassificationHandler::ListClassifications, of_area);
  ASSERT_OK(editions);
  ASSERT_THAT(editions->classifications(), SizeIs(2));
  EXPECT_EQ(editions->classifications(0).name(), "classifications/IOM_BUDGET_2018");
  EXPECT_THAT(editions->classifications(0).classes(), SizeIs(4));
  EXPECT_EQ(editions->classifications(1).name(), "classifications/IOM_PRAGUE_HEADINGS");
  EXPECT_THAT(editions->classifications(1).classes(), SizeIs(2));
}

TEST_F(LoadedDataTest, ClassesCorrespondAsReasoned) {
  EXPECT_THAT(Entries("IOM_BUDGET_2018_TO_DAC"),
              ElementsAre("III.1 RELATED 15190", "III.2 BROADER 15190", "III.3 RELATED 15190",
                          "III.3 EXACT 24050", "III.4 RELATED 15190"));
  std::vector<std::string> to_budget;
  for (const std::string& entry : Entries("IOM_PRAGUE_HEADINGS_TO_IOM_BUDGET_2018")) {
    to_budget.push_back(entry.substr(entry.find(' ') + 1));
  }
  EXPECT_THAT(to_budget,
              UnorderedElementsAre("NARROWER III.1", "NARROWER III.3", "NARROWER III.2"));
}

TEST_F(LoadedDataTest, TheProjectInRomaniaRanIn2002And2003) {
  for (const char* year : {"2002", "2003"}) {
    const auto active = Projects(absl::StrCat("area: 'ROU' active_on: '", year, "'"));
    ASSERT_THAT(active.projects(), SizeIs(1)) << year;
    EXPECT_TRUE(active.projects(0).active().certain()) << year;
  }
  const auto on_a_day = Projects("area: 'ROU' active_on: '2002-06-15'");
  ASSERT_THAT(on_a_day.projects(), SizeIs(1));
  EXPECT_FALSE(on_a_day.projects(0).active().certain());
  for (const char* year : {"2001", "2004"}) {
    EXPECT_THAT(Projects(absl::StrCat("area: 'ROU' active_on: '", year, "'")).projects(), IsEmpty())
        << year;
  }
}

TEST_F(LoadedDataTest, TheProjectIsFoundByWhoCarriedItOutAndForWhom) {
  for (const char* who :
       {"offices/IOM_PRAGUE", "offices/IOM_BUCHAREST", "partners/SAVE_THE_CHILDREN_ROMANIA"}) {
    EXPECT_THAT(Projects(absl::StrCat("participant: '", who, "' role: IMPLEMENTING")).projects(),
                SizeIs(1))
        << who;
  }
  EXPECT_THAT(Projects("target_group: 'MINORS_LIVING_ON_STREETS'").projects(), SizeIs(1));
  EXPECT_THAT(Projects("area: 'CZE'").projects(), IsEmpty());
}

TEST_F(DefaultDataTest, ASecondLoadChangesNothing) {
  EXPECT_THAT(Load(), IsOkAndHolds(7));
  const int64_t head = Head();
  EXPECT_THAT(Load(), IsOkAndHolds(0));
  EXPECT_EQ(Head(), head);
}

TEST_F(DefaultDataTest, AStoreThatSomebodyWroteToIsLeftAlone) {
  ASSERT_OK(AddPartner("A"));
  const int64_t head = Head();
  EXPECT_THAT(Load(), IsOkAndHolds(0));
  EXPECT_EQ(Head(), head);
}

TEST_F(DefaultDataTest, MistakesInFilesAreNamedByFileAndValue) {
  struct Case {
    const char* file;
    std::string find;
    std::string replace;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"crosswalks.json", "\"fromEdition\"", "\"from\"", "crosswalks.json"},
           {"projects.json", "\"IOM_PRAGUE_PAGE\"", "\"A_FRIEND\"",
            "cites \"A_FRIEND\", which sources.csv does not have"},
           {"projects.json", "offices/IOM_BUCHAREST", "offices/IOM_BUKAREST",
            "\"offices/IOM_BUKAREST\" does not exist"},
           {"projects.json", "\"2003\"", "\"2001\"", "is before the start, \"2002\""},
           {"offices.json", "areas/ROU", "areas/RUM", "is no area that memberstates knows"},
       }) {
    TempDir folder;
    fs::copy(DataFolder(), folder.path(), fs::copy_options::recursive);
    std::ifstream in(folder.File(c.file));
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const size_t at = text.find(c.find);
    ASSERT_NE(at, std::string::npos) << c.file << " " << c.find;
    folder.Write(c.file, text.replace(at, c.find.size(), c.replace));
    ProgrammesStore store;
    areas::AreaDirectory areas(store.versions(), source_);
    ASSERT_OK(areas.EnsureLoaded(absl::Now() + absl::Minutes(1)));
    Handlers handlers({*store, AllKinds(), areas});
    EXPECT_THAT(LoadDefaultData(folder.path(), store.versions(), handlers, absl::Now()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.file << " " << c.find;
  }
}

TEST_F(DefaultDataTest, AFolderThatIsNotThereIsNamed) {
  EXPECT_THAT(Load("no/such/folder"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/folder")));
}

}  // namespace
}  // namespace corridor::programmes
