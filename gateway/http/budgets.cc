// Counters; only the wait for the last connection takes a lock.
#include "gateway/http/budgets.h"

#include <prometheus/gauge.h>

namespace corridor::gateway {

ConnectionBudget::ConnectionBudget(int64_t limit, prometheus::Gauge* open_gauge)
    : limit_(limit), open_gauge_(open_gauge) {}

bool ConnectionBudget::Take() {
  if (open_.fetch_add(1, std::memory_order_relaxed) >= limit_) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  if (open_gauge_ != nullptr) open_gauge_->Increment();
  return true;
}

void ConnectionBudget::Give() {
  if (open_gauge_ != nullptr) open_gauge_->Decrement();
  if (open_.fetch_sub(1, std::memory_order_relaxed) == 1) {
    const absl::MutexLock wake_waiters(&mutex_);
  }
}

void ConnectionBudget::WaitForNone(absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithDeadline(absl::Condition(
                               +[](ConnectionBudget* budget) { return budget->open() == 0; }, this),
                           deadline);
}

bool ByteBudget::Resize(int64_t& held, int64_t wanted) {
  const int64_t more = wanted - held;
  const int64_t used = used_.fetch_add(more, std::memory_order_relaxed) + more;
  if (more > 0 && used > limit_) {
    used_.fetch_sub(more, std::memory_order_relaxed);
    return false;
  }
  held = wanted;
  return true;
}

}  // namespace corridor::gateway
