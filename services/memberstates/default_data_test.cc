// The default data set answers what its sources say: the facts that the suite is asked about first.
#include "services/memberstates/default_data.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/memberstates/data_files.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kIom[] = "parent: 'organisations/IOM' ";

std::string DataFolder() {
  const char* folder = std::getenv("CORRIDOR_TEST_DATA");
  return folder == nullptr ? "services/memberstates/data" : folder;
}

class DefaultDataTest : public ServiceTest {
 protected:
  absl::StatusOr<int> Load(const std::string& folder = DataFolder()) {
    return LoadDefaultData(folder, store_.versions(), handlers_, absl::Now());
  }
  v1::CountMembershipsResponse Count(const std::string& request) {
    const auto count = Call(memberships_, &MembershipHandler::CountMemberships, request);
    EXPECT_OK(count) << request;
    return count.value_or(v1::CountMembershipsResponse());
  }
  std::vector<std::string> Names(const std::string& request) {
    const auto list = Call(memberships_, &MembershipHandler::ListMemberships, request);
    EXPECT_OK(list) << request;
    std::vector<std::string> names;
    for (const v1::Membership& membership : list->memberships()) {
      names.push_back(membership.name().substr(membership.name().rfind('/') + 1));
    }
    return names;
  }
};

// The data set in a store.
class LoadedDataTest : public DefaultDataTest {
 protected:
  LoadedDataTest() { EXPECT_OK(Load()); }
};

TEST_F(LoadedDataTest, TheFactsOfTheDefaultDataAreAnswered) {
  const auto iom =
      Call(organisations_, &OrganisationHandler::GetOrganisation, "name: 'organisations/IOM'");
  ASSERT_OK(iom);
  EXPECT_EQ(iom->kind(), v1::Organisation::IGO);
  EXPECT_EQ(iom->established().text(), "1951");
  std::set<std::string> said;
  for (const auto& statement : iom->statements()) said.insert(statement.topic());
  for (const auto& link : iom->links()) said.insert(link.rel());
  EXPECT_THAT(said, Contains("PRINCIPLE"));
  EXPECT_THAT(said, Contains("OBSERVERS"));
  EXPECT_THAT(said, Contains("GLOBAL_SITE"));
  EXPECT_THAT(said, Contains("REGIONAL_SITE"));
  EXPECT_THAT(iom->citations(), Not(IsEmpty()));

  // 169 member states at the beginning of 2018, all named.
  const auto count = Count(absl::StrCat(kIom, "status: MEMBER as_of: '2018-01-01'"));
  EXPECT_EQ(count.certain(), 169);
  EXPECT_EQ(count.possible(), 169);
  EXPECT_THAT(count.low_confidence(), Not(IsEmpty()));
  EXPECT_TRUE(count.complete());
  EXPECT_THAT(Names("collection: 'memberStates' as_of: '2018-01-01'"), SizeIs(169));

  // The three kinds of observers, none of which is known to be whole.
  const auto ngos =
      Count(absl::StrCat(kIom, "status: OBSERVER party_kind: NGO as_of: '2009-12-31'"));
  EXPECT_EQ(ngos.certain(), 7);
  EXPECT_EQ(ngos.possible(), 8);
  const auto observers = Count("collection: 'observers' as_of: '2018-01-01'");
  EXPECT_EQ(observers.completeness_size(), 3);
  for (const auto& list : observers.completeness()) {
    EXPECT_FALSE(list.complete());
    EXPECT_NE(list.reason(), "");
  }
  EXPECT_EQ(Count("collection: 'observers' kind: IGO as_of: '2018-01-01'").possible(), 0);

  const auto observes = [&](const char* day) {
    return Names(absl::StrCat("collection: 'observers' kind: STATE as_of: '", day, "'"));
  };
  const auto is_member = [&](const char* day) {
    return Names(absl::StrCat("collection: 'memberStates' as_of: '", day, "'"));
  };
  EXPECT_THAT(observes("2017-11-27"), Not(Contains("KWT")));
  EXPECT_THAT(observes("2017-11-28"), Contains("KWT"));
  EXPECT_THAT(observes("2021-01-01"), Contains("RUS"));
  EXPECT_THAT(is_member("2021-01-01"), Not(Contains("RUS")));
  EXPECT_THAT(observes("2021-04-20"), Not(Contains("RUS")));
  EXPECT_THAT(is_member("2021-04-20"), Contains("RUS"));
}

