// Versions of the resources of programmes: listed, compared, restored, purged.
#include "corridor/changes/v1/store.pb.h"
#include "corridor/changes/v1/versions.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "platform/resources/versioned_types.h"
#include "platform/versions/versions_handler.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using versions::VersionsHandler;
using Versions = changes::v1::ListVersionsResponse;
using Diff = changes::v1::DiffVersionsResponse;
using Change = changes::v1::ResourceChange;

// The copy of the areas is version 1.
class VersionsTest : public ServiceTest {
 protected:
  absl::StatusOr<Versions> List(std::string_view request) {
    return Call(versions_, &VersionsHandler::ListVersions, request);
  }
  absl::StatusOr<Diff> Compare(std::string_view request) {
    return Call(versions_, &VersionsHandler::DiffVersions, request);
  }
  absl::StatusOr<google::protobuf::Struct> Restore(std::string_view request) {
    return Call(versions_, &VersionsHandler::RestoreVersion, request);
  }
  absl::StatusOr<changes::v1::PurgeResponse> Purge(std::string_view request) {
    return Call(versions_, &VersionsHandler::Purge, request);
  }
  void Rename(std::string_view id, std::string_view name) {
    ASSERT_OK(Call(handlers_.partners, &PartnerHandler::UpdatePartner,
                   absl::StrCat("partner { name: 'partners/", std::string(id), "' display_name: '",
                                std::string(name), "' } reason: 'renamed'")));
  }
  void Delete(std::string_view id) {
    ASSERT_OK(Call(handlers_.partners, &PartnerHandler::DeletePartner,
                   absl::StrCat("name: 'partners/", std::string(id), "'")));
  }
  absl::StatusOr<v1::Partner> Get(std::string_view id, std::string_view known_at = "") {
    return Call(handlers_.partners, &PartnerHandler::GetPartner,
                absl::StrCat("name: 'partners/", std::string(id), "' known_at: '",
                             std::string(known_at), "'"));
  }
  // `3 UPDATED displayName`, a line a version.
  static std::vector<std::string> Lines(const Versions& versions) {
    std::vector<std::string> lines;
    for (const auto& version : versions.versions()) {
      lines.push_back(absl::StrCat(version.version(), " ", Line(version.change())));
    }
    return lines;
  }
  static std::vector<std::string> Lines(const Diff& diff) {
    std::vector<std::string> lines;
    for (const Change& change : diff.changes()) {
      lines.push_back(absl::StrCat(change.name(), " ", Line(change)));
    }
    return lines;
  }
  static std::string Line(const Change& change) {
    std::string line = Change::Kind_Name(change.kind());
    if (change.kind() != Change::UPDATED) return line;
    for (const auto& field : change.fields()) absl::StrAppend(&line, " ", field.path());
    return line;
  }

  VersionsHandler versions_{store_.versions(), "programmes",
                            resources::VersionedTypes(AllKinds(), store_.versions().epoch())};
};

TEST_F(VersionsTest, AreListedLastFirstWithWhatEachChanged) {
  ASSERT_OK(AddPartner("P"));
  ASSERT_OK(AddPartner("OTHER"));
  Rename("P", "New name");
  Delete("P");
  ASSERT_OK_AND_ASSIGN(const Versions listed, List("name: 'partners/P'"));
  EXPECT_THAT(Lines(listed), ElementsAre("5 DELETED", "4 UPDATED displayName", "2 CREATED"));
  EXPECT_EQ(listed.known_version().version(), 5);
  EXPECT_EQ(answered_version_, 5);
  const auto& renamed = listed.versions(1);
  EXPECT_EQ(renamed.actor(), "tester");
  EXPECT_EQ(renamed.reason(), "renamed");
  EXPECT_GT(renamed.commit_time().seconds(), 0);
  EXPECT_EQ(renamed.change().fields(0).before().string_value(), "Name");
  EXPECT_EQ(renamed.change().fields(0).after().string_value(), "New name");
  EXPECT_EQ(renamed.resource().fields().at("displayName").string_value(), "New name");
  EXPECT_FALSE(renamed.resource().fields().contains("etag"));
  EXPECT_FALSE(listed.versions(0).has_resource());
}

