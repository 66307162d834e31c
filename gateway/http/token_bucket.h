// Limits how often something may happen: `burst` times at once, then `per_second` times. Used by
// one thread; knows no clock.
#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace corridor::gateway {

class TokenBucket {
 public:
  TokenBucket(double burst, double per_second, absl::Time now)
      : burst_(burst), per_second_(per_second), tokens_(burst), filled_(now) {}

  // Takes some; false when there are not so many.
  bool Take(absl::Time now, double tokens = 1) {
    if (now > filled_) {
      Put(per_second_ * absl::ToDoubleSeconds(now - filled_));
      filled_ = now;
    }
    if (tokens_ < tokens) return false;
    tokens_ -= tokens;
    return true;
  }
  // Gives some back, beside what time gives.
  void Put(double tokens) { tokens_ = std::min(burst_, tokens_ + tokens); }

 private:
  const double burst_;
  const double per_second_;
  double tokens_;
  absl::Time filled_;
};

}  // namespace corridor::gateway
