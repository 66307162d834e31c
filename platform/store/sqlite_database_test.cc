#include "platform/store/sqlite_database.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::Time kNever = absl::InfiniteFuture();

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

absl::Status RunScript(Database& database, std::string_view script) {
  auto transaction = database.Write(Soon());
  if (!transaction.ok()) return transaction.status();
  if (absl::Status status = (*transaction)->ExecuteScript(script); !status.ok()) return status;
  return (*transaction)->Commit();
}

absl::StatusOr<int64_t> Number(Snapshot& snapshot, std::string_view sql,
                               absl::Span<const Param> params = {}) {
  int64_t number = -1;
  const absl::Status status = snapshot.Query(sql, params, [&](const Row& row) {
    number = row.Int(0);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return number;
}

absl::StatusOr<int64_t> Number(Database& database, std::string_view sql) {
  auto snapshot = database.Read(Soon());
  if (!snapshot.ok()) return snapshot.status();
  return Number(**snapshot, sql);
}

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    ASSERT_OK(
        RunScript(*database_,
                  "CREATE TABLE areas (code TEXT PRIMARY KEY, name TEXT, size INTEGER, map BLOB);"
                  "CREATE TABLE spells (area TEXT NOT NULL REFERENCES areas (code));"
                  "INSERT INTO areas VALUES ('ARM', 'Armenia', 29743, NULL),"
                  " ('GEO', 'Georgia', 69700, NULL);"));
  }
  void Open(const SqliteOptions& options = {}) {
    database_.reset();
    ASSERT_OK_AND_ASSIGN(database_, OpenSqlite(path(), options));
  }
  std::string path() const { return dir_.File("store.db"); }

  TempDir dir_;
  std::unique_ptr<Database> database_;
};

TEST_F(SqliteDatabaseTest, ParametersBindByTheirNumber) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  EXPECT_THAT(Number(*snapshot, "SELECT size FROM areas WHERE name = ?2 AND code = ?1",
                     {std::string_view("ARM"), std::string_view("Armenia")}),
              IsOkAndHolds(29743));
}

TEST_F(SqliteDatabaseTest, TextBytesNumbersAndNullComeBackAsTheyWent) {
  const std::string_view bytes("\0\xFF\0", 3);
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  EXPECT_THAT(transaction->Execute("INSERT INTO areas VALUES (?1, ?2, ?3, ?4)",
                                   {std::string_view(), std::monostate(), INT64_MIN, Blob{bytes}}),
              IsOkAndHolds(1));
  int rows = 0;
  ASSERT_OK(transaction->Query("SELECT code, name, size, map FROM areas WHERE code = ''", {},
                               [&](const Row& row) {
                                 ++rows;
                                 EXPECT_FALSE(row.IsNull(0));
                                 EXPECT_EQ(row.Text(0), "");
                                 EXPECT_TRUE(row.IsNull(1));
                                 EXPECT_EQ(row.Text(1), "");
                                 EXPECT_EQ(row.Int(1), 0);
                                 EXPECT_EQ(row.Int(2), INT64_MIN);
                                 EXPECT_EQ(row.Text(3), bytes);
                                 return absl::OkStatus();
                               }));
  EXPECT_EQ(rows, 1);
}

TEST_F(SqliteDatabaseTest, ACallbackEndsItsQuery) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  int rows = 0;
  const auto ask = [&](const absl::Status& answer) {
    return snapshot->Query("SELECT 1 FROM areas", {}, [&](const Row&) {
      ++rows;
      return answer;
    });
  };
  EXPECT_OK(ask(absl::CancelledError()));
  EXPECT_EQ(rows, 1);
  EXPECT_THAT(ask(absl::NotFoundError("mine")), StatusIs(absl::StatusCode::kNotFound, "mine"));
  EXPECT_EQ(rows, 2);
}

TEST_F(SqliteDatabaseTest, AQueryMayAskTheSameWithinItself) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  std::vector<std::string> pairs;
  const std::string_view sql = "SELECT code FROM areas ORDER BY code";
  ASSERT_OK(snapshot->Query(sql, {}, [&](const Row& outer) {
    return snapshot->Query(sql, {}, [&](const Row& inner) {
      pairs.push_back(absl::StrCat(std::string(outer.Text(0)), std::string(inner.Text(0))));
      return absl::OkStatus();
    });
  }));
  EXPECT_THAT(pairs, ElementsAre("ARMARM", "ARMGEO", "GEOARM", "GEOGEO"));
}

TEST_F(SqliteDatabaseTest, MoreDifferentStatementsThanAreKeptStillRun) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  for (int i = 0; i < 700; ++i) {
    ASSERT_THAT(Number(*snapshot, absl::StrCat("SELECT ", i)), IsOkAndHolds(i));
  }
}

