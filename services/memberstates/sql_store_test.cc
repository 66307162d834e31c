#include "services/memberstates/sql_store.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/text/fold.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SqlStoreTest : public ServiceTest {
 protected:
  SqlStoreTest() {
    AddArea("ARM", "Armenia", "alpha2_code: 'AM' names { language: 'de' text: 'Armenien' }");
    AddArea("AZE", "Azerbaijan", "alpha2_code: 'AZ'");
    AddArea("GEO", "Georgia", "alpha2_code: 'GE'");
    AddOrganisation("IOM");
  }

  std::unique_ptr<Reader> Read(const store::KnownAt& at = {}) {
    auto reader = store_->ReadAt(at, absl::InfiniteFuture());
    EXPECT_OK(reader);
    return *std::move(reader);
  }

  // Parties that the query lists, each as `ARM MEMBER certain HIGH`.
  std::vector<std::string> List(MembershipQuery query, const store::KnownAt& at = {}) {
    query.organisation = "IOM";
    if (query.slice.limit == 1) query.slice.limit = 1000;
    const auto memberships = Read(at)->ListMemberships(query);
    EXPECT_OK(memberships);
    std::vector<std::string> lines;
    for (const v1::Membership& m : *memberships) {
      lines.push_back(absl::StrCat(m.name().substr(m.name().rfind('/') + 1), " ",
                                   v1::Spell::Status_Name(m.as_of().status()),
                                   m.as_of().certain() ? " certain " : " maybe ",
                                   common::v1::Confidence_Name(m.as_of().confidence())));
    }
    return lines;
  }

  static MembershipQuery On(std::string_view day, v1::Spell::Status status = v1::Spell::MEMBER) {
    MembershipQuery query;
    query.status = status;
    query.as_of = ParsePartialDate(day, "as_of").value();
    return query;
  }

  std::vector<std::string> Members(AreaMemberQuery query, std::string_view day) {
    query.as_of = ParsePartialDate(day, "as_of").value();
    query.slice.limit = 1000;
    const auto members = Read()->ListAreaMembers(query);
    EXPECT_OK(members);
    std::vector<std::string> lines;
    for (const v1::AreaMember& m : *members) {
      lines.push_back(m.name() + (m.certain() ? " certain" : " maybe"));
    }
    return lines;
  }
};

TEST_F(SqlStoreTest, AListHoldsWhoeverHoldsTheStatusOnTheDayWithTheSpellThatAnswers) {
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER start { text: '1993-11-23' } }"));
  ASSERT_OK(Join("IOM", "AZE",
                 "spells { status: OBSERVER start { text: '../1995' } end { text: '2001-06-07' } }"
                 "spells { status: MEMBER start { text: '2001-06-07' } confidence: MEDIUM }"));
  ASSERT_OK(Join("IOM", "GEO",
                 "spells { status: MEMBER start { text: '1990' } end { text: '1995' } }"
                 "spells { status: MEMBER start { text: '2001' } confidence: LOW }"));
  ASSERT_OK(Join("IOM", "AMNESTY",
                 "party { kind: NGO display_name: 'Amnesty' } spells { status: OBSERVER }"));

  EXPECT_THAT(List(On("1993-11-22")), ElementsAre("GEO MEMBER certain HIGH"));
  EXPECT_THAT(List(On("1995-06-01")),
              ElementsAre("ARM MEMBER certain HIGH", "GEO MEMBER maybe HIGH"));
  EXPECT_THAT(
      List(On("2001-06-07")),
      ElementsAre("ARM MEMBER certain HIGH", "AZE MEMBER certain MEDIUM", "GEO MEMBER maybe LOW"));
  EXPECT_THAT(List(On("2001-06-06", v1::Spell::OBSERVER)),
              ElementsAre("AMNESTY OBSERVER maybe HIGH", "AZE OBSERVER certain HIGH"));
  EXPECT_THAT(List(On("2001", v1::Spell::STATUS_UNSPECIFIED)),
              ElementsAre("AMNESTY OBSERVER maybe HIGH", "ARM MEMBER certain HIGH",
                          "AZE MEMBER maybe MEDIUM", "GEO MEMBER maybe LOW"));
  EXPECT_THAT(List(On("9999-12-31", v1::Spell::OBSERVER)),
              ElementsAre("AMNESTY OBSERVER maybe HIGH"));

  MembershipQuery ngos = On("2010", v1::Spell::OBSERVER);
  ngos.party_kind = v1::Party::NGO;
  EXPECT_THAT(List(ngos), ElementsAre("AMNESTY OBSERVER maybe HIGH"));
  MembershipQuery ever;
  ever.status = v1::Spell::OBSERVER;
  EXPECT_THAT(List(ever), ElementsAre(HasSubstr("AMNESTY"), HasSubstr("AZE")));
}

