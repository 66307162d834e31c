// The SQL text behind a versioned table: how a row is put and deleted, and what `{table}` in a
// question stands for.
#pragma once

#include <array>
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

// How the rows of a table as of a version are looked up: as a question has it, or for a list. That
// goes through current rows and history in the order of the key, and would step over every row that
// does not count to find the few that do: those few are looked up by their versions first.
inline constexpr size_t kRows = 0;
inline constexpr size_t kForms = 5;
// `few_kept`, of the current table, were there at the version; `few_ended`, of the history, ended
// since.
constexpr size_t ListForm(bool few_kept, bool few_ended) {
  return 1 + (few_kept ? 2u : 0u) + (few_ended ? 1u : 0u);
}
// No more than this are few.
inline constexpr int kFew = 1000;

// The statements of one table. Parameters: the key or all values (key, then columns), then the
// version written.
struct TableSql {
  // `row_id` as Database has it.
  TableSql(const Table& table, std::string_view row_id);

  // values, version; all that the next three do, in one statement. Only where each is a way to
  // another process and back; else empty.
  std::string put;
  std::string insert;           // values, version; nothing when the key is there.
  std::string archive_changed;  // values, version; keeps the old row when it differs and is older
                                // than the version.
  std::string update;           // values, version; nothing when the row is the same.
  std::string archive;  // key, version; keeps the old row when it is older than the version.
  std::string erase;    // key.
  std::string probe;    // Fails unless both tables have every column.
  std::array<std::string, kForms> as_of;  // SELECTs of the rows as of the version `@`.
  std::string count_kept;   // version; how many rows of the current table, kFew + 1 at most.
  std::string count_ended;  // version; how many rows of the history, likewise.
  // What finds rows by version, and those of the history by key. Made when missing.
  std::vector<std::string> create_indexes;

 private:
  // `versioned`: the columns that both tables have.
  void MakeForms(const Table& table, const std::string& versioned, std::string_view row_id);
  void MakeFormsToMerge(const Table& table, const std::string& versioned);
};

using TableSqls = absl::flat_hash_map<std::string, TableSql>;

// A question in its forms.
struct Question {
  std::string at_head;
  bool is_list = false;                        // It is ordered.
  std::array<std::string, kForms> at_version;  // Those of a list, or kRows.
  std::vector<const TableSql*> tables;         // That it names.
  bool takes_version = false;  // at_version have the version as their last parameter.
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
