// Paging that neither skips nor repeats while others write: sizes, and tokens that pin the version
// of the first page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace corridor {

inline constexpr int kDefaultPageSize = 250;
inline constexpr int kMaxPageSize = 1000;

// Rows to answer for the request field `page_size`: 0 means `default_size`.
// Errors: INVALID_ARGUMENT naming `page_size` and the value unless 0 ≤ page_size ≤ `max_size`.
absl::StatusOr<int> PageSize(int32_t page_size, int default_size = kDefaultPageSize,
                             int max_size = kMaxPageSize);

// Where the next page of a list begins.
struct PageCursor {
  int64_t version = 0;     // That every page of the list is read at.
  std::string as_of = {};  // Day that the first page resolved to; empty for lists without one.
  std::vector<std::string>
      keys;  // Keyset: the last row answered, in the columns the list is ordered by.
};

// The token of the page after `cursor`, for a further request like `request` (its `page_token` and
// `page_size` do not count) to the store with this epoch. Opaque to clients, not secret and not
// signed: keys are to be treated as input.
std::string EncodePageToken(const google::protobuf::Message& request, std::string_view epoch,
                            const PageCursor& cursor);

// The cursor of the field `page_token` of `request`; absent when it is empty, which asks for the
// first page. Errors: INVALID_ARGUMENT naming `page_token` (malformed, or made for another
// request), ABORTED (POSITION_OF_ANOTHER_EPOCH: the store was restored or replaced since).
absl::StatusOr<std::optional<PageCursor>> DecodePageToken(const google::protobuf::Message& request,
                                                          std::string_view epoch);

}  // namespace corridor
