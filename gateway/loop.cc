// The loop on Asio, and its timers: a queue of our own behind one Asio timer, which is armed anew
// only when the first in the queue changes.
#include "gateway/loop.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <limits>
#include <thread>
#include <utility>

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;

int64_t SteadyNow() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

int64_t SteadyAfter(absl::Duration from_now) {
  constexpr absl::Duration kLongest = absl::Hours(24 * 365);
  return SteadyNow() +
         absl::ToInt64Nanoseconds(std::clamp(from_now, absl::ZeroDuration(), kLongest));
}

}  // namespace

struct Loop::State {
  Timer::Queue timers;  // Outlives the context, whose last handlers may own timers.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  asio::steady_timer wake{context};
  std::thread thread;
  int64_t wakes_at = std::numeric_limits<int64_t>::max();

  void Arm() {
    if (timers.empty() || timers.begin()->first >= wakes_at) return;
    wakes_at = timers.begin()->first;
    wake.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(wakes_at)));
    wake.async_wait([this](const boost::system::error_code& error) {
      if (!error) FireDue();
    });
  }

  void FireDue() {
    wakes_at = std::numeric_limits<int64_t>::max();
    const int64_t now = SteadyNow();
    while (!timers.empty() && timers.begin()->first <= now) {
      Timer* timer = timers.begin()->second;
      timers.erase(timers.begin());
      timer->is_queued_ = false;
      if (timer->target_ <= now) {
        timer->target_ = Timer::kNever;
        const std::function<void()> fire = timer->fire_;  // It may destroy the timer.
        fire();
      } else if (timer->is_set()) {
        timer->queued_ = timers.emplace(timer->target_, timer);
        timer->is_queued_ = true;
      }
    }
    Arm();
  }
};

Loop::Loop() : state_(std::make_unique<State>()) {}

Loop::~Loop() { Stop(); }

void Loop::Start() {
  state_->thread = std::thread([this] { state_->context.run(); });
}

void Loop::Stop() {
  state_->context.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

void Loop::Post(std::function<void()> task) { asio::post(state_->context, std::move(task)); }

void Loop::Sync(const std::function<void()>& task) {
  std::promise<void> done;
  Post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

asio::io_context& Loop::context() { return state_->context; }

Timer::Timer(Loop& loop, std::function<void()> fire)
    : loop_(*loop.state_), fire_(std::move(fire)) {}

Timer::~Timer() {
  if (is_queued_) loop_.timers.erase(queued_);
}

void Timer::Set(absl::Duration from_now) {
  target_ = SteadyAfter(from_now);
  if (is_queued_) {
    if (queued_->first <= target_) return;
    loop_.timers.erase(queued_);
  }
  queued_ = loop_.timers.emplace(target_, this);
  is_queued_ = true;
  loop_.Arm();
}

}  // namespace corridor::gateway
