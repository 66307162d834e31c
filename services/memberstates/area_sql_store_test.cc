// Areas in the SQL store: lists, what finds an area, who belongs to which on a day, and all of it
// at a known time.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/records/evidence.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "services/memberstates/service_fixture.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Match = v1::ResolveAreasResponse::Match;

absl::Time Soon() { return absl::Now() + absl::Minutes(1); }

DayRange On(std::string_view text) {
  const auto days = ParsePartialDate(text, "as_of");
  EXPECT_OK(days);
  return *days;
}

class AreaSqlStoreTest : public ::testing::Test {
 protected:
  int64_t Write(absl::FunctionRef<absl::Status(Writer&)> body) {
    const auto commit = store_->Write({}, Soon(), body);
    EXPECT_OK(commit);
    return commit.ok() ? commit->version : 0;
  }
  std::unique_ptr<Reader> Read(const store::KnownAt& known_at = {}) {
    auto reader = store_->ReadAt(known_at, Soon());
    EXPECT_OK(reader);
    return *std::move(reader);
  }

  static v1::Area Area(std::string_view code, v1::Area::Kind kind, std::string_view name) {
    v1::Area area;
    area.set_name(AreaName(code));
    area.set_kind(kind);
    area.set_display_name(std::string(name));
    return area;
  }
  static absl::Status PutMember(Writer& writer, std::string_view group, std::string_view code,
                                std::string_view start = "", std::string_view end = "") {
    v1::AreaMember member;
    member.set_name(absl::StrCat(AreaName(group), "/members/", std::string(code)));
    member.set_member(AreaName(code));
    if (!start.empty()) member.mutable_start()->set_text(std::string(start));
    if (!end.empty()) member.mutable_end()->set_text(std::string(end));
    RETURN_IF_ERROR(ReadStartAndEnd(member, "member"));
    return writer.PutAreaMember(group, member);
  }

  // Two countries of a region of the world, and a group of one of them.
  void PutWorld() {
    Write([&](Writer& w) -> absl::Status {
      v1::Area world = Area("M49_001", v1::Area::WORLD, "World");
      world.set_members_complete(true);
      v1::Area asia = Area("M49_145", v1::Area::REGION, "Western Asia");
      asia.set_members_complete(true);
      RETURN_IF_ERROR(w.PutArea(world));
      RETURN_IF_ERROR(w.PutArea(asia));
      RETURN_IF_ERROR(w.PutArea(Area("SOUTH_CAUCASUS", v1::Area::GROUP, "South Caucasus")));
      RETURN_IF_ERROR(w.PutArea(Area("ARM", v1::Area::COUNTRY, "Armenia")));
      RETURN_IF_ERROR(w.PutArea(Area("GEO", v1::Area::COUNTRY, "Georgia")));
      RETURN_IF_ERROR(PutMember(w, "M49_001", "M49_145"));
      RETURN_IF_ERROR(PutMember(w, "M49_145", "ARM"));
      RETURN_IF_ERROR(PutMember(w, "M49_145", "GEO"));
      return PutMember(w, "SOUTH_CAUCASUS", "ARM");
    });
  }

  // Members as `GEO`, or `GEO?` where it is not certain.
  std::vector<std::string> Members(std::string_view group, std::string_view as_of, bool recursive,
                                   const store::KnownAt& known_at = {}) {
    const auto members = Read(known_at)->ListAreaMembers({.group = std::string(group),
                                                          .as_of = On(as_of),
                                                          .recursive = recursive,
                                                          .filter = "",
                                                          .slice = {{}, 1000}});
    EXPECT_OK(members);
    std::vector<std::string> codes;
    for (const v1::AreaMember& member : *members) {
      codes.push_back(
          absl::StrCat(std::string(AreaCode(member.member())), member.certain() ? "" : "?"));
    }
    return codes;
  }
  bool Complete(std::string_view group, bool recursive, std::string_view as_of = "2018-01-01") {
    const auto complete = Read()->MembersComplete({.group = std::string(group),
                                                   .as_of = On(as_of),
                                                   .recursive = recursive,
                                                   .filter = "",
                                                   .slice = {}});
    EXPECT_OK(complete);
    return complete.value_or(false);
  }
  std::vector<std::string> Codes(const AreaQuery& query) {
    const auto areas = Read()->ListAreas(query);
    EXPECT_OK(areas);
    std::vector<std::string> codes;
    for (const v1::Area& area : *areas) codes.emplace_back(AreaCode(area.name()));
    return codes;
  }
  // What `folded` means, as `ARM/CODE` or `MDA/LOCALIZED_NAME/es`.
  std::vector<std::string> Find(std::string_view folded, const store::KnownAt& known_at = {}) {
    const auto matches = Read(known_at)->FindAreas(folded);
    EXPECT_OK(matches);
    std::vector<std::string> found;
    for (const Match& match : *matches) {
      found.push_back(absl::StrCat(std::string(AreaCode(match.area())), "/",
                                   Match::Via_Name(match.via()),
                                   match.language().empty() ? "" : "/", match.language()));
    }
    return found;
  }

