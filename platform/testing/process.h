// A process of the suite, as a test starts, watches and ends it.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace corridor {

// Killed and reaped when destroyed, and by the kernel when the thread that started it dies. Used by
// one thread at a time.
class ChildProcess {
 public:
  // Starts `binary` with `arguments` and `--ready-fd=3`; its output goes to `output` + `.stdout`
  // and `.stderr`. Errors: INTERNAL (no descriptors, no fork). A binary that is not there exits
  // with 127.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const std::string& binary, const std::vector<std::string>& arguments,
      const std::string& output);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Waits for the ready line and answers its members, e.g. `listen` → `127.0.0.1:41234`.
  // Errors: DEADLINE_EXCEEDED; FAILED_PRECONDITION when it ended or closed the descriptor first,
  // with its stderr.
  absl::StatusOr<std::map<std::string, std::string>> WaitReady(absl::Time deadline);

  // Sends a signal; does nothing once it has ended.
  void Signal(int signal);
  // SIGKILL, and waits.
  void Kill();
  // Waits for its end and answers the exit code, or 128 + the signal that ended it. Errors:
  // DEADLINE_EXCEEDED.
  absl::StatusOr<int> Wait(absl::Time deadline);
  // SIGTERM, and Wait().
  absl::StatusOr<int> Stop(absl::Time deadline);

  pid_t pid() const { return pid_; }
  // What it has written so far.
  std::string Stdout() const;
  std::string Stderr() const;

 private:
  ChildProcess(pid_t pid, int ready_fd, int alive_fd, std::string output);

  const pid_t pid_;
  const int ready_fd_;
  const int alive_fd_;  // Becomes readable (end of file) when the process ends.
  const std::string output_;
  int exit_code_ = -1;  // -1 until it has been reaped.
};

}  // namespace corridor
