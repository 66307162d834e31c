// Versions of the resources of memberstates: listed, compared, restored, purged.
#include "corridor/changes/v1/store.pb.h"
#include "corridor/changes/v1/versions.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "platform/versions/versions_handler.h"
#include "services/memberstates/service_fixture.h"
#include "services/memberstates/sql_store_versions.h"

namespace corridor::memberstates {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using versions::VersionsHandler;
using Versions = changes::v1::ListVersionsResponse;
using Diff = changes::v1::DiffVersionsResponse;

class VersionsTest : public ServiceTest {
 protected:
  VersionsTest() {
    AddArea("ARM", "Armenia");
    AddArea("CAUCASUS", "Caucasus", "kind: GROUP");
    AddMember("CAUCASUS", "ARM", "start { text: '1991' }");
    AddOrganisation("IOM");
    EXPECT_OK(Join("IOM", "ARM", "spells { status: MEMBER start { text: '1993' } }"));
  }

  absl::StatusOr<Versions> List(const std::string& name) {
    return Call(versions_, &VersionsHandler::ListVersions, absl::StrCat("name: '", name, "'"));
  }
  absl::StatusOr<google::protobuf::Struct> Restore(const std::string& name, int64_t version) {
    return Call(versions_, &VersionsHandler::RestoreVersion,
                absl::StrCat("name: '", name, "' version: '", version, "'"));
  }
  // `6 UPDATED spells[0].end`, a line a version.
  std::vector<std::string> Lines(const std::string& name) {
    std::vector<std::string> lines;
    const auto listed = List(name);
    EXPECT_OK(listed);
    for (const auto& version : listed->versions()) {
      const auto& change = version.change();
      std::string& line = lines.emplace_back(absl::StrCat(
          version.version(), " ", changes::v1::ResourceChange::Kind_Name(change.kind())));
      if (change.kind() != changes::v1::ResourceChange::UPDATED) continue;
      for (const auto& field : change.fields()) absl::StrAppend(&line, " ", field.path());
    }
    return lines;
  }

  VersionsHandler versions_{store_.versions(), "memberstates",
                            VersionedTypes(store_.versions().epoch())};
};

TEST_F(VersionsTest, EveryTypeHasThem) {
  EXPECT_THAT(Lines("areas/ARM"), ElementsAre("1 CREATED"));
  EXPECT_THAT(Lines("areas/CAUCASUS/members/ARM"), ElementsAre("3 CREATED"));
  EXPECT_THAT(Lines("organisations/IOM"), ElementsAre("4 CREATED"));
  EXPECT_THAT(Lines("organisations/IOM/memberships/ARM"), ElementsAre("5 CREATED"));
  EXPECT_THAT(List("areas/GEO"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/GEO")));
}

TEST_F(VersionsTest, AnAreaIsRestoredWithTheNamesThatFindIt) {
  ASSERT_OK(
      Call(areas_, &AreaHandler::UpdateArea,
           "area { name: 'areas/ARM' aliases: 'HAYASTAN' } update_mask { paths: 'aliases' }"));
  EXPECT_THAT(Lines("areas/ARM"), ElementsAre("6 UPDATED aliases", "1 CREATED"));
  ASSERT_OK(Restore("areas/ARM", 1));
  ASSERT_OK_AND_ASSIGN(const auto resolved,
                       Call(areas_, &AreaHandler::ResolveAreas, "queries: 'HAYASTAN'"));
  EXPECT_THAT(resolved.results(0).matches(), IsEmpty());
  ASSERT_OK(Restore("areas/ARM", 6));
  ASSERT_OK_AND_ASSIGN(const auto again,
                       Call(areas_, &AreaHandler::ResolveAreas, "queries: 'HAYASTAN'"));
  EXPECT_EQ(again.results(0).matches_size(), 1);
}

TEST_F(VersionsTest, AMembershipIsRestoredWithItsSpells) {
  ASSERT_OK(Call(memberships_, &MembershipHandler::DeleteMembership,
                 "name: 'organisations/IOM/memberships/ARM'"));
  ASSERT_OK(Restore("organisations/IOM/memberships/ARM", 5));
  EXPECT_THAT(Lines("organisations/IOM/memberships/ARM"),
              ElementsAre("7 CREATED", "6 DELETED", "5 CREATED"));
  ASSERT_OK_AND_ASSIGN(const auto counted,
                       Call(memberships_, &MembershipHandler::CountMemberships,
                            "parent: 'organisations/IOM' status: MEMBER as_of: '2000-01-01'"));
  EXPECT_EQ(counted.certain(), 1);
}

TEST_F(VersionsTest, WhatItNamesMustBeThere) {
  const std::string name = "organisations/IOM/memberships/ARM";
  ASSERT_OK(
      Call(memberships_, &MembershipHandler::DeleteMembership, absl::StrCat("name: '", name, "'")));
  ASSERT_OK(
      Call(organisations_, &OrganisationHandler::DeleteOrganisation, "name: 'organisations/IOM'"));
  EXPECT_THAT(Restore(name, 5),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("names organisations/IOM, which is no longer there")));
  ASSERT_OK(Restore("organisations/IOM", 4));
  ASSERT_OK(Restore(name, 5));
}

TEST_F(VersionsTest, NothingIsRestoredBesideAnAreaThatIsAnotherKindNow) {
  const std::string name = "organisations/IOM/memberships/ARM";
  ASSERT_OK(
      Call(memberships_, &MembershipHandler::DeleteMembership, absl::StrCat("name: '", name, "'")));
  ASSERT_OK(Call(areas_, &AreaHandler::DeleteAreaMember, "name: 'areas/CAUCASUS/members/ARM'"));
  for (const char* code : {"ARM", "CAUCASUS"}) {
    ASSERT_OK(Call(areas_, &AreaHandler::DeleteArea, absl::StrCat("name: 'areas/", code, "'")));
  }
  AddArea("ARM", "Armenia", "kind: GROUP");
  EXPECT_THAT(Restore("areas/ARM", 1), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                HasSubstr("areas/ARM is a GROUP now")));
  EXPECT_THAT(Restore(name, 5), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         HasSubstr("areas/ARM is a GROUP now")));
  EXPECT_THAT(Restore("areas/CAUCASUS/members/ARM", 3),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("names areas/CAUCASUS, which is no longer there")));
}

