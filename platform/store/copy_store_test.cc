#include "platform/store/copy_store.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/store/sqlite_tables.h"
#include "platform/testing/postgres_server.h"

namespace corridor::store {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const std::vector<MigrationSeries>& Series() {
  static const auto* series = new std::vector<MigrationSeries>{{kServiceSeries, kAreaMigrations}};
  return *series;
}

class CopyStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Database>> OpenTarget() const {
    return OpenPostgres(PostgresServer::OfThisProcess().Uri(), schema_, Soon());
  }
  // From the file of `store_`, which is closed for it.
  absl::StatusOr<std::vector<CopiedTable>> Copy() {
    store_.Close();
    ASSIGN_OR_RETURN(const auto from, OpenSqlite(store_.path()));
    ASSIGN_OR_RETURN(const auto tables, SqliteTables(*from));
    ASSIGN_OR_RETURN(const auto to, OpenTarget());
    return CopyStore(*from, tables, *to, Series(), absl::Now());
  }
  absl::StatusOr<std::unique_ptr<VersionedStore>> OpenCopy() const {
    ASSIGN_OR_RETURN(auto database, OpenTarget());
    return VersionedStore::Open(std::move(database), Series(), Migrate::kCheck, {kAreas, kMembers},
                                absl::Now);
  }

  AreaStore store_;
  std::string schema_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(CopyStoreTest, EveryVersionIsTheSameUnderAnotherEpoch) {
  constexpr int kCommits = 40;
  constexpr int kAreasPerCommit = 60;  // More than a page, in history and at the head.
  for (int commit = 0; commit < kCommits; ++commit) {
    ASSERT_OK(store_->Write({.request_id = absl::StrCat("R", commit)}, Soon(), [&](Writer& writer) {
      for (int i = 0; i < kAreasPerCommit; ++i) {
        const std::string code = absl::StrCat("A", (commit % 20) * kAreasPerCommit + i);
        const Param size = i % 3 == 0 ? Param(std::monostate()) : Param(int64_t{commit});
        RETURN_IF_ERROR(AreaStore::PutArea(writer, code, absl::StrCat(code, " é ", commit), size));
      }
      return absl::OkStatus();
    }));
  }
  ASSERT_OK(store_->Write({}, Soon(),
                          [](Writer& writer) { return AreaStore::DeleteArea(writer, "A7"); }));
  const std::string epoch = store_->epoch();
  ASSERT_OK_AND_ASSIGN(const auto copied, Copy());
  std::vector<std::string> counts;
  counts.reserve(copied.size());
  for (const CopiedTable& table : copied) {
    counts.push_back(absl::StrCat(table.name, " ", table.rows));
  }
  EXPECT_THAT(counts, Contains("areas 1199"));
  EXPECT_THAT(counts, Contains("areas_history 1201"));
  EXPECT_THAT(counts, Contains("commits 41"));

  store_.Reopen();
  ASSERT_OK_AND_ASSIGN(const auto copy, OpenCopy());
  EXPECT_NE(copy->epoch(), epoch);
  EXPECT_THAT(copy->Head(Soon()), IsOkAndHolds(kCommits + 1));
  for (int64_t version = 1; version <= kCommits + 1; ++version) {
    ASSERT_OK_AND_ASSIGN(const auto reader, copy->ReadAt(version, Soon()));
    EXPECT_EQ(AreaStore::Areas(*reader), store_.AreasAt(version)) << version;
  }
  // A request of before is known, and writing goes on.
  ASSERT_OK_AND_ASSIGN(const Commit repeated,
                       copy->Write({.request_id = "R3"}, Soon(),
                                   [](Writer&) { return absl::InternalError("done before"); }));
  EXPECT_EQ(repeated.version, 4);
}

TEST_F(CopyStoreTest, ADatabaseThatHoldsAStoreIsLeftAsItIs) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(Copy());
  EXPECT_THAT(Copy(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("holds a store already")));
}

TEST_F(CopyStoreTest, AFailedCopyLeavesNothingAndMayBeRepeated) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  store_.Close();
  {
    ASSERT_OK_AND_ASSIGN(const auto from, OpenSqlite(store_.path()));
    ASSERT_OK_AND_ASSIGN(auto tables, SqliteTables(*from));
    tables.push_back({.name = "none", .columns = {{"x"}}, .key = {"x"}});
    ASSERT_OK_AND_ASSIGN(const auto to, OpenTarget());
    EXPECT_THAT(CopyStore(*from, tables, *to, Series(), absl::Now()),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("none")));
  }
  EXPECT_OK(Copy());
}

TEST_F(CopyStoreTest, AFileThatLacksAMigrationIsRefused) {
  store_.Close();
  ASSERT_OK_AND_ASSIGN(const auto from, OpenSqlite(store_.path()));
  ASSERT_OK_AND_ASSIGN(const auto to, OpenTarget());
  std::vector<MigrationSeries> newer = Series();
  newer[0].migrations.push_back(
      {"0002_more.sql", "-- oldest binary: 1\nCREATE TABLE more (x TEXT PRIMARY KEY);"});
  EXPECT_THAT(CopyStore(*from, {}, *to, newer, absl::Now()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("0002_more.sql")));
}

}  // namespace
}  // namespace corridor::store
