// What all client connections of a process may take together. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace prometheus {
class Gauge;
}

namespace corridor::gateway {

// How many may be open, and how many are.
class ConnectionBudget {
 public:
  // `open_gauge` follows the number; null: no gauge.
  ConnectionBudget(int64_t limit, prometheus::Gauge* open_gauge);

  // Takes one place; false when `limit` are taken. Give() it back when the connection is closed.
  bool Take();
  void Give();
  // Waits until no place is taken, or for `deadline`.
  void WaitForNone(absl::Time deadline);
  int64_t limit() const { return limit_; }
  int64_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  const int64_t limit_;
  prometheus::Gauge* const open_gauge_;
  std::atomic<int64_t> open_{0};
  absl::Mutex mutex_;  // Taken by waiters, and by whoever gives the last place back.
};

// A place taken in a ConnectionBudget, given back when this ends; or none.
class ConnectionPlace {
 public:
  ConnectionPlace() = default;
  // None when `budget`, which outlives it, has none left.
  explicit ConnectionPlace(ConnectionBudget& budget) : budget_(budget.Take() ? &budget : nullptr) {}
  ConnectionPlace(ConnectionPlace&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)) {}
  ConnectionPlace& operator=(ConnectionPlace&& other) noexcept {
    std::swap(budget_, other.budget_);
    return *this;
  }
  ~ConnectionPlace() { GiveBack(); }

  void GiveBack() {
    if (budget_ != nullptr) std::exchange(budget_, nullptr)->Give();
  }
  bool is_taken() const { return budget_ != nullptr; }

 private:
  ConnectionBudget* budget_ = nullptr;
};

// How many bytes of requests and answers may be held in memory.
class ByteBudget {
 public:
  explicit ByteBudget(int64_t limit) : limit_(limit) {}

  // Changes what one holder takes from `held` to `wanted`, and sets `held`. Always works downwards;
  // upwards it is false, and nothing changes, when the limit would be passed.
  bool Resize(int64_t& held, int64_t wanted);
  int64_t limit() const { return limit_; }
  int64_t held() const { return used_.load(std::memory_order_relaxed); }

 private:
  const int64_t limit_;
  std::atomic<int64_t> used_{0};
};

}  // namespace corridor::gateway
