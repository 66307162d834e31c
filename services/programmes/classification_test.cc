#include "services/programmes/classification.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Case {
  std::string resource;
  std::string field;
  std::string message;
};

constexpr char kClass1[] = "classes { class_id: '1' display_name: 'One' } ";
constexpr char kClass2[] = "classes { class_id: '2' display_name: 'Two' } ";

class ClassificationTest : public ServiceTest {
 protected:
  auto AddCrosswalk(std::string_view id, const std::string& crosswalk) {
    return Call(
        handlers_.crosswalks, &CrosswalkHandler::CreateCrosswalk,
        absl::StrCat("crosswalk_id: '", std::string(id), "' crosswalk { ", crosswalk, kCited, "}"));
  }
  auto UpdateClassification(const std::string& request) {
    return Call(handlers_.classifications, &ClassificationHandler::UpdateClassification, request);
  }
};

TEST_F(ClassificationTest, AClassificationIsRefusedNamingTheField) {
  const std::string named = "display_name: 'A' ";
  const std::string good = absl::StrCat(named, kClass1);
  for (const Case& c : std::vector<Case>{
           {kClass1, "classification.display_name", "is required"},
           {good + "valid_from { text: 'spring' }", "classification.valid_from", "\"spring\""},
           {good + "valid_until { text: '2018-13' }", "classification.valid_until", "\"2018-13\""},
           {good + "valid_from { text: '2018' } valid_until { text: '2017' }",
            "classification.valid_until", "is not after the start, \"2018\""},
           {good + "programme_area: 'partners/A'", "classification.programme_area",
            "is not a name of the form programmeAreas/*"},
           {named, "classification.classes", "is required"},
           {named + "classes { display_name: 'One' }", "classification.classes[0].class_id",
            "is required"},
           {named + "classes { class_id: 'a/b' display_name: 'One' }",
            "classification.classes[0].class_id", "\"a/b\""},
           {named + "classes { class_id: 'a~b' display_name: 'One' }",
            "classification.classes[0].class_id", "has a ~ in its id"},
           {absl::StrCat(named, "classes { class_id: '", std::string(65, 'a'), "' }"),
            "classification.classes[0].class_id", "more than 64 characters"},
           {named + "classes { class_id: '1' }", "classification.classes[0].display_name",
            "is required"},
           {good + kClass1, "classification.classes[1].class_id", "\"1\" occurs twice"},
           {named + "classes { class_id: '1' display_name: 'One' parent: '1' }",
            "classification.classes[0].parent", "\"1\" is no class before it"},
           {named + "classes { class_id: '1' display_name: 'One' parent: '2' } " + kClass2,
            "classification.classes[0].parent", "\"2\" is no class before it"},
           {good, "classification.citations", "is required"},
           {absl::StrCat(good, "programme_area: 'programmeAreas/A'", kCited),
            "classification.programme_area", "\"programmeAreas/A\" does not exist"},
       }) {
    EXPECT_THAT(Call(handlers_.classifications, &ClassificationHandler::CreateClassification,
                     "classification_id: 'A' classification { " + c.resource + " }"),
                Refuses(c.field, c.message))
        << c.resource;
  }
  EXPECT_OK(AddClassification(
      "A", absl::StrCat(kClass1,
                        "classes { class_id: '1.1' display_name: 'Part' parent: '1' } "
                        "valid_from { text: '../2018-01-01' }")));
}

