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

}  // namespace

TableSql::TableSql(const Table& table) {
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
  const std::string current = absl::StrCat("SELECT ", versioned, " FROM ", table.name,
                                           " WHERE from_version <= @ UNION ALL ");
  const std::string ended = absl::StrCat("SELECT ", versioned, " FROM ", history,
                                         " WHERE from_version <= @ AND to_version > @");
  as_of = current + ended;
  // MATERIALIZED: conditions of the question would lead to the index of the key.
  as_of_recent = absl::StrCat(current, "SELECT ", versioned, " FROM (WITH ended AS MATERIALIZED (",
                              ended, ") SELECT * FROM ended) AS ended");
  count_ended = absl::StrCat("SELECT count(*) FROM (SELECT 1 FROM ", history,
                             " WHERE to_version > ?1 LIMIT ", kFewEnded + 1, ") AS ended");
  create_indexes = {absl::StrCat("CREATE INDEX IF NOT EXISTS ", history, "_by_key ON ", history,
                                 " (", key, ", to_version, from_version)"),
                    absl::StrCat("CREATE INDEX IF NOT EXISTS ", history, "_by_end ON ", history,
                                 " (to_version)")};
}

absl::StatusOr<Question> ExpandTables(std::string_view sql, size_t params,
                                      const TableSqls& tables) {
  Question question;
  question.params = params;
  const std::string version = absl::StrCat("?", params + 1);
  const bool is_ordered = absl::StrContains(View(sql), "ORDER BY");
  std::string at_recent_version;
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
      question.at_version += c;
      at_recent_version += c;
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
    absl::StrAppend(&question.at_version, "(",
                    absl::StrReplaceAll(table->second.as_of, {{"@", version}}), ")", alias);
    absl::StrAppend(&at_recent_version, "(",
                    absl::StrReplaceAll(table->second.as_of_recent, {{"@", version}}), ")", alias);
    question.tables.push_back(&table->second);
    question.takes_version = true;
    i = close;
  }
  if (is_ordered) question.at_recent_version = std::move(at_recent_version);
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
