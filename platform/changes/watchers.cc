#include "platform/changes/watchers.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/status/status.h"

namespace corridor::changes {
namespace {

constexpr absl::Duration kAskTime = absl::Seconds(1);

}  // namespace

Watchers::Watchers(store::VersionedStore& store, absl::Duration poll_interval, int max_watchers)
    : store_(store),
      poll_interval_(absl::ToChronoNanoseconds(poll_interval)),
      max_watchers_(static_cast<size_t>(max_watchers)),
      thread_([this] { AskForEver(); }) {}

absl::Status Watchers::Add(std::shared_ptr<WatchReactor> watcher) {
  const std::lock_guard lock(mutex_);
  if (closed_) return absl::UnavailableError("the service is shutting down");
  if (watchers_.size() >= max_watchers_) {
    return ErrorWithReason(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHERS",
                           absl::StrCat("there are ", max_watchers_, " watchers already"),
                           {{"limit", absl::StrCat(max_watchers_)}});
  }
  WatchReactor* key = watcher.get();
  watchers_.emplace(key, std::move(watcher));
  return absl::OkStatus();
}

void Watchers::Remove(WatchReactor* watcher) {
  std::shared_ptr<WatchReactor> last;  // Destroyed without the lock.
  const std::lock_guard lock(mutex_);
  const auto found = watchers_.find(watcher);
  if (found == watchers_.end()) return;
  last = std::move(found->second);
  watchers_.erase(found);
}

void Watchers::Nudge() {
  const std::lock_guard lock(mutex_);
  nudged_ = true;
  changed_.notify_one();
}

void Watchers::Close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
    changed_.notify_one();
  }
  thread_.join();
  for (const auto& watcher : All()) {
    watcher->End(absl::UnavailableError("the service is shutting down"));
  }
}

std::vector<std::shared_ptr<WatchReactor>> Watchers::All() {
  std::vector<std::shared_ptr<WatchReactor>> all;
  const std::lock_guard lock(mutex_);
  all.reserve(watchers_.size());
  for (const auto& [key, watcher] : watchers_) all.push_back(watcher);
  return all;
}

void Watchers::AskForEver() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, poll_interval_, [this] { return nudged_ || closed_; });
      if (closed_) return;
      nudged_ = false;
      if (watchers_.empty()) continue;
    }
    // Without an answer nobody hears anything, heartbeats neither: they promise that the head was
    // asked for.
    const auto asked = std::chrono::steady_clock::now();
    const absl::StatusOr<int64_t> head = store_.Head(absl::Now() + kAskTime);
    if (!head.ok()) continue;
    for (const auto& watcher : All()) watcher->OnHead(*head, asked);
  }
}

}  // namespace corridor::changes
