// A database of a test's own, of either engine.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/store/database.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/testing/postgres_server.h"
#include "platform/testing/temp_dir.h"

namespace corridor {

// In a file of SQLite; in a schema of the PostgreSQL of this process where the environment says so
// (corridor_store_test in CMake): such a test runs once on either.
class TestDatabase {
 public:
  TestDatabase() {
    static int made = 0;
    schema_ = absl::StrCat("test_", ++made);
  }

  static bool IsPostgres() { return TestsRunOnPostgres(); }

  // Opens it, empty at first. One of SQLite is open once at a time.
  absl::StatusOr<std::unique_ptr<store::Database>> Open(int max_snapshots = 8) const {
    if (!IsPostgres()) return store::OpenSqlite(path(), {.max_snapshots = max_snapshots});
    return store::OpenPostgres(
        PostgresServer::OfThisProcess().Uri(),
        store::PostgresOptions{.schema = schema_, .max_snapshots = max_snapshots},
        absl::Now() + absl::Seconds(20));
  }
  // SQLite's file.
  std::string path() const { return folder_.File("store.db"); }

 private:
  TempDir folder_;
  std::string schema_;
};

}  // namespace corridor
