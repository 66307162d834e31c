#include "services/memberstates/membership_handler.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/request/page.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MembershipHandlerTest : public ServiceTest {
 protected:
  MembershipHandlerTest() {
    for (const char* code : {"ARM", "MMR", "RUS"}) AddArea(code, code);
    AddArea("CLUB", "Club", "kind: GROUP");
    AddOrganisation(
        "IOM",
        "completeness { status: MEMBER party_kind: STATE complete: true reason: 'w' }"
        "reported_counts { status: MEMBER party_kind: STATE date { text: '2012-11-27' } "
        "count: 2 citations { source: 'S' kind: PRESS } }");
    EXPECT_OK(Join("IOM", "ARM",
                   "spells { status: MEMBER start { text: '1993-11-23' } confidence: LOW }"));
    EXPECT_OK(Join("IOM", "MMR", "spells { status: MEMBER start { text: '2012' } }"));
    EXPECT_OK(
        Join("IOM", "RUS",
             "spells { status: OBSERVER start { text: '../2015-10' } end { text: '2021-04-19' } }"
             "spells { status: MEMBER start { text: '2021-04-19' } }"));
    EXPECT_OK(Join("IOM", "HRW",
                   "party { kind: NGO display_name: 'Human Rights Watch' } "
                   "spells { status: OBSERVER start { text: '2002-12-02' } }"));
  }
  auto Get(std::string_view r) { return Call(memberships_, &MembershipHandler::GetMembership, r); }
  auto List(const std::string& r) {
    return Call(memberships_, &MembershipHandler::ListMemberships, r);
  }
  auto Count(const std::string& r) {
    return Call(memberships_, &MembershipHandler::CountMemberships, r);
  }
  auto Changes(const std::string& r) {
    return Call(memberships_, &MembershipHandler::ListMembershipChanges, r);
  }
  auto Panel(const std::string& r) {
    return Call(memberships_, &MembershipHandler::PanelMemberships,
                "parent: 'organisations/IOM' " + r);
  }
  auto Check(const std::string& r) {
    return Call(memberships_, &MembershipHandler::BatchCheckMemberships,
                "parent: 'organisations/IOM' " + r);
  }
  auto Create(const std::string& r) {
    return Call(memberships_, &MembershipHandler::CreateMembership, r);
  }
  auto BatchCreate(const std::string& r) {
    return Call(memberships_, &MembershipHandler::BatchCreateMemberships, r);
  }
  auto Update(const std::string& r) {
    return Call(memberships_, &MembershipHandler::UpdateMembership, r);
  }
  auto BatchUpdate(const std::string& r) {
    return Call(memberships_, &MembershipHandler::BatchUpdateMemberships, r);
  }
  auto Delete(const std::string& r) {
    return Call(memberships_, &MembershipHandler::DeleteMembership, r);
  }
  auto BatchDelete(const std::string& r) {
    return Call(memberships_, &MembershipHandler::BatchDeleteMemberships, r);
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
    const auto list = List("parent: 'organisations/-' any_time: true");
    EXPECT_OK(list);
    for (const v1::Membership& one : list->memberships()) recorded.push_back(one.DebugString());
    return recorded;
  }
};

constexpr char kOfIom[] = "parent: 'organisations/IOM' ";
constexpr char kMember[] =
    "spells { status: MEMBER start { text: '2001' } confidence: HIGH "
    "evidence { source: 'S' kind: OFFICIAL } } ";

// An entry that creates the membership of a state.
std::string NewState(const std::string& party) {
  return absl::StrCat("membership_id: '", party, "' membership { party { kind: STATE } ", kMember,
                      "} ");
}
// One that updates a membership in IOM.
std::string Revised(const std::string& party, const std::string& membership) {
  return absl::StrCat("membership { name: 'organisations/IOM/memberships/", party, "' ", membership,
                      " } ");
}

TEST_F(MembershipHandlerTest, AMembershipHasItsSpellsAndTheNameOfItsArea) {
  auto membership = Get("name: 'organisations/IOM/memberships/RUS'");
  ASSERT_OK(membership);
  EXPECT_EQ(membership->party().area(), "areas/RUS");
  EXPECT_EQ(membership->party().display_name(), "RUS");
  ASSERT_EQ(membership->spells_size(), 2);
  EXPECT_EQ(membership->spells(0).status(), v1::Spell::OBSERVER);
  EXPECT_FALSE(membership->spells(0).start().has_earliest());
  EXPECT_EQ(membership->spells(0).start().latest(), "2015-10-31");
}

