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
#include "platform/store/database_fixture.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    ASSERT_OK(MakeAreas(*database_));
  }
  void Open(const SqliteOptions& options = {}) {
    database_.reset();
    ASSERT_OK_AND_ASSIGN(database_, OpenSqlite(path(), options));
  }
  std::string path() const { return dir_.File("store.db"); }

  TempDir dir_;
  std::unique_ptr<Database> database_;
};

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
  std::vector<std::thread> readers(4);
  for (std::thread& reader : readers) {
    reader = std::thread([&] {
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
    std::string path = dir_.File("store.db");
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
  Flip(path, 3L * 4096, 2000);
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

}  // namespace
}  // namespace corridor::store
