// What a database file says of itself before SQLite opens it, so that a wrong path is refused in
// plain words.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace corridor::store {

// OK for a file that does not exist yet. Opens nothing.
// Errors: FAILED_PRECONDITION (a directory, no such folder, no permission).
absl::Status CheckDatabasePath(const std::string& path);

// OK for a file that does not exist yet or is empty. Must not run while this process has the
// database open: closing any descriptor of the file would drop SQLite's POSIX locks on it. Format:
// https://www.sqlite.org/fileformat2.html#the_database_header
// Errors: DATA_LOSS (no SQLite database; cut short).
absl::Status CheckDatabaseHeader(const std::string& path);

}  // namespace corridor::store
