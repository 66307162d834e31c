// A service as one loop reaches it: its addresses, its connections, and the calls that wait for
// one.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/loop.h"
#include "gateway/upstream/balance.h"
#include "gateway/upstream/endpoint.h"
#include "gateway/upstream/resolver.h"
#include "gateway/upstream/retry_budget.h"
#include "gateway/upstream/upstream.h"
#include "gateway/upstream/upstream_metrics.h"

namespace corridor::gateway {

struct PoolOptions {
  std::string service;          // As errors name it, e.g. `memberstates`.
  std::vector<Target> targets;  // Not empty. The service is at all addresses of all of them.
  absl::Duration resolve_every = absl::Seconds(10);
  // Streaming calls at once; one more ends with RESOURCE_EXHAUSTED. Well below the streams of an
  // endpoint's two connections, since such calls may last for days and unary ones want room, too.
  size_t streaming_calls = 100;
  // Of the retry budget: as many as a connection carries, which may be lost with all of them.
  double retries_at_once = 1000;
  UpstreamMetrics* metrics = nullptr;  // Outlives the pool.
  EndpointOptions endpoint;            // `client.authority` is set by the pool.
};

// Belongs to its loop's thread. What it was given to call back is dropped when it is destroyed.
//
// A call goes to the less loaded of two addresses picked at random, of those that are not left out
// because calls to them fail (endpoint_health.h). It waits while a connection is
// being made, and fails at once with UNAVAILABLE when none is and none is up. It is sent a second
// time, once, if the service has not looked at it, or if it only reads and the connection was lost
// before any answer, or the service turned it away; in the latter cases only within the retry
// budget. So is a streaming call that got no message yet, and a relayed one that got no headers.
class Pool : public Upstream {
 public:
  Pool(Loop& loop, PoolOptions options);
  ~Pool() override;

  std::function<void()> Unary(UnaryCall call, std::function<void(UnaryReply)> done) override;
  std::unique_ptr<MessageStream> Stream(StreamingCall call, std::function<void()> ready) override;
  std::unique_ptr<RelayedAnswer> Relay(RelayCall call, std::function<void()> ready) override;
  absl::Status Available() const override;

 private:
  struct Pending;
  class Streaming;
  class Relayed;

  void OnResolved(size_t target, const absl::StatusOr<std::vector<Address>>& addresses);
  void OnEndpointChange();
  void Begin(const std::shared_ptr<Pending>& call);
  // As Begin(), unless too many streaming calls are open.
  void BeginStreaming(const std::shared_ptr<Pending>& call);
  void Cancel(Pending& call);
  // Sends the call on a connection other than `avoid`, or lets it wait, or fails it.
  void Dispatch(const std::shared_ptr<Pending>& call, const Http2Client* avoid = nullptr);
  Endpoint* PickEndpoint(const Http2Client* avoid);
  // What PickOf() chooses among, of all endpoints in their order; `avoid` takes no calls, nor does
  // its endpoint when `elsewhere`.
  std::vector<Candidate> Candidates(const Http2Client* avoid, bool elsewhere) const;
  void Judge(Endpoint& endpoint, CallVerdict verdict);
  void OnOutcome(const std::shared_ptr<Pending>& call, GrpcSession::Outcome outcome);
  bool MayRetry(const Pending& call, const GrpcSession::Outcome& outcome,
                const Http2Client* carried_by);
  bool HasBudgetFor(const GrpcSession::Outcome& outcome);
  void OnDeadline(const std::shared_ptr<Pending>& call);
  void Withdraw(Pending& call);
  void Finish(Pending& call, UnaryReply reply);
  bool HasHope() const;
  absl::Status Unavailable(absl::string_view why) const;
  // An error without details, as one that names the service.
  absl::Status WithService(const absl::Status& status) const;
  absl::Status TooManyStreams() const;
  // Why no call can be taken.
  absl::Status Failure() const;

  Loop& loop_;
  const PoolOptions options_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::list<std::shared_ptr<Pending>> waiting_;
  std::string resolve_failure_;
  bool resolved_once_ = false;
  size_t streaming_ = 0;  // Calls.
  RetryBudget retries_;
  Timer sweep_;
  std::vector<std::vector<Address>> resolved_;  // Of each target, when it last could be.
  std::vector<std::unique_ptr<Resolver>> resolvers_;
};

}  // namespace corridor::gateway