TEST_F(SqliteDatabaseTest, ASnapshotDoesNotSeeLaterCommits) {
  ASSERT_OK_AND_ASSIGN(const auto before, database_->Read(Soon()));
  ASSERT_OK(RunScript(*database_, "DELETE FROM areas"));
  EXPECT_THAT(Number(*before, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(0));
}

TEST_F(SqliteDatabaseTest, ASnapshotCannotWrite) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  EXPECT_THAT(Number(*snapshot, "DELETE FROM areas"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("readonly")));
}

TEST_F(SqliteDatabaseTest, ATransactionWithoutCommitLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
    EXPECT_THAT(transaction->Execute("DELETE FROM areas WHERE size > ?1", {int64_t{0}}),
                IsOkAndHolds(2));
    EXPECT_THAT(Number(*transaction, "SELECT count(*) FROM areas"), IsOkAndHolds(0));
  }
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
}

TEST_F(SqliteDatabaseTest, NothingRunsAfterCommit) {
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Commit());
  const auto is_over = StatusIs(absl::StatusCode::kInternal, HasSubstr("committed already"));
  EXPECT_THAT(transaction->Execute("DELETE FROM areas", {}), is_over);
  EXPECT_THAT(transaction->ExecuteScript("DELETE FROM areas"), is_over);
  EXPECT_THAT(transaction->Commit(), is_over);
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
}

TEST_F(SqliteDatabaseTest, BrokenConstraintsHaveTheirCodes) {
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  EXPECT_THAT(
      transaction->Execute("INSERT INTO areas (code) VALUES (?1)", {std::string_view("ARM")}),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas.code")));
  EXPECT_THAT(transaction->Execute("INSERT INTO spells VALUES (?1)", {std::string_view("XXX")}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("FOREIGN KEY")));
  EXPECT_OK(transaction->Execute("INSERT INTO spells VALUES (?1)", {std::string_view("ARM")}));
  EXPECT_OK(transaction->Commit());
}

TEST_F(SqliteDatabaseTest, OurOwnMistakesAreInternalAndShowTheSql) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  EXPECT_THAT(Number(*snapshot, "SELECT nonsense"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("in: SELECT nonsense")));
  EXPECT_THAT(Number(*snapshot, "SELECT ?2", {int64_t{1}}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("1 parameters given for 2")));
  EXPECT_THAT(Number(*snapshot, "SELECT 1; SELECT 2"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("not one statement")));
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  EXPECT_THAT(transaction->ExecuteScript("COMMIT"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("ended its transaction")));
  EXPECT_THAT(transaction->Execute("DELETE FROM areas", {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("ended its transaction")));
}

constexpr std::string_view kEndless =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

TEST_F(SqliteDatabaseTest, ALongQueryEndsAtTheDeadline) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(absl::Now() + absl::Milliseconds(30)));
  EXPECT_THAT(Number(*snapshot, kEndless), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(Number(*snapshot, "SELECT 1"), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(SqliteDatabaseTest, AWriteInterruptedAtTheDeadlineIsRolledBack) {
  {
    ASSERT_OK_AND_ASSIGN(const auto transaction,
                         database_->Write(absl::Now() + absl::Milliseconds(50)));
    ASSERT_OK(transaction->Execute("DELETE FROM areas", {}));
    EXPECT_THAT(
        transaction->Execute(absl::StrCat("INSERT INTO areas (code) ",
                                          absl::string_view(kEndless.data(), kEndless.size())),
                             {}),
        StatusIs(absl::StatusCode::kDeadlineExceeded));
    EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
  EXPECT_OK(RunScript(*database_, "DELETE FROM areas"));
}

TEST_F(SqliteDatabaseTest, ASecondWriterWaitsUntilItsDeadline) {
  ASSERT_OK_AND_ASSIGN(auto first, database_->Write(Soon()));
  EXPECT_THAT(database_->Write(absl::Now() + absl::Milliseconds(20)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("other writes")));
  first.reset();
  EXPECT_OK(database_->Write(Soon()));
}

TEST_F(SqliteDatabaseTest, OneReadMoreThanAllowedWaitsUntilItsDeadline) {
  Open({.max_snapshots = 2});
  ASSERT_OK_AND_ASSIGN(auto first, database_->Read(Soon()));
  ASSERT_OK_AND_ASSIGN(const auto second, database_->Read(Soon()));
  EXPECT_THAT(database_->Read(absl::Now() + absl::Milliseconds(20)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("other reads")));
  first.reset();
  EXPECT_OK(database_->Read(Soon()));
}

TEST_F(SqliteDatabaseTest, APassedDeadlineIsNoticedAtOnce) {
  EXPECT_THAT(database_->Read(absl::InfinitePast()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(database_->Write(absl::InfinitePast()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(SqliteDatabaseTest, ASecondOpenIsRefusedNamingTheFirst) {
  EXPECT_THAT(OpenSqlite(path()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(absl::StrCat("is in use by process ", getpid()))));
  const std::string link = dir_.File("link.db");
  std::filesystem::create_symlink(path(), link);
  EXPECT_THAT(OpenSqlite(link), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         HasSubstr(absl::StrCat("by process ", getpid()))));
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
}

TEST_F(SqliteDatabaseTest, AnotherProcessIsRefusedNamingThisOne) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string said(OpenSqlite(path()).status().ToString());
    const bool wrote = write(pipe_ends[1], said.data(), said.size()) > 0;
    _exit(wrote ? 0 : 1);
  }
  close(pipe_ends[1]);
  char said[500] = {};
  EXPECT_GT(read(pipe_ends[0], said, sizeof(said) - 1), 0);
  close(pipe_ends[0]);
  waitpid(child, nullptr, 0);
  EXPECT_THAT(std::string(said), AllOf(HasSubstr("FAILED_PRECONDITION"), HasSubstr("store.db"),
                                       HasSubstr(absl::StrCat("process ", getpid()))));
}

TEST_F(SqliteDatabaseTest, TheLogStaysShortUnderOverlappingReads) {
  ASSERT_OK(RunScript(*database_, "CREATE TABLE pages (id INTEGER PRIMARY KEY, bytes BLOB)"));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done) EXPECT_OK(Number(*database_, "SELECT count(*) FROM pages"));
    });
  }
  for (int i = 0; i < 40; ++i) {
    EXPECT_OK(
        RunScript(*database_,
                  "DELETE FROM pages; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
                  " FROM n LIMIT 1000) INSERT INTO pages SELECT i, zeroblob(4000) FROM n"));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  // 40 times about 2,000 pages were logged, 320 MB.
  EXPECT_LT(std::filesystem::file_size(path() + "-wal"), 100 << 20);
}

// What the file may be instead of a database, and what is said of it.
class RefusedFileTest : public ::testing::Test {
 protected:
  static void Flip(const std::string& path, std::streamoff from, std::streamoff count) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(from);
    for (std::streamoff i = 0; i < count; ++i) file.put('\x5A');
  }
  std::string MakeStore() {
    const std::string path = dir_.File("store.db");
    auto database = OpenSqlite(path);
    EXPECT_OK(database);
    EXPECT_OK(
        RunScript(**database,
                  "CREATE TABLE areas (code TEXT PRIMARY KEY, name TEXT);"
                  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)"
                  " INSERT INTO areas SELECT 'A' || i, 'Area ' || i FROM n"));
    return path;
  }
  TempDir dir_;
};

