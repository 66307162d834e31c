// Log lines on their way to a descriptor: gathered, and written by a thread of its own, so that a
// request costs no system call and a slow reader of the log delays none.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/time/time.h"

namespace corridor::telemetry {

// Thread-safe.
class LogWriter {
 public:
  // When a line is written: within kLongestWait or with the first 64 KB, or at once.
  enum class When { kSoon, kNow };
  static constexpr absl::Duration kLongestWait = absl::Milliseconds(100);
  // Held at most, beside as much that is being written; lines beyond it are lost.
  static constexpr size_t kMaxHeldBytes = size_t{4} << 20;

  // Writes to `fd`, which must stay open.
  explicit LogWriter(int fd);
  // Writes out what was taken.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Takes a line, which comes without its end.
  void Write(std::string_view line, When when);
  // Lines that were lost, because the descriptor took them too slowly or not at all.
  int64_t lost() const;

 private:
  void Run();
  // False when the descriptor takes no more.
  bool WriteOut(std::string_view lines) const;

  const int fd_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string held_;        // Guarded by `mutex_`, as are those below.
  bool is_urgent_ = false;  // Something of `held_` is to be written at once.
  bool is_ending_ = false;
  int64_t lost_ = 0;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace corridor::telemetry