TEST_F(SqlStoreTest, FiltersAreAboutThePartyAndTheSpellThatAnswers) {
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER start { text: '1993' } }"));
  ASSERT_OK(Join("IOM", "GEO", "spells { status: MEMBER start { text: '2001' } confidence: LOW }"));
  ASSERT_OK(Join("IOM", "AMNESTY",
                 "party { kind: NGO display_name: 'Amnesty' } spells { status: OBSERVER }"));
  struct Case {
    std::string filter;
    std::vector<std::string> parties;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"confidence = LOW", {"GEO"}},
           {"status = MEMBER AND NOT confidence = LOW", {"ARM"}},
           {"display_name = \"Armenia\" OR party = \"AMNESTY\"", {"AMNESTY", "ARM"}},
           {"display_name = \"G*\"", {"GEO"}},
           {"party_kind = NGO", {"AMNESTY"}},
           {"party = \"ZZZ\"", {}},
       }) {
    MembershipQuery query = On("2010", v1::Spell::STATUS_UNSPECIFIED);
    query.filter = c.filter;
    query.organisation = "IOM";
    query.slice.limit = 10;
    const auto reader = Read();
    const auto memberships = reader->ListMemberships(query);
    ASSERT_OK(memberships) << c.filter;
    std::vector<std::string> parties;
    for (const auto& m : *memberships) parties.push_back(m.name().substr(m.name().rfind('/') + 1));
    EXPECT_EQ(parties, c.parties) << c.filter;
  }
  MembershipQuery bad = On("2010");
  bad.filter = "colour = red";
  EXPECT_THAT(Read()->ListMemberships(bad),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("colour")));
}

TEST_F(SqlStoreTest, AChangedMembershipIsReadAsItWasKnown) {
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER start { text: '1993' } }"));
  const int64_t before = answered_version_;
  const std::string etag = (*Read()->GetMembership("IOM", "ARM")).etag();
  v1::UpdateMembershipRequest update;
  *update.mutable_membership() = *Read()->GetMembership("IOM", "ARM");
  update.mutable_membership()->mutable_spells(0)->mutable_start()->set_text("1999");
  update.mutable_update_mask()->add_paths("spells");
  ASSERT_OK(Call(memberships_, &MembershipHandler::UpdateMembership, update));
  const int64_t after = answered_version_;
  EXPECT_EQ(after, before + 1);

  EXPECT_THAT(List(On("1995"), before), ElementsAre("ARM MEMBER certain HIGH"));
  EXPECT_THAT(List(On("1995"), after), IsEmpty());
  EXPECT_THAT(List(On("1995")), IsEmpty());
  EXPECT_EQ((*Read(before)->GetMembership("IOM", "ARM")).etag(), etag);
  EXPECT_NE((*Read(after)->GetMembership("IOM", "ARM")).etag(), etag);

  ASSERT_OK(Call(memberships_, &MembershipHandler::DeleteMembership,
                 "name: 'organisations/IOM/memberships/ARM'"));
  EXPECT_THAT(List(On("2020")), IsEmpty());
  EXPECT_THAT(List(On("2020"), after), ElementsAre("ARM MEMBER certain HIGH"));
  EXPECT_THAT(
      Read(before - 1)->GetMembership("IOM", "ARM"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("organisations/IOM/memberships/ARM")));
}

TEST_F(SqlStoreTest, FewerSpellsLeaveNoneOfTheOldOnes) {
  ASSERT_OK(Join("IOM", "ARM",
                 "spells { status: MEMBER start { text: '1993' } end { text: '1995' } }"
                 "spells { status: MEMBER start { text: '2001' } }"));
  v1::UpdateMembershipRequest update;
  *update.mutable_membership() = *Read()->GetMembership("IOM", "ARM");
  update.mutable_membership()->mutable_spells()->DeleteSubrange(1, 1);
  ASSERT_OK(Call(memberships_, &MembershipHandler::UpdateMembership, update));
  EXPECT_THAT(List(On("2010")), IsEmpty());
  EXPECT_THAT(List(On("1994")), ElementsAre("ARM MEMBER certain HIGH"));
}