TEST_F(MembershipHandlerTest, ACountIsCertainAndPossibleAndNamesWhatLiesBetween) {
  const auto count = Count("parent: 'organisations/IOM' status: MEMBER as_of: '2012-11-27'");
  ASSERT_OK(count);
  EXPECT_EQ(count->certain(), 1);
  EXPECT_EQ(count->possible(), 2);
  ASSERT_EQ(count->uncertain_size(), 1);
  EXPECT_EQ(count->uncertain(0).name(), "organisations/IOM/memberships/MMR");
  ASSERT_EQ(count->low_confidence_size(), 1);
  EXPECT_EQ(count->low_confidence(0).display_name(), "ARM");
  ASSERT_EQ(count->reported_size(), 1);
  EXPECT_TRUE(count->reported(0).consistent());
  EXPECT_TRUE(count->complete());
  EXPECT_EQ(count->completeness_size(), 1);
  EXPECT_EQ(count->as_of().earliest(), "2012-11-27");
  EXPECT_GT(count->known_version().version(), 0);
}

TEST_F(MembershipHandlerTest, ShortFormsAskTheSameAsTheLongOnes) {
  const auto members = List("collection: 'memberStates' as_of: '2021-04-20'");
  ASSERT_OK(members);
  EXPECT_EQ(members->memberships_size(), 3);
  EXPECT_TRUE(members->complete());
  const auto observers = List("collection: 'observers' as_of: '2018-01-01'");
  ASSERT_OK(observers);
  ASSERT_EQ(observers->memberships_size(), 2);
  EXPECT_THAT(observers->memberships(1).as_of(),
              EqualsProto("status: OBSERVER certain: true confidence: HIGH"));
  EXPECT_FALSE(observers->complete());
  EXPECT_EQ(observers->completeness_size(), 2);
  EXPECT_EQ(List("collection: 'observers' kind: NGO as_of: '2018-01-01'")->memberships_size(), 1);
  EXPECT_EQ(Count("collection: 'observers' kind: STATE as_of: '2021-04-19'")->possible(), 0);
}

TEST_F(MembershipHandlerTest, TodayIsAskedForWhenNoDayIs) {
  const auto today = List("parent: 'organisations/IOM' status: MEMBER");
  ASSERT_OK(today);
  EXPECT_EQ(today->as_of().text(), "2024-03-01");
  const auto ever = List("parent: 'organisations/IOM' status: OBSERVER any_time: true");
  ASSERT_OK(ever);
  EXPECT_FALSE(ever->has_as_of());
  EXPECT_EQ(ever->memberships_size(), 2);
  EXPECT_FALSE(ever->memberships(0).has_as_of());
}

TEST_F(MembershipHandlerTest, MembershipsInEveryOrganisationAreListedByOrganisationThenParty) {
  AddOrganisation("CIS");
  ASSERT_OK(Join("CIS", "RUS", "spells { status: MEMBER start { text: '1991' } }"));
  ASSERT_OK(Join("CIS", "ARM", "spells { status: MEMBER start { text: '1991' } }"));
  auto request = Proto<v1::ListMembershipsRequest>(
      "parent: 'organisations/-' party_kind: STATE as_of: '2018' page_size: 2");
  std::vector<std::string> names;
  do {
    const auto page = Call(memberships_, &MembershipHandler::ListMemberships, request);
    ASSERT_OK(page);
    EXPECT_FALSE(page->complete());
    EXPECT_EQ(page->completeness_size(), 0);
    for (const v1::Membership& membership : page->memberships()) {
      names.push_back(membership.name());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names,
              ElementsAre("organisations/CIS/memberships/ARM", "organisations/CIS/memberships/RUS",
                          "organisations/IOM/memberships/ARM", "organisations/IOM/memberships/MMR",
                          "organisations/IOM/memberships/RUS"));
  EXPECT_EQ(List("parent: 'organisations/-' status: OBSERVER kind: NGO")->memberships_size(), 1);
}

TEST_F(MembershipHandlerTest, AnAreaNarrowsAListToThePartiesWithinItOnTheDay) {
  AddArea("UNION", "Union", "kind: GROUP members_complete: true");
  AddMember("UNION", "CLUB");
  AddMember("UNION", "MMR");
  AddMember("CLUB", "RUS", "start { text: '1991' } end { text: '2020-01-01' }");
  AddMember("CLUB", "ARM", "start { text: '2015' }");
  const auto parties = [&](const std::string& request) {
    const auto list = List("parent: 'organisations/IOM' " + request);
    EXPECT_OK(list) << request;
    std::vector<std::string> codes;
    if (!list.ok()) return codes;
    for (const v1::Membership& membership : list->memberships()) {
      codes.push_back(membership.name().substr(membership.name().rfind('/') + 1));
    }
    return codes;
  };
  struct Case {
    const char* request;
    std::vector<std::string> parties;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"area: 'areas/RUS' as_of: '2018'", {"RUS"}},
           {"area: 'RUS' as_of: '2018' status: MEMBER", {}},
           {"area: 'CLUB' as_of: '2014-06-01'", {"RUS"}},
           {"area: 'CLUB' as_of: '2015-06-01'", {"ARM", "RUS"}},
           {"area: 'areas/UNION' as_of: '2021-06-01'", {"ARM", "MMR"}},
           {"area: 'areas/UNION' as_of: '2015-06-01'", {"ARM", "MMR", "RUS"}},
           // Groups as they are today.
           {"area: 'areas/CLUB' any_time: true", {"ARM"}},
           {"area: 'UNION' as_of: '2015-06-01' filter: 'confidence = LOW'", {"ARM"}},
       }) {
    EXPECT_EQ(parties(c.request), c.parties) << c.request;
  }
  EXPECT_EQ(List("parent: 'organisations/-' area: 'UNION' as_of: '2018'")->memberships_size(), 3);

  // A way to a party has a day on which all of it holds.
  AddArea("ALLIANCE", "Alliance", "kind: GROUP");
  AddMember("ALLIANCE", "CLUB", "end { text: '2010-01-01' }");
  EXPECT_THAT(parties("area: 'ALLIANCE' as_of: '2009/2018'"), ElementsAre("RUS"));
}

