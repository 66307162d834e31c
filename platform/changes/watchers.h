// All callers of Watch in this process, and the one thread that asks the store's head for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/changes/watch_reactor.h"
#include "platform/store/versioned_store.h"

namespace corridor::changes {

// Thread-safe.
class Watchers {
 public:
  Watchers(store::VersionedStore& store, absl::Duration poll_interval, int max_watchers);
  ~Watchers() { Close(); }

  // Feeds `watcher` until Remove. Errors: RESOURCE_EXHAUSTED (naming the limit), UNAVAILABLE
  // (closed).
  absl::Status Add(std::shared_ptr<WatchReactor> watcher);
  void Remove(WatchReactor* watcher);

  // Asks the head now, not at the next turn.
  void Nudge();

  // Ends every watch as UNAVAILABLE, takes no more, and stops the thread.
  void Close();

 private:
  void AskForEver();
  std::vector<std::shared_ptr<WatchReactor>> All();

  store::VersionedStore& store_;
  const std::chrono::nanoseconds poll_interval_;
  const size_t max_watchers_;

  std::mutex mutex_;  // Guards the rest but thread_. Never held while a watcher is called.
  std::condition_variable changed_;
  bool nudged_ = false;
  bool closed_ = false;
  std::unordered_map<WatchReactor*, std::shared_ptr<WatchReactor>> watchers_;

  std::thread thread_;
};

}  // namespace corridor::changes
