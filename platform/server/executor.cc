// A bounded queue before a fixed number of threads.
#include "platform/server/executor.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::server {

Executor::Executor(int threads, size_t max_queued, std::string tasks)
    : max_queued_(max_queued), name_(std::move(tasks)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Executor::~Executor() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

absl::Status Executor::Submit(absl::AnyInvocable<void()> task) {
  const absl::MutexLock lock(&mutex_);
  if (tasks_.size() >= max_queued_) {
    return ErrorWithReason(absl::StatusCode::kResourceExhausted,
                           absl::StrCat("TOO_MANY_", absl::AsciiStrToUpper(name_)),
                           absl::StrCat("too many ", name_, " are waiting; try again later"),
                           {{"limit", std::to_string(max_queued_)}});
  }
  tasks_.push_back(std::move(task));
  return absl::OkStatus();
}

void Executor::Work() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !tasks_.empty();
  };
  while (true) {
    absl::AnyInvocable<void()> task;
    {
      const absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace corridor::server
