#include "services/memberstates/area_handler.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class AreaHandlerTest : public ServiceTest {
 protected:
  AreaHandlerTest() {
    AddArea("MDA", "Moldova, Republic of",
            "alpha2_code: 'MD' numeric_code: '498' names { language: 'es' text: 'Moldavia' }"
            " names { language: 'it' text: 'Moldavia' }");
    AddArea("GEO", "Georgia", "alpha2_code: 'GE' numeric_code: '268'");
    AddArea("GEL", "Gilbert and Ellice Islands", "kind: FORMER_COUNTRY alpha2_code: 'GE'");
    AddArea("CLUB", "Club", "kind: GROUP members_complete: true");
  }
  auto GetArea(const std::string& code) {
    return Call(areas_, &AreaHandler::GetArea, "name: 'areas/" + code + "'");
  }
  auto CreateArea(const std::string& r) { return Call(areas_, &AreaHandler::CreateArea, r); }
  auto UpdateArea(const std::string& r) { return Call(areas_, &AreaHandler::UpdateArea, r); }
  auto DeleteArea(const std::string& r) { return Call(areas_, &AreaHandler::DeleteArea, r); }
  auto BatchCreateAreas(const std::string& r) {
    return Call(areas_, &AreaHandler::BatchCreateAreas, r);
  }
  auto BatchUpdateAreas(const std::string& r) {
    return Call(areas_, &AreaHandler::BatchUpdateAreas, r);
  }
  auto BatchDeleteAreas(const std::string& r) {
    return Call(areas_, &AreaHandler::BatchDeleteAreas, r);
  }
  auto CreateMember(const std::string& r) {
    return Call(areas_, &AreaHandler::CreateAreaMember, r);
  }
  auto UpdateMember(const std::string& r) {
    return Call(areas_, &AreaHandler::UpdateAreaMember, r);
  }
  auto DeleteMember(const std::string& r) {
    return Call(areas_, &AreaHandler::DeleteAreaMember, r);
  }
  auto BatchCreateMembers(const std::string& r) {
    return Call(areas_, &AreaHandler::BatchCreateAreaMembers, r);
  }
  auto BatchUpdateMembers(const std::string& r) {
    return Call(areas_, &AreaHandler::BatchUpdateAreaMembers, r);
  }
  auto BatchDeleteMembers(const std::string& r) {
    return Call(areas_, &AreaHandler::BatchDeleteAreaMembers, r);
  }
  // The records of members, whatever their dates, by name.
  std::vector<v1::AreaMember> Members() {
    const auto list =
        Call(areas_, &AreaHandler::ListAreaMembers, "parent: 'areas/-' any_time: true");
    EXPECT_OK(list);
    return {list->members().begin(), list->members().end()};
  }
  int64_t Head() { return store_.versions().Head(absl::InfiniteFuture()).value(); }
  // Everything that a write leaves a trace in: the commits, and what there is.
  std::vector<std::string> Recorded() {
    std::vector<std::string> recorded;
    const auto commits = store_.versions().CommitsAfter(0, 1000, absl::InfiniteFuture());
    EXPECT_OK(commits);
    for (const store::Commit& commit : *commits) {
      recorded.push_back(absl::StrCat(commit.version, " ", absl::StrJoin(commit.resources, " ")));
    }
    const auto areas = Call(areas_, &AreaHandler::ListAreas, "view: FULL");
    EXPECT_OK(areas);
    for (const v1::Area& area : areas->areas()) recorded.push_back(area.DebugString());
    for (const v1::AreaMember& member : Members()) recorded.push_back(member.DebugString());
    return recorded;
  }
};

constexpr char kSaid[] = "citations { source: 'S' kind: OFFICIAL }";

// An entry that creates a country.
std::string NewCountry(const std::string& code, const std::string& more = "") {
  return absl::StrCat("area_id: '", code, "' area { kind: COUNTRY display_name: '", code, "' ",
                      kSaid, " ", more, " } ");
}
// What a write is answered when it is only to be validated.
template <typename Resource>
Resource WithoutEtag(Resource resource) {
  resource.clear_etag();
  return resource;
}

TEST_F(AreaHandlerTest, AnAreaIsAnsweredWholeOrWithoutItsNames) {
  auto area = Call(areas_, &AreaHandler::GetArea, "name: 'areas/MDA'");
  ASSERT_OK(area);
  EXPECT_EQ(area->names_size(), 2);
  EXPECT_EQ(answered_epoch_, store_->epoch());
  EXPECT_EQ(answered_version_, 4);
  area->clear_etag();
  area->clear_names();
  EXPECT_THAT(*area,
              EqualsProto("name: 'areas/MDA' kind: COUNTRY display_name: 'Moldova, Republic of' "
                          "alpha2_code: 'MD' numeric_code: '498' "
                          "citations { source: 'S' kind: OFFICIAL }"));
  EXPECT_EQ(Call(areas_, &AreaHandler::GetArea, "name: 'areas/MDA' view: BASIC")->names_size(), 0);
  const auto list = Call(areas_, &AreaHandler::ListAreas, "");
  ASSERT_OK(list);
  EXPECT_EQ(list->areas_size(), 4);
  EXPECT_EQ(list->areas(3).names_size(), 0);
  EXPECT_EQ(list->known_version().version(), 4);
  EXPECT_TRUE(list->known_version().has_commit_time());
  EXPECT_EQ(Call(areas_, &AreaHandler::ListAreas, "view: FULL")->areas(3).names_size(), 2);
  EXPECT_EQ(Call(areas_, &AreaHandler::ListAreas, "kind: GROUP")->areas_size(), 1);
  EXPECT_EQ(Call(areas_, &AreaHandler::ListAreas, "filter: 'numeric_code = \"268\"'")->areas_size(),
            1);
}

TEST_F(AreaHandlerTest, AreasAreAnsweredInTheOrderAsked) {
  const auto areas = Call(areas_, &AreaHandler::BatchGetAreas,
                          "names: 'areas/MDA' names: 'areas/CLUB' names: 'areas/MDA'");
  ASSERT_OK(areas);
  EXPECT_EQ(areas->areas(1).name(), "areas/CLUB");
  EXPECT_EQ(areas->areas(2).name(), "areas/MDA");
  EXPECT_THAT(Call(areas_, &AreaHandler::BatchGetAreas, "names: 'areas/MDA' names: 'areas/XYZ'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"areas/XYZ\"")));
}