TEST_F(MembershipHandlerTest, AListWithinAnAreaIsCompleteWhenTheGroupsWithinAreToo) {
  AddArea("UNION", "Union", "kind: GROUP members_complete: true");
  const std::string members = "collection: 'memberStates' area: ";
  EXPECT_TRUE(List(members + "'ARM'")->complete());
  EXPECT_TRUE(List(members + "'UNION'")->complete());
  EXPECT_FALSE(List(members + "'CLUB'")->complete());
  AddMember("UNION", "CLUB");
  EXPECT_FALSE(List(members + "'UNION'")->complete());
}

TEST_F(MembershipHandlerTest, ChangesAreListedInOrderAPageAtATime) {
  const auto changes = Changes("parent: 'organisations/IOM' from: '2012' to: '2022'");
  ASSERT_OK(changes);
  ASSERT_EQ(changes->changes_size(), 4);
  EXPECT_EQ(changes->changes(0).membership(), "organisations/IOM/memberships/RUS");
  EXPECT_FALSE(changes->changes(0).certain());
  EXPECT_EQ(changes->changes(1).membership(), "organisations/IOM/memberships/MMR");
  EXPECT_TRUE(changes->changes(1).certain());
  EXPECT_EQ(changes->changes(2).type(), v1::ListMembershipChangesResponse::Change::ENDED);
  EXPECT_EQ(changes->changes(3).type(), v1::ListMembershipChangesResponse::Change::BEGAN);

  auto request = Proto<v1::ListMembershipChangesRequest>(
      "parent: 'organisations/IOM' from: '2012' to: '2022' page_size: 3");
  auto page = Call(memberships_, &MembershipHandler::ListMembershipChanges, request);
  ASSERT_EQ(page->changes_size(), 3);
  request.set_page_token(page->next_page_token());
  const int64_t version = page->known_version().version();
  page = Call(memberships_, &MembershipHandler::ListMembershipChanges, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->changes_size(), 1);
  for (const char* forged : {"9223372036854775807", "5", "-1", "x"}) {
    request.set_page_token(EncodePageToken(request, store_->epoch(), {version, "", {forged}}));
    EXPECT_THAT(Call(memberships_, &MembershipHandler::ListMembershipChanges, request),
                Refuses("page_token", "is not a page token"))
        << forged;
  }
  EXPECT_EQ(page->next_page_token(), "");
  EXPECT_EQ(Changes("parent: 'organisations/IOM' from: '2012' to: '2022' filter: 'type = ENDED'")
                ->changes_size(),
            1);
  EXPECT_EQ(Changes("parent: 'organisations/IOM' from: '1900' to: '2022' party_kind: NGO")
                ->changes_size(),
            1);
}