  MemberstatesStore store_;
};

TEST_F(AreaSqlStoreTest, AnAreaComesBackAsItWasPutWithAnEtag) {
  v1::Area area = Area("MDA", v1::Area::COUNTRY, "Moldova");
  *area.add_names() = Proto<v1::Area::LocalizedName>("language: 'es' text: 'Moldavia'");
  area.add_aliases("Bessarabia");
  Write([&](Writer& w) { return w.PutArea(area); });
  ASSERT_OK_AND_ASSIGN(v1::Area full, Read()->GetArea("MDA", v1::FULL));
  EXPECT_THAT(full.etag(), Not(IsEmpty()));
  full.clear_etag();
  EXPECT_THAT(full, EqualsProto(area));
  ASSERT_OK_AND_ASSIGN(const v1::Area basic, Read()->GetArea("MDA", v1::BASIC));
  EXPECT_THAT(basic.names(), IsEmpty());
  EXPECT_THAT(basic.aliases(), ElementsAre("Bessarabia"));
}

TEST_F(AreaSqlStoreTest, AnUnknownAreaIsNotFound) {
  EXPECT_THAT(Read()->GetArea("XYZ", v1::FULL),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
  EXPECT_THAT(Read()->GetAreaMember("SOUTH_CAUCASUS", "XYZ"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/SOUTH_CAUCASUS/members/XYZ")));
}

TEST_F(AreaSqlStoreTest, ListsAreByCodeAndCanBeCutByKindFilterAndSlice) {
  PutWorld();
  const auto query = [](v1::Area::Kind kind, std::string filter, Slice slice) {
    return AreaQuery{.kind = kind, .filter = std::move(filter), .view = v1::BASIC, .slice = slice};
  };
  EXPECT_THAT(Codes(query({}, "", {{}, 10})),
              ElementsAre("ARM", "GEO", "M49_001", "M49_145", "SOUTH_CAUCASUS"));
  EXPECT_THAT(Codes(query({}, "", {{"GEO"}, 2})), ElementsAre("M49_001", "M49_145"));
  EXPECT_THAT(Codes(query(v1::Area::COUNTRY, "", {{}, 10})), ElementsAre("ARM", "GEO"));
  EXPECT_THAT(Codes(query({}, "kind = GROUP OR code = ARM", {{}, 10})),
              ElementsAre("ARM", "SOUTH_CAUCASUS"));
  EXPECT_THAT(Codes(query({}, "display_name = \"G*\"", {{}, 10})), ElementsAre("GEO"));
  EXPECT_THAT(Read()->ListAreas(query({}, "colour = red", {{}, 10})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("filter")));
}

TEST_F(AreaSqlStoreTest, TheBestMeaningComesFirstAndCodesInUseBeforeWithdrawnOnes) {
  Write([&](Writer& w) -> absl::Status {
    v1::Area anguilla = Area("AIA", v1::Area::COUNTRY, "Anguilla");
    anguilla.set_alpha2_code("AI");
    v1::Area afars = Area("AFI", v1::Area::FORMER_COUNTRY, "French Afars and Issas");
    afars.set_alpha2_code("AI");
    v1::Area group = Area("GROUP_1", v1::Area::GROUP, "AI");
    RETURN_IF_ERROR(w.PutArea(anguilla));
    RETURN_IF_ERROR(w.PutArea(afars));
    return w.PutArea(group);
  });
  EXPECT_THAT(Find("ai"), ElementsAre("AIA/ALPHA2", "AFI/ALPHA2", "GROUP_1/DISPLAY_NAME"));
  EXPECT_THAT(Find("group 1"), ElementsAre("GROUP_1/CODE"));
  EXPECT_THAT(Find("kos"), IsEmpty());
  EXPECT_THAT(Find(""), IsEmpty());
}

TEST_F(AreaSqlStoreTest, WhatFindsAnAreaChangesWithItAndStaysAtEarlierVersions) {
  v1::Area area = Area("SWZ", v1::Area::COUNTRY, "Swaziland");
  const int64_t first = Write([&](Writer& w) { return w.PutArea(area); });
  area.set_display_name("Eswatini");
  const int64_t second = Write([&](Writer& w) { return w.PutArea(area); });
  Write([&](Writer& w) { return w.DeleteArea("SWZ"); });
  EXPECT_THAT(Find("swaziland", first), ElementsAre("SWZ/DISPLAY_NAME"));
  EXPECT_THAT(Find("swaziland", second), IsEmpty());
  EXPECT_THAT(Find("eswatini", second), ElementsAre("SWZ/DISPLAY_NAME"));
  EXPECT_THAT(Find("eswatini"), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const v1::Area then, Read(first)->GetArea("SWZ", v1::FULL));
  EXPECT_EQ(then.display_name(), "Swaziland");
}

TEST_F(AreaSqlStoreTest, AnUndatedMemberBelongsOnEveryDayCertainly) {
  PutWorld();
  EXPECT_THAT(Members("M49_145", "0001-01-01", false), ElementsAre("ARM", "GEO"));
  EXPECT_THAT(Members("M49_145", "9999-12-31", false), ElementsAre("ARM", "GEO"));
}

TEST_F(AreaSqlStoreTest, ADatedMemberBelongsFromItsStartUntilBeforeItsEnd) {
  PutWorld();
  Write([&](Writer& w) -> absl::Status {
    RETURN_IF_ERROR(PutMember(w, "SOUTH_CAUCASUS", "ARM", "2005", "2010-03-01"));
    return PutMember(w, "SOUTH_CAUCASUS", "GEO", "", "2010");
  });
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2004-12-31", false), ElementsAre("GEO"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2005-06-01", false), ElementsAre("ARM?", "GEO"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2005-12-31", false), ElementsAre("ARM", "GEO"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2010-02-28", false), ElementsAre("ARM", "GEO?"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2010-03-01", false), ElementsAre("GEO?"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2010", false), ElementsAre("ARM?", "GEO?"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2011", false), IsEmpty());
}

TEST_F(AreaSqlStoreTest, TheCountriesWithinAreFoundThroughRegionsAndGroups) {
  PutWorld();
  EXPECT_THAT(Members("M49_001", "2018", false), ElementsAre("M49_145"));
  EXPECT_THAT(Members("M49_001", "2018", true), ElementsAre("ARM", "GEO"));
  EXPECT_THAT(Members("M49_145", "2018", true), ElementsAre("ARM", "GEO"));
}

TEST_F(AreaSqlStoreTest, ACountryWithinIsCertainWhenSomeWayToItIs) {
  PutWorld();
  Write([&](Writer& w) { return PutMember(w, "M49_001", "M49_145", "2018"); });
  EXPECT_THAT(Members("M49_001", "2018-06-01", true), ElementsAre("ARM?", "GEO?"));
  Write([&](Writer& w) { return PutMember(w, "M49_001", "SOUTH_CAUCASUS"); });
  EXPECT_THAT(Members("M49_001", "2018-06-01", true), ElementsAre("ARM", "GEO?"));
  EXPECT_THAT(Members("M49_001", "2017-06-01", true), ElementsAre("ARM"));
}

TEST_F(AreaSqlStoreTest, ACountryIsWithinThroughAGroupOnlyWhereBothHoldOnOneDay) {
  PutWorld();
  Write([&](Writer& w) -> absl::Status {
    v1::Area outer = Area("ZZA", v1::Area::GROUP, "Outer");
    v1::Area inner = Area("ZZB", v1::Area::GROUP, "Inner");
    outer.set_members_complete(true);
    inner.set_members_complete(true);
    RETURN_IF_ERROR(w.PutArea(outer));
    RETURN_IF_ERROR(w.PutArea(inner));
    RETURN_IF_ERROR(w.PutArea(Area("ZZC", v1::Area::GROUP, "Innermost, not complete")));
    RETURN_IF_ERROR(PutMember(w, "ZZA", "ZZB", "2003-01-01", "2004-01-01"));
    RETURN_IF_ERROR(PutMember(w, "ZZB", "ZZC", "2001-01-01", "2002-01-01"));
    RETURN_IF_ERROR(PutMember(w, "ZZB", "ARM", "2001-01-01", "2002-01-01"));
    return PutMember(w, "ZZB", "GEO", "2001-01-01", "2003-07-01");
  });
  EXPECT_THAT(Members("ZZA", "2001/2003", true), ElementsAre("GEO?"));
  EXPECT_THAT(Members("ZZA", "2003-02", true), ElementsAre("GEO"));
  EXPECT_THAT(Members("ZZA", "2003-07-01", true), IsEmpty());
  EXPECT_THAT(Members("ZZB", "2001/2003", true), ElementsAre("ARM?", "GEO?"));
  EXPECT_TRUE(Complete("ZZA", true, "2001/2003"));
  EXPECT_FALSE(Complete("ZZB", true, "2001/2003"));
}

TEST_F(AreaSqlStoreTest, TheRecordOfACountryWithinIsOneThatLeadsToIt) {
  PutWorld();
  Write([&](Writer& w) -> absl::Status {
    RETURN_IF_ERROR(w.PutArea(Area("A", v1::Area::GROUP, "Group that the country left")));
    RETURN_IF_ERROR(PutMember(w, "M49_001", "A", "2003-01-01"));
    return PutMember(w, "A", "ARM", "2001-01-01", "2002-01-01");
  });
  ASSERT_OK_AND_ASSIGN(const auto members, Read()->ListAreaMembers({.group = "M49_001",
                                                                    .as_of = On("2001/2003"),
                                                                    .recursive = true,
                                                                    .filter = "",
                                                                    .slice = {{}, 1}}));
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].name(), "areas/M49_145/members/ARM");
}

TEST_F(AreaSqlStoreTest, GroupsThatContainEachOtherEndTheSearch) {
  PutWorld();
  Write([&](Writer& w) -> absl::Status {
    RETURN_IF_ERROR(PutMember(w, "M49_145", "M49_001"));
    return PutMember(w, "SOUTH_CAUCASUS", "M49_145");
  });
  EXPECT_THAT(Members("M49_001", "2018", true), ElementsAre("ARM", "GEO"));
  EXPECT_THAT(Members("SOUTH_CAUCASUS", "2018", true), ElementsAre("ARM", "GEO"));
}

TEST_F(AreaSqlStoreTest, TheCountriesWithinAreKnownAtEveryVersion) {
  PutWorld();
  const int64_t before = *store_.versions().Head(Soon());
  Write([&](Writer& w) { return w.DeleteAreaMember("M49_145", "GEO"); });
  EXPECT_THAT(Members("M49_001", "2018", true), ElementsAre("ARM"));
  EXPECT_THAT(Members("M49_001", "2018", true, before), ElementsAre("ARM", "GEO"));
}

TEST_F(AreaSqlStoreTest, AListWithinIsCompleteWhenEveryListInBetweenIs) {
  PutWorld();
  EXPECT_TRUE(Complete("M49_001", false));
  EXPECT_TRUE(Complete("M49_001", true));
  Write([&](Writer& w) { return PutMember(w, "M49_145", "SOUTH_CAUCASUS"); });
  EXPECT_TRUE(Complete("M49_001", false));
  EXPECT_FALSE(Complete("M49_001", true));
}

TEST_F(AreaSqlStoreTest, GroupsOfAnAreaComeByCodeWithTheRecordOfIt) {
  PutWorld();
  ASSERT_OK_AND_ASSIGN(
      const auto groups,
      Read()->ListAreaGroups(
          {.member = "ARM", .as_of = On("2018-01-01"), .filter = "", .slice = {{}, 10}}));
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].group(), "areas/M49_145");
  EXPECT_EQ(groups[0].display_name(), "Western Asia");
  EXPECT_EQ(groups[0].kind(), v1::Area::REGION);
  EXPECT_EQ(groups[0].membership().name(), "areas/M49_145/members/ARM");
  EXPECT_EQ(groups[0].membership().display_name(), "Armenia");
  EXPECT_TRUE(groups[0].membership().certain());
  EXPECT_EQ(groups[1].group(), "areas/SOUTH_CAUCASUS");
  ASSERT_OK_AND_ASSIGN(const auto regions, Read()->ListAreaGroups({.member = "ARM",
                                                                   .as_of = On("2018-01-01"),
                                                                   .filter = "kind = REGION",
                                                                   .slice = {{}, 10}}));
  EXPECT_EQ(regions.size(), 1u);
}

TEST_F(AreaSqlStoreTest, AnAreaInUseIsFoundThroughItsMembersAndGroups) {
  PutWorld();
  EXPECT_THAT(Read()->FindUseOfArea("ARM"), IsOkAndHolds(HasSubstr("/members/ARM")));
  EXPECT_THAT(Read()->FindUseOfArea("M49_001"),
              IsOkAndHolds(std::string("areas/M49_001/members/M49_145")));
  EXPECT_THAT(Read()->FindUseOfArea("XYZ"), IsOkAndHolds(std::string()));
}

}  // namespace
}  // namespace corridor::memberstates
