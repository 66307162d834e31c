// How every read begins and ends: pinned to the version that `known_at` or the page token names,
// for the days that `as_of` names, a page at a time. `Store` is a store::ResourceStore.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/common/v1/date.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "platform/dates/partial_date.h"
#include "platform/request/call_context.h"
#include "platform/request/known_at.h"
#include "platform/request/page.h"
#include "platform/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor {

// Most names, queries, pairs or entries in one request.
inline constexpr int kMaxBatch = 1000;

// Which part of a list to answer: at most `limit` entries whose key comes after `after`.
struct Slice {
  std::vector<std::string> after = {};  // The columns of the key; empty: from the first.
  int limit = 1;

  // Column `i` of `after`; empty, which comes before every key, where it has none.
  std::string_view After(size_t i = 0) const {
    return i < after.size() ? std::string_view(after[i]) : std::string_view();
  }
};

// Opens the version that the request's `known_at` names, and says so to `call`.
// Errors: INVALID_ARGUMENT (`known_at`), OUT_OF_RANGE, and others of Store::ReadAt.
template <typename Store>
absl::StatusOr<std::unique_ptr<typename Store::Reader>> OpenReader(Store& store,
                                                                   std::string_view known_at,
                                                                   CallContext& call) {
  ASSIGN_OR_RETURN(const store::KnownAt at, ParseKnownAt(known_at, store.service(), store.epoch()));
  ASSIGN_OR_RETURN(auto reader, store.ReadAt(at, call.deadline()));
  call.AnsweredFrom(store.epoch(), reader->known_version().version());
  return reader;
}

// One page of a list.
template <typename Store>
struct PageRead {
  std::unique_ptr<typename Store::Reader> reader;
  std::optional<PageCursor> cursor;  // Absent on the first page.
  int size = 0;

  // The rows to ask for: one more than are answered, to know whether there is a next page.
  Slice slice() const { return {cursor ? cursor->keys : std::vector<std::string>(), size + 1}; }
};

// As OpenReader, for a list: a page token pins the version of the first page.
// Errors: also INVALID_ARGUMENT (`page_size`, `page_token`).
template <typename Store, typename Request>
absl::StatusOr<PageRead<Store>> OpenPage(Store& store, const Request& request, CallContext& call) {
  PageRead<Store> page;
  ASSIGN_OR_RETURN(page.size, PageSize(request.page_size()));
  ASSIGN_OR_RETURN(page.cursor, DecodePageToken(request, store.epoch()));
  const std::string pinned = page.cursor ? std::to_string(page.cursor->version) : std::string();
  ASSIGN_OR_RETURN(page.reader, OpenReader(store, page.cursor ? pinned : request.known_at(), call));
  return page;
}

// A page ends early at this size, since gRPC's clients take 4 MB.
inline constexpr size_t kMaxPageBytes = 2 << 20;

// The key of a row in a page token: of one column, or of several.
inline std::vector<std::string> PageKey(std::string_view key) { return {std::string(key)}; }
inline std::vector<std::string> PageKey(std::vector<std::string> key) { return key; }

// Moves a page of `rows` into `out`, and sets the response's token when a row is left over.
// `key_of` answers a row's key, a text or a vector of them; `as_of` is the text of the day that the
// first page resolved to, empty for lists without one.
template <typename Request, typename Store, typename Row, typename KeyOf, typename Response>
void FillPage(const Request& request, const Store& store, const PageRead<Store>& page,
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
    const PageCursor cursor = {response.known_version().version(), as_of,
                               PageKey(key_of(rows[size - 1]))};
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

}  // namespace corridor
