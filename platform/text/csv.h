// Reads CSV files (RFC 4180) by the names of their columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace corridor {

// One record.
struct CsvRow {
  int line = 0;                     // Of its first character, from 1.
  std::vector<std::string> fields;  // In the order of CsvTable::columns.
};

struct CsvTable {
  std::string file;
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;

  // The field of `row` in `column`, which must be one of `columns`.
  const std::string& Get(const CsvRow& row, std::string_view column) const;
};

// Reads `text`: UTF-8 with a header row, lines ended by LF or CRLF, the last one may lack it.
// `columns` are the columns that must be there, in any order; a further one is an error, so that a
// misspelt one is not ignored. `file` is for errors. Errors: INVALID_ARGUMENT naming file, line and
// value.
absl::StatusOr<CsvTable> ParseCsv(std::string_view text, std::string_view file,
                                  absl::Span<const std::string_view> columns);

// INVALID_ARGUMENT about a value in a file: `<file>:<line>: <column> "<value>" <why>`.
absl::Status InvalidCell(const CsvTable& table, const CsvRow& row, std::string_view column,
                         std::string_view why);

}  // namespace corridor
