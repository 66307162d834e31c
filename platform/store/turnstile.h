// Admits a bounded number of holders, first come, first served, each waiter until its deadline.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <utility>

#include "absl/time/time.h"

namespace corridor::store {

// Thread-safe. Must outlive its passes. std::mutex, not absl::Mutex: ThreadSanitizer cannot see
// into Debian's Abseil.
class Turnstile {
 public:
  // One admission; given back when destroyed.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&& other) noexcept : turnstile_(std::exchange(other.turnstile_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(turnstile_, other.turnstile_);
      return *this;
    }
    ~Pass() {
      if (turnstile_ != nullptr) turnstile_->Leave();
    }
    explicit operator bool() const { return turnstile_ != nullptr; }

   private:
    friend class Turnstile;
    explicit Pass(Turnstile* turnstile) : turnstile_(turnstile) {}
    Turnstile* turnstile_ = nullptr;
  };

  explicit Turnstile(int places) : free_(places) {}

  // An empty pass when `deadline` came first.
  Pass Enter(absl::Time deadline);

 private:
  struct Waiter {
    std::condition_variable admitted;
    bool is_admitted = false;
  };

  void Leave();

  std::mutex mutex_;
  int free_;
  std::list<Waiter*> waiting_;
};

}  // namespace corridor::store
