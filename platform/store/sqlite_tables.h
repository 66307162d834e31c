// What tables a database of SQLite has.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "platform/store/copy_store.h"
#include "platform/store/database.h"

namespace corridor::store {

// All that are not SQLite's own, by name. `database` is one of SQLite.
absl::StatusOr<std::vector<TableShape>> SqliteTables(Database& database);

}  // namespace corridor::store
