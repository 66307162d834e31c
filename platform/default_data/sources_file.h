// sources.csv of a default data set: what its rows cite.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "corridor/common/v1/citation.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "platform/text/csv.h"

namespace corridor {

using Citations = google::protobuf::RepeatedPtrField<common::v1::Citation>;

// Contents of a file. Errors: NOT_FOUND naming it.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

class SourcesFile {
 public:
  // Errors: NOT_FOUND, INVALID_ARGUMENT naming file, line and value.
  static absl::StatusOr<SourcesFile> Read(const std::string& folder);

  // The citation of one source, null when sources.csv does not have it.
  const common::v1::Citation* Find(const std::string& id) const;

  // What `said` says of its source, which sources.csv has, with the rest from there; its locator is
  // one within the source's.
  common::v1::Citation Complete(common::v1::Citation said) const;

  // What a row says of its sources, beside what sources.csv says of them.
  struct Remarks {
    std::string published_text, reasoning, note;
  };
  // The citations that the column `source` of `row` names, `;` between them. The row's note stands
  // for the reasoning of an INFERRED source that has none. Errors: INVALID_ARGUMENT naming file,
  // line and value.
  absl::StatusOr<Citations> Cite(const CsvTable& table, const CsvRow& row,
                                 const Remarks& remarks) const;

 private:
  std::map<std::string, common::v1::Citation> sources_;
};

}  // namespace corridor
