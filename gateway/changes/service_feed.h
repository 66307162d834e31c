// The change feed of one service, resumed by itself for as long as anybody follows it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "corridor/changes/v1/changes.pb.h"
#include "corridor/common/v1/position.pb.h"
#include "gateway/changes/alarm_clock.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// Belongs to one loop. Holds one commit; the others wait at the service until it is taken.
class ServiceFeed {
 public:
  using Part = common::v1::Position::Part;

  // Goes on after `position`, which may be the beginning (no epoch, version 0); nullopt: from now
  // on, which is the head that the service names when it is first reached. `upstream` and `clock`
  // outlive it. `heartbeats`: as WatchRequest has it; infinite: as often as the service likes.
  // `ready` is called when Look() may find something; it may destroy this.
  ServiceFeed(std::string service, Upstream& upstream, std::optional<Part> position,
              std::vector<std::string> resources, Headers metadata, AlarmClock& clock,
              std::function<void()> ready, absl::Duration heartbeats = absl::InfiniteDuration());
  ~ServiceFeed();

  // Once, first.
  void Begin();
  // Moves on to the next commit, unless one waits to be taken.
  void Look();
  bool has_commit() const { return next_.has_value(); }
  // Only with has_commit().
  changes::v1::Commit Take();

  const std::string& service() const { return service_; }
  // Every commit asked for up to here has been taken; nullopt while the service's head is not
  // known.
  const std::optional<Part>& position() const { return position_; }
  // When, by the clock, nothing had been committed after position(): the latest time of which that
  // is known for sure. It is counted by two steady clocks from when the service was asked for the
  // feed, which was at asked_since().
  absl::Time known_at() const { return known_at_; }
  absl::Time asked_since() const { return asked_since_; }
  // Whether the service has answered, or could not be reached, since Begin().
  bool is_settled() const { return is_settled_; }
  // Why it cannot go on, for which the service must have said so: a service that is down or broken
  // is waited for. Errors: those of corridor.changes.v1.Changes.Watch; INTERNAL for an answer that
  // is not of the contract.
  const absl::Status& failure() const { return failure_; }

 private:
  // Goes on where it was, whatever is known of that.
  void Ask();
  // Asks the service's head, without a commit of its past.
  void LearnHead();
  void OnHead(const UnaryReply& reply);
  void Watch();
  void OnMessage(const std::string& message);
  // Everything up to the event's position has been taken.
  void MoveTo(const changes::v1::WatchResponse& event);
  void OnEnd(const absl::Status& status);
  void Fail(const absl::Status& why);
  // For what the service sent.
  void FailBy(const char* garbage);
  void End(absl::Status failure);
  void Tell() const;

  const std::string service_;
  Upstream& upstream_;
  std::optional<Part> position_;
  const std::vector<std::string> resources_;
  const Headers metadata_;
  AlarmClock& clock_;
  const std::function<void()> ready_;
  const absl::Duration heartbeats_;
  const std::unique_ptr<Alarm> retry_;
  absl::Duration pause_;
  std::function<void()> cancel_;  // Of the head being asked for.
  std::unique_ptr<MessageStream> stream_;
  std::optional<changes::v1::WatchResponse> next_;  // With a commit that was not taken yet.
  absl::Time asked_since_ = absl::InfinitePast();
  absl::Time known_at_ = absl::InfinitePast();
  bool is_asking_ = false;  // Within the call that asks for it.
  bool is_settled_ = false;
  absl::Status failure_;
};

}  // namespace corridor::gateway
