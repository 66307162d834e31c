// Whether what was kept is still true: which names commits touched last, as far back as is known,
// and when the store was last asked for more.
#pragma once

#include <chrono>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "platform/cache/last_touched.h"
#include "platform/cache/tags.h"
#include "platform/store/versioned_store.h"

namespace corridor::cache {

using SteadyTime = std::chrono::steady_clock::time_point;

// No answer is older than this: for so long after the store's head was asked for, nothing is taken
// to have been committed.
inline constexpr std::chrono::milliseconds kTrusted{250};

// From when an answer is, and what makes it untrue.
struct Stamp {
  // Every commit up to it is in what was read: pinned before the read began.
  int64_t position = 0;
  // That the answer says it is from; an earlier one when the request asked for that.
  int64_t version = 0;
  // Whether it is of one version, whatever comes: only a purge makes it untrue.
  bool is_fixed = false;
  std::vector<Tag> tags = {};
};

// Thread-safe. Commits come from one thread at a time.
class Validity {
 public:
  // Remembers up to `most_names` names that were touched; with more it forgets the older half.
  explicit Validity(size_t most_names = size_t{1} << 16) : most_names_(most_names) {}

  // Begins at `head`: nothing is known of the commits up to it but for what is replayed.
  void BeginAt(int64_t head);
  // The commit before those that are known. False when it is one too many: it stays unknown.
  bool Replay(const store::Commit& commit);
  // The commit after those that are known.
  void Apply(const store::Commit& commit);
  // All commits were applied that the store had when it was asked, at `asked` or later.
  void AskedAt(SteadyTime asked);
  // There is a commit `version`, which the caller knows of otherwise: nothing is true until it was
  // applied.
  void Expect(int64_t version);

  // Whether an answer with this stamp is one that the store could give between kTrusted before
  // `now` and now, and is from `min_version` or later.
  bool Holds(const Stamp& stamp, int64_t min_version, SteadyTime now) const;
  // The last commit applied.
  int64_t version() const;
  // That of the last purge known; 0 for none.
  int64_t last_purge() const;

 private:
  void Note(const store::Commit& commit);
  int64_t LastOf(const Tag& tag) const;

  const size_t most_names_;

  mutable std::shared_mutex mutex_;  // Guards the rest.
  LastTouched names_;
  LastTouched collections_;
  LastTouched in_bulk_;  // Collections, of commits without names.
  int64_t purge_ = 0;
  int64_t floor_ = 0;  // Nothing is known of what was committed up to it.
  int64_t version_ = 0;
  int64_t expected_ = 0;
  SteadyTime asked_ = SteadyTime::min();
};

}  // namespace corridor::cache
