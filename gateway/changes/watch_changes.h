// The method WatchChanges: the change feeds of all services as one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/changes/alarm_clock.h"
#include "gateway/own_stream.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// Belongs to one loop; outlives its streams. Keeps nothing of a stream that is gone.
//
// Each stream follows the services on its own, by one Watch each, and holds one commit of each that
// its reader has not taken: a slow reader leaves the rest in the services' stores, and costs nobody
// else anything. The first event is a heartbeat, as soon as every service has answered or turned
// out to be down, at the latest after a second; then come the commits of all in turn, and a
// heartbeat when there was nothing else for four seconds. Every event names the position after it,
// which leads to each commit of each service once and in order.
//
// A service that is down or broken is waited for, and asked again within a second. A stream ends
// only when a service says that there is no going on (those of Changes.Watch), and at the call's
// deadline.
class WatchChanges : public OwnStream {
 public:
  // `services` by name; they and `clock` outlive it.
  WatchChanges(std::map<std::string, Upstream*> services, AlarmClock& clock);

  // Errors: INVALID_ARGUMENT (`since` or `Last-Event-ID`, which goes before it; `services`).
  absl::StatusOr<std::unique_ptr<OwnEvents>> Open(StreamingCall call,
                                                  std::function<void()> ready) override;

 private:
  const std::map<std::string, Upstream*> services_;
  AlarmClock& clock_;
};

}  // namespace corridor::gateway