TEST_F(MembershipHandlerTest, APanelRunsFromTheFirstSpellToThePeriodBeforeTodays) {
  const auto panel = Panel("");
  ASSERT_OK(panel);
  EXPECT_EQ(panel->periods(0).period(), "1993");
  EXPECT_EQ(panel->periods(panel->periods_size() - 1).period(), "2023");
  EXPECT_EQ(panel->rows_size(), 3);
  const auto quarters = Panel("frequency: 'Q' start_period: '2020-Q4' end_period: '2021-Q2'");
  ASSERT_OK(quarters);
  ASSERT_EQ(quarters->periods_size(), 3);
  EXPECT_EQ(quarters->periods(1).certain(), 2);
  EXPECT_EQ(quarters->periods(2).certain(), 3);
  EXPECT_EQ(quarters->periods(2).day(), "2021-06-30");
  EXPECT_EQ(Panel("party_kind: NGO")->periods_size(), 0);
}

TEST_F(MembershipHandlerTest, PairsOfPartyAndDateAreCheckedInOrder) {
  const auto check = Check(
      "pairs { party: 'RUS' date: '2021' } pairs { party: 'XYZ' } pairs { party: 'ARM' date: "
      "'1990' }");
  ASSERT_OK(check);
  ASSERT_EQ(check->results_size(), 3);
  EXPECT_TRUE(check->results(0).known());
  ASSERT_EQ(check->results(0).statuses_size(), 2);
  EXPECT_FALSE(check->results(0).statuses(0).certain());
  EXPECT_FALSE(check->results(1).known());
  EXPECT_EQ(check->results(1).date().text(), "2024-03-01");
  EXPECT_TRUE(check->results(2).known());
  EXPECT_EQ(check->results(2).statuses_size(), 0);
}