TEST_F(LoadedDataTest, EveryCountThatASourceReportedLiesBetweenCertainAndPossible) {
  const auto iom =
      Call(organisations_, &OrganisationHandler::GetOrganisation, "name: 'organisations/IOM'");
  ASSERT_OK(iom);
  EXPECT_EQ(iom->reported_counts_size(), 14);
  for (const auto& claim : iom->reported_counts()) {
    const std::string day = claim.date().latest();
    const auto count = Count(absl::StrCat(kIom, "status: MEMBER as_of: '", day, "'"));
    ASSERT_EQ(count.reported_size(), 1) << day;
    EXPECT_TRUE(count.reported(0).consistent()) << day;
    EXPECT_LE(count.certain(), claim.count()) << day;
    EXPECT_GE(count.possible(), claim.count()) << day;
  }
}

TEST_F(LoadedDataTest, StatesThatLeftAndCameBackShowBothSpells) {
  const auto ever = Call(memberships_, &MembershipHandler::ListMemberships,
                         absl::StrCat(kIom, "status: MEMBER any_time: true page_size: 1000"));
  ASSERT_OK(ever);
  std::set<std::string> came_back;
  for (const v1::Membership& membership : ever->memberships()) {
    int member_spells = 0;
    for (const v1::Spell& spell : membership.spells()) {
      EXPECT_THAT(spell.evidence(), Not(IsEmpty()));
      member_spells += spell.status() == v1::Spell::MEMBER;
    }
    if (member_spells == 2) came_back.insert(membership.party().display_name());
  }
  EXPECT_THAT(came_back, SizeIs(11));
  EXPECT_THAT(came_back, Contains(HasSubstr("Venezuela")));
  EXPECT_THAT(came_back, Contains("Sweden"));
  EXPECT_THAT(came_back, Contains("United Kingdom"));
}

TEST_F(LoadedDataTest, GroupsAndRegionsHaveTheirMembers) {
  const auto members = [&](const std::string& request) {
    const auto list = Call(areas_, &AreaHandler::ListAreaMembers, request);
    EXPECT_OK(list) << request;
    std::vector<std::string> codes;
    for (const auto& member : list->members()) codes.emplace_back(AreaCode(member.member()));
    return codes;
  };
  EXPECT_THAT(members("parent: 'areas/SOUTH_CAUCASUS'"), ElementsAre("ARM", "AZE", "GEO"));
  EXPECT_THAT(members("parent: 'areas/CENTRAL_ASIA'"),
              ElementsAre("KAZ", "KGZ", "TJK", "TKM", "UZB"));
  EXPECT_THAT(members("parent: 'areas/LDC'"), SizeIs(45));
  EXPECT_THAT(members("parent: 'areas/LLDC'"), SizeIs(32));
  EXPECT_THAT(members("parent: 'areas/SIDS'"), SizeIs(53));
  EXPECT_THAT(members("parent: 'areas/M49_001' recursive: true page_size: 1000"), SizeIs(247));
  const auto groups = Call(areas_, &AreaHandler::ListAreaGroups, "parent: 'areas/ARM'");
  ASSERT_OK(groups);
  EXPECT_GE(groups->groups_size(), 3);
}

TEST_F(LoadedDataTest, AreasAreFoundInManyLanguagesAndByWithdrawnCodes) {
  const auto found = Call(areas_, &AreaHandler::ResolveAreas,
                          "queries: 'Moldavia' queries: '498' queries: 'KOS' queries: 'SUHH' "
                          "queries: 'Österreich' queries: 'ATF'");
  ASSERT_OK(found);
  std::vector<std::string> best;
  for (const auto& result : found->results()) {
    ASSERT_THAT(result.matches(), Not(IsEmpty())) << result.query();
    best.push_back(result.matches(0).area());
  }
  EXPECT_THAT(best, ElementsAre("areas/MDA", "areas/MDA", "areas/XKX", "areas/SUN", "areas/AUT",
                                "areas/ATF"));
  EXPECT_EQ(found->results(0).matches_size(), 1);
  EXPECT_EQ(found->results(1).matches_size(), 1);
  EXPECT_EQ(found->results(0).matches(0).via(), v1::ResolveAreasResponse::Match::LOCALIZED_NAME);
  const auto moldova = Call(areas_, &AreaHandler::GetArea, "name: 'areas/MDA'");
  EXPECT_GT(moldova->names_size(), 80);
  const auto former = Call(areas_, &AreaHandler::GetArea, "name: 'areas/FQHH'");
  ASSERT_OK(former);
  EXPECT_EQ(former->kind(), v1::Area::FORMER_COUNTRY);
  EXPECT_EQ(former->withdrawn().text(), "1979");
}

