// Copies made while the store serves, and stores made of them.
#include "platform/store/restore.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"

namespace corridor::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path) { return OpenSqlite(path); }

// Whether it is a store of areas.
absl::Status Check(std::unique_ptr<Database> database) {
  return VersionedStore::Open(std::move(database), {{kServiceSeries, kAreaMigrations}},
                              Migrate::kCheck, {kAreas, kMembers}, absl::Now)
      .status();
}

class RestoreTest : public ::testing::Test {
 protected:
  std::string backup() const { return dir_.File("backup.db"); }
  std::string restored() const { return dir_.File("restored.db"); }

  absl::StatusOr<std::unique_ptr<VersionedStore>> OpenRestored() {
    ASSIGN_OR_RETURN(auto database, OpenSqlite(restored()));
    return VersionedStore::Open(std::move(database), {{kServiceSeries, kAreaMigrations}},
                                Migrate::kCheck, {kAreas, kMembers}, absl::Now);
  }

  TempDir dir_;
  AreaStore store_;
};

TEST_F(RestoreTest, HasEveryVersionUnderAnotherEpoch) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_.Put("ARM", "Hayastan"));
  ASSERT_OK(store_->CopyTo(backup(), Soon()));
  ASSERT_OK(store_.Put("ARM", "after the backup"));
  ASSERT_OK(RestoreBackup(backup(), restored(), Open, Check));
  ASSERT_OK_AND_ASSIGN(const auto again, OpenRestored());
  EXPECT_NE(again->epoch(), store_->epoch());
  ASSERT_OK_AND_ASSIGN(const auto now, again->ReadAt({}, Soon()));
  EXPECT_EQ(now->version(), 2);
  EXPECT_THAT(AreaStore::Areas(*now), ElementsAre("ARM=Hayastan@2"));
  ASSERT_OK_AND_ASSIGN(const auto then, again->ReadAt(1, Soon()));
  EXPECT_THAT(AreaStore::Areas(*then), ElementsAre("ARM=Armenia@1"));
}

TEST_F(RestoreTest, EachRestoreHasAnEpochOfItsOwn) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_->CopyTo(backup(), Soon()));
  ASSERT_OK(RestoreBackup(backup(), restored(), Open, Check));
  std::string first;
  {
    ASSERT_OK_AND_ASSIGN(const auto again, OpenRestored());
    first = again->epoch();
  }
  std::filesystem::remove(restored());
  ASSERT_OK(RestoreBackup(backup(), restored(), Open, Check));
  ASSERT_OK_AND_ASSIGN(const auto again, OpenRestored());
  EXPECT_NE(again->epoch(), first);
}

// Each write puts two areas: a copy that had but one of them would be none of any version.
TEST_F(RestoreTest, ACopyIsOfOneVersionWhileOthersWrite) {
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      EXPECT_OK(store_->Write({}, Soon(), [&](Writer& rows) -> absl::Status {
        RETURN_IF_ERROR(AreaStore::PutArea(rows, "A", absl::StrCat("a", i)));
        return AreaStore::PutArea(rows, "B", absl::StrCat("b", i));
      }));
      ++written;
    }
  });
  while (written < 10) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    std::filesystem::remove(backup());
    std::filesystem::remove(restored());
    ASSERT_OK(store_->CopyTo(backup(), Soon()));
    ASSERT_OK(RestoreBackup(backup(), restored(), Open, Check));
    ASSERT_OK_AND_ASSIGN(const auto again, OpenRestored());
    ASSERT_OK_AND_ASSIGN(const auto now, again->ReadAt({}, Soon()));
    const int64_t n = now->version() - 1;
    EXPECT_THAT(AreaStore::Areas(*now), ElementsAre(absl::StrCat("A=a", n, "@", n + 1),
                                                    absl::StrCat("B=b", n, "@", n + 1)));
  }
  stop = true;
  writer.join();
}

TEST_F(RestoreTest, NothingIsReplaced) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_->CopyTo(backup(), Soon()));
  EXPECT_THAT(store_->CopyTo(backup(), Soon()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is there already")));
  ASSERT_OK(RestoreBackup(backup(), restored(), Open, Check));
  EXPECT_THAT(RestoreBackup(backup(), restored(), Open, Check),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is there already")));
}

TEST_F(RestoreTest, WhatIsNoStoreIsRefusedAndLeavesNone) {
  EXPECT_THAT(RestoreBackup(dir_.File("missing.db"), restored(), Open, Check),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("missing.db")));
  std::ofstream(backup()) << std::string(5000, 'x');
  EXPECT_THAT(RestoreBackup(backup(), restored(), Open, Check),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("is not a SQLite database")));
  std::filesystem::remove(backup());
  { ASSERT_OK(OpenSqlite(backup())); }
  EXPECT_THAT(RestoreBackup(backup(), restored(), Open, Check),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("holds no store")));
  std::filesystem::remove(backup());
  {
    auto other = OpenSqlite(backup());
    ASSERT_OK(other);
    ASSERT_OK(VersionedStore::Open(*std::move(other), {}, Migrate::kAuto, {}, absl::Now));
  }
  EXPECT_THAT(RestoreBackup(backup(), restored(), Open, Check),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("lacks migration")));
  for (const char* suffix : {"", ".restoring", ".restoring.lock", ".restoring-wal"}) {
    EXPECT_FALSE(std::filesystem::exists(restored() + suffix)) << suffix;
  }
}

TEST_F(RestoreTest, ACopyThatIsCutShortByItsDeadlineLeavesNoFile) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  EXPECT_THAT(store_->CopyTo(backup(), absl::InfinitePast()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_FALSE(std::filesystem::exists(backup()));
}

}  // namespace
}  // namespace corridor::store