TEST_F(RefusedFileTest, Text) {
  const std::string path = dir_.Write("notes.txt", std::string(5000, 'x'));
  EXPECT_THAT(OpenSqlite(path),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("notes.txt"), HasSubstr("is not a SQLite database"))));
  EXPECT_THAT(OpenSqlite(dir_.Write("short.txt", "x")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("is not a SQLite database")));
}

TEST_F(RefusedFileTest, AFolder) {
  EXPECT_THAT(OpenSqlite(dir_.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is a directory")));
}

TEST_F(RefusedFileTest, AFileInNoFolder) {
  EXPECT_THAT(OpenSqlite(dir_.File("none/store.db")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("there is no folder")));
}

TEST_F(RefusedFileTest, ADevice) {
  EXPECT_THAT(OpenSqlite("/dev/null"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is not a regular file")));
}

TEST_F(RefusedFileTest, AFileCutShort) {
  const std::string path = MakeStore();
  std::filesystem::resize_file(path, 8192);
  EXPECT_THAT(OpenSqlite(path),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("has 8192 bytes and should have")));
}

TEST_F(RefusedFileTest, ADamagedPage) {
  const std::string path = MakeStore();
  Flip(path, 3 * 4096, 2000);
  EXPECT_THAT(OpenSqlite(path), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("store.db")));
}

TEST_F(RefusedFileTest, ADamagedSchema) {
  const std::string path = MakeStore();
  Flip(path, 100, 3000);
  EXPECT_THAT(OpenSqlite(path), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("store.db")));
}

TEST_F(RefusedFileTest, ALargeFileWithADamagedTable) {
  const std::string path = MakeStore();
  Flip(path, 4096, 4096);
  EXPECT_THAT(OpenSqlite(path, {.full_check_bytes = 0}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("store.db")));
}

TEST_F(RefusedFileTest, AnotherApplicationsDatabase) {
  const std::string path = MakeStore();
  Flip(path, 68, 4);
  EXPECT_THAT(OpenSqlite(path), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         HasSubstr("another application's database")));
}

