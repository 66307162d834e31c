#include "services/memberstates/area_handler.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

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
};

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
  constexpr char kSaid[] = "citations { source: 'S' kind: OFFICIAL }";
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
