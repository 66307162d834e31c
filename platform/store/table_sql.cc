#include "platform/store/table_sql.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "platform/status/status.h"

namespace corridor::store {
namespace {

constexpr size_t kMaxKnownQuestions = 2000;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// `a = ?<first>`, `b = ?<first + 1>`, … with `op` for the equals sign.
std::vector<std::string> Numbered(const std::vector<std::string>& names, absl::string_view op,
                                  size_t first) {
  std::vector<std::string> terms;
  for (const std::string& name : names) terms.push_back(absl::StrCat(name, op, "?", first++));
  return terms;
}

// Words that may follow a table in a FROM clause and are not its alias.
bool IsKeyword(absl::string_view word) {
  static constexpr std::array<absl::string_view, 21> kKeywords = {
      "cross",     "except", "full",  "group", "having",  "indexed", "inner",
      "intersect", "join",   "left",  "limit", "natural", "not",     "offset",
      "on",        "order",  "right", "union", "using",   "where",   "window"};
  return std::find(kKeywords.begin(), kKeywords.end(), absl::AsciiStrToLower(word)) !=
         kKeywords.end();
}

bool IsWordByte(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether `rest`, what follows the table, begins with an alias.
bool HasAlias(std::string_view rest) {
  const size_t begin = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
  size_t end = begin;
  while (end < rest.size() && IsWordByte(rest[end])) ++end;
  return end > begin && !IsKeyword(View(rest.substr(begin, end - begin)));
}

// The rows of the history that count, of which the index of the key alone tells; joining by the key
// itself instead of `row_id` costs a third more.
std::string EndedByKey(const Table& table, std::string_view row_id) {
  std::vector<std::string> columns;
  for (const std::string& column : table.key) columns.push_back(absl::StrCat("at.", column));
  for (const std::string& column : table.columns) columns.push_back(absl::StrCat("ended.", column));
  const absl::string_view id = View(row_id);
  return absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), ", at.from_version FROM ",
                      table.name, "_history AS at JOIN ", table.name, "_history AS ended ON ended.",
                      id, " = at.", id, " WHERE at.to_version > @ AND at.from_version <= @");
}

// MATERIALIZED: conditions of the question would lead to the index of the key.
std::string Few(const std::string& columns, const std::string& rows) {
  return absl::StrCat("SELECT ", columns, " FROM (WITH few AS MATERIALIZED (", rows,
                      ") SELECT * FROM few) AS few");
}

}  // namespace

TableSql::TableSql(const Table& table, std::string_view row_id) {
  const std::string key = absl::StrJoin(table.key, ", ");
  const std::string versioned = absl::StrCat(key, table.columns.empty() ? "" : ", ",
                                             absl::StrJoin(table.columns, ", "), ", from_version");
  const size_t keys = table.key.size();
  const size_t values = keys + table.columns.size();
  const std::string history = absl::StrCat(table.name, "_history");
  const std::string has_key = absl::StrJoin(Numbered(table.key, " = ", 1), " AND ");
  const std::string differs =
      table.columns.empty()
          ? "1 = 0"
          : absl::StrCat(
                "(", absl::StrJoin(Numbered(table.columns, " IS DISTINCT FROM ", keys + 1), " OR "),
                ")");
  const auto archive_at = [&](size_t version) {
    return absl::StrCat("INSERT INTO ", history, " (", versioned, ", to_version) SELECT ",
                        versioned, ", ?", version, " FROM ", table.name, " WHERE ", has_key,
                        " AND from_version < ?", version);
  };
  std::string places;
  for (size_t i = 1; i <= values + 1; ++i) absl::StrAppend(&places, i == 1 ? "?" : ", ?", i);

  insert = absl::StrCat("INSERT INTO ", table.name, " (", versioned, ") VALUES (", places,
                        ") ON CONFLICT (", key, ") DO NOTHING");
  archive_changed = absl::StrCat(archive_at(values + 1), " AND ", differs);
  std::vector<std::string> assignments = Numbered(table.columns, " = ", keys + 1);
  assignments.push_back(absl::StrCat("from_version = ?", values + 1));
  update = absl::StrCat("UPDATE ", table.name, " SET ", absl::StrJoin(assignments, ", "), " WHERE ",
                        has_key, " AND ", differs);
  archive = archive_at(keys + 1);
  erase = absl::StrCat("DELETE FROM ", table.name, " WHERE ", has_key);
  probe = absl::StrCat("SELECT ", versioned, ", NULL FROM ", table.name,
                       " WHERE 1 = 0 UNION ALL SELECT ", versioned, ", to_version FROM ", history,
                       " WHERE 1 = 0");
  if (row_id.empty()) {
    std::vector<std::string> replaced = {"from_version = excluded.from_version"};
    std::vector<std::string> changes;
    for (const std::string& column : table.columns) {
      replaced.push_back(absl::StrCat(column, " = excluded.", column));
      changes.push_back(
          absl::StrCat(table.name, ".", column, " IS DISTINCT FROM excluded.", column));
    }
    const std::string otherwise = table.columns.empty()
                                      ? "NOTHING"
                                      : absl::StrCat("UPDATE SET ", absl::StrJoin(replaced, ", "),
                                                     " WHERE ", absl::StrJoin(changes, " OR "));
    put = absl::StrCat("WITH archived AS (", archive_changed, ") INSERT INTO ", table.name, " (",
                       versioned, ") VALUES (", places, ") ON CONFLICT (", key, ") DO ", otherwise);
    MakeFormsToMerge(table, versioned);
  } else {
    MakeForms(table, versioned, row_id);
  }
  const auto count = [](const std::string& name, absl::string_view condition) {
    return absl::StrCat("SELECT count(*) FROM (SELECT 1 FROM ", name, " WHERE ", condition,
                        " LIMIT ", kFew + 1, ") AS few");
  };
  count_kept = count(table.name, "from_version <= ?1");
  count_ended = count(history, "to_version > ?1");
  create_indexes = {absl::StrCat("CREATE INDEX IF NOT EXISTS ", table.name, "_by_version ON ",
                                 table.name, " (from_version)"),
                    absl::StrCat("CREATE INDEX IF NOT EXISTS ", history, "_by_key ON ", history,
                                 " (", key, ", to_version, from_version)"),
                    absl::StrCat("CREATE INDEX IF NOT EXISTS ", history, "_by_end ON ", history,
                                 " (to_version)")};
}

