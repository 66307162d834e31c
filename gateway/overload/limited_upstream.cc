#include "gateway/overload/limited_upstream.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::gateway {

struct LimitedUpstream::State {
  State(const ConcurrencyOptions& options, std::function<absl::Time()> clock, Metrics m)
      : now(std::move(clock)), metrics(m), limit(options, now()) {
    TellLimit();
  }
  ~State() {
    if (metrics.limit != nullptr) metrics.limit->Decrement(told);
  }

  void TellLimit() {
    if (metrics.limit != nullptr) metrics.limit->Increment(limit.limit() - told);
    told = limit.limit();
  }

  const std::function<absl::Time()> now;
  const Metrics metrics;
  ConcurrencyLimit limit;
  double told = 0;
};

// One that was let in, until it ends.
class LimitedUpstream::Running {
 public:
  Running(std::shared_ptr<State> state, uint64_t client, std::string method)
      : state_(std::move(state)),
        client_(client),
        method_(std::move(method)),
        began_(state_->now()) {}
  ~Running() { End(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // The service did what was asked: that is how long it takes.
  void Answered() {
    if (std::exchange(is_measured_, true)) return;
    const absl::Time now = state_->now();
    state_->limit.Answered(method_, now - began_, now);
    state_->TellLimit();
  }
  // Clients that lose patience say how long they waited.
  void End() {
    if (std::exchange(is_over_, true)) return;
    if (!is_measured_ && state_->now() - began_ > state_->limit.TargetOf(method_)) Answered();
    state_->limit.End(client_);
  }

 private:
  const std::shared_ptr<State> state_;
  const uint64_t client_;
  const std::string method_;
  const absl::Time began_;
  bool is_measured_ = false;
  bool is_over_ = false;
};

// The answer to a relayed call: of one that was turned away, or of one that runs.
class LimitedUpstream::Limited : public RelayedAnswer {
 public:
  explicit Limited(absl::Status refusal) : refusal_({{}, std::move(refusal)}) {}
  Limited(Upstream& inner, std::unique_ptr<Running> running, RelayCall call,
          std::function<void()> ready)
      : running_(std::move(running)),
        inner_(inner.Relay(std::move(call), [this, ready = std::move(ready)] {
          Look();
          ready();
        })) {
    Look();
  }

  const Headers* Head() const override { return inner_ == nullptr ? nullptr : inner_->Head(); }
  void Read(std::string& out, size_t enough) override {
    if (inner_ != nullptr) inner_->Read(out, enough);
  }
  const Ending* End() const override { return inner_ == nullptr ? &refusal_ : inner_->End(); }

 private:
  // An answer with headers is what was asked for, and one that has only trailers is an error; in
  // both cases the service has done its work, however slowly the client reads.
  void Look() {
    if (inner_ == nullptr) return;
    if (inner_->Head() != nullptr) running_->Answered();
    if (inner_->Head() != nullptr || inner_->End() != nullptr) running_->End();
  }

  const Ending refusal_;
  const std::unique_ptr<Running> running_;
  const std::unique_ptr<RelayedAnswer> inner_;
};

LimitedUpstream::LimitedUpstream(Upstream& inner, std::string service,
                                 const ConcurrencyOptions& options, std::function<absl::Time()> now,
                                 Metrics metrics)
    : inner_(inner),
      service_(std::move(service)),
      state_(std::make_shared<State>(options, std::move(now), metrics)) {}

LimitedUpstream::~LimitedUpstream() = default;

std::function<void()> LimitedUpstream::Unary(UnaryCall call, std::function<void(UnaryReply)> done) {
  if (!state_->limit.TryBegin(call.client)) {
    done({Overloaded(), "", {}});
    return [] {};
  }
  const auto running = std::make_shared<Running>(state_, call.client, call.method);
  std::function<void()> cancel =
      inner_.Unary(std::move(call), [running, done = std::move(done)](UnaryReply reply) {
        if (reply.status.ok() || reply.status.code() == absl::StatusCode::kDeadlineExceeded) {
          running->Answered();
        }
        running->End();
        done(std::move(reply));
      });
  return [running, cancel = std::move(cancel)] {
    running->End();
    cancel();
  };
}

std::unique_ptr<MessageStream> LimitedUpstream::Stream(StreamingCall call,
                                                       std::function<void()> ready) {
  return inner_.Stream(std::move(call), std::move(ready));
}

std::unique_ptr<RelayedAnswer> LimitedUpstream::Relay(RelayCall call, std::function<void()> ready) {
  if (call.is_streaming) return inner_.Relay(std::move(call), std::move(ready));
  if (!state_->limit.TryBegin(call.client)) return std::make_unique<Limited>(Overloaded());
  auto running = std::make_unique<Running>(state_, call.client, call.method);
  return std::make_unique<Limited>(inner_, std::move(running), std::move(call), std::move(ready));
}

absl::Status LimitedUpstream::Overloaded() const {
  if (state_->metrics.turned_away != nullptr) state_->metrics.turned_away->Increment();
  return ErrorWithReason(
      absl::StatusCode::kUnavailable, "OVERLOADED",
      absl::StrCat(service_, " has as many calls as it can answer in time; try again in a second"),
      {{"service", service_}});
}

}  // namespace corridor::gateway
