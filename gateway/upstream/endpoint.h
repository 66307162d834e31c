// One address of a service: keeps a connection to it, a second one while the first is full, tries
// again with growing pauses when it cannot be reached, and remembers how its calls end.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/loop.h"
#include "gateway/upstream/address.h"
#include "gateway/upstream/endpoint_health.h"
#include "gateway/upstream/http2_client.h"
#include "gateway/upstream/upstream_metrics.h"

namespace corridor::gateway {

struct EndpointOptions {
  Http2ClientOptions client;
  absl::Duration first_pause = absl::Milliseconds(50);  // After a failure; doubles, with jitter.
  absl::Duration longest_pause = absl::Seconds(1);
  HealthOptions health;
};

// Belongs to its loop's thread.
class Endpoint : private Http2Client::Observer {
 public:
  // Connects at once. `on_change` is called when it may have become able to take a call, or unable;
  // it must not destroy the endpoint. `metrics` may be null.
  Endpoint(Loop& loop, const Address& address, const EndpointOptions& options,
           std::shared_ptr<UpstreamMetrics::OfEndpoint> metrics, std::function<void()> on_change);
  ~Endpoint() override;

  const Address& address() const { return address_; }
  // The connection to send a call on, other than `avoid`; null when none takes one.
  Http2Client* Connection(const Http2Client* avoid) const;
  // Whether `connection` is one of its own.
  bool Has(const Http2Client* connection) const;
  // Calls open on all connections.
  size_t load() const;
  // A connection is up, if only a full one.
  bool is_up() const;
  // A connection is being made.
  bool is_connecting() const { return connecting_ != nullptr; }
  // Why the last attempt failed; OK while up.
  const absl::Status& failure() const { return failure_; }

  const EndpointHealth& health() const { return health_; }
  // A call that it carried has ended. `may_eject`: others can take its calls.
  void OnVerdict(CallVerdict verdict, bool may_eject);
  // A call that it did not answer is sent again.
  void CountRetry();

  // Opens a second connection when the first is full; not while attempts pause.
  void WantRoom();
  // Stops using `connection`, because of what it answered, and makes another; false when that was
  // done less than a second ago, so that a service that turns calls away does not cost a connection
  // each.
  bool Replace(const Http2Client* connection);
  // The address is gone: no new calls and connections; over when is_over().
  void Leave();
  bool is_leaving() const { return is_leaving_; }
  bool is_over() const { return is_leaving_ && connections_.empty(); }

 private:
  void OnUp(Http2Client& client) override;
  void OnDown(Http2Client& client, const absl::Status& why) override;
  void OnChange(Http2Client& client) override;

  void OnBack();
  size_t usable() const;
  void Connect();
  // Connects at once after a connection that served for a while, else after a pause.
  void Reconnect();
  // No attempt for a while, longer each time.
  void Pause();

  Loop& loop_;
  const Address address_;
  const EndpointOptions options_;
  const std::shared_ptr<UpstreamMetrics::OfEndpoint> metrics_;
  const std::function<void()> on_change_;
  EndpointHealth health_;
  Timer back_;  // Set while it is ejected.
  std::vector<std::unique_ptr<Http2Client>> connections_;
  Http2Client* connecting_ = nullptr;  // One of them.
  absl::Status failure_;
  absl::Duration pause_;
  Timer retry_;
  absl::Time attempted_ = absl::InfinitePast();
  absl::Time came_up_ = absl::InfinitePast();
  absl::Time replaced_ = absl::InfinitePast();
  bool is_leaving_ = false;
};

}  // namespace corridor::gateway
