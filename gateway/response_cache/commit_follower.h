// Keeps a Validity up to date with the change feed of its service.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gateway/changes/alarm_clock.h"
#include "gateway/changes/service_feed.h"
#include "gateway/response_cache/validity.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// Belongs to one loop. Goes on for as long as it lives, whatever the service does.
class CommitFollower {
 public:
  // All outlive it. `forget` is called when answers that are kept may hold what was erased from all
  // versions, or are of another store.
  CommitFollower(std::string service, Upstream& upstream, AlarmClock& clock, Validity& validity,
                 std::function<void()> forget);

  // Once, first.
  void Begin() { Follow(std::nullopt); }

 private:
  // Goes on after `position`; nullopt: from the service's head.
  void Follow(std::optional<ServiceFeed::Part> position);
  void Look();
  // Whether the feed is to be asked for anew, so that what it says is counted from now.
  bool IsOutOfStep() const;

  const std::string service_;
  Upstream& upstream_;
  AlarmClock& clock_;
  Validity& validity_;
  const std::function<void()> forget_;
  const std::unique_ptr<Alarm> again_;
  std::unique_ptr<ServiceFeed> feed_;
  bool begins_ = false;  // The feed is from a head that is not told yet.
};

}  // namespace corridor::gateway
