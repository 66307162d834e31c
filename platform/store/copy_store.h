// Moves a store with all its history into an empty database of another engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// A table as its engine describes it.
struct TableShape {
  enum class Kind { kInteger, kText, kBytes };
  struct Column {
    std::string name;
    Kind kind = Kind::kText;
  };
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;  // Columns that tell its rows apart, in the order of the key.
};

// What was moved of a table.
struct CopiedTable {
  std::string name;
  int64_t rows = 0;
  uint64_t hash = 0;  // Of all rows in the order of the key.
};

// Copies the rows of `tables` as one snapshot of `from` has them, page by page, into `to`, which is
// migrated before and must hold no store; counts and hashes what `to` then has, and only when that
// is the same gives it an epoch of its own and commits. Whatever goes wrong before leaves it empty.
// `series` as VersionedStore::Open. Errors: FAILED_PRECONDITION (`from` lacks a migration; `to`
// holds a store), DATA_LOSS (`to` does not have what was copied), those of both.
absl::StatusOr<std::vector<CopiedTable>> CopyStore(Database& from,
                                                   const std::vector<TableShape>& tables,
                                                   Database& to,
                                                   const std::vector<MigrationSeries>& series,
                                                   absl::Time now);

}  // namespace corridor::store
