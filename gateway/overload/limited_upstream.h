// A service that no more is asked of than it can answer in time: unary calls beyond that end at
// once as UNAVAILABLE (OVERLOADED), in the order of arrival and fairly between clients. Streaming
// calls pass: their number is limited by the pool.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/overload/concurrency_limit.h"
#include "gateway/upstream/upstream.h"

namespace prometheus {
class Counter;
class Gauge;
}  // namespace prometheus

namespace corridor::gateway {

// Belongs to its loop's thread; `inner` and the metrics outlive it. What it was given to call back
// is dropped when it is destroyed.
class LimitedUpstream : public Upstream {
 public:
  struct Metrics {
    prometheus::Gauge* limit = nullptr;  // Of all loops together.
    prometheus::Counter* turned_away = nullptr;
  };

  // `service` is named by errors. `now` tells the time, the same for all calls.
  LimitedUpstream(Upstream& inner, std::string service, const ConcurrencyOptions& options,
                  std::function<absl::Time()> now, Metrics metrics);
  ~LimitedUpstream() override;

  std::function<void()> Unary(UnaryCall call, std::function<void(UnaryReply)> done) override;
  std::unique_ptr<MessageStream> Stream(StreamingCall call, std::function<void()> ready) override;
  std::unique_ptr<RelayedAnswer> Relay(RelayCall call, std::function<void()> ready) override;
  absl::Status Available() const override { return inner_.Available(); }

 private:
  struct State;
  class Running;
  class Limited;

  absl::Status Overloaded() const;

  Upstream& inner_;
  const std::string service_;
  const std::shared_ptr<State> state_;  // Shared with the calls that run.
};

}  // namespace corridor::gateway