void TableSql::MakeForms(const Table& table, const std::string& versioned,
                         std::string_view row_id) {
  const std::string kept =
      absl::StrCat("SELECT ", versioned, " FROM ", table.name, " WHERE from_version <= @");
  const std::string ended = absl::StrCat("SELECT ", versioned, " FROM ", table.name,
                                         "_history WHERE to_version > @ AND from_version <= @");
  as_of[kRows] = absl::StrCat(kept, " UNION ALL ", ended);
  const std::string ended_by_key = EndedByKey(table, row_id);
  for (const bool few_kept : {false, true}) {
    for (const bool few_ended : {false, true}) {
      as_of[ListForm(few_kept, few_ended)] =
          absl::StrCat(few_kept ? Few(versioned, kept) : kept, " UNION ALL ",
                       few_ended ? Few(versioned, ended) : ended_by_key);
    }
  }
}

// Conditions within the parts of the UNION would keep PostgreSQL from merging two indexes in the
// order of the key.
void TableSql::MakeFormsToMerge(const Table& table, const std::string& versioned) {
  const std::string all = absl::StrCat(versioned, ", to_version");
  const std::string kept =
      absl::StrCat("SELECT ", versioned, ", 9223372036854775807 AS to_version FROM ", table.name);
  const std::string ended = absl::StrCat("SELECT ", all, " FROM ", table.name, "_history");
  for (const bool few_kept : {false, true}) {
    for (const bool few_ended : {false, true}) {
      as_of[ListForm(few_kept, few_ended)] = absl::StrCat(
          "SELECT ", versioned, " FROM (",
          few_kept ? Few(all, absl::StrCat(kept, " WHERE from_version <= @")) : kept, " UNION ALL ",
          few_ended ? Few(all, absl::StrCat(ended, " WHERE to_version > @")) : ended,
          ") AS both_tables WHERE from_version <= @ AND to_version > @");
    }
  }
  as_of[kRows] = as_of[ListForm(false, false)];
}

absl::StatusOr<Question> ExpandTables(std::string_view sql, size_t params,
                                      const TableSqls& tables) {
  Question question;
  question.params = params;
  const std::string version = absl::StrCat("?", params + 1);
  question.is_list = absl::StrContains(View(sql), "ORDER BY");
  const size_t first_form = question.is_list ? kRows + 1 : kRows;
  const size_t end_of_forms = question.is_list ? kForms : kRows + 1;
  char quote = 0;
  for (size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0 || c != '{') {
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      question.at_head += c;
      for (size_t form = first_form; form < end_of_forms; ++form) question.at_version[form] += c;
      continue;
    }
    const size_t close = sql.find('}', i);
    if (close == std::string_view::npos) {
      return absl::InternalError(absl::StrCat("a brace is left open in: ", View(sql)));
    }
    const std::string name(sql.substr(i + 1, close - i - 1));
    const auto table = tables.find(name);
    if (table == tables.end()) {
      return absl::InternalError(
          absl::StrCat("{", name, "} is no versioned table of this store, in: ", View(sql)));
    }
    question.at_head += name;
    const std::string alias = HasAlias(sql.substr(close + 1)) ? "" : " AS " + name;
    for (size_t form = first_form; form < end_of_forms; ++form) {
      absl::StrAppend(&question.at_version[form], "(",
                      absl::StrReplaceAll(table->second.as_of[form], {{"@", version}}), ")", alias);
    }
    question.tables.push_back(&table->second);
    question.takes_version = true;
    i = close;
  }
  return question;
}

absl::StatusOr<std::shared_ptr<const Question>> Questions::Get(std::string_view sql,
                                                               size_t params) {
  std::shared_ptr<const Question> question;
  {
    const std::shared_lock lock(mutex_);
    if (const auto it = known_.find(View(sql)); it != known_.end()) question = it->second;
  }
  if (question == nullptr) {
    ASSIGN_OR_RETURN(Question expanded, ExpandTables(sql, params, tables_));
    question = std::make_shared<const Question>(std::move(expanded));
    const std::unique_lock lock(mutex_);
    if (known_.size() >= kMaxKnownQuestions) known_.clear();
    known_[std::string(sql)] = question;
  }
  if (question->params != params) {
    return absl::InternalError(
        absl::StrCat(params, " parameters given for ", question->params, " in: ", View(sql)));
  }
  return question;
}

}  // namespace corridor::store
