// What is known of the commits of one service: by which it is told whether an answer that was read
// from an earlier version is still the one that the service would give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "platform/cache/last_touched.h"

namespace corridor::gateway {

// A version of a store.
struct StorePoint {
  std::string epoch;
  int64_t version = 0;
};

// Thread-safe. All times are of one steady clock.
//
// An answer is given by its point, which was fixed before anything was read, and by the tags of
// what was asked, as platform/cache/told_tags.h has them: resources (`areas/ARM`), parts of a
// collection and collections (`areas`, `organisations/-/memberships`); without any it depends on
// every commit. It is current as of
// known_at() when it is of the store's epoch, no tag of it was committed after its point, and its
// point is not before the floor, from which on all commits are known.
class Validity {
 public:
  // Of more tags than `most_tags` those are forgotten that were committed first: the floor rises.
  explicit Validity(size_t most_tags = 100'000) : most_tags_(most_tags) {}
  Validity(const Validity&) = delete;
  Validity& operator=(const Validity&) = delete;

  // The store is this one, and nothing is known of what was before `head`.
  void Begin(StorePoint head);
  struct Commit {
    int64_t version = 0;
    std::vector<std::string> tags;
    bool is_all = false;    // It touched more than it names.
    bool is_purge = false;  // It erased something from all versions.
  };
  // The next commit, after Begin().
  void Add(const Commit& commit);
  // The store had no commit beyond those that were added when it was asked at `asked`.
  void KnowAt(absl::Time asked);

  // The store has reached this version, whatever its commits are: until they are known, nothing
  // from before it is current.
  void Hear(const StorePoint& reached);

  // Of what Hear() was told, what goes beyond the commits that are known.
  std::optional<StorePoint> heard() const;
  // Whether the store has reached a later version, as far as was heard.
  bool IsOvertaken(const StorePoint& point) const;
  // When the answer was the service's answer for sure, for the last time; nullopt for one that is
  // not current.
  std::optional<absl::Time> CurrentAt(const StorePoint& point,
                                      const std::vector<std::string>& tags) const;
  // Whether an answer may be shown as one that was right: it is of this store, as far as is known,
  // and nothing was purged since.
  bool WasRight(const StorePoint& point) const;
  // The last commit that is known; nullopt before Begin().
  std::optional<StorePoint> head() const;

 private:
  const size_t most_tags_;
  mutable std::mutex mutex_;  // Guards the rest.
  std::optional<StorePoint> head_;
  int64_t floor_ = 0;
  int64_t heard_ = 0;
  int64_t purged_ = 0;  // No purge came later.
  absl::Time known_at_ = absl::InfinitePast();
  cache::LastTouched last_by_tag_;
};

}  // namespace corridor::gateway
