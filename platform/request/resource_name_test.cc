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
  EXPECT_OK(MatchResourceName("areas/" + std::string(kMaxIdBytes, 'A'), "areas/*", "name"));
  EXPECT_THAT(MatchResourceName("areas/" + std::string(kMaxIdBytes + 1, 'A'), "areas/*", "name"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ResourceNameTest, CodesAreCapitalLettersDigitsAndUnderscores) {
  for (const std::string_view id : {"ARM", "M49_143", "SOUTH_CAUCASUS"}) {
    EXPECT_TRUE(IsCode(id)) << id;
  }
  for (const std::string_view id : {"", "arm", "1ARM", "_ARM", "A-B", "A B", "Ä"}) {
    EXPECT_FALSE(IsCode(id)) << id;
  }
  EXPECT_TRUE(IsCode(std::string(64, 'A')));
  EXPECT_FALSE(IsCode(std::string(65, 'A')));
}

TEST(ResourceNameTest, IdsMayHaveSmallLettersWhereCodesMayNot) {
  EXPECT_THAT(IdIn("projects/xm-dac.47066", "projects/*", "name"),
              IsOkAndHolds(std::string("xm-dac.47066")));
  EXPECT_THAT(CodeIn("areas/ARM", "areas/*", "name"), IsOkAndHolds(std::string("ARM")));
  EXPECT_THAT(CodeIn("areas/arm", "areas/*", "parent"),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                             "parent: \"areas/arm\" has the malformed id \"arm\": it takes a "
                             "capital letter, then capital letters, digits and underscores, 64 at "
                             "most"),
                    HasFieldViolation("parent")));
  ASSERT_OK_AND_ASSIGN(const TwoCodes codes,
                       TwoCodesIn("organisations/IOM/memberships/ARM", kPattern, "name"));
  EXPECT_EQ(codes.parent, "IOM");
  EXPECT_EQ(codes.id, "ARM");
  EXPECT_THAT(TwoCodesIn("organisations/IOM/memberships/a", kPattern, "name"),
              HasFieldViolation("name"));
}

}  // namespace
}  // namespace corridor
