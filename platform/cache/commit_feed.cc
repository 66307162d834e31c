#include "platform/cache/commit_feed.h"

#include <algorithm>
#include <vector>

#include "absl/time/clock.h"
#include "platform/status/status.h"

namespace corridor::cache {
namespace {

constexpr int kCommitsPerRead = 250;
constexpr absl::Duration kAskTime = absl::Seconds(1);

}  // namespace

absl::Status CommitFeed::CatchUp(absl::Time deadline) {
  const std::lock_guard lock(catching_up_);
  const SteadyTime asked = now_();
  ASSIGN_OR_RETURN(const int64_t head, store_.Head(deadline));
  if (!has_begun_) {
    RETURN_IF_ERROR(Begin(head, deadline));
    has_begun_ = true;
  }
  while (validity_.version() < head) {
    ASSIGN_OR_RETURN(const std::vector<store::Commit> commits,
                     store_.CommitsAfter(validity_.version(), kCommitsPerRead, deadline));
    if (commits.empty()) return absl::InternalError("the store's head has no commit");
    for (const store::Commit& commit : commits) {
      validity_.Apply(commit);
      if (commit.purge) on_purge_();
    }
  }
  validity_.AskedAt(asked);
  return absl::OkStatus();
}

// The last commits first, since what is remembered is bounded.
absl::Status CommitFeed::Begin(int64_t head, absl::Time deadline) {
  validity_.BeginAt(head);
  const int64_t first = std::max<int64_t>(head - kReplayed, 0);
  for (int64_t end = head; end > first;) {
    const int64_t since = std::max<int64_t>(end - kCommitsPerRead, first);
    ASSIGN_OR_RETURN(const std::vector<store::Commit> commits,
                     store_.CommitsAfter(since, static_cast<int>(end - since), deadline));
    for (auto commit = commits.rbegin(); commit != commits.rend(); ++commit) {
      if (!validity_.Replay(*commit)) return absl::OkStatus();
    }
    end = since;
  }
  return absl::OkStatus();
}

void CommitFeed::Follow(absl::Duration interval) {
  thread_ = std::thread([this, interval = absl::ToChronoNanoseconds(interval)] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      // Without an answer the feed is stale, and nothing that was kept is answered.
      CatchUp(absl::Now() + kAskTime).IgnoreError();
      lock.lock();
      stopped_.wait_for(lock, interval, [this] { return stopping_; });
    }
  });
}

void CommitFeed::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stopped_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace corridor::cache
