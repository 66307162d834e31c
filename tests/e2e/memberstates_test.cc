// What the default data set answers, asked through the gateway as anybody would: a case for each
// fact that it states.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

namespace v1 = memberstates::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kMembers[] = "/v1/organisations/IOM/memberships";

class DefaultDataTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { suite = new Suite({"memberstates"}); }
  static void TearDownTestSuite() {
    delete suite;
    suite = nullptr;
  }

  template <typename M>
  M Get(const std::string& target) {
    return Answer<M>(client_.Get(target));
  }
  v1::CountMembershipsResponse Count(const std::string& query) {
    return Get<v1::CountMembershipsResponse>(absl::StrCat(kMembers, ":count?", query));
  }
  v1::ListMembershipsResponse List(const std::string& query) {
    return Get<v1::ListMembershipsResponse>(absl::StrCat(kMembers, "?pageSize=1000&", query));
  }

  static Suite* suite;
  HttpClient client_ = suite->Client();
};
Suite* DefaultDataTest::suite = nullptr;

// `ARM` of `organisations/IOM/memberships/ARM`, and of `areas/ARM`.
std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::set<std::string> Parties(const v1::ListMembershipsResponse& list) {
  std::set<std::string> parties;
  for (const v1::Membership& membership : list.memberships())
    parties.insert(LastPart(membership.name()));
  return parties;
}

TEST_F(DefaultDataTest, TheOrganisationSaysWhatItIsSinceWhenAndOnWhichPrinciple) {
  const auto iom = Get<v1::Organisation>("/v1/organisations/IOM");
  EXPECT_EQ(iom.name(), "organisations/IOM");
  EXPECT_EQ(iom.kind(), v1::Organisation::IGO);
  EXPECT_EQ(iom.established().text(), "1951");
  EXPECT_EQ(iom.established().earliest(), "1951-01-01");
  EXPECT_EQ(iom.established().latest(), "1951-12-31");

  std::map<std::string, std::string> statements, links;
  for (const auto& statement : iom.statements()) {
    statements[statement.topic()] = statement.text();
    EXPECT_GE(statement.citations_size(), 1) << statement.topic();
  }
  EXPECT_THAT(statements["PRINCIPLE"], HasSubstr("humane and orderly migration"));
  EXPECT_THAT(statements["OBSERVERS"], HasSubstr("many observers"));
  for (const auto& link : iom.links()) links[link.rel()] = link.label();
  EXPECT_EQ(links["GLOBAL_SITE"], "IOM Global site");
  EXPECT_EQ(links["REGIONAL_SITE"], "IOM Regional");
  EXPECT_GE(iom.citations_size(), 1);
}

TEST_F(DefaultDataTest, AtTheBeginningOf2018ThereAre169MemberStates) {
  const auto count = Count("status=MEMBER&asOf=2018-01-01");
  EXPECT_EQ(count.certain(), 169);
  EXPECT_EQ(count.possible(), 169);
  EXPECT_EQ(count.uncertain_size(), 0);
  EXPECT_EQ(count.low_confidence_size(), 45);
  std::set<std::string> doubtful;
  for (const auto& party : count.low_confidence()) doubtful.insert(LastPart(party.name()));
  EXPECT_THAT(doubtful, IsSupersetOf({"GBR", "MEX", "UKR"}));
  EXPECT_TRUE(count.complete());
}

TEST_F(DefaultDataTest, TheListOf2018NamesAll169) {
  const auto list =
      Get<v1::ListMembershipsResponse>("/v1/memberStates?asOf=2018-01-01&pageSize=1000");
  EXPECT_EQ(list.next_page_token(), "");
  const std::set<std::string> parties = Parties(list);
  EXPECT_THAT(parties, SizeIs(169));
  EXPECT_THAT(parties, IsSupersetOf({"ARM", "AZE", "CHN", "CUB", "CZE", "GEO", "MDA", "ROU"}));
  EXPECT_THAT(parties, Not(Contains("RUS")));
  for (const auto& membership : list.memberships()) {
    EXPECT_TRUE(membership.as_of().certain()) << membership.name();
    EXPECT_EQ(membership.as_of().status(), v1::Spell::MEMBER) << membership.name();
    EXPECT_NE(membership.party().display_name(), "") << membership.name();
  }
}