TEST_F(SqlStoreTest, PagesOfOneListAreOfOneVersionWhileOthersWrite) {
  for (const char* code : {"ARM", "AZE", "GEO"}) {
    ASSERT_OK(Join("IOM", code, "spells { status: MEMBER start { text: '2001' } }"));
  }
  auto request = Proto<v1::ListMembershipsRequest>(
      "parent: 'organisations/IOM' status: MEMBER as_of: '2018' page_size: 1");
  const auto all = List(On("2018"));
  const int64_t version = Read()->known_version().version();

  std::vector<std::string> paged;
  std::string token;
  int page = 0;
  do {
    request.set_page_token(token);
    const auto response = Call(memberships_, &MembershipHandler::ListMemberships, request);
    ASSERT_OK(response);
    EXPECT_EQ(response->known_version().version(), version);
    EXPECT_EQ(response->as_of().text(), "2018");
    ASSERT_EQ(response->memberships_size(), 1);
    paged.push_back(response->memberships(0).name());
    token = response->next_page_token();
    // Between the pages one that was to come goes, and one before comes.
    if (page == 0) {
      ASSERT_OK(Call(memberships_, &MembershipHandler::DeleteMembership,
                     "name: 'organisations/IOM/memberships/GEO'"));
    }
    const std::string ngo(1, static_cast<char>('A' + page));
    ASSERT_OK(Join(
        "IOM", ngo,
        "party { kind: NGO display_name: 'N' } spells { status: MEMBER start { text: '2001' } }"));
    ++page;
  } while (!token.empty());
  EXPECT_THAT(paged,
              ElementsAre("organisations/IOM/memberships/ARM", "organisations/IOM/memberships/AZE",
                          "organisations/IOM/memberships/GEO"));
  EXPECT_EQ(List(On("2018"), version), all);
}

TEST_F(SqlStoreTest, MembersWithinAreFoundThroughGroupsInBetweenAndCyclesEnd) {
  AddArea("M49_142", "Asia", "kind: REGION");
  AddArea("M49_145", "Western Asia", "kind: REGION");
  AddArea("CLUB", "Club", "kind: GROUP");
  AddMember("M49_142", "M49_145");
  AddMember("M49_145", "ARM");
  AddMember("M49_145", "GEO", "start { text: '2010' }");
  AddMember("CLUB", "M49_145");
  AddMember("CLUB", "AZE", "start { text: '2001' } end { text: '2005-01-01' }");
  AddMember("M49_142", "CLUB");
  AddMember("CLUB", "M49_142");  // A cycle.

  EXPECT_THAT(
      Members({.group = "M49_142", .as_of = {}, .filter = {}, .slice = {}}, "2020"),
      ElementsAre("areas/M49_142/members/CLUB certain", "areas/M49_142/members/M49_145 certain"));
  const AreaMemberQuery within = {
      .group = "M49_142", .as_of = {}, .recursive = true, .filter = {}, .slice = {}};
  EXPECT_THAT(Members(within, "2010-06-01"),
              ElementsAre("areas/M49_145/members/ARM certain", "areas/M49_145/members/GEO maybe"));
  EXPECT_THAT(Members(within, "2004-12-31"),
              ElementsAre("areas/M49_145/members/ARM certain", "areas/CLUB/members/AZE certain"));
  EXPECT_THAT(Members(within, "2005-01-01"), ElementsAre("areas/M49_145/members/ARM certain"));
}

TEST_F(SqlStoreTest, ARenamedAreaIsFoundByItsNewNameAndAtItsTimeByItsOld) {
  const int64_t before = Read()->known_version().version();
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER }"));
  ASSERT_OK(Call(areas_, &AreaHandler::UpdateArea,
                 "area { name: 'areas/ARM' display_name: 'Hayastan' }"));
  EXPECT_THAT(*Read()->FindAreas("armenia"), IsEmpty());
  EXPECT_THAT(*Read()->FindAreas(FoldName("HAYASTAN")), Not(IsEmpty()));
  EXPECT_THAT(*Read()->FindAreas("armenien"), Not(IsEmpty()));
  EXPECT_THAT(*Read(before)->FindAreas("armenia"), Not(IsEmpty()));
  EXPECT_EQ(Read()->GetMembership("IOM", "ARM")->party().display_name(), "Hayastan");
}

TEST_F(SqlStoreTest, TheStoreIsAsItWasAfterItIsOpenedAnew) {
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER start { text: '1993' } }"));
  const std::string epoch = store_->epoch();
  store_.Reopen();
  EXPECT_EQ(store_->epoch(), epoch);
  EXPECT_THAT(List(On("2018")), ElementsAre("ARM MEMBER certain HIGH"));
}

}  // namespace
}  // namespace corridor::memberstates
