#include "platform/server/version_waiters.h"

#include <utility>

#include "absl/time/clock.h"

namespace corridor::server {
namespace {

constexpr absl::Duration kAskTime = absl::Seconds(1);

}  // namespace

VersionWaiters::VersionWaiters(store::VersionedStore& versions, absl::Duration poll_interval,
                               size_t most)
    : versions_(versions),
      poll_interval_(absl::ToChronoNanoseconds(poll_interval)),
      most_(most),
      thread_([this] { AskForEver(); }) {}

VersionWaiters::~VersionWaiters() { Close(); }

bool VersionWaiters::Wait(int64_t version, absl::Time until, Resume resume) {
  const std::lock_guard lock(mutex_);
  if (closed_ || waiting_.size() >= most_) return false;
  waiting_.push_back({version, until, std::move(resume)});
  changed_.notify_one();
  return true;
}

void VersionWaiters::Close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
    changed_.notify_one();
  }
  thread_.join();
  std::list<Waiter> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(waiting_);
  }
  for (const Waiter& waiter : left) waiter.resume(false);
}

void VersionWaiters::AskForEver() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
      if (closed_) return;
    }
    const absl::StatusOr<int64_t> head = versions_.Head(absl::Now() + kAskTime);
    for (const Waiter& waiter : TakeDue(head.ok() ? *head : 0)) {
      waiter.resume(head.ok() && *head >= waiter.version);
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, poll_interval_, [this] { return closed_; });
  }
}

std::list<VersionWaiters::Waiter> VersionWaiters::TakeDue(int64_t head) {
  const absl::Time now = absl::Now();
  std::list<Waiter> due;
  const std::lock_guard lock(mutex_);
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const auto next = std::next(it);
    if (it->version <= head || it->until <= now) due.splice(due.end(), waiting_, it);
    it = next;
  }
  return due;
}

}  // namespace corridor::server
