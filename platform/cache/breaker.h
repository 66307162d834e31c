// Leaves a peer alone that failed several times in a row, and tries it again from time to time.
#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace corridor::cache {

// Not thread-safe.
class Breaker {
 public:
  enum class State {
    kClosed,    // Calls go to it.
    kHalfOpen,  // One call tries it.
    kOpen,      // Nothing goes to it.
  };
  static constexpr int kFailures = 3;  // In a row, until it opens.
  static constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
  static constexpr absl::Duration kLongestPause = absl::Seconds(5);

  State state() const { return state_; }
  // When it may be tried, while it is open.
  absl::Time retry_at() const { return retry_at_; }

  // Half-opens it when its pause is over: then the caller is the one that tries, and says how it
  // went.
  bool MayTry(absl::Time now) {
    if (state_ != State::kOpen || now < retry_at_) return false;
    state_ = State::kHalfOpen;
    return true;
  }
  void Succeeded() {
    state_ = State::kClosed;
    failures_ = 0;
    pause_ = kFirstPause;
  }
  void Failed(absl::Time now) {
    if (state_ == State::kOpen) return;  // Calls that began before it opened.
    if (state_ == State::kClosed && ++failures_ < kFailures) return;
    state_ = State::kOpen;
    retry_at_ = now + pause_;
    pause_ = std::min(2 * pause_, kLongestPause);
  }

 private:
  State state_ = State::kClosed;
  int failures_ = 0;
  absl::Duration pause_ = kFirstPause;
  absl::Time retry_at_ = absl::InfinitePast();
};

}  // namespace corridor::cache
