// A clock that a test sets.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/changes/alarm_clock.h"

namespace corridor::gateway {

class FakeAlarmClock : public AlarmClock {
 public:
  absl::Time Now() const override { return now_; }
  std::unique_ptr<Alarm> NewAlarm(std::function<void()> ring) override {
    auto alarm = std::make_unique<FakeAlarm>(*this, std::move(ring));
    alarms_.push_back(alarm.get());
    return alarm;
  }
  // Rings what is due within `time`, in order.
  void Advance(absl::Duration time) {
    const absl::Time until = now_ + time;
    while (FakeAlarm* next = Earliest()) {
      if (next->at > until) break;
      now_ = std::max(now_, next->at);
      next->at = absl::InfiniteFuture();
      const std::function<void()> ring = next->ring;
      ring();
    }
    now_ = until;
  }

 private:
  struct FakeAlarm : Alarm {
    FakeAlarm(FakeAlarmClock& c, std::function<void()> r) : clock(c), ring(std::move(r)) {}
    ~FakeAlarm() override { std::erase(clock.alarms_, this); }
    void Set(absl::Duration from_now) override { at = clock.now_ + from_now; }

    FakeAlarmClock& clock;
    const std::function<void()> ring;
    absl::Time at = absl::InfiniteFuture();
  };

  FakeAlarm* Earliest() const {
    const auto earliest =
        std::min_element(alarms_.begin(), alarms_.end(),
                         [](const FakeAlarm* a, const FakeAlarm* b) { return a->at < b->at; });
    return earliest == alarms_.end() || (*earliest)->at == absl::InfiniteFuture() ? nullptr
                                                                                  : *earliest;
  }

  absl::Time now_ = absl::UnixEpoch();
  std::vector<FakeAlarm*> alarms_;
};

}  // namespace corridor::gateway
