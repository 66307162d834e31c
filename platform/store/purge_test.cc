// What is purged is gone: from every version, and from the bytes of the files.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/store/resource_store.h"

namespace corridor::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Rows of a table that is purged by its content have it in `body`.
const Table kNotes = {"notes", {"id"}, {"body"}};
const Migrations kNoteMigrations = {{"0001_notes.sql", R"sql(-- oldest binary: 1
CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL, from_version INTEGER NOT NULL);
CREATE TABLE notes_history (id TEXT NOT NULL, body BLOB NOT NULL, from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL, PRIMARY KEY (id, from_version));
)sql"}};

class PurgeTest : public ::testing::Test {
 protected:
  PurgeTest() {
    auto database = database_.Open();
    EXPECT_OK(database);
    auto opened = VersionedStore::Open(*std::move(database), {{kServiceSeries, kNoteMigrations}},
                                       Migrate::kAuto, {kNotes}, absl::Now);
    EXPECT_OK(opened);
    store_ = *std::move(opened);
  }

  std::string path() const { return database_.path(); }

  absl::StatusOr<Commit> Put(std::string_view id, std::string_view body) {
    return store_->Write({}, Soon(), [&](Writer& writer) {
      return writer.Put(kNotes, {id, Blob{body}}, absl::StrCat("notes/", std::string(id)));
    });
  }
  absl::StatusOr<Commit> Delete(std::string_view id) {
    return store_->Write({}, Soon(), [&](Writer& writer) {
      return writer.Delete(kNotes, {id}, absl::StrCat("notes/", std::string(id)));
    });
  }
  static PurgeOf All(const std::string& id) {
    return {.resource = "notes/" + id, .rows = {{kNotes, {{"id", id}}}}};
  }
  absl::StatusOr<Commit> Purge(const PurgeOf& purge) {
    return store_->Write({.actor = "ann", .reason = "withdrawn"}, Soon(),
                         [&](Writer& writer) { return writer.Purge(purge).status(); });
  }
  // Bodies as of a version, as `id=body`.
  std::vector<std::string> NotesAt(const KnownAt& at) {
    std::vector<std::string> notes;
    auto reader = store_->ReadAt(at, Soon());
    EXPECT_OK(reader);
    EXPECT_OK((*reader)->Query("SELECT id, body FROM {notes} ORDER BY id", {}, [&](const Row& row) {
      notes.push_back(absl::StrCat(std::string(row.Text(0)), "=", std::string(row.Text(1))));
      return absl::OkStatus();
    }));
    return notes;
  }
  std::vector<int64_t> VersionsOf(const std::string& id) {
    auto reader = store_->ReadAt({}, Soon());
    EXPECT_OK(reader);
    const std::vector<RowsOf> rows = {{kNotes, {{"id", id}}}};
    auto versions = VersionedStore::VersionsOf(**reader, rows);
    EXPECT_OK(versions);
    return *std::move(versions);
  }
  // Whether any file of the store has these bytes.
  bool FilesHold(const std::string& bytes) {
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(path()).parent_path())) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string content((std::istreambuf_iterator<char>(stream)),
                                std::istreambuf_iterator<char>());
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  TestDatabase database_;
  std::unique_ptr<VersionedStore> store_;
};

TEST_F(PurgeTest, AResourcePurgedWholeIsInNoVersion) {
  ASSERT_OK(Put("A", "first"));
  ASSERT_OK(Put("B", "other"));
  ASSERT_OK(Put("A", "second"));
  ASSERT_OK(Delete("A"));
  EXPECT_THAT(VersionsOf("A"), ElementsAre(1, 3, 4));
  ASSERT_OK_AND_ASSIGN(const Commit commit, Purge(All("A")));
  EXPECT_EQ(commit.version, 5);
  EXPECT_TRUE(commit.purge);
  EXPECT_THAT(commit.resources, ElementsAre("notes/A"));
  EXPECT_THAT(NotesAt(1), IsEmpty());
  EXPECT_THAT(NotesAt(3), ElementsAre("B=other"));
  EXPECT_THAT(VersionsOf("A"), IsEmpty());
}

TEST_F(PurgeTest, TheCommitsThatWroteItRemain) {
  ASSERT_OK(Put("A", "first"));
  ASSERT_OK(Delete("A"));
  ASSERT_OK(Purge(All("A")));
  ASSERT_OK_AND_ASSIGN(const auto commits, store_->CommitsAfter(0, 10, Soon()));
  ASSERT_EQ(commits.size(), 3u);
  EXPECT_THAT(commits[0].resources, ElementsAre("notes/A"));
  EXPECT_FALSE(commits[1].purge);
  EXPECT_TRUE(commits[2].purge);
}