TEST_F(MembershipHandlerTest, BadReadsAreRefusedNamingFieldAndValue) {
  EXPECT_THAT(Get("name: 'organisations/IOM/memberships/XYZ'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("memberships/XYZ")));
  EXPECT_THAT(Get("name: 'organisations/IOM'"), Refuses("name", "\"organisations/IOM\""));

  const std::string iom = "parent: 'organisations/IOM' ";
  EXPECT_THAT(List("parent: 'organisations/XYZ'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("organisations/XYZ")));
  EXPECT_THAT(List(""), Refuses("parent", "is required"));
  EXPECT_THAT(List("collection: 'friends'"),
              Refuses("collection", "\"friends\" is not a collection"));
  EXPECT_THAT(List(iom + "collection: 'observers'"), Refuses("parent", "contradicts collection"));
  EXPECT_THAT(List("collection: 'observers' status: MEMBER"),
              Refuses("status", "\"MEMBER\" contradicts collection, observers"));
  EXPECT_THAT(List("collection: 'memberStates' kind: NGO"),
              Refuses("kind", "\"NGO\" contradicts collection, memberStates"));
  EXPECT_THAT(List(iom + "kind: NGO party_kind: STATE"),
              Refuses("kind", "\"NGO\" contradicts party_kind, STATE"));
  EXPECT_OK(List(iom + "kind: NGO party_kind: NGO"));
  EXPECT_THAT(List(iom + "status: 9"), Refuses("status", "\"9\" is not a status"));
  EXPECT_THAT(List(iom + "party_kind: 9"), Refuses("party_kind", "\"9\" is not a kind of party"));
  EXPECT_THAT(List(iom + "kind: 9"), Refuses("kind", "\"9\" is not a kind of party"));
  EXPECT_THAT(List(iom + "any_time: true as_of: '2018'"),
              Refuses("as_of", "\"2018\" contradicts any_time"));
  EXPECT_THAT(List(iom + "as_of: '2018-02-30'"), Refuses("as_of", "\"2018-02-30\" is not a date"));
  EXPECT_THAT(List(iom + "as_of: '2018/..'"), Refuses("as_of", "\"2018/..\" has an open end"));
  EXPECT_THAT(List(iom + "page_token: 'x'"), Refuses("page_token", "\"x\""));
  EXPECT_THAT(List(iom + "page_size: 1001"), Refuses("page_size", "\"1001\""));
  EXPECT_THAT(List(iom + "filter: 'confidence = SURE'"), Refuses("filter", "SURE"));
  EXPECT_THAT(List(iom + "known_at: 'x'"), Refuses("known_at", "\"x\""));
  EXPECT_THAT(List(iom + "known_at: '0'"), Refuses("known_at", "\"0\" is not a version"));

  EXPECT_THAT(List(iom + "area: 'XYZ'"), Refuses("area", "\"XYZ\" is no area"));
  EXPECT_THAT(List(iom + "area: 'areas/XYZ'"), Refuses("area", "\"areas/XYZ\" is no area"));
  EXPECT_THAT(List(iom + "area: 'groups/CLUB'"), Refuses("area", "\"groups/CLUB\""));
  EXPECT_THAT(List(iom + "area: 'arm'"), Refuses("area", "\"arm\" has the malformed id"));

  EXPECT_THAT(Count(iom), Refuses("status", "is required"));
  EXPECT_THAT(Count("parent: 'organisations/-' status: MEMBER"),
              Refuses("parent", "has the malformed id \"-\""));
  EXPECT_THAT(Changes(iom + "to: '2018'"), Refuses("from", "is required"));
  EXPECT_THAT(Changes(iom + "from: '2018'"), Refuses("to", "is required"));
  EXPECT_THAT(Changes(iom + "from: '2018' to: '2018'"),
              Refuses("to", "\"2018\" is not after from, 2018"));
  EXPECT_THAT(Changes(iom + "from: '../2018' to: '2019'"), Refuses("from", "has no first day"));
  EXPECT_THAT(Changes(iom + "from: '2018' to: '2019' filter: 'type = CAME'"),
              Refuses("filter", "CAME"));

  EXPECT_THAT(Panel("frequency: 'W'"), Refuses("frequency", "\"W\" is not a frequency"));
  EXPECT_THAT(Panel("start_period: '2009-Q5'"), Refuses("start_period", "\"2009-Q5\""));
  EXPECT_THAT(Panel("start_period: '2009-Q1'"),
              Refuses("start_period", "\"2009-Q1\" is not a period of frequency A"));
  EXPECT_THAT(Panel("start_period: '2010' end_period: '2009'"),
              Refuses("start_period", "\"2010\" is after the last period, 2009"));
  EXPECT_THAT(Panel("frequency: 'M' start_period: '1900-01' end_period: '2000-01'"),
              Refuses("end_period", "1201 periods"));

  EXPECT_THAT(Check(""), Refuses("pairs", "is required"));
  EXPECT_THAT(Check("pairs { date: '2018' }"), Refuses("pairs[0].party", "is required"));
  EXPECT_THAT(Check("pairs { party: 'ARM' } pairs { party: 'ARM' date: '18' }"),
              Refuses("pairs[1].date", "\"18\" is not a date"));
}

TEST_F(MembershipHandlerTest, BadWritesAreRefusedNamingFieldAndValue) {
  AddArea("AZE", "Azerbaijan");
  const std::string spell = "spells { status: MEMBER start { text: '2001' } }";
  EXPECT_THAT(Join("XYZ", "AZE", spell),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("organisations/XYZ")));
  EXPECT_THAT(Join("IOM", "XYZ", spell),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
  EXPECT_THAT(Join("IOM", "ARM", spell),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("memberships/ARM")));
  EXPECT_THAT(Join("IOM", "CLUB", spell), Refuses("membership.party.area", "is not a country"));
  EXPECT_THAT(Join("IOM", "aze", spell), Refuses("membership.name", "memberships/aze"));
  EXPECT_THAT(Join("IOM", "AZE", "party { kind: STATE area: 'areas/ARM' } " + spell),
              Refuses("membership.party.area", "\"areas/ARM\" is not the area"));
  EXPECT_THAT(Join("IOM", "AZE", "party { display_name: 'A' } " + spell),
              Refuses("membership.party.kind", "\"0\" is not a kind of party"));
  EXPECT_THAT(Join("IOM", "NGO_1", "party { kind: NGO } " + spell),
              Refuses("membership.party.display_name", "is required"));
  EXPECT_THAT(
      Join("IOM", "NGO_1", "party { kind: NGO display_name: 'N' area: 'areas/AZE' } " + spell),
      Refuses("membership.party.area", "is allowed for states only"));
  EXPECT_THAT(Join("IOM", "AZE", ""), Refuses("membership.spells", "is required"));
  EXPECT_THAT(Join("IOM", "AZE", spell + "spells { status: MEMBER start { text: '2010' } }"),
              Refuses("membership.spells[1].start", "\"2010\" overlaps the spell [0]"));
  EXPECT_THAT(
      Join("IOM", "AZE", "spells { status: MEMBER evidence { source: 'S' kind: INFERRED } }"),
      Refuses("membership.spells[0].evidence[0].reasoning", "is required"));
  EXPECT_THAT(Join("IOM", "AZE", "name: 'organisations/IOM/memberships/ARM' " + spell),
              Refuses("membership.name", "is not the new resource"));

  const auto batch = [&](const std::string& r) {
    return Call(memberships_, &MembershipHandler::BatchCreateMemberships,
                "parent: 'organisations/IOM' " + r);
  };
  const std::string entry =
      "membership { party { kind: STATE } spells { status: MEMBER confidence: HIGH evidence { "
      "source: 'S' kind: OFFICIAL } } } ";
  EXPECT_THAT(batch(""), Refuses("requests", "is required"));
  EXPECT_THAT(batch("requests { membership_id: 'AZE' parent: 'organisations/XYZ' " + entry + "}"),
              Refuses("requests[0].parent", "is not the parent of the batch"));
  EXPECT_THAT(batch("requests { membership_id: 'AZE' " + entry + "reason: 'r' }"),
              Refuses("requests[0].reason", "belongs to the whole batch"));
  EXPECT_THAT(batch("requests { membership_id: 'AZE' " + entry +
                    "} requests { membership_id: 'ARM' " + entry + "}"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("requests[1]: ")));
  EXPECT_THAT(Get("name: 'organisations/IOM/memberships/AZE'"),
              StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK(batch("requests { membership_id: 'AZE' " + entry + "}"));
  EXPECT_OK(Get("name: 'organisations/IOM/memberships/AZE'"));
}

TEST_F(MembershipHandlerTest, BatchesAreOneCommitEachAnsweredInTheirOrder) {
  for (const char* code : {"AZE", "GEO"}) AddArea(code, code);
  const int64_t head = Head();
  const auto created = BatchCreate(
      absl::StrCat(kOfIom, "requests { ", NewState("GEO"), "} requests { ", NewState("AZE"), "}"));
  ASSERT_OK(created);
  EXPECT_EQ(Head(), head + 1);
  EXPECT_THAT(Get("name: 'organisations/IOM/memberships/GEO'"),
              IsOkAndHolds(EqualsProto(created->memberships(0))));

  const auto updated = BatchUpdate(absl::StrCat(
      kOfIom, "requests { ", Revised("HRW", "party { display_name: 'HRW' }"),
      "update_mask { paths: 'party.display_name' }", " } requests { ",
      Revised("GEO", absl::StrCat(kMember, "etag: '", created->memberships(0).etag(), "' ")),
      " } reason: 'Both'"));
  ASSERT_OK(updated);
  EXPECT_EQ(answered_version_, head + 2);
  EXPECT_EQ(updated->memberships(0).party().display_name(), "HRW");
  EXPECT_EQ(updated->memberships(0).spells_size(), 1);
  // What is so already is no change.
  EXPECT_THAT(updated->memberships(1), EqualsProto(created->memberships(0)));
  const auto commits = store_.versions().CommitsAfter(head, 10, absl::InfiniteFuture());
  ASSERT_OK(commits);
  ASSERT_EQ(commits->size(), 2u);
  EXPECT_THAT(commits->at(0).resources, ElementsAre("organisations/IOM/memberships/GEO",
                                                    "organisations/IOM/memberships/AZE"));
  EXPECT_THAT(commits->at(1).resources, ElementsAre("organisations/IOM/memberships/HRW"));
  EXPECT_EQ(commits->at(1).reason, "Both");

  ASSERT_OK(BatchDelete(
      absl::StrCat(kOfIom,
                   "requests { name: 'organisations/IOM/memberships/AZE' } requests { name: "
                   "'organisations/IOM/memberships/HRW' etag: '",
                   updated->memberships(0).etag(), "' }")));
  EXPECT_EQ(Head(), head + 3);
  EXPECT_THAT(Get("name: 'organisations/IOM/memberships/HRW'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("memberships/HRW")));
  EXPECT_THAT(
      Get(absl::StrCat("name: 'organisations/IOM/memberships/HRW' known_at: '", head + 2, "'")),
      IsOkAndHolds(EqualsProto(updated->memberships(0))));
}

TEST_F(MembershipHandlerTest, BatchesAreRefusedAsAWholeNamingTheEntry) {
  for (const char* code : {"AZE", "GEO"}) AddArea(code, code);
  AddOrganisation("CIS");
  ASSERT_OK(Join("CIS", "ARM", "spells { status: MEMBER }"));
  const std::vector<std::string> before = Recorded();
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  const auto check = [](const auto& batch, const std::string& first,
                        const std::vector<Case>& cases) {
    EXPECT_THAT(batch(kOfIom), Refuses("requests", "is required"));
    for (const char* parent : {"", "parent: 'IOM' ", "parent: 'organisations/-' "}) {
      EXPECT_THAT(batch(absl::StrCat(parent, "requests { ", first, " }")), Refuses("parent", ""))
          << parent;
    }
    for (const Case& c : cases) {
      EXPECT_THAT(
          batch(absl::StrCat(kOfIom, "requests { ", first, " } requests { ", c.second, " }")),
          Refuses("requests[1]." + c.field, c.message))
          << c.second;
    }
  };
  const auto create = [&](const std::string& r) { return BatchCreate(r); };
  const auto update = [&](const std::string& r) { return BatchUpdate(r); };
  const auto erase = [&](const std::string& r) { return BatchDelete(r); };
  check(create, NewState("AZE"),
        {{"parent: 'organisations/CIS' " + NewState("GEO"), "parent",
          "is not the parent of the batch, organisations/IOM"},
         {"membership_id: 'GEO' membership { party { kind: STATE } }", "membership.spells",
          "is required"},
         {NewState("GEO") + "request_id: 'r'", "request_id", "belongs to the whole batch"},
         {NewState("GEO") + "reason: 'r'", "reason", "belongs to the whole batch"},
         {NewState("GEO") + "validate_only: true", "validate_only", "belongs to the whole batch"}});
  const std::string arm = Revised("ARM", kMember);
  check(
      update, Revised("RUS", kMember),
      {{"membership { name: 'organisations/CIS/memberships/ARM' }", "membership.name",
        "is not of the parent of the batch, organisations/IOM"},
       {Revised("RUS", ""), "membership.name", "is in the batch twice"},
       {"membership { name: 'organisations/IOM' }", "membership.name", "\"organisations/IOM\""},
       {arm + "update_mask { paths: 'size' }", "update_mask", "\"size\""},
       {Revised("ARM", "") + "update_mask { paths: 'spells' }", "membership.spells", "is required"},
       {arm + "request_id: 'r'", "request_id", "belongs to the whole batch"},
       {arm + "reason: 'r'", "reason", "belongs to the whole batch"},
       {arm + "validate_only: true", "validate_only", "belongs to the whole batch"}});
  const std::string name = "name: 'organisations/IOM/memberships/ARM' ";
  const std::string first = "name: 'organisations/IOM/memberships/RUS' ";
  check(erase, first,
        {{"name: 'organisations/CIS/memberships/ARM'", "name",
          "is not of the parent of the batch, organisations/IOM"},
         {first, "name", "is in the batch twice"},
         {"name: 'organisations/IOM'", "name", "\"organisations/IOM\""},
         {name + "request_id: 'r'", "request_id", "belongs to the whole batch"},
         {name + "reason: 'r'", "reason", "belongs to the whole batch"},
         {name + "validate_only: true", "validate_only", "belongs to the whole batch"}});

  const auto second_fails = [](absl::StatusCode code, const std::string& message) {
    return StatusIs(code, AllOf(HasSubstr("requests[1]"), HasSubstr(message)));
  };
  const std::string revised = absl::StrCat(kOfIom, "requests { ", Revised("RUS", kMember), "} ");
  const std::string erased = absl::StrCat(kOfIom, "requests { ", first, "} ");
  EXPECT_THAT(create(absl::StrCat(kOfIom, "requests { ", NewState("AZE"), "} requests { ",
                                  NewState("ARM"), "}")),
              second_fails(absl::StatusCode::kAlreadyExists, "memberships/ARM"));
  EXPECT_THAT(update(revised + "requests { " + Revised("ARM", "etag: 'old'") + "}"),
              second_fails(absl::StatusCode::kAborted, "memberships/ARM has changed"));
  EXPECT_THAT(update(revised + "requests { " + Revised("GEO", kMember) + "}"),
              second_fails(absl::StatusCode::kNotFound, "memberships/GEO"));
  EXPECT_THAT(erase(erased + "requests { " + name + "etag: 'old' }"),
              second_fails(absl::StatusCode::kAborted, "memberships/ARM has changed"));
  EXPECT_THAT(erase(erased + "requests { name: 'organisations/IOM/memberships/GEO' }"),
              second_fails(absl::StatusCode::kNotFound, "memberships/GEO"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(MembershipHandlerTest, ARepeatedWriteAnswersAsTheFirstDid) {
  AddArea("GEO", "Georgia");
  const int64_t head = Head();
  const std::string id = absl::StrCat("request_id: '1' ", kOfIom);
  const std::string create = id + "requests { " + NewState("GEO") + "}";
  const auto created = BatchCreate(create);
  ASSERT_OK(created);
  // Nothing changes; it is answered the same nevertheless.
  const std::string same = id + "requests { " + Revised("GEO", kMember) + "}";
  const auto unchanged = BatchUpdate(same);
  ASSERT_OK(unchanged);
  EXPECT_THAT(unchanged->memberships(0), EqualsProto(created->memberships(0)));
  EXPECT_EQ(Head(), head + 1);
  ASSERT_OK(Update(Revised("GEO", "") + "update_mask { paths: 'party.display_name' }"));
  ASSERT_OK(Update(Revised("GEO",
                           "spells { status: OBSERVER confidence: LOW evidence { source: 'T' "
                           "kind: PRESS } }")));
  const std::string erase = id + "requests { name: 'organisations/IOM/memberships/GEO' }";
  ASSERT_OK(BatchDelete(erase));
  const std::vector<std::string> before = Recorded();
  EXPECT_THAT(BatchCreate(create), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_THAT(BatchUpdate(same), IsOkAndHolds(EqualsProto(*unchanged)));
  EXPECT_EQ(answered_version_, head + 1);
  EXPECT_OK(BatchDelete(erase));
  EXPECT_EQ(Recorded(), before);
  EXPECT_THAT(BatchUpdate(id + "requests { " + Revised("ARM", kMember) + "}"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"1\"")));
}

TEST_F(MembershipHandlerTest, AWriteThatIsOnlyValidatedRecordsNothingAndLeavesItsRequestIdFree) {
  for (const char* code : {"AZE", "GEO"}) AddArea(code, code);
  const std::vector<std::string> before = Recorded();
  const std::string id = absl::StrCat("request_id: '1' ", kOfIom);
  const std::string only = "validate_only: true ";
  const std::string create = id + NewState("GEO");
  const std::string create_batch = id + "requests { " + NewState("AZE") + "}";
  const std::string update = "request_id: '1' " + Revised("ARM", kMember);
  const std::string update_batch = id + "requests { " + Revised("RUS", kMember) + "}";
  const std::string erase = "request_id: '1' name: 'organisations/IOM/memberships/HRW'";
  const std::string erase_batch = id + "requests { name: 'organisations/IOM/memberships/MMR' }";
  const auto tried_create = Create(only + create);
  const auto tried_create_batch = BatchCreate(only + create_batch);
  const auto tried_update = Update(only + update);
  const auto tried_update_batch = BatchUpdate(only + update_batch);
  ASSERT_OK(Delete(only + erase));
  ASSERT_OK(BatchDelete(only + erase_batch));
  EXPECT_THAT(Create(only + id + NewState("ARM")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("memberships/ARM")));
  EXPECT_THAT(Create(only + id + NewState("XYZ")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
  EXPECT_THAT(BatchUpdate(only + id + "requests { " + Revised("ARM", "etag: 'old'") + "}"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("requests[0]")));
  EXPECT_THAT(BatchDelete(only + id + "requests { name: 'organisations/IOM/memberships/GEO' }"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("requests[0]")));
  EXPECT_EQ(Recorded(), before);

  const auto expect_without_etag = [](const auto& tried, auto made) {
    ASSERT_OK(tried);
    ASSERT_OK(made);
    made->clear_etag();
    EXPECT_THAT(*tried, EqualsProto(*made));
  };
  const auto expect_without_etags = [](const auto& tried, auto made) {
    ASSERT_OK(tried);
    ASSERT_OK(made);
    for (v1::Membership& one : *made->mutable_memberships()) one.clear_etag();
    EXPECT_THAT(*tried, EqualsProto(*made));
  };
  expect_without_etag(tried_create, Create(create));
  expect_without_etags(tried_create_batch, BatchCreate(create_batch));
  expect_without_etag(tried_update, Update(update));
  expect_without_etags(tried_update_batch, BatchUpdate(update_batch));
  ASSERT_OK(Delete(erase));
  ASSERT_OK(BatchDelete(erase_batch));
}

TEST_F(MembershipHandlerTest, AnUpdateKeepsTheRulesAndNeedsTheCurrentEtag) {
  const auto update = [&](const std::string& r) {
    return Call(memberships_, &MembershipHandler::UpdateMembership, r);
  };
  const std::string arm = "membership { name: 'organisations/IOM/memberships/ARM' ";
  EXPECT_THAT(update(arm + "etag: 'other' }"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("memberships/ARM has changed")));
  EXPECT_THAT(update(arm + "} update_mask { paths: 'spells' }"),
              Refuses("membership.spells", "is required"));
  EXPECT_THAT(update(arm + "party { kind: NGO } } update_mask { paths: 'party.kind' }"),
              Refuses("membership.party.area", "is allowed for states only"));
  EXPECT_THAT(update("membership { name: 'organisations/IOM/memberships/XYZ' }"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Call(memberships_, &MembershipHandler::DeleteMembership,
                   "name: 'organisations/IOM/memberships/ARM' etag: 'other'"),
              StatusIs(absl::StatusCode::kAborted));
}

}  // namespace
}  // namespace corridor::memberstates
