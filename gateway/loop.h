// One event loop: an Asio io_context, run by one thread. A process has one a core, and a connection
// stays on its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "absl/time/time.h"

namespace boost::asio {
class io_context;
}

namespace corridor::gateway {

class Timer;

// Start, Stop, Post and Sync are thread-safe; whatever else uses the loop does so on its thread, or
// while no thread runs it.
class Loop {
 public:
  Loop();
  // Stops and joins.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs the loop on a thread of its own until Stop().
  void Start();
  // Ends the thread after what it runs now, and joins it. Not from the loop's own thread.
  void Stop();
  // Runs `task` on the loop after what is ready now.
  void Post(std::function<void()> task);
  // Runs `task` on the loop and waits for it. Not from the loop's own thread; the loop must be
  // running.
  void Sync(const std::function<void()>& task);

  // For the .cc files that hold sockets.
  boost::asio::io_context& context();

 private:
  friend class Timer;
  struct State;
  std::unique_ptr<State> state_;
};

// Calls `fire` on the loop, once each time that it was set and the time came. Setting it later, and
// clearing it, cost next to nothing, so one timer serves a connection for its life. Belongs to the
// loop's thread.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces the time that was set before.
  void Set(absl::Duration from_now);
  void Clear() { target_ = kNever; }
  bool is_set() const { return target_ != kNever; }

 private:
  friend class Loop;
  using Queue = std::multimap<int64_t, Timer*>;
  static constexpr int64_t kNever = INT64_MAX;

  Loop::State& loop_;
  std::function<void()> fire_;
  int64_t target_ = kNever;  // Steady clock, nanoseconds.
  Queue::iterator queued_;   // When the loop looks at this timer: never after `target_`.
  bool is_queued_ = false;
};

}  // namespace corridor::gateway
