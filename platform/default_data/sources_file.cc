// Sources by id, and rows that cite them.
#include "platform/default_data/sources_file.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"

namespace corridor {

using ::corridor::common::v1::Citation;

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  if (file) contents << file.rdbuf();
  if (!file) return absl::NotFoundError(path + ": cannot be read");
  return contents.str();
}

absl::StatusOr<SourcesFile> SourcesFile::Read(const std::string& folder) {
  const std::string path = folder + "/sources.csv";
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  ASSIGN_OR_RETURN(
      const CsvTable table,
      ParseCsv(text, path, {"id", "kind", "claimant", "title", "locator", "licence", "note"}));
  SourcesFile file;
  for (const CsvRow& row : table.rows) {
    Citation citation;
    citation.set_source(table.Get(row, "id"));
    Citation::SourceKind kind = Citation::SOURCE_KIND_UNSPECIFIED;
    if (!Citation::SourceKind_Parse(table.Get(row, "kind"), &kind)) {
      return InvalidCell(table, row, "kind", "is not a kind of source");
    }
    citation.set_kind(kind);
    citation.set_claimant(table.Get(row, "claimant"));
    citation.set_title(table.Get(row, "title"));
    citation.set_locator(table.Get(row, "locator"));
    // The file says so where none is stated; the contract leaves it empty.
    if (table.Get(row, "licence") != "not stated") citation.set_licence(table.Get(row, "licence"));
    citation.set_note(table.Get(row, "note"));
    if (citation.source().empty()) return InvalidCell(table, row, "id", "is empty");
    if (!file.sources_.emplace(citation.source(), citation).second) {
      return InvalidCell(table, row, "id", "occurs twice");
    }
  }
  return file;
}

const Citation* SourcesFile::Find(const std::string& id) const {
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : &found->second;
}

Citation SourcesFile::Complete(Citation said) const {
  Citation whole = sources_.at(said.source());
  if (!said.locator().empty() && !whole.locator().empty()) {
    said.set_locator(absl::StrCat(whole.locator(), ", ", said.locator()));
  }
  whole.MergeFrom(said);
  return whole;
}

absl::StatusOr<Citations> SourcesFile::Cite(const CsvTable& table, const CsvRow& row,
                                            const Remarks& remarks) const {
  Citations citations;
  for (const std::string& id :
       std::vector<std::string>(absl::StrSplit(table.Get(row, "source"), ';'))) {
    const Citation* source = Find(id);
    if (source == nullptr) {
      return InvalidCell(table, row, "source",
                         absl::StrCat("names \"", id, "\", which sources.csv does not have"));
    }
    Citation& citation = *citations.Add();
    citation = *source;
    citation.set_published_text(remarks.published_text);
    citation.set_reasoning(remarks.reasoning);
    if (source->kind() == Citation::INFERRED && remarks.reasoning.empty()) {
      citation.set_reasoning(remarks.note);
      continue;
    }
    if (remarks.note.empty()) continue;
    citation.set_note(source->note().empty() ? remarks.note
                                             : absl::StrCat(remarks.note, " ", source->note()));
  }
  return citations;
}

}  // namespace corridor
