#include "gateway/response_cache/commit_follower.h"

#include <optional>
#include <utility>

#include "platform/cache/told_tags.h"

namespace corridor::gateway {
namespace {

// Services ask their stores every 50 ms, and say so each time when they are asked to.
constexpr absl::Duration kHeartbeats = absl::Milliseconds(20);
// For a service that says that there is no going on.
constexpr absl::Duration kPause = absl::Milliseconds(100);
// Two steady clocks go apart by far less than 10 ms in this time.
constexpr absl::Duration kLongestFeed = absl::Minutes(1);
// A feed that took long to begin is behind for all its time.
constexpr absl::Duration kMostBehind = absl::Milliseconds(50);
constexpr absl::Duration kShortestFeed = absl::Seconds(1);

Validity::Commit ReadCommit(const changes::v1::Commit& commit) {
  Validity::Commit read{commit.version(), {}, commit.resources_omitted(), commit.purge()};
  read.tags.assign(commit.collections().begin(), commit.collections().end());
  for (const std::string& resource : commit.resources()) {
    for (std::string& tag : cache::TagsTouchedBy(resource)) read.tags.push_back(std::move(tag));
  }
  return read;
}

}  // namespace

CommitFollower::CommitFollower(std::string service, Upstream& upstream, AlarmClock& clock,
                               Validity& validity, std::function<void()> forget)
    : service_(std::move(service)),
      upstream_(upstream),
      clock_(clock),
      validity_(validity),
      forget_(std::move(forget)),
      again_(clock.NewAlarm([this] { Follow(std::nullopt); })) {}

void CommitFollower::Follow(std::optional<ServiceFeed::Part> position) {
  begins_ = !position.has_value();
  feed_ = std::make_unique<ServiceFeed>(
      service_, upstream_, std::move(position), std::vector<std::string>(), Headers(), clock_,
      [this] { Look(); }, kHeartbeats);
  feed_->Begin();
  Look();
}

void CommitFollower::Look() {
  if (!feed_->failure().ok()) return;  // Another one is due.
  while (true) {
    feed_->Look();
    if (begins_ && feed_->position()) {
      begins_ = false;
      validity_.Begin({feed_->position()->epoch(), feed_->position()->version()});
      forget_();
    }
    if (!feed_->failure().ok()) return again_->Set(kPause);
    if (!feed_->has_commit()) break;
    const Validity::Commit commit = ReadCommit(feed_->Take());
    validity_.Add(commit);
    if (commit.is_purge) forget_();
  }
  validity_.KnowAt(feed_->known_at());
  if (IsOutOfStep()) Follow(feed_->position());
}

bool CommitFollower::IsOutOfStep() const {
  if (feed_->known_at() == absl::InfinitePast()) return false;
  const absl::Time now = clock_.Now();
  const absl::Duration age = now - feed_->asked_since();
  return age > kLongestFeed || (age > kShortestFeed && now - feed_->known_at() > kMostBehind);
}

}  // namespace corridor::gateway
