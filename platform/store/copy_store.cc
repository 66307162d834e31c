#include "platform/store/copy_store.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/status/status.h"
#include "platform/store/migrations.h"
#include "platform/store/store_identity.h"
#include "platform/text/fnv.h"

namespace corridor::store {
namespace {

constexpr size_t kRowsPerPage = 1000;

// A value of a row, kept beyond it.
using Value = std::variant<std::monostate, int64_t, std::string>;
using Values = std::vector<Value>;

bool IsOfTheDatabase(const std::string& table) {
  return table == "schema_migrations" || table == "store_identity";
}

std::vector<std::string> ColumnNames(const TableShape& table) {
  std::vector<std::string> names;
  for (const TableShape::Column& column : table.columns) names.push_back(column.name);
  return names;
}

std::string Places(size_t first, size_t count) {
  std::string places;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&places, i == 0 ? "?" : ", ?", first + i);
  return places;
}

std::string PageSql(const TableShape& table, bool is_first) {
  const std::string key = absl::StrJoin(table.key, ", ");
  const size_t keys = table.key.size();
  return absl::StrCat("SELECT ", absl::StrJoin(ColumnNames(table), ", "), " FROM ", table.name,
                      is_first ? "" : absl::StrCat(" WHERE (", key, ") > (", Places(2, keys), ")"),
                      " ORDER BY ", key, " LIMIT ?1");
}

Value Read(const Row& row, int column, TableShape::Kind kind) {
  if (row.IsNull(column)) return std::monostate();
  if (kind == TableShape::Kind::kInteger) return row.Int(column);
  return std::string(row.Text(column));
}

Param ParamOf(const Value& value, TableShape::Kind kind) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  const auto* bytes = std::get_if<std::string>(&value);
  if (bytes == nullptr) return std::monostate();
  if (kind == TableShape::Kind::kBytes) return Blob{*bytes};
  return std::string_view(*bytes);
}

void AddTo(CopiedTable& copied, const Values& row) {
  ++copied.rows;
  std::string bytes = absl::StrCat(copied.hash);
  for (const Value& value : row) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      absl::StrAppend(&bytes, " i", *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      absl::StrAppend(&bytes, " t", text->size(), ":", *text);
    } else {
      absl::StrAppend(&bytes, " n");
    }
  }
  copied.hash = Fnv1a(bytes);
}

// Calls `each` with the pages of a table, in the order of its key; answers what they hold.
absl::StatusOr<CopiedTable> ForEachPage(
    Snapshot& snapshot, const TableShape& table,
    absl::FunctionRef<absl::Status(const std::vector<Values>&)> each) {
  CopiedTable copied = {.name = table.name};
  std::vector<Values> page;
  do {
    std::vector<Param> params = {static_cast<int64_t>(kRowsPerPage)};
    Values last = page.empty() ? Values() : std::move(page.back());
    for (const std::string& name : last.empty() ? std::vector<std::string>() : table.key) {
      const auto column =
          std::find_if(table.columns.begin(), table.columns.end(),
                       [&name](const TableShape::Column& c) { return c.name == name; });
      params.push_back(
          ParamOf(last[static_cast<size_t>(column - table.columns.begin())], column->kind));
    }
    page.clear();
    RETURN_IF_ERROR(snapshot.Query(PageSql(table, params.size() == 1), params, [&](const Row& row) {
      Values& values = page.emplace_back();
      for (size_t i = 0; i < table.columns.size(); ++i) {
        values.push_back(Read(row, static_cast<int>(i), table.columns[i].kind));
      }
      AddTo(copied, values);
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(each(page));
  } while (page.size() == kRowsPerPage);
  return copied;
}

absl::Status Insert(Transaction& to, const TableShape& table, const std::vector<Values>& page) {
  std::vector<Param> values;
  values.reserve(page.size() * table.columns.size());
  for (const Values& row : page) {
    for (size_t i = 0; i < row.size(); ++i) {
      values.push_back(ParamOf(row[i], table.columns[i].kind));
    }
  }
  return to.InsertRows(table.name, ColumnNames(table), values);
}

absl::StatusOr<CopiedTable> CopyTable(Snapshot& from, Transaction& to, const TableShape& table) {
  ASSIGN_OR_RETURN(const CopiedTable copied,
                   ForEachPage(from, table, [&](const std::vector<Values>& page) {
                     return Insert(to, table, page);
                   }));
  ASSIGN_OR_RETURN(const CopiedTable found, ForEachPage(to, table, [](const std::vector<Values>&) {
                     return absl::OkStatus();
                   }));
  if (found.rows == copied.rows && found.hash == copied.hash) return copied;
  return absl::DataLossError(absl::StrCat("table ", table.name, ": ", copied.rows,
                                          " rows were copied, and other ", found.rows,
                                          " are there now"));
}

absl::Status CheckHoldsNoStore(Snapshot& snapshot) {
  for (const char* table : {"store_identity", "commits"}) {
    bool is_empty = true;
    RETURN_IF_ERROR(snapshot.Query(absl::StrCat("SELECT 1 FROM ", table, " LIMIT 1"), {},
                                   [&is_empty](const Row&) {
                                     is_empty = false;
                                     return absl::OkStatus();
                                   }));
    if (!is_empty) {
      return absl::FailedPreconditionError(
          "the database holds a store already: one is copied where there is none");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CopiedTable>> CopyStore(Database& from,
                                                   const std::vector<TableShape>& tables,
                                                   Database& to,
                                                   const std::vector<MigrationSeries>& series,
                                                   absl::Time now) {
  const std::vector<MigrationSeries> all = WithPlatformSeries(series);
  RETURN_IF_ERROR(ApplyMigrations(from, all, Migrate::kCheck, now));
  RETURN_IF_ERROR(ApplyMigrations(to, all, Migrate::kAuto, now));
  ASSIGN_OR_RETURN(const auto snapshot, from.Read(absl::InfiniteFuture()));
  ASSIGN_OR_RETURN(const auto transaction, to.Write(absl::InfiniteFuture()));
  RETURN_IF_ERROR(CheckHoldsNoStore(*transaction));
  std::vector<CopiedTable> copied;
  for (const TableShape& table : tables) {
    if (IsOfTheDatabase(table.name)) continue;
    ASSIGN_OR_RETURN(CopiedTable one, CopyTable(*snapshot, *transaction, table));
    copied.push_back(std::move(one));
  }
  RETURN_IF_ERROR(ReadOrMakeEpoch(*transaction, now).status());
  RETURN_IF_ERROR(transaction->Commit());
  return copied;
}

}  // namespace corridor::store
