// Rules for what every record carries: who says so, and from when until when.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "corridor/common/v1/citation.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "platform/dates/partial_date.h"
#include "platform/status/status.h"

namespace corridor {

// A record may take 64 KiB, a name in it 300 bytes, so that a page of them fits into a message.
// Errors: INVALID_ARGUMENT naming `path` and the size or the name.
absl::Status CheckSize(const google::protobuf::Message& record, std::string_view path);
absl::Status CheckNameLength(std::string_view name, std::string_view path);

// At least one citation, each with a source and a kind, and with its reasoning when it is INFERRED.
// Errors: INVALID_ARGUMENT naming the field under `path`.
absl::Status CheckCitations(
    const google::protobuf::RepeatedPtrField<common::v1::Citation>& citations,
    std::string_view path);

// Reads `date.text` and sets what it means. Errors: INVALID_ARGUMENT naming `field`.
absl::Status ReadDate(common::v1::PartialDate& date, std::string_view field);

// `end` may be a day after `start`. Errors: INVALID_ARGUMENT naming `field` (of `end`).
absl::Status CheckEndIsAfterStart(const common::v1::PartialDate& start,
                                  const common::v1::PartialDate& end, std::string_view field);

// Reads `start` and `end` of a record, and refuses an end that is not after its start.
template <typename Record>
absl::Status ReadStartAndEnd(Record& record, const std::string& path) {
  if (record.has_start()) RETURN_IF_ERROR(ReadDate(*record.mutable_start(), path + ".start"));
  if (record.has_end()) RETURN_IF_ERROR(ReadDate(*record.mutable_end(), path + ".end"));
  if (!record.has_start() || !record.has_end()) return absl::OkStatus();
  return CheckEndIsAfterStart(record.start(), record.end(), path + ".end");
}

}  // namespace corridor
