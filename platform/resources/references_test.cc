#include "platform/resources/references.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/resources/three_kinds_fixture.h"

namespace corridor::resources {
namespace {

using ::testing::HasSubstr;

class ReferencesTest : public ThreeKindsTest {
 protected:
  ReferencesTest() { EXPECT_OK(AddPartner("A")); }

  absl::Status Check(const Reference& reference) {
    return CheckReference(reference, ThreeKinds(), *ReadAt());
  }
  absl::Status Ensure(const std::vector<Reference>& references) {
    return EnsureAreas(references, areas_, CallContext("/test", "tester", Soon(), now_));
  }
};

TEST_F(ReferencesTest, AReferenceIsToAResourceOrAnAreaThatExists) {
  EXPECT_OK(Check({"project.partner", "partners/A"}));
  EXPECT_OK(Check({"project.area", "areas/ROU"}));
  EXPECT_OK(Check({.path = "group", .name = "targetGroups/G", .must_exist = false}));
  for (const char* name : {"", "partners/B", "partners/", "partners/A/B", "projects/A", "areas/XXX",
                           "areas/", "targetGroups/G", "A"}) {
    EXPECT_THAT(Check({"project.partner", name}), Refuses("project.partner", "does not exist"))
        << name;
  }
}

TEST_F(ReferencesTest, OnlyAreasAreAskedForAndOnlyThoseNotKnownHere) {
  EXPECT_OK(Ensure({{"a", "areas/ROU"},
                    {"b", "partners/X"},
                    {.path = "c", .name = "areas/XXX", .must_exist = false}}));
  EXPECT_EQ(source_.asks(), 0);
  source_.Put(areas::AreaOf("XKX", "Kosovo"));
  EXPECT_OK(Ensure({{"a", "areas/XKX"}}));
  EXPECT_OK(Check({"a", "areas/XKX"}));
  EXPECT_THAT(Ensure({{"a", "areas/ROU"}, {"b", "areas/XXX"}}),
              Refuses("b", "is no area that memberstates knows"));
  EXPECT_THAT(Ensure({{"b", "areas/xkx"}}), Refuses("b", "areas/xkx"));
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_THAT(Ensure({{"b", "areas/XXX"}}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("b: areas/XXX")));
}

TEST_F(ReferencesTest, AFieldOfAReadNamesAResourceByNameOrId) {
  const auto read = [&](const std::string& text, const store::KnownAt& known_at = {}) {
    return ReadOptionalName(text, Partners(), "partner", *ReadAt(known_at));
  };
  EXPECT_THAT(read(""), IsOkAndHolds(""));
  EXPECT_THAT(read("A"), IsOkAndHolds("partners/A"));
  EXPECT_THAT(read("partners/A"), IsOkAndHolds("partners/A"));
  EXPECT_THAT(read("B"), Refuses("partner", "\"B\" does not exist"));
  EXPECT_THAT(read("A", 1), Refuses("partner", "does not exist"));
  EXPECT_THAT(read("offices/A"), Refuses("partner", "is not a name of the form partners/*"));
  EXPECT_THAT(read("a b"), Refuses("partner", "is not a name of the form partners/*"));
}

}  // namespace
}  // namespace corridor::resources
