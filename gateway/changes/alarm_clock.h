// Time as the feed of changes sees it, so that a test can be the one that lets it pass.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "gateway/loop.h"

namespace corridor::gateway {

// Now, by the steady clock: for durations only.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// As Timer.
class Alarm {
 public:
  virtual ~Alarm() = default;
  virtual void Set(absl::Duration from_now) = 0;
};

class AlarmClock {
 public:
  virtual ~AlarmClock() = default;
  // Of a steady clock, whose beginning says nothing: for durations only.
  virtual absl::Time Now() const = 0;
  // `ring` may destroy the alarm.
  virtual std::unique_ptr<Alarm> NewAlarm(std::function<void()> ring) = 0;
};

// A loop's timers. Belongs to its thread.
class LoopClock : public AlarmClock {
 public:
  explicit LoopClock(Loop& loop) : loop_(loop) {}
  absl::Time Now() const override { return SteadyNow(); }
  std::unique_ptr<Alarm> NewAlarm(std::function<void()> ring) override {
    return std::make_unique<LoopAlarm>(loop_, std::move(ring));
  }

 private:
  class LoopAlarm : public Alarm {
   public:
    LoopAlarm(Loop& loop, std::function<void()> ring) : timer_(loop, std::move(ring)) {}
    void Set(absl::Duration from_now) override { timer_.Set(from_now); }

   private:
    Timer timer_;
  };

  Loop& loop_;
};

}  // namespace corridor::gateway
