#include "platform/resources/kind.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/resources/three_kinds_fixture.h"

namespace corridor::resources {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(KindTest, TableAndFilterFollowFromTheNamesAndTheResource) {
  const Kind& kind = Projects();
  EXPECT_EQ(ProgrammeAreas().table.name, "programme_areas");
  EXPECT_THAT(kind.table.key, ElementsAre("id"));
  EXPECT_THAT(kind.table.columns,
              ElementsAre("display_name", "titled_by_source", "first_day", "body"));
  std::vector<std::string> fields;
  for (const FilterField& field : kind.filter_fields) fields.push_back(field.name);
  EXPECT_THAT(fields, ElementsAre("id", "display_name", "titled_by_source"));
  EXPECT_THAT(kind.immutable, ElementsAre("name", "reason"));
  EXPECT_THAT(kind.output_only, ElementsAre("etag", "active"));
}

TEST(KindTest, NamesAreOfTheCollection) {
  EXPECT_EQ(Partners().Name("A"), "partners/A");
  EXPECT_EQ(Partners().Id("partners/A"), "A");
  for (const char* name : {"", "A", "partners", "partners/", "partnersA/A", "projects/A"}) {
    EXPECT_EQ(Partners().Id(name), "") << name;
  }
}

TEST(KindTest, WhatAKindLeavesOutIsNoRule) {
  v1::ProgrammeArea area;
  EXPECT_TRUE(ProgrammeAreas().references(area, "programme_area").empty());
}

TEST(KindsTest, TheKindOfANameIsThatOfItsCollection) {
  EXPECT_EQ(ThreeKinds().Of("partners/A"), &Partners());
  EXPECT_EQ(ThreeKinds().Of("programmeAreas/A"), &ProgrammeAreas());
  for (const char* name : {"", "partners", "partners/", "partner/A", "partnersA/A",
                           "partners/A/parts/B", "areas/ROU", "sources/S"}) {
    EXPECT_EQ(ThreeKinds().Of(name), nullptr) << name;
  }
}

TEST(KindsTest, AServiceHasTheTablesOfItsKindsOfReferencesAndOfTheCopyOfAreas) {
  std::vector<std::string> tables;
  for (const store::Table& table : ThreeKinds().Tables()) tables.push_back(table.name);
  for (const char* table :
       {"area_copy", "resource_references", "programme_areas", "partners", "projects"}) {
    EXPECT_THAT(tables, Contains(table));
  }
  std::vector<std::string> series;
  for (const store::MigrationSeries& one : Migrations({})) series.push_back(one.name);
  EXPECT_THAT(series, ElementsAre("areas", "resources", store::kServiceSeries));
}

TEST(NewIdInTest, ANewIdIsShortAndHasNoTilde) {
  EXPECT_THAT(NewIdIn("partners/A.b_c-1", "partners/*", "name", 7), IsOkAndHolds("A.b_c-1"));
  EXPECT_THAT(NewIdIn("III.1", "*", "class_id", 64), IsOkAndHolds("III.1"));
  struct Case {
    const char* name;
    const char* message;
  };
  for (const Case& c :
       std::initializer_list<Case>{{"partners/A.b_c-12", "has an id of more than 7 characters"},
                                   {"partners/A~b", "has a ~ in its id"},
                                   {"partners/A b", "is not a name of the form partners/*"},
                                   {"partners/", "is not a name of the form partners/*"},
                                   {"offices/A", "is not a name of the form partners/*"},
                                   {"", "is required"}}) {
    EXPECT_THAT(NewIdIn(c.name, "partners/*", "partner.name", 7),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)),
                      HasFieldViolation("partner.name")));
  }
}

}  // namespace
}  // namespace corridor::resources
