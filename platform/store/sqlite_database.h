// The SQLite engine of database.h: one file, a write-ahead log, every commit synced to the disk
// before it is acknowledged. Its .cc is the only code that names SQLite.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "platform/store/database.h"

namespace corridor::store {

struct SqliteOptions {
  // Snapshots open at one time; one more waits until its deadline. A connection each, about 2 MB of
  // cache.
  int max_snapshots = 16;
  // Largest size of the file in bytes; 0: what the disk holds. Beyond it writes are
  // RESOURCE_EXHAUSTED.
  int64_t max_file_bytes = 0;
  // Files up to this size are checked page by page when opened (about 3 ms a MB); of larger ones
  // the header, the schema and the way down to one row of each table.
  int64_t full_check_bytes = int64_t{64} << 20;
};

// Opens the database at `path`, made when missing, and keeps other processes off it until
// destroyed. Its snapshots and transactions must be gone by then. Errors, each naming `path`:
// FAILED_PRECONDITION (in use by a process, which is named; a directory; no permission; another
// application's database), DATA_LOSS (damaged, or no SQLite database), RESOURCE_EXHAUSTED (disk
// full).
absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                                     const SqliteOptions& options);
// As above, with the usual ones.
absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path);

}  // namespace corridor::store
