// The table of commits, and what belongs to it: requests that were answered, and purges. In
// statements on a snapshot or in the transaction of a commit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

inline constexpr char kStoreReplaced[] = "STORE_REPLACED";

// A version and when it was recorded; 0 and the infinite past for none.
struct Point {
  int64_t version = 0;
  absl::Time time = absl::InfinitePast();
};

// Of the store whose epoch this is. Errors of these: UNAVAILABLE (STORE_REPLACED: it has another
// one by now).
absl::StatusOr<Point> HeadOf(Snapshot& snapshot, const std::string& epoch);
// What a reader is to be pinned to, and the last commit.
struct Found {
  Point point;
  Point head;
};
// The version itself; the last at or before a time. Errors: as VersionedStore::ReadAt.
absl::StatusOr<Found> FindVersion(Snapshot& snapshot, const std::string& epoch, int64_t version);
absl::StatusOr<Found> FindTime(Snapshot& snapshot, const std::string& epoch, absl::Time time,
                               absl::Time now);

// Commits after `since`, in order, at most `limit`.
absl::StatusOr<std::vector<Commit>> CommitsAfter(Snapshot& snapshot, int64_t since, int limit);

// What this request was answered from before, if it was. Errors: ALREADY_EXISTS (REQUEST_ID_REUSED:
// with another payload).
absl::StatusOr<std::optional<Commit>> FindRequest(Transaction& transaction,
                                                  const WriteContext& context);

// Records a commit, and what it purged.
absl::Status RecordCommit(Transaction& transaction, const WriteContext& context,
                          const Commit& commit, const std::vector<Purged>& purges);
// Records that the request, which has an id, was answered from `version` without a commit.
absl::Status RecordUnchanged(Transaction& transaction, const WriteContext& context,
                             int64_t version);

}  // namespace corridor::store
