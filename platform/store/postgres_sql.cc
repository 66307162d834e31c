#include "platform/store/postgres_sql.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace corridor::store {
namespace {

bool IsWordByte(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Where the quoted text or the comment that begins at `begin` ends; `begin` when none does.
size_t EndOfVerbatim(std::string_view sql, size_t begin) {
  const char c = sql[begin];
  size_t last = begin;
  if (c == '\'' || c == '"') {
    last = sql.find(c, begin + 1);
  } else if (sql.substr(begin, 2) == "--") {
    last = sql.find('\n', begin);
  } else {
    return begin;
  }
  return last == std::string_view::npos ? sql.size() : last + 1;
}

std::string_view PostgresWord(std::string_view word) {
  const absl::string_view view(word.data(), word.size());
  if (absl::EqualsIgnoreCase(view, "INTEGER")) return "BIGINT";
  if (absl::EqualsIgnoreCase(view, "BLOB")) return "BYTEA";
  return word;
}

}  // namespace

std::string PostgresQuery(std::string_view sql) {
  std::string query;
  query.reserve(sql.size());
  for (size_t i = 0; i < sql.size();) {
    const size_t end = std::max(EndOfVerbatim(sql, i), i + 1);
    if (sql[i] == '?') {
      query += '$';
    } else {
      query += sql.substr(i, end - i);
    }
    i = end;
  }
  return query;
}

std::string PostgresScript(std::string_view script) {
  std::string translated;
  translated.reserve(script.size());
  for (size_t i = 0; i < script.size();) {
    size_t end = EndOfVerbatim(script, i);
    if (end > i) {
      translated += script.substr(i, end - i);
    } else {
      while (end < script.size() && IsWordByte(script[end])) ++end;
      end = std::max(end, i + 1);
      translated += PostgresWord(script.substr(i, end - i));
    }
    i = end;
  }
  return translated;
}

std::string PostgresIdentifier(std::string_view name) {
  return absl::StrCat(
      "\"", absl::StrReplaceAll(absl::string_view(name.data(), name.size()), {{"\"", "\"\""}}),
      "\"");
}

}  // namespace corridor::store
