// Whether an instance of a service deserves calls: one that fails again and again is left out for a
// while, longer each time, and comes back slowly. Used by one thread; knows no clock.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "gateway/upstream/grpc_session.h"

namespace corridor::gateway {

struct HealthOptions {
  int64_t eject_after = 5;  // Failures in a row; 0: never.
  // Doubles each time, until it has not been left out for the longest.
  absl::Duration first_ejection = absl::Seconds(5);
  absl::Duration longest_ejection = absl::Minutes(2);
  absl::Duration slow_start = absl::Seconds(10);
};

// What the end of a call says of the instance that carried it.
enum class CallVerdict {
  kNothing,  // It may be the client's doing, or the instance goes away in order.
  kWell,     // It answered, if with an error.
  kFailed,
};
// `given`: how long the call had before its deadline.
CallVerdict VerdictOf(const GrpcSession::Outcome& outcome, absl::Duration given);
// The same of a call whose deadline came without an answer.
CallVerdict VerdictOfTimeout(absl::Duration given);

class EndpointHealth {
 public:
  explicit EndpointHealth(const HealthOptions& options) : options_(options) {}

  // Nothing that ends while it is ejected counts: it began before.
  void OnWell(absl::Time now);
  // Whether it is ejected by this; only when `may_eject`. One that came back and did not answer
  // well since is ejected by one failure.
  bool OnFailed(absl::Time now, bool may_eject);

  bool is_ejected(absl::Time now) const { return now < ejected_until_; }
  absl::Time ejected_until() const { return ejected_until_; }
  // Of the calls that it would get otherwise, from a tenth to 1 while it comes back.
  double share(absl::Time now) const;

 private:
  const HealthOptions options_;
  int64_t failures_ = 0;  // In a row.
  absl::Duration last_ejection_ = absl::ZeroDuration();
  absl::Time ejected_until_ = absl::InfinitePast();
};

}  // namespace corridor::gateway
