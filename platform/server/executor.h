// A few threads for calls that block, so that the threads of gRPC do not.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace corridor::server {

// Thread-safe.
class Executor {
 public:
  // Runs up to `threads` tasks at a time, and keeps up to `max_queued` that wait. `tasks` names
  // them in the refusal of one more: `writes`.
  Executor(int threads, size_t max_queued, std::string tasks);
  // Waits until every task that was taken has run.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Runs `task` soon, in order of submission. Errors: RESOURCE_EXHAUSTED (e.g. TOO_MANY_WRITES)
  // when the queue is full.
  absl::Status Submit(absl::AnyInvocable<void()> task);

 private:
  void Work();

  const size_t max_queued_;
  const std::string name_;
  absl::Mutex mutex_;
  std::deque<absl::AnyInvocable<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace corridor::server
