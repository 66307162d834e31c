#include "platform/store/sqlite_tables.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "platform/status/status.h"

namespace corridor::store {
namespace {

TableShape::Kind KindOf(std::string_view type) {
  if (type == "INTEGER") return TableShape::Kind::kInteger;
  if (type == "BLOB") return TableShape::Kind::kBytes;
  return TableShape::Kind::kText;
}

absl::StatusOr<TableShape> Describe(Snapshot& snapshot, const std::string& name) {
  TableShape table;
  table.name = name;
  std::map<int64_t, std::string> key;  // By its place in the key.
  RETURN_IF_ERROR(
      snapshot.Query("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid",
                     {std::string_view(name)}, [&](const Row& row) {
                       table.columns.push_back({std::string(row.Text(0)), KindOf(row.Text(1))});
                       if (row.Int(2) > 0) key[row.Int(2)] = std::string(row.Text(0));
                       return absl::OkStatus();
                     }));
  for (auto& [place, column] : key) table.key.push_back(std::move(column));
  return table;
}

}  // namespace

absl::StatusOr<std::vector<TableShape>> SqliteTables(Database& database) {
  ASSIGN_OR_RETURN(const auto snapshot, database.Read(absl::InfiniteFuture()));
  std::vector<std::string> names;
  RETURN_IF_ERROR(snapshot->Query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
      " ORDER BY name",
      {}, [&names](const Row& row) {
        names.emplace_back(row.Text(0));
        return absl::OkStatus();
      }));
  std::vector<TableShape> tables;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(TableShape table, Describe(*snapshot, name));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace corridor::store
