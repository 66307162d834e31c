// Keeps a service's copy of the areas up to date by memberstates' change feed.
#pragma once

#include <stop_token>
#include <thread>

#include "absl/status/status.h"
#include "platform/areas/area_directory.h"
#include "platform/areas/area_source.h"
#include "platform/store/backoff.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::areas {

// Follows on a thread of its own until stopped or destroyed: a commit of memberstates that touches
// areas is in the copy a moment later. When memberstates is lost, tries again every second at most,
// and goes on from where it was; logs once that it was lost and once that it is back.
class AreaFollower {
 public:
  // All must outlive this.
  AreaFollower(AreaDirectory& directory, AreaSource& source, telemetry::Telemetry& telemetry);
  ~AreaFollower() { Stop(); }
  AreaFollower(const AreaFollower&) = delete;
  AreaFollower& operator=(const AreaFollower&) = delete;

  // Ends what is under way, and the thread. Called by one thread at a time.
  void Stop();

 private:
  void Run(const std::stop_token& stop);
  // Follows until the feed ends: OK when it can go on at once, from another position.
  absl::Status Follow(const std::stop_token& stop);
  absl::Status Handle(const FeedEvent& event, const std::stop_token& stop);
  void NoteLost(const absl::Status& why);
  void NoteHeard();

  AreaDirectory& directory_;
  AreaSource& source_;
  telemetry::Telemetry& telemetry_;

  // Of the thread.
  Cursor position_;  // The last commit handled; no epoch before the first.
  bool lost_ = false;
  store::Backoff backoff_;

  std::jthread thread_;
};

}  // namespace corridor::areas