TEST_F(DefaultDataTest, ASecondLoadChangesNothing) {
  ASSERT_OK_AND_ASSIGN(const int commits, Load());
  EXPECT_GT(commits, 0);
  const auto head = store_.versions().Head(absl::InfiniteFuture());
  EXPECT_THAT(Load(), IsOkAndHolds(0));
  store_.Reopen();
  Handlers handlers(*store_);
  EXPECT_THAT(LoadDefaultData(DataFolder(), store_.versions(), handlers, absl::Now()),
              IsOkAndHolds(0));
  EXPECT_EQ(*store_.versions().Head(absl::InfiniteFuture()), *head);
}

TEST_F(DefaultDataTest, AnInterruptedLoadGoesOnWhereItStopped) {
  // Its first commit, as the load makes it.
  ASSERT_OK_AND_ASSIGN(DefaultData data, ReadDefaultData(DataFolder()));
  data.areas.set_request_id("default-data/areas");
  data.areas.set_reason("Default data set");
  CallContext call("/corridor.memberstates.v1.Areas/BatchCreateAreas", "default-data",
                   absl::InfiniteFuture(), absl::Now());
  ASSERT_OK(areas_.BatchCreateAreas(data.areas, call));
  ASSERT_OK_AND_ASSIGN(const int commits, Load());
  EXPECT_EQ(commits, 3);
  EXPECT_EQ(*store_.versions().Head(absl::InfiniteFuture()), 4);
  EXPECT_EQ(Count(absl::StrCat(kIom, "status: MEMBER as_of: '2018-01-01'")).certain(), 169);
}

TEST_F(DefaultDataTest, AStoreThatSomebodyWroteToIsLeftAlone) {
  AddArea("ARM", "Armenia");
  EXPECT_THAT(Load(), IsOkAndHolds(0));
  EXPECT_EQ(*store_.versions().Head(absl::InfiniteFuture()), 1);
}

TEST_F(DefaultDataTest, MistakesInFilesAreNamedByFileLineAndValue) {
  struct Case {
    const char* file;
    const char* find;
    const char* replace;
    std::string message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"sources.csv", ",OFFICIAL,", ",HEARSAY,", "kind \"HEARSAY\" is not a kind of source"},
           {"areas.csv", "code,parent", "code,mother", "areas.csv:1: unknown column \"mother\""},
           {"areas.csv", "\nAFG,M49_034", "\nAFG,M49_999",
            "areas.csv:3: parent \"M49_999\" means \"M49_999\", which is not in regions.csv"},
           {"areas.csv", "\nAFG,M49_034,1", "\nAFG,M49_034,x",
            "areas.csv:3: ldc \"x\" is not 1, 0"},
           {"regions.csv", ",world,", ",planet,", "level \"planet\" is not a level"},
           {"memberships.csv", "TRB_2014_67", "TRB_1815", "names \"TRB_1815\""},
           {"memberships.csv", ",HIGH,", ",SURE,", "memberships.csv:2: confidence \"SURE\""},
           {"memberships.csv", "2004-06-04,,HIGH", "2004-06-31,,HIGH",
            "\"2004-06-31\" is not a date"},
           {"reported_counts.csv", ",67,", ",many,", "count \"many\" is not a number"},
           {"organisations.json", "\"established\"", "\"founded\"", "unknown member \"founded\""},
           {"organisations.json", "\"IOM_PRAGUE_PAGE\"", "\"A_FRIEND\"",
            "\"A_FRIEND\" is not in sources.csv"},
       }) {
    TempDir folder;
    fs::copy(DataFolder(), folder.path(), fs::copy_options::recursive);
    std::ifstream in(folder.File(c.file));
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const size_t at = text.find(c.find);
    ASSERT_NE(at, std::string::npos) << c.file << " " << c.find;
    folder.Write(c.file, text.replace(at, std::strlen(c.find), c.replace));
    MemberstatesStore store;
    Handlers handlers(*store);
    EXPECT_THAT(LoadDefaultData(folder.path(), store.versions(), handlers, absl::Now()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
  EXPECT_THAT(Load("no/such/folder"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/folder/sources.csv")));
}

}  // namespace
}  // namespace corridor::memberstates
