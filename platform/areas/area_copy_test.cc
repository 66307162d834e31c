#include "platform/areas/area_copy.h"

#include <vector>

#include "gmock/gmock.h"
#include "platform/areas/area_copy_fixture.h"
#include "platform/areas/fake_area_source.h"
#include "platform/testing/proto_matchers.h"

namespace corridor::areas {
namespace {

using memberstates::v1::Area;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kEpoch[] = "0123456789abcdef";

AreaSnapshot Caucasus(int64_t version = 7) {
  return {{kEpoch, version},
          {AreaOf("M49_142", "Asia", Area::REGION),
           AreaOf("SOUTH_CAUCASUS", "South Caucasus", Area::GROUP), AreaOf("ARM", "Armenia"),
           AreaOf("AZE", "Azerbaijan"), AreaOf("GEO", "Georgia"), AreaOf("FRA", "France")},
          {MemberOf("M49_142", "SOUTH_CAUCASUS"), MemberOf("SOUTH_CAUCASUS", "ARM"),
           MemberOf("SOUTH_CAUCASUS", "AZE"), MemberOf("SOUTH_CAUCASUS", "GEO")}};
}

class CopyTest : public AreaCopyTest {
 protected:
  store::Commit Make(const AreaSnapshot& snapshot) {
    const auto commit =
        versions_->Write({}, Soon(), [&](store::Writer& rows) { return Apply(snapshot, rows); });
    EXPECT_OK(commit);
    return commit.ok() ? *commit : store::Commit();
  }
  std::vector<std::string> AreasWithin(std::string_view code, std::string_view as_of = "2024",
                                       const store::KnownAt& known_at = {}) {
    return Within(*ReadAt(known_at), code, On(as_of)).value();
  }
  std::vector<std::string> Groups(std::string_view code, std::string_view as_of = "2024") {
    return GroupsOf(*ReadAt(), code, On(as_of)).value();
  }
};

TEST_F(CopyTest, AStoreWithoutACopyKnowsNoAreaAndNoCursor) {
  EXPECT_FALSE(Knows("ARM"));
  EXPECT_EQ(Position(), Cursor());
  EXPECT_THAT(AreasWithin("SOUTH_CAUCASUS"), ElementsAre("SOUTH_CAUCASUS"));
  EXPECT_THAT(GetArea(*ReadAt(), "ARM"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/ARM")));
}

TEST_F(CopyTest, ACopyHasTheAreasAndTheCursorOfItsSnapshot) {
  Make(Caucasus());
  EXPECT_TRUE(Knows("ARM"));
  EXPECT_FALSE(Knows("BEL"));
  EXPECT_EQ(Position(), (Cursor{kEpoch, 7}));
  EXPECT_THAT(GetArea(*ReadAt(), "SOUTH_CAUCASUS"),
              IsOkAndHolds(EqualsProto(
                  "name: 'areas/SOUTH_CAUCASUS' kind: GROUP display_name: 'South Caucasus'")));
}

TEST_F(CopyTest, WithinAreItselfFirstAndWhatBelongsToItThroughGroupsInBetween) {
  Make(Caucasus());
  EXPECT_THAT(AreasWithin("M49_142"),
              ElementsAre("M49_142", "ARM", "AZE", "GEO", "SOUTH_CAUCASUS"));
  EXPECT_THAT(AreasWithin("ARM"), ElementsAre("ARM"));
  EXPECT_THAT(Groups("GEO"), ElementsAre("GEO", "M49_142", "SOUTH_CAUCASUS"));
  EXPECT_THAT(Groups("FRA"), ElementsAre("FRA"));
}

TEST_F(CopyTest, GroupsThatBelongToEachOtherEnd) {
  AreaSnapshot snapshot = Caucasus();
  snapshot.members.push_back(MemberOf("SOUTH_CAUCASUS", "M49_142"));
  Make(snapshot);
  EXPECT_THAT(AreasWithin("SOUTH_CAUCASUS"),
              ElementsAre("SOUTH_CAUCASUS", "ARM", "AZE", "GEO", "M49_142"));
  EXPECT_THAT(Groups("M49_142"), ElementsAre("M49_142", "SOUTH_CAUCASUS"));
}

TEST_F(CopyTest, BelongingHoldsOnTheDaysThatItsDatesAllow) {
  AreaSnapshot snapshot = Caucasus();
  snapshot.members.push_back(MemberOf("SOUTH_CAUCASUS", "FRA", "2004-05", "2010-01-01"));
  Make(snapshot);
  const struct {
    const char* as_of;
    bool within;
  } cases[] = {
      {"2004-04-30", false}, {"2004-05-01", true},  // May have begun.
      {"2004", true},        {"2009-12-31", true}, {"2010-01-01", false},
      {"2010", false},       {"2009/2011", true},
  };
  for (const auto& [as_of, within] : cases) {
    const std::vector<std::string> areas = AreasWithin("SOUTH_CAUCASUS", as_of);
    EXPECT_EQ(std::count(areas.begin(), areas.end(), "FRA"), within) << as_of;
    EXPECT_EQ(Groups("FRA", as_of).size(), within ? 3U : 1U) << as_of;
  }
}

TEST_F(CopyTest, BelongingThroughAGroupNeedsADayOnWhichBothHold) {
  Make({{kEpoch, 7},
        {AreaOf("ZZA", "A", Area::GROUP), AreaOf("ZZB", "B", Area::GROUP), AreaOf("ARM", "Armenia"),
         AreaOf("GEO", "Georgia")},
        {MemberOf("ZZA", "ZZB", "2003-01-01", "2004-01-01"),
         MemberOf("ZZB", "ARM", "2001-01-01", "2002-01-01"),
         MemberOf("ZZB", "GEO", "2001-01-01", "2003-07-01")}});
  EXPECT_THAT(AreasWithin("ZZA", "2001/2003"), ElementsAre("ZZA", "GEO", "ZZB"));
  EXPECT_THAT(AreasWithin("ZZA", "2003-07-01"), ElementsAre("ZZA", "ZZB"));
  EXPECT_THAT(AreasWithin("ZZB", "2001/2003"), ElementsAre("ZZB", "ARM", "GEO"));
  EXPECT_THAT(Groups("ARM", "2001/2003"), ElementsAre("ARM", "ZZB"));
  EXPECT_THAT(Groups("GEO", "2001/2003"), ElementsAre("GEO", "ZZA", "ZZB"));
}

TEST_F(CopyTest, AnAreaIsNamedOnceHoweverManyWaysLeadToIt) {
  AreaSnapshot snapshot = Caucasus();
  snapshot.members.push_back(MemberOf("M49_142", "ARM", "2024-03"));
  Make(snapshot);
  EXPECT_THAT(AreasWithin("M49_142"),
              ElementsAre("M49_142", "ARM", "AZE", "GEO", "SOUTH_CAUCASUS"));
  EXPECT_THAT(Groups("ARM"), ElementsAre("ARM", "M49_142", "SOUTH_CAUCASUS"));
}

TEST_F(CopyTest, ApplyingWhatTheCopySaysAlreadyMakesNoCommit) {
  Make(Caucasus());
  EXPECT_EQ(Make(Caucasus()).version, 1);
  EXPECT_EQ(Head(), 1);
}

TEST_F(CopyTest, ACommitTouchesOnlyWhatDiffers) {
  Make(Caucasus());
  AreaSnapshot next = Caucasus(8);
  next.areas[2].set_display_name("Republic of Armenia");
  next.members.erase(next.members.begin());
  *next.members[0].mutable_start() = ToPartialDate("1991", "start").value();
  EXPECT_THAT(Make(next).resources,
              ElementsAre("areas/ARM", "areas/SOUTH_CAUCASUS/members/ARM",
                          "areas/M49_142/members/SOUTH_CAUCASUS", "areaCopies/memberstates"));
  EXPECT_THAT(Make(Caucasus(9)).collections, ElementsAre("areaCopies", "areas", "areas/-/members"));
  next = Caucasus(10);
  EXPECT_THAT(Make(next).resources, ElementsAre("areaCopies/memberstates"));
}

TEST_F(CopyTest, WhatIsGoneStaysAtEarlierVersionsAndIsKnownToHaveBeen) {
  Make(Caucasus());
  AreaSnapshot next = Caucasus(8);
  next.areas.erase(next.areas.begin() + 4);
  next.members.pop_back();
  Make(next);
  EXPECT_FALSE(Knows("GEO"));
  EXPECT_THAT(HasEverHad(*ReadAt(), "GEO"), IsOkAndHolds(true));
  EXPECT_THAT(HasEverHad(*ReadAt(), "BEL"), IsOkAndHolds(false));
  EXPECT_THAT(AreasWithin("SOUTH_CAUCASUS"), ElementsAre("SOUTH_CAUCASUS", "ARM", "AZE"));

  EXPECT_THAT(Has(*ReadAt(int64_t{1}), "GEO"), IsOkAndHolds(true));
  EXPECT_THAT(AreasWithin("SOUTH_CAUCASUS", "2024", int64_t{1}),
              ElementsAre("SOUTH_CAUCASUS", "ARM", "AZE", "GEO"));
  EXPECT_THAT(ReadCursor(*ReadAt(int64_t{1})), IsOkAndHolds(Cursor{kEpoch, 7}));
}

TEST_F(CopyTest, AnAreaWithoutACodeIsRefusedAndNothingOfItsSnapshotStays) {
  AreaSnapshot snapshot = Caucasus();
  snapshot.areas.back().set_name("areas/fra");
  EXPECT_THAT(
      versions_->Write({}, Soon(), [&](store::Writer& rows) { return Apply(snapshot, rows); }),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("areas/fra")));
  EXPECT_FALSE(Knows("ARM"));
}

TEST(CursorTest, ACursorCoversEarlierCommitsOfItsEpochOnly) {
  const Cursor cursor = {kEpoch, 7};
  EXPECT_TRUE(cursor.Covers({kEpoch, 7}));
  EXPECT_TRUE(cursor.Covers({kEpoch, 6}));
  EXPECT_FALSE(cursor.Covers({kEpoch, 8}));
  EXPECT_FALSE(cursor.Covers({"fedcba9876543210", 6}));
}

TEST_F(CopyTest, WhatMemberstatesPurgedIsInNoVersion) {
  AreaSnapshot snapshot = Caucasus();
  Make(snapshot);
  std::erase_if(snapshot.areas, [](const auto& area) { return area.name() == "areas/ARM"; });
  std::erase_if(snapshot.members,
                [](const auto& member) { return member.member() == "areas/ARM"; });
  snapshot.cursor.version = 8;
  Make(snapshot);
  EXPECT_OK(GetArea(*ReadAt(int64_t{1}), "ARM"));
  const auto purge = [](store::Writer& rows) {
    return Purge({"areas/ARM", "areas/SOUTH_CAUCASUS", "organisations/IOM"}, rows);
  };
  ASSERT_OK(versions_->Write({}, Soon(), purge));
  EXPECT_THAT(GetArea(*ReadAt(int64_t{1}), "ARM"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(HasEverHad(*ReadAt(), "ARM"), IsOkAndHolds(false));
  // One that is there keeps its versions: not all of it was purged.
  EXPECT_OK(GetArea(*ReadAt(int64_t{1}), "SOUTH_CAUCASUS"));
  // There is nothing left to purge.
  const int64_t head = Head();
  ASSERT_OK(versions_->Write({}, Soon(), purge));
  EXPECT_EQ(Head(), head);
}

}  // namespace
}  // namespace corridor::areas
