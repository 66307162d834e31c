// How many calls may be sent again, so that services in trouble do not get all of them twice: in
// the long run a fifth of the calls, and ten a second beside that. What was saved up is for a
// connection that is lost with all of its calls.
#pragma once

#include "absl/time/time.h"
#include "gateway/http/token_bucket.h"

namespace corridor::gateway {

// Used by one thread; knows no clock.
class RetryBudget {
 public:
  static constexpr double kShare = 0.2;
  static constexpr double kPerSecond = 10;

  RetryBudget(double at_once, absl::Time now) : tokens_(at_once, kPerSecond, now) {}

  // A call is sent for the first time.
  void OnCall() { tokens_.Put(kShare); }
  // Whether one more may be sent again.
  bool Take(absl::Time now) { return tokens_.Take(now); }

 private:
  TokenBucket tokens_;
};

}  // namespace corridor::gateway
