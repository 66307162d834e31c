#include "platform/resources/area_query.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/resources/three_kinds_fixture.h"

namespace corridor::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

DayRange On(std::string_view day) { return ParsePartialDate(day, "as_of").value(); }

class AreaQueryTest : public ThreeKindsTest {
 protected:
  AreaQueryTest() {
    EXPECT_OK(AddPartner("C", "area: 'areas/CZE'"));
    EXPECT_OK(AddPartner("E", "area: 'areas/EUROPE'"));
    EXPECT_OK(AddPartner("R", "area: 'areas/ROU'"));
    EXPECT_OK(AddPartner("X"));
  }
  using Add = absl::Status (*)(Reader&, const std::string&, const DayRange&, const std::string&,
                               Query&);
  std::vector<std::string> Ids(Add add, const std::string& code, std::string_view day) {
    const auto reader = ReadAt();
    Query query = {.slice = {.after = {}, .limit = 100}};
    EXPECT_OK(add(*reader, code, On(day), "area", query));
    const auto list = reader->List<v1::Partner>(Partners(), query);
    EXPECT_OK(list);
    std::vector<std::string> ids;
    for (const v1::Partner& partner : *list) ids.emplace_back(Partners().Id(partner.name()));
    return ids;
  }
};

TEST_F(AreaQueryTest, AGroupStandsForItselfAndForWhoeverBelongsToItOnTheDay) {
  EXPECT_THAT(Ids(AddWithin, "EUROPE", "2004-05-01"), ElementsAre("C", "E", "R"));
  EXPECT_THAT(Ids(AddWithin, "EUROPE", "2004-04-30"), ElementsAre("E", "R"));
  EXPECT_THAT(Ids(AddWithin, "CZE", "2004-05-01"), ElementsAre("C"));
  EXPECT_THAT(Ids(AddWithin, "", "2004-05-01"), ElementsAre("C", "E", "R", "X"));
}

TEST_F(AreaQueryTest, WhatIsSaidOfAGroupIsSaidOfWhoeverBelongsToItOnTheDay) {
  EXPECT_THAT(Ids(AddGroupsOf, "CZE", "2004-05-01"), ElementsAre("C", "E"));
  EXPECT_THAT(Ids(AddGroupsOf, "CZE", "2004-04-30"), ElementsAre("C"));
  EXPECT_THAT(Ids(AddGroupsOf, "EUROPE", "2004-05-01"), ElementsAre("E"));
  EXPECT_THAT(Ids(AddGroupsOf, "", "2004-05-01"), ElementsAre("C", "E", "R", "X"));
}

TEST_F(AreaQueryTest, AnAreaIsReadByNameOrCodeAndMayBeLeftOut) {
  const CallContext call("/test", "tester", Soon(), now_);
  const auto read = [&](const std::string& text) {
    return ReadOptionalArea(text, "area", areas_, call);
  };
  EXPECT_THAT(read(""), IsOkAndHolds(""));
  EXPECT_THAT(read("ROU"), IsOkAndHolds("ROU"));
  EXPECT_THAT(read("areas/ROU"), IsOkAndHolds("ROU"));
  EXPECT_THAT(read("XXX"), HasFieldViolation("area"));
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_THAT(read("XXX"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("areas/XXX")));
}

}  // namespace
}  // namespace corridor::resources
