// Calls that ask for a version which the store has not reached: they hold no thread until it has,
// or until they must be answered.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "platform/store/versioned_store.h"

namespace corridor::server {

// Thread-safe.
class VersionWaiters {
 public:
  // What a call goes on with: `in_time` when the version was reached.
  using Resume = std::function<void(bool in_time)>;

  // Asks the head every `poll_interval` while anybody waits. `versions` must outlive this.
  VersionWaiters(store::VersionedStore& versions, absl::Duration poll_interval, size_t most);
  // As Close().
  ~VersionWaiters();
  VersionWaiters(const VersionWaiters&) = delete;
  VersionWaiters& operator=(const VersionWaiters&) = delete;

  // Calls `resume` once, on the thread of this, which it must not hold up: when the store has
  // `version`, or at `until`. False, and no call, when too many wait or after Close().
  bool Wait(int64_t version, absl::Time until, Resume resume);

  // Resumes all that wait, and takes no more.
  void Close();

 private:
  struct Waiter {
    int64_t version;
    absl::Time until;
    Resume resume;
  };

  void AskForEver();
  // Takes those out that `head` or the time is enough for.
  std::list<Waiter> TakeDue(int64_t head);

  store::VersionedStore& versions_;
  const std::chrono::nanoseconds poll_interval_;
  const size_t most_;

  std::mutex mutex_;  // Guards the rest but thread_. Never held while a call is resumed.
  std::condition_variable changed_;
  std::list<Waiter> waiting_;
  bool closed_ = false;

  std::thread thread_;
};

}  // namespace corridor::server
