// The SQL text behind a versioned table: how a row is put and deleted, and what `{table}` in a
// question stands for.
#pragma once

#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

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
  // The same, by looking at every row that ended since: for lists at a version not long ago, which
  // would else look through the history of every row for one that counts.
  std::string as_of_recent;
  std::string count_ended;  // version; how many rows ended since, kFewEnded + 1 at most.
  // What finds rows of the history by key and by end. Made when missing.
  std::vector<std::string> create_indexes;
};

// As far as `as_of_recent` is the better one.
inline constexpr int kFewEnded = 1000;

using TableSqls = absl::flat_hash_map<std::string, TableSql>;

// A question in its forms.
struct Question {
  std::string at_head;
  std::string at_version;
  std::string at_recent_version;        // Of a question that is ordered, else empty.
  std::vector<const TableSql*> tables;  // That it names.
  bool takes_version = false;           // at_version has the version as its last parameter.
  size_t params = 0;                    // Without the version.
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
