// The SQL text behind a versioned table: how a row is put and deleted, and what `{table}` in a
// question stands for.
#pragma once

#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// The statements of one table. Parameters: the key or all values (key, then columns), then the
// version written.
struct TableSql {
  explicit TableSql(const Table& table);

  std::string insert;           // values, version; nothing when the key is there.
  std::string archive_changed;  // values, version; keeps the old row when it differs and is older
                                // than the version.
  std::string update;           // values, version; nothing when the row is the same.
  std::string archive;  // key, version; keeps the old row when it is older than the version.
  std::string erase;    // key.
  std::string probe;    // Fails unless both tables have every column.
  std::string as_of;    // A SELECT of the rows as of the version `@`.
};

using TableSqls = absl::flat_hash_map<std::string, TableSql>;

// A question in its two forms.
struct Question {
  std::string at_head;
  std::string at_version;
  bool takes_version = false;  // at_version has the version as its last parameter.
  size_t params = 0;           // Without the version.
};

// Replaces `{name}` by the table itself, and by its rows as of parameter `?<params + 1>`, which get
// the table's name unless `sql` gives them another. Braces within quotes stay. Errors: INTERNAL (no
// such table, a brace left open).
absl::StatusOr<Question> ExpandTables(std::string_view sql, size_t params, const TableSqls& tables);

// Remembers expansions. Thread-safe.
class Questions {
 public:
  explicit Questions(const TableSqls& tables) : tables_(tables) {}
  // Errors: those of ExpandTables, INTERNAL (`sql` was asked with another number of parameters).
  absl::StatusOr<std::shared_ptr<const Question>> Get(std::string_view sql, size_t params);

 private:
  const TableSqls& tables_;
  std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Question>> known_;  // Guarded by mutex_.
};

}  // namespace corridor::store