TEST_F(ClassificationTest, ACrosswalkIsRefusedNamingTheField) {
  ASSERT_OK(AddClassification("A", kClass1));
  ASSERT_OK(AddClassification("B", kClass2));
  ASSERT_OK(AddPartner("P"));
  const std::string from_a = "from_edition: 'classifications/A' ";
  const std::string a_to_b = from_a + "to_edition: 'classifications/B' ";
  const std::string entry =
      "entries { from_class: '1' to_class: '2' relation: EXACT reasoning: 'R' } ";
  for (const Case& c : std::vector<Case>{
           {entry, "crosswalk.from_edition", "is required"},
           {from_a + entry, "crosswalk.to_edition", "is required"},
           {"from_edition: 'partners/P' " + entry, "crosswalk.from_edition",
            "is not a name of the form classifications/*"},
           {from_a + "to_edition: 'partners/P' " + entry, "crosswalk.to_edition",
            "is not a name of the form classifications/*"},
           {from_a + "to_edition: 'classifications/A' " + entry, "crosswalk.to_edition",
            "is from_edition itself"},
           {from_a + "to_edition: 'classifications/C' " + entry, "crosswalk.to_edition",
            "\"classifications/C\" does not exist"},
           {a_to_b, "crosswalk.entries", "is required"},
           {a_to_b + "entries { reasoning: 'R' }", "crosswalk.entries[0].from_class",
            "is required"},
           {a_to_b + "entries { from_class: '1' }", "crosswalk.entries[0].reasoning",
            "is required"},
           {a_to_b + "entries { from_class: '1' reasoning: 'R' relation: EXACT }",
            "crosswalk.entries[0].relation", "needs a to_class"},
           {a_to_b + "entries { from_class: '1' to_class: '2' reasoning: 'R' }",
            "crosswalk.entries[0].relation", "is not a relation to to_class"},
           {a_to_b + "entries { from_class: '1' to_class: '2' reasoning: 'R' relation: 9 }",
            "crosswalk.entries[0].relation", "\"9\""},
           {a_to_b + entry + entry, "crosswalk.entries[1].to_class", "is given for 1 twice"},
           {a_to_b + "entries { from_class: '2' to_class: '2' relation: EXACT reasoning: 'R' }",
            "crosswalk.entries[0].from_class", "\"2\" is no class of classifications/A"},
           {a_to_b + "entries { from_class: '1' to_class: '1' relation: EXACT reasoning: 'R' }",
            "crosswalk.entries[0].to_class", "\"1\" is no class of classifications/B"},
       }) {
    EXPECT_THAT(AddCrosswalk("X", c.resource), Refuses(c.field, c.message)) << c.resource;
  }
  EXPECT_THAT(Call(handlers_.crosswalks, &CrosswalkHandler::CreateCrosswalk,
                   "crosswalk_id: 'X' crosswalk { " + a_to_b + entry + "}"),
              Refuses("crosswalk.citations", "is required"));
  EXPECT_OK(AddCrosswalk("X", a_to_b + entry + "entries { from_class: '1' reasoning: 'None' }"));
}

TEST_F(ClassificationTest, AClassThatSomethingNamesStays) {
  ASSERT_OK(AddClassification("A", absl::StrCat(kClass1, kClass2,
                                                "classes { class_id: '3' "
                                                "display_name: 'Three' }")));
  ASSERT_OK(AddClassification("B", kClass1));
  ASSERT_OK(
      AddCrosswalk("X",
                   "from_edition: 'classifications/A' to_edition: 'classifications/B' "
                   "entries { from_class: '1' to_class: '1' relation: EXACT reasoning: 'R' }"));
  ASSERT_OK(AddProject("P", "classes: 'classifications/A/classes/2'"));

  const auto leave = [&](const std::string& classes) {
    return UpdateClassification("classification { name: 'classifications/A' " + classes + " }");
  };
  const auto in_use = [](const std::string& id, const std::string& use) {
    return StatusIs(absl::StatusCode::kFailedPrecondition,
                    HasSubstr(absl::StrCat("lacks ", id, ", which ", use, " names")));
  };
  EXPECT_THAT(leave(kClass2), in_use("1", "crosswalks/X"));
  EXPECT_THAT(leave(kClass1), in_use("2", "projects/P"));
  EXPECT_OK(leave(absl::StrCat(kClass2, kClass1)));
  for (const char* edition : {"A", "B"}) {
    EXPECT_THAT(Call(handlers_.classifications, &ClassificationHandler::DeleteClassification,
                     absl::StrCat("name: 'classifications/", edition, "'")),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr(absl::StrCat("classifications/", edition, " is named by "))));
  }
  ASSERT_OK(Call(handlers_.projects, &ProjectHandler::DeleteProject, "name: 'projects/P'"));
  EXPECT_OK(leave(kClass1));
}

TEST_F(ClassificationTest, AClassExistsInItsClassification) {
  ASSERT_OK(AddClassification("A", kClass1));
  const auto reader = store_->ReadAt({}, absl::Now() + absl::Minutes(1));
  ASSERT_OK(reader);
  const auto check = [&](const std::string& name) {
    return CheckClassExists(name, "class", **reader);
  };
  EXPECT_OK(check("classifications/A/classes/1"));
  EXPECT_THAT(check("classifications/A/classes/2"),
              Refuses("class", "is no class of classifications/A"));
  EXPECT_THAT(check("classifications/B/classes/1"),
              Refuses("class", "is no class of classifications/B"));
  for (const char* name : {"1", "classifications/A", "classifications/A/parts/1"}) {
    EXPECT_THAT(check(name), Refuses("class", "classifications/*/classes/*")) << name;
  }
  EXPECT_THAT(check(""), Refuses("class", "is required"));
  EXPECT_EQ(EditionOf("classifications/A/classes/1"), "classifications/A");
}

}  // namespace
}  // namespace corridor::programmes