TEST_F(VersionsTest, WhatChangedIsSaidForTheWholeService) {
  ASSERT_OK(Call(memberships_, &MembershipHandler::DeleteMembership,
                 "name: 'organisations/IOM/memberships/ARM'"));
  AddArea("GEO", "Georgia");
  ASSERT_OK_AND_ASSIGN(const Diff diff, Call(versions_, &VersionsHandler::DiffVersions,
                                             "name: 'services/memberstates' from: '5'"));
  ASSERT_EQ(diff.changes_size(), 2);
  EXPECT_EQ(diff.changes(0).name(), "areas/GEO");
  EXPECT_EQ(diff.changes(0).kind(), changes::v1::ResourceChange::CREATED);
  EXPECT_EQ(diff.changes(1).name(), "organisations/IOM/memberships/ARM");
  EXPECT_EQ(diff.changes(1).kind(), changes::v1::ResourceChange::DELETED);
}

TEST_F(VersionsTest, APurgedAreaIsFoundByNoEarlierRead) {
  AddArea("XXX", "Somewhere", "aliases: 'SECRET' ");
  ASSERT_OK(Call(areas_, &AreaHandler::DeleteArea, "name: 'areas/XXX'"));
  ASSERT_OK(Call(versions_, &VersionsHandler::Purge, "name: 'areas/XXX' reason: 'a mistake'"));
  EXPECT_THAT(
      Call(areas_, &AreaHandler::GetArea, "name: 'areas/XXX' known_at: '6'"),
      StatusIs(absl::StatusCode::kNotFound, "areas/XXX was purged by version 8: a mistake"));
  ASSERT_OK_AND_ASSIGN(const auto resolved,
                       Call(areas_, &AreaHandler::ResolveAreas, "queries: 'SECRET' known_at: '6'"));
  EXPECT_THAT(resolved.results(0).matches(), IsEmpty());
}

TEST_F(VersionsTest, WhatRowsAreFoundByIsNotPurgedByItself) {
  EXPECT_THAT(
      Call(versions_, &VersionsHandler::Purge, "name: 'areas/ARM' fields: 'aliases' reason: 'r'"),
      Refuses("fields", "\"aliases\" cannot be erased by itself"));
}

}  // namespace
}  // namespace corridor::memberstates
