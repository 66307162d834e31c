// Keeps a Validity up to date from the commits of the store.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/cache/validity.h"
#include "platform/store/versioned_store.h"

namespace corridor::cache {

// Thread-safe.
class CommitFeed {
 public:
  // How far back commits are replayed at the start.
  static constexpr int64_t kReplayed = 10'000;

  // Both must outlive this. `on_purge` is called after each commit that purged something was
  // applied. `now` is the monotonic clock.
  CommitFeed(store::VersionedStore& store, Validity& validity, std::function<void()> on_purge,
             std::function<SteadyTime()> now = std::chrono::steady_clock::now)
      : store_(store), validity_(validity), on_purge_(std::move(on_purge)), now_(std::move(now)) {}
  ~CommitFeed() { Stop(); }

  // Asks the store, and applies what it has committed since; at first, what it committed last.
  // Errors: those of the store.
  absl::Status CatchUp(absl::Time deadline);

  // Catches up every `interval`, on a thread of its own, until Stop().
  void Follow(absl::Duration interval);
  void Stop();

 private:
  absl::Status Begin(int64_t head, absl::Time deadline);

  store::VersionedStore& store_;
  Validity& validity_;
  const std::function<void()> on_purge_;
  const std::function<SteadyTime()> now_;

  std::mutex catching_up_;  // Guards has_begun_.
  bool has_begun_ = false;

  std::mutex mutex_;  // Guards stopping_.
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace corridor::cache