TEST_F(VersionsTest, ArePagedAtThePinnedVersion) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  Rename("P", "c");
  ASSERT_OK_AND_ASSIGN(const Versions first, List("name: 'partners/P' page_size: 2"));
  EXPECT_THAT(Lines(first), ElementsAre("4 UPDATED displayName", "3 UPDATED displayName"));
  Rename("P", "d");
  ASSERT_OK_AND_ASSIGN(const Versions second,
                       List(absl::StrCat("name: 'partners/P' page_size: 2 page_token: '",
                                         first.next_page_token(), "'")));
  EXPECT_THAT(Lines(second), ElementsAre("2 CREATED"));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const Versions then, List("name: 'partners/P' known_at: '3'"));
  EXPECT_THAT(Lines(then), ElementsAre("3 UPDATED displayName", "2 CREATED"));
}

TEST_F(VersionsTest, OfWhatNeverWasAreNotFound) {
  EXPECT_THAT(List("name: 'partners/P'"),
              StatusIs(absl::StatusCode::kNotFound, "there is no \"partners/P\""));
  EXPECT_THAT(Compare("name: 'partners/P' from: '1'"),
              StatusIs(absl::StatusCode::kNotFound, "there is no \"partners/P\""));
  EXPECT_THAT(List("name: 'areas/ROU'"),
              Refuses("name", "\"areas/ROU\" names no resource of this service"));
  EXPECT_THAT(List("name: 'partners/P' page_size: -1"), Refuses("page_size", "-1"));
}

TEST_F(VersionsTest, TwoVersionsOfAResourceAreCompared) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  Rename("P", "c");
  ASSERT_OK_AND_ASSIGN(const Diff diff, Compare("name: 'partners/P' from: '2' to: '4'"));
  ASSERT_THAT(Lines(diff), ElementsAre("partners/P UPDATED displayName"));
  EXPECT_EQ(diff.changes(0).fields(0).before().string_value(), "Name");
  EXPECT_EQ(diff.changes(0).fields(0).after().string_value(), "c");
  EXPECT_EQ(diff.from_version().version(), 2);
  EXPECT_EQ(diff.to_version().version(), 4);
  ASSERT_OK_AND_ASSIGN(const Diff since_ever, Compare("name: 'partners/P' from: '0'"));
  EXPECT_THAT(Lines(since_ever), ElementsAre("partners/P CREATED"));
  EXPECT_FALSE(since_ever.has_from_version());
}

TEST_F(VersionsTest, WhatTheServiceHasIsComparedByName) {
  ASSERT_OK(AddPartner("A"));
  ASSERT_OK(AddPartner("B"));
  ASSERT_OK(AddProgrammeArea("MD"));
  Rename("A", "b");
  Delete("B");
  ASSERT_OK(AddPartner("C"));
  Delete("C");
  Rename("A", "c");
  ASSERT_OK_AND_ASSIGN(const Diff diff, Compare("name: 'services/programmes' from: '3'"));
  EXPECT_THAT(Lines(diff), ElementsAre("programmeAreas/MD CREATED",
                                       "partners/A UPDATED displayName", "partners/B DELETED"));
  ASSERT_OK_AND_ASSIGN(const Diff partners,
                       Compare("name: 'services/programmes' from: '3' collection: 'partners'"));
  EXPECT_THAT(Lines(partners), ElementsAre("partners/A UPDATED displayName", "partners/B DELETED"));
  // Back as it was: no difference.
  Rename("A", "Name");
  ASSERT_OK_AND_ASSIGN(const Diff back,
                       Compare("name: 'services/programmes' from: '3' collection: 'partners'"));
  EXPECT_THAT(Lines(back), ElementsAre("partners/B DELETED"));
}

TEST_F(VersionsTest, AComparisonOfTheServiceIsPaged) {
  for (const char* id : {"A", "B", "C"}) ASSERT_OK(AddPartner(id));
  ASSERT_OK_AND_ASSIGN(const Diff first,
                       Compare("name: 'services/programmes' from: '1' page_size: 2"));
  EXPECT_THAT(Lines(first), ElementsAre("partners/A CREATED", "partners/B CREATED"));
  Delete("C");
  ASSERT_OK_AND_ASSIGN(
      const Diff second,
      Compare(absl::StrCat("name: 'services/programmes' from: '1' page_size: 2 page_token: '",
                           first.next_page_token(), "'")));
  EXPECT_THAT(Lines(second), ElementsAre("partners/C CREATED"));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
}

