#include "platform/versions/changed_resources.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/status/status.h"

namespace corridor::versions {
namespace {

// Rows that came (?1 < from_version ≤ ?2) or went (likewise, to_version).
std::string ChangedRows(const TypeTable& table) {
  const std::string columns = absl::StrJoin(table.id_columns, ", ");
  const std::string came = "from_version > ?1 AND from_version <= ?2";
  return absl::StrCat("SELECT ", columns, " FROM ", table.table.name, " WHERE ", came,
                      " UNION SELECT ", columns, " FROM ", table.table.name, "_history WHERE (",
                      came, ") OR (to_version > ?1 AND to_version <= ?2)");
}

// Names of the columns of all tables are those of the first: a UNION has them.
std::string Sql(const ResourceType& type) {
  std::vector<std::string> parts;
  for (const TypeTable& table : type.tables) parts.push_back(ChangedRows(table));
  const std::vector<std::string>& columns = type.tables.front().id_columns;
  std::vector<std::string> places;
  for (size_t i = 0; i < columns.size(); ++i) places.push_back(absl::StrCat("?", i + 4));
  const std::string key = absl::StrJoin(columns, ", ");
  return absl::StrCat("SELECT ", key, " FROM (", absl::StrJoin(parts, " UNION "),
                      ") AS changed WHERE (", key, ") > (", absl::StrJoin(places, ", "),
                      ") ORDER BY ", key, " LIMIT ?3");
}

}  // namespace

std::vector<std::string> ChangedResources::KeyOf(const Located& resource) {
  std::vector<std::string> key = {resource.type->pattern};
  key.insert(key.end(), resource.ids.begin(), resource.ids.end());
  return key;
}

absl::StatusOr<std::vector<Located>> ChangedResources::After(store::Reader& rows,
                                                             const std::vector<std::string>& key,
                                                             int limit) const {
  const std::vector<ResourceType>& all = types_.all();
  auto type = all.begin();
  Ids after;
  if (!key.empty()) {
    type = std::find_if(all.begin(), all.end(),
                        [&](const ResourceType& one) { return one.pattern == key[0]; });
    after.assign(key.begin() + 1, key.end());
    if (type == all.end() || after.size() != type->tables.front().id_columns.size()) {
      return InvalidField("page_token", absl::StrJoin(key, " "), "was not made by this list");
    }
  }
  for (; type != all.end(); ++type, after.clear()) {
    if (!collection_.empty() && type->Collection() != collection_) continue;
    ASSIGN_OR_RETURN(std::vector<Located> found, OfType(rows, *type, after, limit));
    if (!found.empty()) return found;
  }
  return std::vector<Located>();
}

absl::StatusOr<std::vector<Located>> ChangedResources::OfType(store::Reader& rows,
                                                              const ResourceType& type,
                                                              const Ids& after, int limit) const {
  std::vector<store::Param> params = {from_, to_, int64_t{limit}};
  const size_t columns = type.tables.front().id_columns.size();
  for (size_t i = 0; i < columns; ++i) {
    params.emplace_back(i < after.size() ? std::string_view(after[i]) : std::string_view());
  }
  std::vector<Located> found;
  RETURN_IF_ERROR(rows.Query(Sql(type), params, [&](const store::Row& row) {
    Located& resource = found.emplace_back();
    resource.type = &type;
    for (size_t i = 0; i < columns; ++i) {
      resource.ids.emplace_back(row.Text(static_cast<int>(i)));
    }
    return absl::OkStatus();
  }));
  return found;
}

}  // namespace corridor::versions
