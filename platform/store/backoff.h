// How long to wait before trying again what failed.
#pragma once

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace corridor::store {

// 50 ms at first, twice as long each time, 1 s at most; up to half of it is left out at random, so
// that processes that lost the same service do not come back all at once. Used by one thread.
class Backoff {
 public:
  absl::Duration Next() {
    const absl::Duration longest = next_;
    next_ = std::min(2 * next_, kMost);
    return longest * absl::Uniform(random_, 0.5, 1.0);
  }
  void Reset() { next_ = kLeast; }

 private:
  static constexpr absl::Duration kLeast = absl::Milliseconds(50);
  static constexpr absl::Duration kMost = absl::Seconds(1);

  absl::Duration next_ = kLeast;
  absl::BitGen random_;
};

}  // namespace corridor::store