TEST_F(VersionsTest, AComparisonSaysWhatIsWrongWithIt) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  EXPECT_THAT(Compare("name: 'partners/P'"), Refuses("from", "is required"));
  EXPECT_THAT(Compare("name: 'partners/P' from: 'soon'"), Refuses("from", "\"soon\""));
  EXPECT_THAT(Compare("name: 'partners/P' from: '3' to: '2'"),
              Refuses("to", "\"2\" is before `from`, 3"));
  EXPECT_THAT(Compare("name: 'services/programmes' from: '1' collection: 'areas'"),
              Refuses("collection", "\"areas\" is not one of programmeAreas"));
  EXPECT_THAT(Compare("name: 'partners/P' from: '1' collection: 'partners'"),
              Refuses("collection", "is given beside a resource"));
  EXPECT_THAT(Compare("name: 'services/indicators' from: '1'"),
              Refuses("name", "names no resource"));
  EXPECT_THAT(Compare("name: 'partners/P' from: '99'"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("version 99 is not reached")));
}

TEST_F(VersionsTest, AResourceIsMadeWhatItWas) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  ASSERT_OK_AND_ASSIGN(const auto restored,
                       Restore("name: 'partners/P' version: '2' reason: 'undo'"));
  EXPECT_EQ(restored.fields().at("displayName").string_value(), "Name");
  ASSERT_OK_AND_ASSIGN(const v1::Partner now, Get("P"));
  EXPECT_EQ(now.display_name(), "Name");
  ASSERT_OK_AND_ASSIGN(const Versions listed, List("name: 'partners/P'"));
  EXPECT_THAT(Lines(listed),
              ElementsAre("4 UPDATED displayName", "3 UPDATED displayName", "2 CREATED"));
  EXPECT_EQ(listed.versions(0).reason(), "undo");
}

TEST_F(VersionsTest, ADeletedResourceIsRestoredAndKeepsItsHistory) {
  ASSERT_OK(AddPartner("P"));
  Delete("P");
  ASSERT_OK(Restore("name: 'partners/P' version: '2'"));
  ASSERT_OK_AND_ASSIGN(const Versions listed, List("name: 'partners/P'"));
  EXPECT_THAT(Lines(listed), ElementsAre("4 CREATED", "3 DELETED", "2 CREATED"));
}

TEST_F(VersionsTest, ARestoreIsCheckedAsAnyWriteIs) {
  ASSERT_OK(AddProgrammeArea("MD"));
  ASSERT_OK(AddActivityType("RESEARCH", "programme_area: 'programmeAreas/MD'"));
  ASSERT_OK(Call(handlers_.activity_types, &ActivityTypeHandler::DeleteActivityType,
                 "name: 'activityTypes/RESEARCH'"));
  ASSERT_OK(Call(handlers_.programme_areas, &ProgrammeAreaHandler::DeleteProgrammeArea,
                 "name: 'programmeAreas/MD'"));
  EXPECT_THAT(Restore("name: 'activityTypes/RESEARCH' version: '3'"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("programmeAreas/MD")));
  EXPECT_THAT(
      Restore("name: 'activityTypes/RESEARCH' version: '2'"),
      StatusIs(absl::StatusCode::kNotFound, "activityTypes/RESEARCH was not there at version 2"));
  EXPECT_THAT(Restore("name: 'activityTypes/RESEARCH'"), Refuses("version", "is required"));
  ASSERT_OK(Restore("name: 'programmeAreas/MD' version: '2'"));
  EXPECT_THAT(Restore("name: 'programmeAreas/MD' version: '2' etag: 'x-1'"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("has changed")));
}

