// A PostgreSQL of a test's own: in a folder in /tmp, behind a socket there, run by a user who is
// not root.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/testing/temp_dir.h"

namespace corridor {

// Whether the environment says that tests of stores run on PostgreSQL (corridor_store_test in
// CMake).
bool TestsRunOnPostgres();

// Ended by the kernel when the thread that started it dies, and when destroyed. Used by one thread
// at a time.
class PostgresServer {
 public:
  // One that never syncs its disk keeps what was committed when it is killed, not when the machine
  // is. Errors: UNAVAILABLE with what it wrote.
  enum class Sync { kNever, kAlways };
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start(Sync sync = Sync::kNever);
  // The one that all tests of this process share, started when first asked for. Ends the process
  // when it cannot be started: ./dev test installs what it needs.
  static PostgresServer& OfThisProcess();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A connection string, as `postgresql://…`.
  std::string Uri() const;
  // The folder of its socket, which is its name as a host.
  const std::string& socket_folder() const { return folder_.path(); }

  // Sends a signal to the server itself: SIGINT ends it in order, SIGQUIT at once.
  void Signal(int signal) const;
  // Sends a signal to the server and every process that serves a session: SIGSTOP, SIGCONT.
  void SignalAll(int signal) const;
  // Ends it as a crash would, with kill -9 of all its processes.
  void Kill();
  // Waits until it has ended.
  void Wait();
  // Starts it anew on what it had, and waits until it answers.
  absl::Status Restart();

 private:
  explicit PostgresServer(Sync sync) : sync_(sync) {}
  absl::Status Launch();
  std::string Log() const;
  // Waits until it has ended, and `children` have, which served its sessions.
  void WaitWith(const std::vector<pid_t>& children);

  const Sync sync_;
  TempDir folder_;
  pid_t pid_ = -1;
};

}  // namespace corridor
