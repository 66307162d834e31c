// A record at a time: quoted fields may hold commas, line ends and doubled quotes.
#include "platform/text/csv.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status ErrorAt(std::string_view file, int line, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(View(file), ":", line, ": ", View(what)));
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view file) : rest_(text), file_(file) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  bool AtEnd() const { return rest_.empty(); }

  absl::StatusOr<CsvRow> ReadRow() {
    CsvRow row;
    row.line = line_;
    while (true) {
      ASSIGN_OR_RETURN(std::string field, ReadField());
      row.fields.push_back(std::move(field));
      if (TakeLineEnd()) return row;
      rest_.remove_prefix(1);  // The comma.
    }
  }

 private:
  absl::StatusOr<std::string> ReadField() {
    if (rest_.starts_with('"')) return ReadQuotedField();
    const size_t end = std::min(rest_.find_first_of(",\"\r\n"), rest_.size());
    std::string field(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (rest_.starts_with('"')) {
      return ErrorAt(file_, line_, "a quote inside a field that does not begin with one");
    }
    if (!AtDelimiter()) return ErrorAt(file_, line_, "a carriage return without a line feed");
    return field;
  }

  absl::StatusOr<std::string> ReadQuotedField() {
    const int first_line = line_;
    std::string field;
    rest_.remove_prefix(1);
    while (true) {
      const size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) {
        return ErrorAt(file_, first_line, "a quoted field that never ends");
      }
      const std::string_view part = rest_.substr(0, quote);
      field.append(part);
      line_ += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      field.push_back('"');
      rest_.remove_prefix(1);
    }
    if (!AtDelimiter()) return ErrorAt(file_, line_, "text after the end of a quoted field");
    return field;
  }

  bool AtDelimiter() const {
    return rest_.empty() || rest_[0] == ',' || rest_[0] == '\n' || rest_.starts_with("\r\n");
  }

  bool TakeLineEnd() {
    if (rest_.empty()) return true;
    if (rest_[0] == ',') return false;
    rest_.remove_prefix(rest_[0] == '\r' ? 2 : 1);
    ++line_;
    return true;
  }

  std::string_view rest_;
  std::string_view file_;
  int line_ = 1;
};

absl::Status CheckHeader(const CsvTable& table, absl::Span<const std::string_view> columns) {
  for (const std::string& column : table.columns) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      return ErrorAt(table.file, 1, absl::StrCat("unknown column \"", column, "\""));
    }
    if (std::count(table.columns.begin(), table.columns.end(), column) > 1) {
      return ErrorAt(table.file, 1, absl::StrCat("column \"", column, "\" occurs twice"));
    }
  }
  for (const std::string_view column : columns) {
    if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end()) {
      return ErrorAt(table.file, 1, absl::StrCat("column \"", View(column), "\" is missing"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

const std::string& CsvTable::Get(const CsvRow& row, std::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) std::abort();  // A column that ParseCsv was not asked for.
  return row.fields[static_cast<size_t>(found - columns.begin())];
}

absl::StatusOr<CsvTable> ParseCsv(std::string_view text, std::string_view file,
                                  absl::Span<const std::string_view> columns) {
  Reader reader(text, file);
  if (reader.AtEnd()) return ErrorAt(file, 1, "the header row is missing");
  ASSIGN_OR_RETURN(CsvRow header, reader.ReadRow());
  CsvTable table{std::string(file), std::move(header.fields), {}};
  RETURN_IF_ERROR(CheckHeader(table, columns));
  while (!reader.AtEnd()) {
    ASSIGN_OR_RETURN(CsvRow row, reader.ReadRow());
    if (row.fields.size() != table.columns.size()) {
      return ErrorAt(file, row.line,
                     absl::StrCat(row.fields.size(), " fields in place of ", table.columns.size()));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

absl::Status InvalidCell(const CsvTable& table, const CsvRow& row, std::string_view column,
                         std::string_view why) {
  return ErrorAt(table.file, row.line,
                 absl::StrCat(View(column), " \"", table.Get(row, column), "\" ", View(why)));
}

}  // namespace corridor
