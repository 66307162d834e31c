#include "platform/store/purge_rows.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"
#include "platform/store/commit_log.h"

namespace corridor::store {
namespace {

// ` WHERE a = ?1 AND b = ?2`.
std::string Where(const RowsOf& rows) {
  std::string where;
  for (size_t i = 0; i < rows.key.size(); ++i) {
    absl::StrAppend(&where, i == 0 ? " WHERE " : " AND ", rows.key[i].first, " = ?", i + 1);
  }
  return where;
}

std::vector<Param> Values(const RowsOf& rows) {
  std::vector<Param> values;
  for (const auto& [column, value] : rows.key) values.emplace_back(std::string_view(value));
  return values;
}

std::string History(const RowsOf& rows) { return rows.table.name + "_history"; }

absl::Status EraseRows(Transaction& transaction, const RowsOf& rows, std::set<int64_t>& versions) {
  RETURN_IF_ERROR(
      transaction.Query(absl::StrCat("SELECT from_version FROM ", History(rows), Where(rows)),
                        Values(rows), [&versions](const Row& row) {
                          versions.insert(row.Int(0));
                          return absl::OkStatus();
                        }));
  return transaction.Execute(absl::StrCat("DELETE FROM ", History(rows), Where(rows)), Values(rows))
      .status();
}

absl::Status RewriteRows(Transaction& transaction, const PurgeOf& purge,
                         std::set<int64_t>& versions) {
  const RowsOf& rows = purge.rows.front();
  std::vector<std::pair<int64_t, std::string>> changed;
  RETURN_IF_ERROR(
      transaction.Query(absl::StrCat("SELECT from_version, body FROM ", History(rows), Where(rows)),
                        Values(rows), [&](const Row& row) -> absl::Status {
                          ASSIGN_OR_RETURN(std::string body, purge.without_fields(row.Text(1)));
                          if (body != row.Text(1))
                            changed.emplace_back(row.Int(0), std::move(body));
                          return absl::OkStatus();
                        }));
  const size_t keys = rows.key.size();
  const std::string update = absl::StrCat("UPDATE ", History(rows), " SET body = ?", keys + 1,
                                          Where(rows), " AND from_version = ?", keys + 2);
  for (const auto& [version, body] : changed) {
    std::vector<Param> values = Values(rows);
    values.emplace_back(Blob{body});
    values.emplace_back(version);
    RETURN_IF_ERROR(transaction.Execute(update, values).status());
    versions.insert(version);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> PurgeRows(Transaction& transaction, const PurgeOf& purge) {
  std::set<int64_t> versions;
  if (purge.fields.empty()) {
    for (const RowsOf& rows : purge.rows) {
      RETURN_IF_ERROR(EraseRows(transaction, rows, versions));
    }
  } else {
    RETURN_IF_ERROR(RewriteRows(transaction, purge, versions));
  }
  return std::vector<int64_t>(versions.begin(), versions.end());
}

absl::StatusOr<std::vector<int64_t>> VersionedStore::VersionsOf(Reader& reader,
                                                                absl::Span<const RowsOf> rows) {
  std::set<int64_t> versions;
  for (const RowsOf& of : rows) {
    const std::string where = Where(of);
    RETURN_IF_ERROR(
        reader.Query(absl::StrCat("SELECT from_version FROM ", of.table.name, where,
                                  " UNION SELECT from_version FROM ", History(of), where,
                                  " UNION SELECT to_version FROM ", History(of), where),
                     Values(of), [&](const Row& row) {
                       if (row.Int(0) <= reader.version()) versions.insert(row.Int(0));
                       return absl::OkStatus();
                     }));
  }
  return std::vector<int64_t>(versions.begin(), versions.end());
}

absl::StatusOr<std::vector<Purged>> VersionedStore::PurgesOf(Reader& reader,
                                                             std::string_view resource) {
  std::vector<Purged> purges;
  RETURN_IF_ERROR(reader.Query(
      "SELECT p.fields, p.erased_versions, c.version, c.time_us, c.actor, c.reason FROM purges p "
      "JOIN commits c ON c.version = p.version WHERE p.resource = ?1 ORDER BY p.version DESC",
      {resource}, [&](const Row& row) {
        Purged& purged = purges.emplace_back();
        purged.resource = std::string(resource);
        for (const auto& field :
             absl::StrSplit(absl::string_view(row.Text(0).data(), row.Text(0).size()), '\n',
                            absl::SkipEmpty())) {
          purged.fields.emplace_back(field);
        }
        for (const auto& text :
             absl::StrSplit(absl::string_view(row.Text(1).data(), row.Text(1).size()), '\n',
                            absl::SkipEmpty())) {
          if (int64_t version = 0; absl::SimpleAtoi(text, &version)) {
            purged.versions.push_back(version);
          }
        }
        purged.commit.version = row.Int(2);
        purged.commit.time = absl::FromUnixMicros(row.Int(3));
        purged.commit.actor = std::string(row.Text(4));
        purged.commit.reason = std::string(row.Text(5));
        return absl::OkStatus();
      }));
  return purges;
}

}  // namespace corridor::store