TEST_F(VersionsTest, ARepeatedRestoreIsDoneOnce) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  const char* const request = "name: 'partners/P' version: '2' request_id: 'r'";
  ASSERT_OK(Restore(request));
  Rename("P", "c");
  ASSERT_OK_AND_ASSIGN(const auto again, Restore(request));
  EXPECT_EQ(again.fields().at("displayName").string_value(), "Name");
  ASSERT_OK_AND_ASSIGN(const v1::Partner now, Get("P"));
  EXPECT_EQ(now.display_name(), "c");
}

TEST_F(VersionsTest, ARestoreThatIsOnlyValidatedRecordsNothing) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  ASSERT_OK_AND_ASSIGN(const auto restored,
                       Restore("name: 'partners/P' version: '2' validate_only: true"));
  EXPECT_EQ(restored.fields().at("displayName").string_value(), "Name");
  ASSERT_OK_AND_ASSIGN(const v1::Partner now, Get("P"));
  EXPECT_EQ(now.display_name(), "b");
}

TEST_F(VersionsTest, AResourcePurgedWholeIsSaidToBePurged) {
  ASSERT_OK(AddPartner("P"));
  Rename("P", "b");
  EXPECT_THAT(
      Purge("name: 'partners/P' reason: 'asked to'"),
      StatusIs(absl::StatusCode::kFailedPrecondition, "partners/P is there: delete it first"));
  Delete("P");
  ASSERT_OK_AND_ASSIGN(const auto purged, Purge("name: 'partners/P' reason: 'asked to'"));
  EXPECT_EQ(purged.purge().version(), 5);
  EXPECT_THAT(purged.purge().erased_versions(), ElementsAre(2, 3));
  EXPECT_THAT(Get("P", "3"), StatusIs(absl::StatusCode::kNotFound,
                                      "partners/P was purged by version 5: asked to"));
  EXPECT_THAT(Restore("name: 'partners/P' version: '3'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("was purged")));
  ASSERT_OK_AND_ASSIGN(const Versions listed, List("name: 'partners/P'"));
  EXPECT_THAT(listed.versions(), IsEmpty());
  ASSERT_THAT(listed.purges(), SizeIs(1));
  EXPECT_EQ(listed.purges(0).reason(), "asked to");
  EXPECT_EQ(listed.purges(0).actor(), "tester");
}

TEST_F(VersionsTest, AFieldIsPurgedFromEveryVersion) {
  ASSERT_OK(AddPartner("P", "note: 'phone 1'"));
  Rename("P", "b");
  ASSERT_OK_AND_ASSIGN(const v1::Partner before, Get("P"));
  ASSERT_OK(Purge("name: 'partners/P' fields: 'note' reason: 'a contact'"));
  ASSERT_OK_AND_ASSIGN(const v1::Partner now, Get("P"));
  EXPECT_THAT(now.note(), IsEmpty());
  EXPECT_EQ(now.display_name(), "b");
  EXPECT_NE(now.etag(), before.etag());
  for (const char* version : {"2", "3"}) {
    ASSERT_OK_AND_ASSIGN(const v1::Partner then, Get("P", version));
    EXPECT_THAT(then.note(), IsEmpty()) << version;
  }
  ASSERT_OK_AND_ASSIGN(const Versions listed, List("name: 'partners/P'"));
  EXPECT_THAT(Lines(listed), ElementsAre("4 UPDATED", "3 UPDATED displayName", "2 CREATED"));
  EXPECT_THAT(listed.purges(0).fields(), ElementsAre("note"));
}

TEST_F(VersionsTest, APurgeSaysWhatIsWrongWithIt) {
  ASSERT_OK(AddPartner("P"));
  EXPECT_THAT(Purge("name: 'partners/P'"), Refuses("reason", "is required"));
  EXPECT_THAT(Purge("name: 'partners/Q' reason: 'r'"),
              StatusIs(absl::StatusCode::kNotFound, "there is no \"partners/Q\""));
  EXPECT_THAT(Purge("name: 'partners/P' reason: 'r' fields: 'phone'"),
              Refuses("fields", "\"phone\" cannot be erased by itself; these can: "));
  EXPECT_THAT(Purge("name: 'partners/P' reason: 'r' fields: 'display_name'"),
              Refuses("fields", "\"display_name\" cannot be erased by itself"));
}

}  // namespace
}  // namespace corridor::programmes