TEST_F(DefaultDataTest, OursAgreesWithEveryReportedCount) {
  struct Row {
    const char* day;
    int certain, reported, possible;
  };
  for (const Row& row : std::vector<Row>{{"1998-12-31", 67, 67, 67},
                                         {"2002-12-02", 93, 98, 98},
                                         {"2006-11-28", 119, 120, 120},
                                         {"2007-11-27", 122, 122, 122},
                                         {"2011-12-05", 146, 146, 146},
                                         {"2012-11-27", 147, 149, 149},
                                         {"2015-11-23", 157, 157, 157},
                                         {"2016-06-30", 165, 165, 165},
                                         {"2017-11-28", 169, 169, 169},
                                         {"2018-01-01", 169, 169, 169},
                                         {"2018-09-30", 172, 172, 172},
                                         {"2018-11-27", 173, 173, 173},
                                         {"2021-04-19", 174, 174, 174},
                                         {"2022-12-31", 175, 175, 175}}) {
    SCOPED_TRACE(row.day);
    const auto count = Count(absl::StrCat("status=MEMBER&partyKind=STATE&asOf=", row.day));
    EXPECT_EQ(count.certain(), row.certain);
    EXPECT_EQ(count.possible(), row.possible);
    EXPECT_EQ(count.uncertain_size(), row.possible - row.certain);
    ASSERT_EQ(count.reported_size(), 1);
    EXPECT_EQ(count.reported(0).count(), row.reported);
    EXPECT_TRUE(count.reported(0).consistent());
    EXPECT_GE(count.reported(0).citations_size(), 1);
  }
}

TEST_F(DefaultDataTest, UncertainMembersAreNamed) {
  std::set<std::string> names;
  const auto count = Count("status=MEMBER&asOf=2002-12-02");
  for (const auto& party : count.uncertain()) names.insert(LastPart(party.name()));
  EXPECT_THAT(names, ElementsAre("COG", "GBR", "GEO", "GMB", "SLE"));
}

TEST_F(DefaultDataTest, ObserversAreOfThreeKindsAndNoListOfThemIsComplete) {
  const auto list = List("status=OBSERVER&asOf=2018-01-01");
  EXPECT_FALSE(list.complete());
  std::map<v1::Party::Kind, std::string> reasons;
  for (const auto& part : list.completeness()) {
    EXPECT_EQ(part.status(), v1::Spell::OBSERVER);
    EXPECT_FALSE(part.complete());
    reasons[part.party_kind()] = part.reason();
  }
  EXPECT_THAT(reasons, SizeIs(3));
  EXPECT_THAT(reasons[v1::Party::IGO], HasSubstr("no source"));
  EXPECT_NE(reasons[v1::Party::STATE], "");
  EXPECT_NE(reasons[v1::Party::NGO], "");
}

TEST_F(DefaultDataTest, NoIntergovernmentalObserverIsNamed) {
  const auto list = Get<v1::ListMembershipsResponse>("/v1/observers?kind=IGO&asOf=2018-01-01");
  EXPECT_EQ(list.memberships_size(), 0);
  EXPECT_FALSE(list.complete());
}

TEST_F(DefaultDataTest, SevenToEightNgosObserveAtTheEndOf2009) {
  const auto count = Count("status=OBSERVER&partyKind=NGO&asOf=2009-12-31");
  EXPECT_EQ(count.certain(), 7);
  EXPECT_EQ(count.possible(), 8);
  EXPECT_FALSE(count.complete());
  ASSERT_EQ(count.uncertain_size(), 1);
  EXPECT_EQ(count.uncertain(0).display_name(), "International Catholic Migration Commission");
  const auto short_form =
      Get<v1::ListMembershipsResponse>("/v1/observers?kind=NGO&asOf=2009-12-31");
  EXPECT_EQ(short_form.memberships_size(), 8);
}

TEST_F(DefaultDataTest, EightToNineStatesObserveAtTheBeginningOf2018) {
  const auto count = Count("status=OBSERVER&partyKind=STATE&asOf=2018-01-01");
  EXPECT_EQ(count.certain(), 8);
  EXPECT_EQ(count.possible(), 9);
  EXPECT_THAT(Parties(List("status=OBSERVER&partyKind=STATE&asOf=2018-01-01")),
              ElementsAre("BHR", "BTN", "IDN", "KWT", "MYS", "QAT", "RUS", "SAU", "SMR"));
}

TEST_F(DefaultDataTest, KuwaitObservesFrom28November2017) {
  EXPECT_THAT(Parties(List("status=OBSERVER&asOf=2017-11-27")), Not(Contains("KWT")));
  EXPECT_THAT(Parties(List("status=OBSERVER&asOf=2017-11-28")), Contains("KWT"));
  const auto kuwait = Get<v1::Membership>(absl::StrCat(kMembers, "/KWT"));
  ASSERT_EQ(kuwait.spells_size(), 1);
  EXPECT_EQ(kuwait.spells(0).status(), v1::Spell::OBSERVER);
  EXPECT_EQ(kuwait.spells(0).start().text(), "2017-11-28");
  EXPECT_FALSE(kuwait.spells(0).has_end());
  EXPECT_GE(kuwait.spells(0).evidence_size(), 1);
}

