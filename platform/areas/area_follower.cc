#include "platform/areas/area_follower.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "platform/status/status.h"

namespace corridor::areas {
namespace {

constexpr absl::Duration kLongestCopy = absl::Seconds(10);

bool TouchesAreas(const FeedEvent& event) {
  return std::any_of(event.collections.begin(), event.collections.end(),
                     [](std::string_view collection) {
                       return collection == "areas" || collection == "areas/-/members";
                     });
}

void WaitFor(absl::Duration duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, absl::ToChronoNanoseconds(duration), [] { return false; });
}

}  // namespace

AreaFollower::AreaFollower(AreaDirectory& directory, AreaSource& source,
                           telemetry::Telemetry& telemetry)
    : directory_(directory),
      source_(source),
      telemetry_(telemetry),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void AreaFollower::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void AreaFollower::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const absl::Status ended = Follow(stop);
    if (stop.stop_requested()) return;
    if (!ended.ok()) NoteLost(ended);
    WaitFor(backoff_.Next(), stop);
  }
}

absl::Status AreaFollower::Follow(const std::stop_token& stop) {
  if (position_.epoch.empty()) {
    ASSIGN_OR_RETURN(position_, directory_.Position(absl::Now() + kLongestCopy));
  }
  if (position_.epoch.empty()) {
    ASSIGN_OR_RETURN(position_, directory_.CopyAnew(absl::Now() + kLongestCopy, stop));
  }
  absl::Status ended =
      source_.Watch(position_, stop, [&](const FeedEvent& event) { return Handle(event, stop); });
  // Memberstates was restored: its feed does not lead on from here.
  if (!absl::IsAborted(ended) && !absl::IsOutOfRange(ended)) return ended;
  ASSIGN_OR_RETURN(position_, directory_.CopyAnew(absl::Now() + kLongestCopy, stop));
  return absl::OkStatus();
}

absl::Status AreaFollower::Handle(const FeedEvent& event, const std::stop_token& stop) {
  // What a copy made before covers is heard again after a reconnect.
  if (event.version > position_.version) {
    const Cursor target = {position_.epoch, event.version};
    if (TouchesAreas(event)) {
      ASSIGN_OR_RETURN(position_, directory_.CatchUp(target, absl::Now() + kLongestCopy, stop));
    } else {
      position_ = target;
    }
  }
  if (!event.purged.empty()) {
    RETURN_IF_ERROR(directory_.Purge(event.purged, absl::Now() + kLongestCopy));
  }
  NoteHeard();
  return absl::OkStatus();
}

void AreaFollower::NoteLost(const absl::Status& why) {
  if (lost_) return;
  lost_ = true;
  const std::string error(why.message());
  telemetry_.Log("warn", "memberstates is lost: the copy of its areas stays as it is",
                 {{"code", CodeName(why.code())}, {"error", error}});
}

void AreaFollower::NoteHeard() {
  backoff_.Reset();
  if (!lost_) return;
  lost_ = false;
  telemetry_.Log("info", "memberstates is back: the copy of its areas is kept up to date");
}

}  // namespace corridor::areas