TEST_F(AreaHandlerTest, QueriesFindAreasByCodeNumberAndNameInAnyLanguage) {
  const auto found = Call(areas_, &AreaHandler::ResolveAreas,
                          "queries: 'Moldavia' queries: '498' queries: 'ge' queries: 'Atlantis'");
  ASSERT_OK(found);
  EXPECT_THAT(found->results(0), EqualsProto(R"pb(query: "Moldavia"
                                                  matches {
                                                    area: "areas/MDA"
                                                    display_name: "Moldova, Republic of"
                                                    kind: COUNTRY
                                                    via: LOCALIZED_NAME
                                                    language: "es"
                                                  })pb"));
  EXPECT_THAT(found->results(1), EqualsProto(R"pb(query: "498"
                                                  matches {
                                                    area: "areas/MDA"
                                                    display_name: "Moldova, Republic of"
                                                    kind: COUNTRY
                                                    via: NUMERIC
                                                  })pb"));
  // Areas in use come before those withdrawn.
  ASSERT_EQ(found->results(2).matches_size(), 2);
  EXPECT_EQ(found->results(2).matches(0).area(), "areas/GEO");
  EXPECT_EQ(found->results(2).matches(1).area(), "areas/GEL");
  EXPECT_THAT(found->results(3), EqualsProto("query: 'Atlantis'"));
}

TEST_F(AreaHandlerTest, MembersAndGroupsAreAnsweredForADay) {
  AddMember("CLUB", "MDA");
  AddMember("CLUB", "GEO", "start { text: '2001' } end { text: '2010-05-01' }");
  auto today = Call(areas_, &AreaHandler::ListAreaMembers, "parent: 'areas/CLUB'");
  ASSERT_OK(today);
  ASSERT_EQ(today->members_size(), 1);
  EXPECT_EQ(today->as_of().text(), "2024-03-01");
  EXPECT_TRUE(today->complete());
  today->mutable_members(0)->clear_etag();
  EXPECT_THAT(
      today->members(0),
      EqualsProto("name: 'areas/CLUB/members/MDA' member: 'areas/MDA' certain: true "
                  "display_name: 'Moldova, Republic of' citations { source: 'S' kind: OFFICIAL }"));

  const auto then =
      Call(areas_, &AreaHandler::ListAreaMembers, "parent: 'areas/CLUB' as_of: '2001'");
  ASSERT_EQ(then->members_size(), 2);
  EXPECT_FALSE(then->members(0).certain());
  EXPECT_EQ(then->members(0).start().earliest(), "2001-01-01");

  const auto groups =
      Call(areas_, &AreaHandler::ListAreaGroups, "parent: 'areas/GEO' as_of: '2005-01-01'");
  ASSERT_OK(groups);
  ASSERT_EQ(groups->groups_size(), 1);
  EXPECT_EQ(groups->groups(0).group(), "areas/CLUB");
  EXPECT_EQ(groups->groups(0).kind(), v1::Area::GROUP);
  EXPECT_TRUE(groups->groups(0).membership().certain());
  EXPECT_EQ(Call(areas_, &AreaHandler::ListAreaGroups, "parent: 'areas/GEO'")->groups_size(), 0);
}

TEST_F(AreaHandlerTest, MembersOfEveryGroupAreListedByGroupThenMemberAPageAtATime) {
  AddArea("LEAGUE", "League", "kind: GROUP members_complete: true");
  AddMember("LEAGUE", "GEO");
  AddMember("LEAGUE", "GEL", "end { text: '1979' }");
  AddMember("CLUB", "MDA");
  AddMember("CLUB", "LEAGUE", "start { text: '2001' }");
  const auto names = [&](const std::string& more) {
    auto request = Proto<v1::ListAreaMembersRequest>("parent: 'areas/-' page_size: 2 " + more);
    std::vector<std::string> listed;
    do {
      const auto page = Call(areas_, &AreaHandler::ListAreaMembers, request);
      EXPECT_OK(page) << more;
      if (!page.ok()) break;
      EXPECT_FALSE(page->complete());
      for (const v1::AreaMember& member : page->members()) listed.push_back(member.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return listed;
  };
  EXPECT_THAT(names(""), ElementsAre("areas/CLUB/members/LEAGUE", "areas/CLUB/members/MDA",
                                     "areas/LEAGUE/members/GEO"));
  EXPECT_THAT(names("as_of: '1970'"),
              ElementsAre("areas/CLUB/members/MDA", "areas/LEAGUE/members/GEL",
                          "areas/LEAGUE/members/GEO"));
  EXPECT_THAT(names("any_time: true"),
              ElementsAre("areas/CLUB/members/LEAGUE", "areas/CLUB/members/MDA",
                          "areas/LEAGUE/members/GEL", "areas/LEAGUE/members/GEO"));
  EXPECT_THAT(names("any_time: true known_at: '6'"), ElementsAre("areas/LEAGUE/members/GEO"));
  EXPECT_THAT(names("filter: 'member = \"areas/MDA\"'"), ElementsAre("areas/CLUB/members/MDA"));
}

TEST_F(AreaHandlerTest, RecordsAreListedWhateverTheirDatesWithoutADay) {
  AddMember("CLUB", "GEO", "start { text: '2001' } end { text: '2010-05-01' }");
  AddMember("CLUB", "MDA");
  const auto ever =
      Call(areas_, &AreaHandler::ListAreaMembers, "parent: 'areas/CLUB' any_time: true");
  ASSERT_OK(ever);
  EXPECT_EQ(ever->members_size(), 2);
  EXPECT_FALSE(ever->has_as_of());
  EXPECT_FALSE(ever->members(1).certain());
  EXPECT_TRUE(ever->complete());
}

TEST_F(AreaHandlerTest, PagesFollowEachOther) {
  auto request = Proto<v1::ListAreasRequest>("page_size: 3");
  auto page = Call(areas_, &AreaHandler::ListAreas, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->areas_size(), 3);
  request.set_page_token(page->next_page_token());
  page = Call(areas_, &AreaHandler::ListAreas, request);
  ASSERT_OK(page);
  ASSERT_EQ(page->areas_size(), 1);
  EXPECT_EQ(page->areas(0).name(), "areas/MDA");
  EXPECT_EQ(page->next_page_token(), "");
}

TEST_F(AreaHandlerTest, BadReadsAreRefusedNamingFieldAndValue) {
  const auto get = [&](std::string_view r) { return Call(areas_, &AreaHandler::GetArea, r); };
  EXPECT_THAT(get("name: 'areas/XYZ'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
  EXPECT_THAT(get(""), Refuses("name", "name: is required"));
  EXPECT_THAT(get("name: 'area/MDA'"), Refuses("name", "\"area/MDA\" is not a name of the form"));
  EXPECT_THAT(get("name: 'areas/MDA' known_at: 'yesterday'"), Refuses("known_at", "\"yesterday\""));
  EXPECT_THAT(get("name: 'areas/MDA' known_at: '0'"),
              Refuses("known_at", "\"0\" is not a version"));
  EXPECT_THAT(get("name: 'areas/mda'"), Refuses("name", "\"areas/mda\" has the malformed id"));
  EXPECT_THAT(get("name: 'areas/MDA' known_at: '1999-01-01T00:00:00Z'"),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("first commit")));
  EXPECT_THAT(get("name: 'areas/MDA' view: 7"), Refuses("view", "\"7\" is not a view"));
  EXPECT_THAT(get("name: 'areas/GEL' known_at: '2'"), StatusIs(absl::StatusCode::kNotFound));

  const auto list = [&](std::string_view r) { return Call(areas_, &AreaHandler::ListAreas, r); };
  EXPECT_THAT(list("page_size: -1"), Refuses("page_size", "\"-1\""));
  EXPECT_THAT(list("page_size: 1001"), Refuses("page_size", "\"1001\""));
  EXPECT_THAT(list("page_token: 'x'"), Refuses("page_token", "\"x\" is not a page token"));
  EXPECT_THAT(list("filter: 'colour = red'"), Refuses("filter", "colour"));
  EXPECT_THAT(list("kind: 9"), Refuses("kind", "\"9\" is not a kind of area"));

  const auto batch = [&](std::string_view r) {
    return Call(areas_, &AreaHandler::BatchGetAreas, r);
  };
  EXPECT_THAT(batch(""), Refuses("names", "is required"));
  EXPECT_THAT(batch("names: 'MDA'"), Refuses("names[0]", "\"MDA\""));
  v1::BatchGetAreasRequest many;
  for (int i = 0; i < 1001; ++i) many.add_names("areas/MDA");
  EXPECT_THAT(Call(areas_, &AreaHandler::BatchGetAreas, many), Refuses("names", "\"1001\""));

  const auto resolve = [&](std::string_view r) {
    return Call(areas_, &AreaHandler::ResolveAreas, r);
  };
  EXPECT_THAT(resolve(""), Refuses("queries", "is required"));
  EXPECT_THAT(resolve("queries: 'a' queries: ''"), Refuses("queries[1]", "is required"));
  EXPECT_THAT(resolve("queries: '" + std::string(501, 'a') + "'"),
              Refuses("queries[0]", "is longer than 500 bytes"));

  const auto members = [&](std::string_view r) {
    return Call(areas_, &AreaHandler::ListAreaMembers, r);
  };
  EXPECT_THAT(members("parent: 'areas/XYZ'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(members("parent: 'areas/MDA'"), Refuses("parent", "\"areas/MDA\" is a country"));
  EXPECT_THAT(members("parent: 'areas/CLUB' as_of: '2018-13'"), Refuses("as_of", "\"2018-13\""));
  EXPECT_THAT(members("parent: 'areas/CLUB' as_of: '../2018'"),
              Refuses("as_of", "has an open end"));
  EXPECT_THAT(members("parent: 'areas/CLUB' any_time: true as_of: '2018'"),
              Refuses("as_of", "\"2018\" contradicts any_time"));
  EXPECT_THAT(members("parent: 'areas/-' recursive: true"),
              Refuses("recursive", "contradicts parent, areas/-"));
  EXPECT_THAT(Call(areas_, &AreaHandler::ListAreaGroups, "parent: 'areas/XYZ'"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AreaHandlerTest, BadWritesAreRefusedAndChangeNothing) {
  const auto create = [&](std::string_view r) { return Call(areas_, &AreaHandler::CreateArea, r); };
  constexpr char kGood[] =
      "kind: COUNTRY display_name: 'A' citations { source: 'S' kind: OFFICIAL }";
  EXPECT_THAT(create(absl::StrCat("area { ", kGood, " }")), Refuses("area_id", "is required"));
  EXPECT_THAT(create(absl::StrCat("area_id: 'ARM' area { name: 'areas/AZE' ", kGood, " }")),
              Refuses("area.name", "\"areas/AZE\" is not the new resource, areas/ARM"));
  EXPECT_THAT(create(absl::StrCat("area_id: 'a b' area { ", kGood, " }")),
              Refuses("area.name", "\"areas/a b\""));
  EXPECT_THAT(create("area_id: 'ARM' area { kind: COUNTRY display_name: 'A' }"),
              Refuses("area.citations", "is required"));
  EXPECT_THAT(
      create("area_id: 'ARM' area { kind: COUNTRY display_name: 'A' citations { source: 'S' "
             "kind: INFERRED } }"),
      Refuses("area.citations[0].reasoning", "is required"));
  EXPECT_THAT(create(absl::StrCat("area_id: 'MDA' area { ", kGood, " }")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas/MDA")));
  EXPECT_THAT(create(absl::StrCat("area_id: 'ARM' area { ", kGood, " } request_id: '",
                                  std::string(65, 'x'), "'")),
              Refuses("request_id", "has 65 characters; at most 64 are allowed"));
  EXPECT_THAT(create(absl::StrCat("area_id: 'ARM' area { ", kGood, " } reason: '",
                                  std::string(1001, 'x'), "'")),
              Refuses("reason", "has 1001 characters; at most 1000 are allowed"));

  const auto batch = [&](std::string_view r) {
    return Call(areas_, &AreaHandler::BatchCreateAreas, r);
  };
  const std::string good = absl::StrCat("requests { area_id: 'ARM' area { ", kGood, " } } ");
  EXPECT_THAT(batch(""), Refuses("requests", "is required"));
  EXPECT_THAT(batch(absl::StrCat(good, "requests { area_id: 'MDA' area { ", kGood, " } }")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("requests[1]: ")));
  EXPECT_THAT(batch(good + "requests { area_id: 'AZE' area { display_name: 'A' } }"),
              Refuses("requests[1].area.kind", "\"0\""));
  EXPECT_THAT(
      batch(absl::StrCat("requests { request_id: 'r' area_id: 'ARM' area { ", kGood, " } }")),
      Refuses("requests[0].request_id", "belongs to the whole batch"));

  const auto member = [&](std::string_view r) {
    return Call(areas_, &AreaHandler::CreateAreaMember, r);
  };
  const auto in_club = [&](std::string_view code, std::string_view more) {
    return member(absl::StrCat("parent: 'areas/CLUB' member { member: 'areas/", std::string(code),
                               "' ", std::string(more), " }"));
  };
  EXPECT_THAT(in_club("XYZ", kSaid), StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
  EXPECT_THAT(in_club("CLUB", kSaid), Refuses("member.member", "is the group itself"));
  EXPECT_THAT(in_club("MDA", ""), Refuses("member.citations", "is required"));
  EXPECT_THAT(in_club("MDA", absl::StrCat("start { text: '2002' } end { text: '2001' } ", kSaid)),
              Refuses("member.end", "\"2001\" is not after the start, \"2002\""));
  EXPECT_THAT(
      member(absl::StrCat("parent: 'areas/MDA' member { member: 'areas/GEO' ", kSaid, " }")),
      Refuses("parent", "is a country"));
  AddMember("CLUB", "MDA");
  EXPECT_THAT(in_club("MDA", kSaid),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas/CLUB/members/MDA")));
  EXPECT_THAT(
      Call(areas_, &AreaHandler::BatchCreateAreaMembers,
           absl::StrCat("parent: 'areas/CLUB' requests { parent: 'areas/GEO' member { member: "
                        "'areas/GEO' ",
                        kSaid, " } }")),
      Refuses("requests[0].parent", "is not the parent of the batch"));

  EXPECT_THAT(Call(areas_, &AreaHandler::ListAreas, "")->areas_size(), 4);
}

TEST_F(AreaHandlerTest, AnUpdateChangesTheFieldsNamedAndNeedsTheCurrentEtag) {
  const std::string etag = Call(areas_, &AreaHandler::GetArea, "name: 'areas/GEO'")->etag();
  const auto update = [&](const std::string& area, const std::string& more = "") {
    return Call(areas_, &AreaHandler::UpdateArea,
                "area { name: 'areas/GEO' " + area + " } " + more);
  };
  EXPECT_THAT(update("etag: 'other' display_name: 'X'"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("areas/GEO has changed")));
  EXPECT_THAT(update("alpha2_code: 'x'"), Refuses("area.alpha2_code", "\"x\""));
  EXPECT_THAT(update("kind: GROUP"),
              Refuses("area.kind", "would change a field that cannot change"));
  EXPECT_THAT(update("", "update_mask { paths: 'colour' }"), Refuses("update_mask", "\"colour\""));
  EXPECT_THAT(update("", "update_mask { paths: 'citations' }"),
              Refuses("area.citations", "is required"));
  EXPECT_THAT(Call(areas_, &AreaHandler::UpdateArea, "area { name: 'areas/XYZ' }"),
              StatusIs(absl::StatusCode::kNotFound));

  const auto updated = update("etag: '" + etag + "' numeric_code: '999' display_name: 'Sakartvelo'",
                              "update_mask { paths: 'display_name' }");
  ASSERT_OK(updated);
  EXPECT_EQ(updated->display_name(), "Sakartvelo");
  EXPECT_EQ(updated->numeric_code(), "268");
  EXPECT_NE(updated->etag(), etag);
  ASSERT_OK(update("names { language: 'ka' text: 'საქართველო' }"));
  EXPECT_NE(Call(areas_, &AreaHandler::GetArea, "name: 'areas/GEO'")->etag(), updated->etag());
}

TEST_F(AreaHandlerTest, AnAreaThatSomethingNamesCannotBeDeleted) {
  AddMember("CLUB", "MDA");
  for (const char* name : {"areas/MDA", "areas/CLUB"}) {
    EXPECT_THAT(Call(areas_, &AreaHandler::DeleteArea, absl::StrCat("name: '", name, "'")),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("is named by areas/CLUB/members/MDA")));
  }
  EXPECT_THAT(
      Call(areas_, &AreaHandler::DeleteAreaMember, "name: 'areas/CLUB/members/MDA' etag: 'other'"),
      StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(Call(areas_, &AreaHandler::DeleteAreaMember, "name: 'areas/CLUB/members/MDA'"));
  EXPECT_THAT(Call(areas_, &AreaHandler::DeleteAreaMember, "name: 'areas/CLUB/members/MDA'"),
              StatusIs(absl::StatusCode::kNotFound));

  AddOrganisation("IOM");
  ASSERT_OK(Join("IOM", "MDA", "spells { status: MEMBER }"));
  EXPECT_THAT(Call(areas_, &AreaHandler::DeleteArea, "name: 'areas/MDA'"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is named by organisations/IOM/memberships/MDA")));
  EXPECT_THAT(Call(areas_, &AreaHandler::DeleteArea, "name: 'areas/GEO' etag: 'other'"),
              StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(Call(areas_, &AreaHandler::DeleteArea, "name: 'areas/GEO'"));
  EXPECT_THAT(Call(areas_, &AreaHandler::GetArea, "name: 'areas/GEO'"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(Call(areas_, &AreaHandler::GetArea, "name: 'areas/GEO' known_at: '2'"));
}

TEST_F(AreaHandlerTest, ARepeatedRequestAnswersAsTheFirstDid) {
  const std::string request =
      "area_id: 'ARM' request_id: 'r1' area { kind: COUNTRY display_name: 'Armenia' "
      "citations { source: 'S' kind: OFFICIAL } }";
  const auto first = Call(areas_, &AreaHandler::CreateArea, request);
  ASSERT_OK(first);
  const int64_t version = answered_version_;
  ASSERT_OK(Call(areas_, &AreaHandler::UpdateArea,
                 "area { name: 'areas/ARM' display_name: 'Hayastan' }"));
  const auto again = Call(areas_, &AreaHandler::CreateArea, request);
  ASSERT_OK(again);
  EXPECT_THAT(*again, EqualsProto(*first));
  EXPECT_EQ(answered_version_, version);
  EXPECT_THAT(Call(areas_, &AreaHandler::CreateArea,
                   "area_id: 'AZE' request_id: 'r1' area { kind: COUNTRY display_name: 'A' "
                   "citations { source: 'S' kind: OFFICIAL } }"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("r1")));
}

TEST_F(AreaHandlerTest, ABatchOfUpdatesIsOneCommitAnsweredInItsOrder) {
  const auto updated = BatchUpdateAreas(
      "requests { area { name: 'areas/MDA' display_name: 'Moldova' names { language: 'fr' text: "
      "'Moldavie' } } update_mask { paths: 'display_name' } } "
      "requests { area { name: 'areas/GEO' numeric_code: '999' } } reason: 'Both'");
  ASSERT_OK(updated);
  EXPECT_EQ(answered_version_, 5);
  EXPECT_EQ(Head(), 5);
  ASSERT_EQ(updated->areas_size(), 2);
  EXPECT_EQ(updated->areas(0).display_name(), "Moldova");
  EXPECT_EQ(updated->areas(0).names_size(), 2);
  EXPECT_EQ(updated->areas(1).numeric_code(), "999");
  EXPECT_THAT(GetArea("MDA"), IsOkAndHolds(EqualsProto(updated->areas(0))));
  EXPECT_THAT(GetArea("GEO"), IsOkAndHolds(EqualsProto(updated->areas(1))));
  const auto commits = store_.versions().CommitsAfter(4, 10, absl::InfiniteFuture());
  ASSERT_OK(commits);
  ASSERT_EQ(commits->size(), 1u);
  EXPECT_THAT(commits->front().resources, ElementsAre("areas/MDA", "areas/GEO"));
  EXPECT_EQ(commits->front().reason, "Both");
}

TEST_F(AreaHandlerTest, ABatchOfUpdatesIsRefusedAsAWholeNamingTheEntry) {
  const std::vector<std::string> before = Recorded();
  const std::string first = "requests { area { name: 'areas/MDA' display_name: 'New' } } ";
  const std::string geo = "area { name: 'areas/GEO' ";
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"area { name: 'GEO' }", "area.name", "\"GEO\""},
           {"area { name: 'areas/MDA' }", "area.name", "\"areas/MDA\" is in the batch twice"},
           {geo + "alpha2_code: 'x' }", "area.alpha2_code", "\"x\""},
           {geo + "kind: GROUP }", "area.kind", "cannot change"},
           {geo + "} update_mask { paths: 'colour' }", "update_mask", "\"colour\""},
           {geo + "} update_mask { paths: 'citations' }", "area.citations", "is required"},
           {geo + "} request_id: 'r'", "request_id", "belongs to the whole batch"},
           {geo + "} reason: 'r'", "reason", "belongs to the whole batch"},
           {geo + "} validate_only: true", "validate_only", "belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchUpdateAreas(first + "requests { " + c.second + " }"),
                Refuses("requests[1]." + c.field, c.message))
        << c.second;
  }
  EXPECT_THAT(BatchUpdateAreas(first + "requests { area { name: 'areas/XYZ' } }"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("requests[1]"), HasSubstr("areas/XYZ"))));
  EXPECT_THAT(BatchUpdateAreas(first + "requests { " + geo + "etag: 'old' } }"),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("requests[1]"), HasSubstr("areas/GEO has changed"))));
  EXPECT_THAT(BatchUpdateAreas(""), Refuses("requests", "is required"));
  v1::BatchUpdateAreasRequest many;
  for (int i = 0; i < 1001; ++i) many.add_requests();
  EXPECT_THAT(Call(areas_, &AreaHandler::BatchUpdateAreas, many), Refuses("requests", "\"1001\""));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(AreaHandlerTest, ABatchOfDeletesIsOneCommit) {
  const std::string etag = GetArea("GEO")->etag();
  ASSERT_OK(BatchDeleteAreas("requests { name: 'areas/GEL' } requests { name: 'areas/GEO' etag: '" +
                             etag + "' }"));
  EXPECT_EQ(answered_version_, 5);
  EXPECT_EQ(Head(), 5);
  for (const char* code : {"GEO", "GEL"}) {
    EXPECT_THAT(GetArea(code), StatusIs(absl::StatusCode::kNotFound, HasSubstr(code)));
    EXPECT_OK(Call(areas_, &AreaHandler::GetArea,
                   absl::StrCat("name: 'areas/", code, "' known_at: '4'")));
  }
  EXPECT_OK(GetArea("MDA"));
}

TEST_F(AreaHandlerTest, ABatchOfDeletesIsRefusedAsAWholeNamingTheEntry) {
  AddMember("CLUB", "MDA");
  const std::vector<std::string> before = Recorded();
  const std::string first = "requests { name: 'areas/GEL' } ";
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"name: 'GEO'", "name", "\"GEO\""},
           {"name: 'areas/GEL'", "name", "\"areas/GEL\" is in the batch twice"},
           {"name: 'areas/GEO' request_id: 'r'", "request_id", "belongs to the whole batch"},
           {"name: 'areas/GEO' reason: 'r'", "reason", "belongs to the whole batch"},
           {"name: 'areas/GEO' validate_only: true", "validate_only", "belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchDeleteAreas(first + "requests { " + c.second + " }"),
                Refuses("requests[1]." + c.field, c.message))
        << c.second;
  }
  struct Failure {
    std::string second;
    absl::StatusCode code;
    std::string message;
  };
  for (const Failure& f : std::vector<Failure>{
           {"name: 'areas/XYZ'", absl::StatusCode::kNotFound, "areas/XYZ"},
           {"name: 'areas/GEO' etag: 'old'", absl::StatusCode::kAborted, "areas/GEO has changed"},
           {"name: 'areas/MDA'", absl::StatusCode::kFailedPrecondition,
            "is named by areas/CLUB/members/MDA"},
       }) {
    EXPECT_THAT(BatchDeleteAreas(first + "requests { " + f.second + " }"),
                StatusIs(f.code, AllOf(HasSubstr("requests[1]"), HasSubstr(f.message))))
        << f.second;
  }
  EXPECT_THAT(BatchDeleteAreas(""), Refuses("requests", "is required"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(AreaHandlerTest, AMemberRecordIsUpdatedByItsMaskAndEtag) {
  AddMember("CLUB", "GEO", "start { text: '2001' }");
  const v1::AreaMember old = Members().at(0);
  const std::string geo = "member { name: 'areas/CLUB/members/GEO' ";
  const auto updated = UpdateMember(
      absl::StrCat(geo, "start { text: '2002' } end { text: '2010' } display_name: 'X' etag: '",
                   old.etag(), "' } update_mask { paths: 'end' }"));
  ASSERT_OK(updated);
  EXPECT_EQ(updated->start().text(), "2001");
  EXPECT_EQ(updated->end().latest(), "2010-12-31");
  EXPECT_EQ(updated->display_name(), "Georgia");
  EXPECT_FALSE(updated->certain());
  EXPECT_NE(updated->etag(), old.etag());
  EXPECT_THAT(Members().at(0), EqualsProto(*updated));

  const int64_t head = Head();
  EXPECT_THAT(UpdateMember(geo + "end { text: '2000' } }"),
              Refuses("member.end", "\"2000\" is not after the start, \"2001\""));
  EXPECT_THAT(UpdateMember(geo + "member: 'areas/MDA' }"),
              Refuses("member.member", "cannot change"));
  EXPECT_THAT(UpdateMember(geo + "} update_mask { paths: 'citations' }"),
              Refuses("member.citations", "is required"));
  EXPECT_THAT(UpdateMember(geo + "} update_mask { paths: 'colour' }"),
              Refuses("update_mask", "\"colour\""));
  EXPECT_THAT(UpdateMember("member { name: 'areas/CLUB' }"),
              Refuses("member.name", "\"areas/CLUB\""));
  EXPECT_THAT(
      UpdateMember(absl::StrCat(geo, "end { text: '2011' } etag: '", old.etag(), "' }")),
      StatusIs(absl::StatusCode::kAborted, HasSubstr("areas/CLUB/members/GEO has changed")));
  EXPECT_THAT(UpdateMember("member { name: 'areas/CLUB/members/MDA' end { text: '2011' } }"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/CLUB/members/MDA")));
  EXPECT_EQ(Head(), head);
}

TEST_F(AreaHandlerTest, BatchesOfMembersAreOfOneGroupOrOfAny) {
  AddArea("LEAGUE", "League", "kind: GROUP");
  const auto created = BatchCreateMembers(absl::StrCat(
      "parent: 'areas/-' requests { parent: 'areas/CLUB' member { member: 'areas/MDA' ", kSaid,
      " } } requests { parent: 'areas/LEAGUE' member { member: 'areas/GEO' ", kSaid, " } }"));
  ASSERT_OK(created);
  EXPECT_EQ(Head(), 6);
  EXPECT_EQ(created->members(0).name(), "areas/CLUB/members/MDA");
  EXPECT_EQ(created->members(1).name(), "areas/LEAGUE/members/GEO");
  const auto updated = BatchUpdateMembers(absl::StrCat(
      "parent: 'areas/-' requests { member { name: 'areas/LEAGUE/members/GEO' start { text: "
      "'2001' } etag: '",
      created->members(1).etag(),
      "' } } requests { member { name: 'areas/CLUB/members/MDA' end { text: '2002' } } }"));
  ASSERT_OK(updated);
  EXPECT_EQ(Head(), 7);
  EXPECT_EQ(updated->members(0).start().text(), "2001");
  EXPECT_TRUE(updated->members(0).certain());
  EXPECT_FALSE(updated->members(1).certain());
  ASSERT_OK(BatchUpdateMembers(
      "parent: 'areas/CLUB' requests { member { name: 'areas/CLUB/members/MDA' start { text: "
      "'1999' } } }"));
  ASSERT_OK(BatchDeleteMembers(
      absl::StrCat("parent: 'areas/-' requests { name: 'areas/LEAGUE/members/GEO' etag: '",
                   updated->members(0).etag(), "' } requests { name: 'areas/CLUB/members/MDA' }")));
  EXPECT_EQ(Head(), 9);
  EXPECT_TRUE(Members().empty());
}

TEST_F(AreaHandlerTest, BatchesOfMembersAreRefusedAsAWholeNamingTheEntry) {
  AddArea("LEAGUE", "League", "kind: GROUP");
  for (const char* member : {"MDA", "GEO"}) AddMember("CLUB", member);
  AddMember("LEAGUE", "MDA");
  const std::vector<std::string> before = Recorded();
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  const auto check = [](const auto& batch, const std::string& first,
                        const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      EXPECT_THAT(
          batch("parent: 'areas/CLUB' requests { " + first + " } requests { " + c.second + " }"),
          Refuses("requests[1]." + c.field, c.message))
          << c.second;
    }
  };
  const auto create = [&](const std::string& r) { return BatchCreateMembers(r); };
  const auto update = [&](const std::string& r) { return BatchUpdateMembers(r); };
  const auto erase = [&](const std::string& r) { return BatchDeleteMembers(r); };
  const std::string gel = absl::StrCat("member { member: 'areas/GEL' ", kSaid, " } ");
  check(create, gel,
        {{"parent: 'areas/LEAGUE' " + gel, "parent", "is not the parent of the batch, areas/CLUB"},
         {"member { member: 'areas/GEL' }", "member.citations", "is required"},
         {gel + "request_id: 'r'", "request_id", "belongs to the whole batch"},
         {gel + "reason: 'r'", "reason", "belongs to the whole batch"},
         {gel + "validate_only: true", "validate_only", "belongs to the whole batch"}});
  const std::string geo = "member { name: 'areas/CLUB/members/GEO' ";
  check(update, "member { name: 'areas/CLUB/members/MDA' start { text: '2001' } }",
        {{"member { name: 'areas/LEAGUE/members/MDA' }", "member.name",
          "is not of the parent of the batch, areas/CLUB"},
         {"member { name: 'areas/CLUB/members/MDA' }", "member.name", "is in the batch twice"},
         {"member { name: 'areas/CLUB' }", "member.name", "\"areas/CLUB\""},
         {geo + "member: 'areas/MDA' }", "member.member", "cannot change"},
         {geo + "start { text: 'x' } }", "member.start", "\"x\""},
         {geo + "} request_id: 'r'", "request_id", "belongs to the whole batch"},
         {geo + "} reason: 'r'", "reason", "belongs to the whole batch"},
         {geo + "} validate_only: true", "validate_only", "belongs to the whole batch"}});
  const std::string name = "name: 'areas/CLUB/members/GEO' ";
  check(erase, "name: 'areas/CLUB/members/MDA'",
        {{"name: 'areas/LEAGUE/members/MDA'", "name",
          "is not of the parent of the batch, areas/CLUB"},
         {"name: 'areas/CLUB/members/MDA'", "name", "is in the batch twice"},
         {"name: 'areas/CLUB'", "name", "\"areas/CLUB\""},
         {name + "request_id: 'r'", "request_id", "belongs to the whole batch"},
         {name + "reason: 'r'", "reason", "belongs to the whole batch"},
         {name + "validate_only: true", "validate_only", "belongs to the whole batch"}});

  const std::string club = "parent: 'areas/CLUB' ";
  const auto second_fails = [](absl::StatusCode code, const std::string& message) {
    return StatusIs(code, AllOf(HasSubstr("requests[1]"), HasSubstr(message)));
  };
  const std::string mda = "member { name: 'areas/CLUB/members/MDA' start { text: '2001' } } ";
  EXPECT_THAT(create(club + "requests { " + gel + "} requests { member { member: 'areas/GEO' " +
                     kSaid + " } }"),
              second_fails(absl::StatusCode::kAlreadyExists, "areas/CLUB/members/GEO"));
  EXPECT_THAT(update(club + "requests { " + mda + "} requests { " + geo + "etag: 'old' } }"),
              second_fails(absl::StatusCode::kAborted, "members/GEO has changed"));
  EXPECT_THAT(update(club + "requests { " + mda +
                     "} requests { member { name: 'areas/CLUB/members/GEL' } }"),
              second_fails(absl::StatusCode::kNotFound, "areas/CLUB/members/GEL"));
  EXPECT_THAT(erase(club + "requests { name: 'areas/CLUB/members/MDA' } requests { " + name +
                    "etag: 'old' }"),
              second_fails(absl::StatusCode::kAborted, "members/GEO has changed"));
  EXPECT_THAT(erase(club + "requests { name: 'areas/CLUB/members/MDA' } "
                           "requests { name: 'areas/CLUB/members/GEL' }"),
              second_fails(absl::StatusCode::kNotFound, "areas/CLUB/members/GEL"));
  for (const std::string parent : {"", "parent: 'areas/' ", "parent: 'CLUB' "}) {
    EXPECT_THAT(create(parent + "requests { " + gel + "}"), Refuses("parent", "")) << parent;
    EXPECT_THAT(update(parent + "requests { " + mda + "}"), Refuses("parent", "")) << parent;
    EXPECT_THAT(erase(parent + "requests { " + name + "}"), Refuses("parent", "")) << parent;
  }
  EXPECT_THAT(create(club), Refuses("requests", "is required"));
  EXPECT_THAT(update(club), Refuses("requests", "is required"));
  EXPECT_THAT(erase(club), Refuses("requests", "is required"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(AreaHandlerTest, ARepeatedBatchAnswersAsTheFirstDid) {
  const std::string create = "request_id: 'r1' requests { " + NewCountry("ARM") + "}";
  const auto created = BatchCreateAreas(create);
  ASSERT_OK(created);
  const std::string join =
      absl::StrCat("request_id: 'r1' parent: 'areas/CLUB' requests { member { member: 'areas/ARM' ",
                   kSaid, " } }");
  const auto joined = BatchCreateMembers(join);
  ASSERT_OK(joined);
  const std::string redate = absl::StrCat(
      "request_id: 'r1' parent: 'areas/-' requests { member { name: 'areas/CLUB/members/ARM' "
      "end { text: '2010' } etag: '",
      joined->members(0).etag(), "' } }");
  const auto redated = BatchUpdateMembers(redate);
  ASSERT_OK(redated);
  const std::string leave =
      "request_id: 'r1' parent: 'areas/-' requests { name: 'areas/CLUB/members/ARM' }";
  ASSERT_OK(BatchDeleteMembers(leave));
  const std::string update = absl::StrCat(
      "request_id: 'r1' requests { area { name: 'areas/ARM' display_name: 'Hayastan' "
      "etag: '",
      created->areas(0).etag(), "' } }");
  const auto updated = BatchUpdateAreas(update);
  ASSERT_OK(updated);
  const std::string erase = "request_id: 'r1' requests { name: 'areas/ARM' }";
  ASSERT_OK(BatchDeleteAreas(erase));
  const std::vector<std::string> before = Recorded();

  EXPECT_THAT(BatchCreateAreas(create), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_EQ(answered_version_, 5);
  EXPECT_THAT(BatchCreateMembers(join), IsOkAndHolds(EqualsProto(*joined)));
  EXPECT_THAT(BatchUpdateMembers(redate), IsOkAndHolds(EqualsProto(*redated)));
  EXPECT_OK(BatchDeleteMembers(leave));
  EXPECT_THAT(BatchUpdateAreas(update), IsOkAndHolds(EqualsProto(*updated)));
  EXPECT_EQ(answered_version_, 9);
  EXPECT_OK(BatchDeleteAreas(erase));
  EXPECT_EQ(Recorded(), before);
  EXPECT_THAT(BatchDeleteAreas("request_id: 'r1' requests { name: 'areas/GEO' }"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("r1")));
}

TEST_F(AreaHandlerTest, AWriteThatIsOnlyValidatedIsAnsweredWithoutEtagAndRecordsNothing) {
  AddMember("CLUB", "GEO");
  const std::vector<std::string> before = Recorded();
  const int64_t head = Head();
  // Tries and makes a write; what both were answered, the first with its etags taken out.
  const auto expect_tried = [&](const auto& write, const std::string& request,
                                const auto& without_etags) {
    const auto tried = write("validate_only: true " + request);
    ASSERT_OK(tried) << request;
    EXPECT_EQ(answered_version_, head) << request;
    ASSERT_EQ(Recorded(), before) << request;
    EXPECT_THAT(without_etags(*tried), EqualsProto(*tried)) << request;
  };
  const auto area = [](const v1::Area& one) { return WithoutEtag(one); };
  const auto member = [](const v1::AreaMember& one) { return WithoutEtag(one); };
  const auto areas = [](auto response) {
    for (v1::Area& one : *response.mutable_areas()) one.clear_etag();
    return response;
  };
  const auto members = [](auto response) {
    for (v1::AreaMember& one : *response.mutable_members()) one.clear_etag();
    return response;
  };
  const auto nothing = [](const auto& response) { return response; };
  const std::string joins = absl::StrCat("member { member: 'areas/MDA' ", kSaid, " } ");
  const std::string of_geo = "member { name: 'areas/CLUB/members/GEO' end { text: '2010' } } ";
  expect_tried([&](const auto& r) { return CreateArea(r); }, NewCountry("ARM"), area);
  expect_tried([&](const auto& r) { return BatchCreateAreas(r); },
               "requests { " + NewCountry("ARM") + "}", areas);
  expect_tried([&](const auto& r) { return UpdateArea(r); },
               "area { name: 'areas/MDA' numeric_code: '999' }", area);
  expect_tried([&](const auto& r) { return BatchUpdateAreas(r); },
               "requests { area { name: 'areas/MDA' numeric_code: '999' } }", areas);
  expect_tried([&](const auto& r) { return DeleteArea(r); }, "name: 'areas/MDA'", nothing);
  expect_tried([&](const auto& r) { return BatchDeleteAreas(r); }, "requests { name: 'areas/MDA' }",
               nothing);
  expect_tried([&](const auto& r) { return CreateMember(r); }, "parent: 'areas/CLUB' " + joins,
               member);
  expect_tried([&](const auto& r) { return BatchCreateMembers(r); },
               "parent: 'areas/CLUB' requests { " + joins + "}", members);
  expect_tried([&](const auto& r) { return UpdateMember(r); }, of_geo, member);
  expect_tried([&](const auto& r) { return BatchUpdateMembers(r); },
               "parent: 'areas/-' requests { " + of_geo + "}", members);
  expect_tried([&](const auto& r) { return DeleteMember(r); }, "name: 'areas/CLUB/members/GEO'",
               nothing);
  expect_tried([&](const auto& r) { return BatchDeleteMembers(r); },
               "parent: 'areas/-' requests { name: 'areas/CLUB/members/GEO' }", nothing);
}

TEST_F(AreaHandlerTest, AWriteThatIsOnlyValidatedIsAnsweredAsTheWriteIs) {
  const auto expect_same = [](const auto& write, const std::string& request) {
    const auto tried = write("validate_only: true " + request);
    ASSERT_OK(tried) << request;
    const auto made = write(request);
    ASSERT_OK(made) << request;
    EXPECT_THAT(*tried, EqualsProto(WithoutEtag(*made))) << request;
  };
  expect_same([&](const auto& r) { return CreateArea(r); },
              NewCountry("ARM", "alpha2_code: 'AM' withdrawn { text: '2001' }"));
  expect_same([&](const auto& r) { return UpdateArea(r); },
              "area { name: 'areas/ARM' names { language: 'fr' text: 'Arménie' } }");
  expect_same([&](const auto& r) { return CreateMember(r); },
              absl::StrCat("parent: 'areas/CLUB' member { member: 'areas/ARM' ", kSaid,
                           " start { text: '2001' } }"));
  expect_same([&](const auto& r) { return UpdateMember(r); },
              "member { name: 'areas/CLUB/members/ARM' end { text: '2030' } }");
}

TEST_F(AreaHandlerTest, AWriteThatIsOnlyValidatedFailsAsTheWriteWould) {
  AddMember("CLUB", "MDA");
  const std::vector<std::string> before = Recorded();
  for (const std::string only : {"", "validate_only: true "}) {
    EXPECT_THAT(CreateArea(only + NewCountry("MDA")),
                StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas/MDA")));
    EXPECT_THAT(CreateArea(only + NewCountry("ARM", "alpha2_code: 'x'")),
                Refuses("area.alpha2_code", "\"x\""));
    EXPECT_THAT(UpdateArea(only + "area { name: 'areas/XYZ' }"),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
    EXPECT_THAT(UpdateArea(only + "area { name: 'areas/MDA' etag: 'old' }"),
                StatusIs(absl::StatusCode::kAborted, HasSubstr("areas/MDA has changed")));
    EXPECT_THAT(
        DeleteArea(only + "name: 'areas/MDA'"),
        StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("areas/CLUB/members/MDA")));
    EXPECT_THAT(BatchDeleteAreas(only + "requests { name: 'areas/MDA' }"),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("requests[0]")));
    EXPECT_THAT(CreateMember(only + absl::StrCat("parent: 'areas/CLUB' member { member: "
                                                 "'areas/MDA' ",
                                                 kSaid, " }")),
                StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas/CLUB/members/MDA")));
    EXPECT_THAT(BatchUpdateMembers(only + "parent: 'areas/CLUB' requests { member { name: "
                                          "'areas/CLUB/members/GEO' } }"),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("requests[0]")));
  }
  EXPECT_EQ(Recorded(), before);
}

TEST_F(AreaHandlerTest, AWriteThatIsOnlyValidatedLeavesItsRequestIdFree) {
  const std::string validate = "validate_only: true ";
  const std::string create = "request_id: 'r1' requests { " + NewCountry("ARM") + "}";
  ASSERT_OK(BatchCreateAreas(validate + create));
  ASSERT_OK(BatchCreateAreas(create));
  EXPECT_THAT(BatchCreateAreas(validate + create),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas/ARM")));
  const std::string update = "request_id: 'r1' area { name: 'areas/ARM' numeric_code: '051' }";
  ASSERT_OK(UpdateArea(validate + update));
  ASSERT_OK(UpdateArea(update));
  EXPECT_EQ(Head(), 6);
}

TEST_F(AreaHandlerTest, AWriteThatChangedNothingIsAnsweredTheSameWhenItIsRepeated) {
  const auto old = GetArea("GEO");
  ASSERT_OK(old);
  const std::string update = "request_id: 'r1' area { name: 'areas/GEO' display_name: 'Georgia' }";
  EXPECT_THAT(UpdateArea(update), IsOkAndHolds(EqualsProto(*old)));
  EXPECT_EQ(Head(), 4);
  ASSERT_OK(UpdateArea("area { name: 'areas/GEO' display_name: 'Sakartvelo' }"));
  EXPECT_THAT(UpdateArea(update), IsOkAndHolds(EqualsProto(*old)));
  EXPECT_EQ(answered_version_, 4);
  EXPECT_EQ(Head(), 5);
  EXPECT_THAT(UpdateArea("request_id: 'r1' area { name: 'areas/GEO' display_name: 'X' }"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("r1")));
}

TEST_F(AreaHandlerTest, APageEndsBeforeItIsTooLargeForAMessage) {
  const std::string text(60'000, 'x');
  for (int i = 10; i < 50; ++i) {
    auto request = Proto<v1::CreateAreaRequest>(
        "area { kind: GROUP display_name: 'Large' "
        "citations { source: 'S' kind: OFFICIAL } }");
    request.set_area_id(absl::StrCat("ZZ_LARGE", i));
    request.mutable_area()->set_description(text);
    ASSERT_OK(Call(areas_, &AreaHandler::CreateArea, request));
  }
  auto request = Proto<v1::ListAreasRequest>("filter: 'display_name = \"Large\"'");
  int seen = 0;
  int pages = 0;
  do {
    const auto page = Call(areas_, &AreaHandler::ListAreas, request);
    ASSERT_OK(page);
    EXPECT_LT(page->ByteSizeLong(), 3 << 20);
    seen += page->areas_size();
    ++pages;
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 40);
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace corridor::memberstates
