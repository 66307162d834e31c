#include "platform/store/turnstile.h"

#include "absl/time/clock.h"

namespace corridor::store {

Turnstile::Pass Turnstile::Enter(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  if (absl::Now() >= deadline) return Pass();
  if (free_ > 0) {
    --free_;
    return Pass(this);
  }
  Waiter self;
  const auto place = waiting_.insert(waiting_.end(), &self);
  const auto is_admitted = [&] { return self.is_admitted; };
  if (deadline == absl::InfiniteFuture()) {
    self.admitted.wait(lock, is_admitted);
  } else if (!self.admitted.wait_until(lock, absl::ToChronoTime(deadline), is_admitted)) {
    waiting_.erase(place);
    return Pass();
  }
  return Pass(this);
}

void Turnstile::Leave() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  // Handed over rather than freed: whoever comes back at once would overtake those who wait.
  Waiter* next = waiting_.front();
  waiting_.pop_front();
  next->is_admitted = true;
  next->admitted.notify_one();
}

}  // namespace corridor::store
