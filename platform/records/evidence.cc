// Citations and dates of records.
#include "platform/records/evidence.h"

namespace corridor {

using ::corridor::common::v1::Citation;
using ::corridor::common::v1::PartialDate;

namespace {
constexpr size_t kMaxRecordBytes = 64 << 10;
constexpr size_t kMaxNameBytes = 300;
}  // namespace

absl::Status CheckSize(const google::protobuf::Message& record, std::string_view path) {
  const size_t bytes = record.ByteSizeLong();
  if (bytes <= kMaxRecordBytes) return absl::OkStatus();
  return InvalidField(path, absl::StrCat(bytes, " bytes"),
                      absl::StrCat("is more than one record may take, ", kMaxRecordBytes));
}

absl::Status CheckNameLength(std::string_view name, std::string_view path) {
  if (name.size() <= kMaxNameBytes) return absl::OkStatus();
  return InvalidField(path, name, absl::StrCat("is longer than ", kMaxNameBytes, " bytes"));
}

absl::Status CheckCitations(const google::protobuf::RepeatedPtrField<Citation>& citations,
                            std::string_view path_view) {
  const std::string path(path_view);
  if (citations.empty()) return MissingField(path);
  for (int i = 0; i < citations.size(); ++i) {
    const Citation& citation = citations[i];
    const std::string at = absl::StrCat(path, "[", i, "]");
    if (citation.source().empty()) return MissingField(at + ".source");
    if (citation.kind() == Citation::SOURCE_KIND_UNSPECIFIED ||
        !Citation::SourceKind_IsValid(citation.kind())) {
      return InvalidField(at + ".kind", std::to_string(citation.kind()), "is not a kind of source");
    }
    if (citation.kind() == Citation::INFERRED && citation.reasoning().empty()) {
      return MissingField(at + ".reasoning");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadDate(PartialDate& date, std::string_view field) {
  ASSIGN_OR_RETURN(date, ToPartialDate(date.text(), field));
  return absl::OkStatus();
}

absl::Status CheckEndIsAfterStart(const PartialDate& start, const PartialDate& end,
                                  std::string_view field) {
  const DayRange begins = Days(start);
  const DayRange ends = Days(end);
  if (!begins.earliest || !ends.latest || *begins.earliest < *ends.latest) return absl::OkStatus();
  return InvalidField(field, end.text(),
                      absl::StrCat("is not after the start, \"", start.text(), "\""));
}

}  // namespace corridor