TEST_F(PurgeTest, WhatWasPurgedIsRecordedWithWhoAndWhy) {
  ASSERT_OK(Put("A", "first"));
  ASSERT_OK(Put("A", "second"));
  ASSERT_OK(Delete("A"));
  ASSERT_OK(Purge(All("A")));
  ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt({}, Soon()));
  ASSERT_OK_AND_ASSIGN(const auto purges, VersionedStore::PurgesOf(*reader, "notes/A"));
  ASSERT_EQ(purges.size(), 1u);
  EXPECT_EQ(purges[0].commit.version, 4);
  EXPECT_EQ(purges[0].commit.actor, "ann");
  EXPECT_EQ(purges[0].commit.reason, "withdrawn");
  EXPECT_THAT(purges[0].fields, IsEmpty());
  EXPECT_THAT(purges[0].versions, ElementsAre(1, 2));
}

TEST_F(PurgeTest, AnEarlierReadSaysThatItWasPurged) {
  ASSERT_OK(Put("A", "first"));
  ASSERT_OK(Delete("A"));
  ASSERT_OK(Purge(All("A")));
  ASSERT_OK_AND_ASSIGN(const auto then, store_->ReadAt(1, Soon()));
  EXPECT_THAT(NotFoundOf(*then, "notes/A"),
              StatusIs(absl::StatusCode::kNotFound, "notes/A was purged by version 3: withdrawn"));
  EXPECT_EQ(ReasonOf(NotFoundOf(*then, "notes/A")), "PURGED");
  EXPECT_THAT(NotFoundOf(*then, "notes/B"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("there is no")));
}

TEST_F(PurgeTest, FieldsGoFromEveryVersionAndTheRestStays) {
  ASSERT_OK(Put("A", "name:x phone:1"));
  ASSERT_OK(Put("A", "name:y phone:2"));
  ASSERT_OK(Put("A", "name:z"));
  PurgeOf purge = All("A");
  purge.fields = {"phone"};
  purge.without_fields = [](std::string_view body) -> absl::StatusOr<std::string> {
    return std::string(body.substr(0, body.find(" phone:")));
  };
  ASSERT_OK(Purge(purge));
  EXPECT_THAT(NotesAt(1), ElementsAre("A=name:x"));
  EXPECT_THAT(NotesAt(2), ElementsAre("A=name:y"));
  EXPECT_THAT(NotesAt(3), ElementsAre("A=name:z"));
  ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt({}, Soon()));
  ASSERT_OK_AND_ASSIGN(const auto purges, VersionedStore::PurgesOf(*reader, "notes/A"));
  ASSERT_EQ(purges.size(), 1u);
  EXPECT_THAT(purges[0].fields, ElementsAre("phone"));
  EXPECT_THAT(purges[0].versions, ElementsAre(1, 2));
}

TEST_F(PurgeTest, APurgeThatFailsErasesNothing) {
  ASSERT_OK(Put("A", "first"));
  ASSERT_OK(Put("A", "second"));
  PurgeOf purge = All("A");
  purge.fields = {"phone"};
  purge.without_fields = [](std::string_view) -> absl::StatusOr<std::string> {
    return absl::DataLossError("cannot be read");
  };
  EXPECT_THAT(Purge(purge), StatusIs(absl::StatusCode::kDataLoss, "cannot be read"));
  EXPECT_THAT(NotesAt(1), ElementsAre("A=first"));
}

// Long bodies have pages of their own, which are freed; short ones leave gaps in pages.
TEST_F(PurgeTest, NoFileHoldsThePurgedBytes) {
  if (TestDatabase::IsPostgres()) GTEST_SKIP() << "PostgreSQL does not promise it";
  const std::string secret = "+420 123 456 789";
  ASSERT_OK(Put("A", secret));
  ASSERT_OK(Put("A", std::string(20'000, 'x') + secret));
  ASSERT_OK(Put("A", "withdrawn"));
  ASSERT_OK(Put("B", "other"));
  ASSERT_OK(Delete("A"));
  EXPECT_TRUE(FilesHold(secret));
  ASSERT_OK(Purge(All("A")));
  ASSERT_OK(store_->Scrub(Soon()));
  EXPECT_FALSE(FilesHold(secret));
  EXPECT_THAT(NotesAt({}), ElementsAre("B=other"));
}

TEST_F(PurgeTest, AReaderOfAnEarlierStateKeepsTheBytesUntilItEnds) {
  if (TestDatabase::IsPostgres()) GTEST_SKIP() << "PostgreSQL does not promise it";
  const std::string secret = "+420 123 456 789";
  ASSERT_OK(Put("A", secret));
  ASSERT_OK(Delete("A"));
  {
    ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt(1, Soon()));
    ASSERT_OK(Purge(All("A")));
    EXPECT_THAT(store_->Scrub(absl::Now() + absl::Milliseconds(50)),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("still open")));
    EXPECT_TRUE(FilesHold(secret));
  }
  EXPECT_FALSE(FilesHold(secret));
}

}  // namespace
}  // namespace corridor::store
