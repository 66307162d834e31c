#include "platform/request/resource_name.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;

constexpr char kPattern[] = "organisations/*/memberships/*";

TEST(ResourceNameTest, StarsAnswerTheirSegments) {
  EXPECT_THAT(MatchResourceName("organisations/IOM/memberships/ARM", kPattern, "name"),
              IsOkAndHolds(ElementsAre("IOM", "ARM")));
  EXPECT_THAT(MatchResourceName("projects/XM-DAC-47066-DP.2154", "projects/*", "name"),
              IsOkAndHolds(ElementsAre("XM-DAC-47066-DP.2154")));
}

TEST(ResourceNameTest, AnEmptyNameIsMissing) {
  EXPECT_THAT(MatchResourceName("", kPattern, "parent"),
              StatusIs(absl::StatusCode::kInvalidArgument, "parent: is required and empty"));
}

TEST(ResourceNameTest, OtherNamesAreRefusedWithThePatternExpected) {
  for (const std::string name :
       {"organisations/IOM", "organisations/IOM/memberships", "organisations/IOM/memberships/",
        "organisations//memberships/ARM", "/organisations/IOM/memberships/ARM",
        "organisations/IOM/memberships/ARM/x", "organisations/IOM/members/ARM",
        "Organisations/IOM/memberships/ARM", "organisations/I M/memberships/ARM",
        "organisations/IOM/memberships/AR*", "organisations/IOM/memberships/é"}) {
    EXPECT_THAT(MatchResourceName(name, kPattern, "name"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                               "name: \"" + name + "\" is not a name of the form " + kPattern),
                      HasFieldViolation("name")));
  }
}

TEST(ResourceNameTest, AnIdHasAtMostAHundredBytes) {
  EXPECT_OK(MatchResourceName("areas/" + std::string(100, 'A'), "areas/*", "name"));
  EXPECT_THAT(MatchResourceName("areas/" + std::string(101, 'A'), "areas/*", "name"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace corridor
