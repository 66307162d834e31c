// How every read begins: pinned to the version that `known_at` or the page token names, for the
// days that `as_of` names.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "corridor/common/v1/date.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "platform/dates/partial_date.h"
#include "platform/request/call_context.h"
#include "platform/request/page.h"
#include "platform/status/status.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

// Most names, queries or pairs in one request.
inline constexpr int kMaxBatch = 1000;

// Opens the version that the request's `known_at` names, and says so to `call`.
// Errors: INVALID_ARGUMENT (`known_at`), OUT_OF_RANGE, and others of Store::ReadAt.
absl::StatusOr<std::unique_ptr<Reader>> OpenReader(Store& store, std::string_view known_at,
                                                   CallContext& call);

// One page of a list.
struct PageRead {
  std::unique_ptr<Reader> reader;
  std::optional<PageCursor> cursor;  // Absent on the first page.
  int size = 0;

  // The rows to ask for: one more than are answered, to know whether there is a next page.
  Slice slice() const {
    return {cursor && !cursor->keys.empty() ? cursor->keys[0] : std::string(), size + 1};
  }
};

// As OpenReader, for a list: a page token pins the version of the first page.
// Errors: also INVALID_ARGUMENT (`page_size`, `page_token`).
template <typename Request>
absl::StatusOr<PageRead> OpenPage(Store& store, const Request& request, CallContext& call) {
  PageRead page;
  ASSIGN_OR_RETURN(page.size, PageSize(request.page_size()));
  ASSIGN_OR_RETURN(page.cursor, DecodePageToken(request, store.epoch()));
  const std::string pinned = page.cursor ? std::to_string(page.cursor->version) : std::string();
  ASSIGN_OR_RETURN(page.reader, OpenReader(store, page.cursor ? pinned : request.known_at(), call));
  return page;
}

// A page ends early at this size, since gRPC's clients take 4 MB.
inline constexpr size_t kMaxPageBytes = 2 << 20;

// Moves a page of `rows` into `out`, and sets the response's token when a row is left over.
// `key_of` is the row's key, `as_of` the text of the day that the first page resolved to, empty for
// lists without one.
template <typename Request, typename Row, typename KeyOf, typename Response>
void FillPage(const Request& request, const Store& store, const PageRead& page,
              std::vector<Row> rows, KeyOf key_of, const std::string& as_of,
              google::protobuf::RepeatedPtrField<Row>* out, Response& response) {
  *response.mutable_known_version() = page.reader->known_version();
  size_t size = 0;
  size_t bytes = 0;
  while (size < std::min(rows.size(), static_cast<size_t>(page.size))) {
    bytes += rows[size].ByteSizeLong();
    if (size > 0 && bytes > kMaxPageBytes) break;
    ++size;
  }
  if (rows.size() > size) {
    const PageCursor cursor = {
        response.known_version().version(), as_of, {std::string(key_of(rows[size - 1]))}};
    response.set_next_page_token(EncodePageToken(request, store.epoch(), cursor));
    rows.resize(size);
  }
  for (Row& row : rows) *out->Add() = std::move(row);
}

// The days that a question is about.
struct AsOfDays {
  common::v1::PartialDate date;
  DayRange days;  // With both ends.
};

// Reads `text` (empty: today in UTC) of the field `as_of`; a page token's day goes before. Errors:
// INVALID_ARGUMENT naming `field`: also a date without an earliest or latest day.
absl::StatusOr<AsOfDays> ReadAsOf(std::string_view text, std::string_view field,
                                  const std::optional<PageCursor>& cursor, const CallContext& call);

// Between 1 and kMaxBatch. Errors: INVALID_ARGUMENT naming `field` and the number.
absl::Status CheckBatchSize(int size, std::string_view field);

// What `pattern` matches in `name`, for one star. Errors: INVALID_ARGUMENT naming `field`.
absl::StatusOr<std::string> IdIn(std::string_view name, std::string_view pattern,
                                 std::string_view field);

// The group and member of `areas/{group}/members/{member}`, or the organisation and party of
// `organisations/{organisation}/memberships/{party}`. Errors: INVALID_ARGUMENT naming `field`.
struct TwoIds {
  std::string parent, id;
};
absl::StatusOr<TwoIds> TwoIdsIn(std::string_view name, std::string_view pattern,
                                std::string_view field);

}  // namespace corridor::memberstates