TEST_F(DefaultDataTest, RussiaObservesUntilItBecomesAMemberInApril2021) {
  const auto checks = Answer<v1::BatchCheckMembershipsResponse>(client_.SendJson(
      "POST", absl::StrCat(kMembers, ":batchCheck"),
      R"({"pairs":[{"party":"RUS","date":"2021-01-01"},{"party":"RUS","date":"2021-04-18"},
                                    {"party":"RUS","date":"2021-04-19"},{"party":"RUS","date":"2021-04-20"},
                                    {"party":"ATLANTIS","date":"2021-04-20"}]})"));
  ASSERT_EQ(checks.results_size(), 5);
  const v1::Spell::Status expected[] = {v1::Spell::OBSERVER, v1::Spell::OBSERVER, v1::Spell::MEMBER,
                                        v1::Spell::MEMBER};
  for (int i = 0; i < 4; ++i) {
    SCOPED_TRACE(checks.results(i).date().text());
    EXPECT_TRUE(checks.results(i).known());
    ASSERT_EQ(checks.results(i).statuses_size(), 1);
    EXPECT_EQ(checks.results(i).statuses(0).status(), expected[i]);
    EXPECT_TRUE(checks.results(i).statuses(0).certain());
  }
  EXPECT_FALSE(checks.results(4).known());
  EXPECT_EQ(checks.results(4).statuses_size(), 0);
}

TEST_F(DefaultDataTest, ElevenStatesLeftAndCameBack) {
  std::set<std::string> returned;
  const auto list = List("status=MEMBER&anyTime=true");
  for (const auto& membership : list.memberships()) {
    int spells = 0;
    for (const auto& spell : membership.spells()) spells += spell.status() == v1::Spell::MEMBER;
    if (spells > 1) returned.insert(LastPart(membership.name()));
  }
  EXPECT_THAT(returned, ElementsAre("AUS", "BRA", "CAN", "ESP", "FRA", "GBR", "MLT", "NZL", "SWE",
                                    "VEN", "ZAF"));
}

TEST_F(DefaultDataTest, VenezuelaShowsBothItsSpellsWithTheirEvidence) {
  const auto venezuela = Get<v1::Membership>(absl::StrCat(kMembers, "/VEN"));
  ASSERT_EQ(venezuela.spells_size(), 2);
  const v1::Spell& first = venezuela.spells(0);
  EXPECT_EQ(first.start().earliest(), "1951-12-05");
  EXPECT_EQ(first.start().latest(), "1956-12-31");
  // Its last member year is 1967: the end is the first day on which it was no member.
  EXPECT_EQ(first.end().earliest(), "1967-01-02");
  EXPECT_EQ(first.end().latest(), "1968-01-01");
  EXPECT_EQ(venezuela.spells(1).start().text(), "1973");
  EXPECT_FALSE(venezuela.spells(1).has_end());
  for (const auto& spell : venezuela.spells()) EXPECT_GE(spell.evidence_size(), 1);
}

TEST_F(DefaultDataTest, SouthCaucasusAndCentralAsiaAreTheGroupsOfThePage) {
  const std::map<std::string, std::vector<std::string>> groups = {
      {"SOUTH_CAUCASUS", {"ARM", "AZE", "GEO"}},
      {"CENTRAL_ASIA", {"KAZ", "KGZ", "TJK", "TKM", "UZB"}}};
  for (const auto& [group, expected] : groups) {
    SCOPED_TRACE(group);
    EXPECT_EQ(Get<v1::Area>(absl::StrCat("/v1/areas/", group)).kind(), v1::Area::GROUP);
    const auto list =
        Get<v1::ListAreaMembersResponse>(absl::StrCat("/v1/areas/", group, "/members"));
    std::vector<std::string> members;
    for (const auto& member : list.members()) members.push_back(LastPart(member.member()));
    EXPECT_EQ(members, expected);
    EXPECT_TRUE(list.complete());
  }
}

TEST_F(DefaultDataTest, AreasResolveFromCodesNamesAliasesAndOtherLanguages) {
  const auto resolved = Answer<v1::ResolveAreasResponse>(
      client_.SendJson("POST", "/v1/areas:resolve",
                       R"({"queries":["Moldavia","498","KOS","Arménie","AM","Atlantis"]})"));
  std::vector<std::string> areas;
  for (const auto& result : resolved.results()) {
    areas.push_back(result.matches_size() == 0 ? "" : LastPart(result.matches(0).area()));
  }
  EXPECT_THAT(areas, ElementsAre("MDA", "MDA", "XKX", "ARM", "ARM", ""));
}

TEST_F(DefaultDataTest, EveryAnswerNamesTheVersionThatItIsFrom) {
  const HttpResponse response = client_.Get("/v1/memberStates?asOf=2018-01-01&pageSize=1");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_NE(response.Header("corridor-version"), "");
  EXPECT_GE(Answer<v1::ListMembershipsResponse>(response).known_version().version(), 1);
}

}  // namespace
}  // namespace corridor::e2e