TEST_F(RefusedFileTest, AFileWithoutPermission) {
  const std::string path = MakeStore();
  const pid_t child = fork();
  if (child == 0) {
    // Root may read anything, so it becomes nobody for this.
    chmod(path.c_str(), 0);
    if (getuid() == 0 && seteuid(65534) != 0) _exit(2);
    const absl::Status status = OpenSqlite(path).status();
    const bool plain = absl::IsFailedPrecondition(status) &&
                       std::string(status.message()).find("Permission denied") != std::string::npos;
    _exit(plain ? 0 : 1);
  }
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT_EQ(state, 0);
}

TEST_F(RefusedFileTest, AnEmptyFileIsANewStore) {
  ASSERT_OK_AND_ASSIGN(const auto database, OpenSqlite(dir_.Write("empty.db", "")));
  EXPECT_OK(RunScript(*database, "CREATE TABLE areas (code TEXT)"));
}

// Fills `database` until it refuses, then shows that nothing is half written and that it goes on
// once there is room.
void FillAndRecover(Database& database, const std::function<void()>& make_room) {
  ASSERT_OK(RunScript(database, "CREATE TABLE pages (batch INTEGER, bytes BLOB)"));
  int64_t batches = 0;
  absl::Status status;
  while (status.ok() && batches < 1000) {
    status = RunScript(database,
                       absl::StrCat("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM"
                                    " n LIMIT 50) INSERT INTO pages SELECT ",
                                    batches, ", zeroblob(4000) FROM n"));
    if (status.ok()) ++batches;
  }
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  EXPECT_GT(batches, 0);
  EXPECT_THAT(Number(database, "SELECT count(*) FROM pages"), IsOkAndHolds(50 * batches));
  make_room();
  EXPECT_OK(RunScript(database, "INSERT INTO pages VALUES (-1, zeroblob(10))"));
  EXPECT_THAT(Number(database, "SELECT count(*) FROM pages"), IsOkAndHolds(50 * batches + 1));
}

TEST(FullDiskTest, AFullFileRefusesTheWriteWholeAndLaterOnesWork) {
  TempDir dir;
  ASSERT_OK_AND_ASSIGN(const auto database,
                       OpenSqlite(dir.File("store.db"), {.max_file_bytes = 4 << 20}));
  FillAndRecover(*database, [&] {
    ASSERT_OK(RunScript(*database, "CREATE TABLE other (x); DROP TABLE other"));
  });
}

TEST(FullDiskTest, AFullFileSystemRefusesTheWriteWholeAndLaterOnesWork) {
  TempDir dir;
  if (mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "size=8m") != 0) {
    GTEST_SKIP() << "cannot mount a small file system: " << strerror(errno);
  }
  {
    const std::string ballast = dir.Write("ballast", std::string(1 << 20, 'x'));
    auto database = OpenSqlite(dir.File("store.db"));
    EXPECT_OK(database);
    if (database.ok()) {
      FillAndRecover(**database, [&] { std::filesystem::remove(ballast); });
      database->reset();
      EXPECT_OK(OpenSqlite(dir.File("store.db")));
    }
  }
  EXPECT_EQ(umount(dir.path().c_str()), 0) << strerror(errno);
}

TEST(ConcurrencyTest, WritersTakeTurnsAndReadersSeeWholeTransactions) {
  TempDir dir;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenSqlite(dir.File("store.db"), {.max_snapshots = 3}));
  ASSERT_OK(RunScript(*database,
                      "CREATE TABLE sums (a INTEGER, b INTEGER); INSERT INTO sums VALUES (0, 0)"));
  constexpr int kWriters = 8;
  constexpr int kWrites = 25;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      int64_t last = 0;
      while (!done) {
        auto snapshot = database->Read(Soon());
        ASSERT_OK(snapshot);
        ASSERT_OK_AND_ASSIGN(const int64_t a, Number(**snapshot, "SELECT a FROM sums"));
        ASSERT_OK_AND_ASSIGN(const int64_t b, Number(**snapshot, "SELECT b FROM sums"));
        EXPECT_EQ(a, b);
        EXPECT_GE(a, last);
        last = a;
      }
    });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      for (int k = 0; k < kWrites; ++k) {
        ASSERT_OK_AND_ASSIGN(const auto transaction, database->Write(kNever));
        ASSERT_OK(transaction->Execute("UPDATE sums SET a = a + 1", {}));
        ASSERT_OK(transaction->Execute("UPDATE sums SET b = b + 1", {}));
        ASSERT_OK(transaction->Commit());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_THAT(Number(*database, "SELECT a FROM sums"), IsOkAndHolds(kWriters * kWrites));
}

}  // namespace
}  // namespace corridor::store
