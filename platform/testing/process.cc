// fork and exec, with a pipe for the ready line and one whose end of file tells that the process
// has ended.
#include "platform/testing/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace corridor {
namespace {

constexpr int kReadyFd = 3;
constexpr int kAliveFd = 4;

// Waits until `fd` can be read or is at its end.
absl::Status AwaitReadable(int fd, absl::Time deadline) {
  while (true) {
    const absl::Duration left = std::min(deadline - absl::Now(), absl::Minutes(1));
    const int64_t left_ms =
        std::max<int64_t>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))), 0);
    pollfd waiting = {fd, POLLIN, 0};
    const int got = poll(&waiting, 1, static_cast<int>(left_ms));
    if (got > 0) return absl::OkStatus();
    if (got == 0 && absl::Now() >= deadline) return absl::DeadlineExceededError("deadline passed");
  }
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A pipe whose ends are closed on exec and when this is destroyed.
struct Pipe {
  Pipe() { made = pipe2(ends, O_CLOEXEC) == 0; }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
  int TakeReadEnd() { return std::exchange(ends[0], -1); }
  int ends[2] = {-1, -1};
  bool made = false;
};

int OpenOutput(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// In the child, between fork and exec: only what is safe after a fork of threads.
[[noreturn]] void Become(char* const* argv, int out, int err, int ready, int alive) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_DFL);
  // Out of the way of the descriptors that they are to become.
  const int from[] = {fcntl(out, F_DUPFD, 10), fcntl(err, F_DUPFD, 10), fcntl(ready, F_DUPFD, 10),
                      fcntl(alive, F_DUPFD, 10)};
  const int to[] = {STDOUT_FILENO, STDERR_FILENO, kReadyFd, kAliveFd};
  for (size_t i = 0; i < std::size(to); ++i) {
    dup2(from[i], to[i]);
    close(from[i]);
  }
  execv(argv[0], argv);
  _exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const std::string& binary, const std::vector<std::string>& arguments,
    const std::string& output) {
  std::vector<std::string> words = {binary};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.push_back(absl::StrCat("--ready-fd=", kReadyFd));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  Pipe ready, alive;
  const int out = OpenOutput(output + ".stdout");
  const int err = OpenOutput(output + ".stderr");
  if (!ready.made || !alive.made || out < 0 || err < 0) {
    return absl::InternalError(absl::StrCat("cannot open pipes and ", output, ".*"));
  }
  const pid_t pid = fork();
  if (pid == 0) Become(argv.data(), out, err, ready.ends[1], alive.ends[1]);
  close(out);
  close(err);
  if (pid < 0) return absl::InternalError("cannot fork");
  return std::unique_ptr<ChildProcess>(
      new ChildProcess(pid, ready.TakeReadEnd(), alive.TakeReadEnd(), output));
}

ChildProcess::ChildProcess(pid_t pid, int ready_fd, int alive_fd, std::string output)
    : pid_(pid), ready_fd_(ready_fd), alive_fd_(alive_fd), output_(std::move(output)) {}

ChildProcess::~ChildProcess() {
  Kill();
  close(ready_fd_);
  close(alive_fd_);
}

absl::StatusOr<std::map<std::string, std::string>> ChildProcess::WaitReady(absl::Time deadline) {
  std::string line;
  while (line.empty() || line.back() != '\n') {
    const absl::Status readable = AwaitReadable(ready_fd_, deadline);
    if (!readable.ok()) return readable;
    char c;
    const ssize_t got = read(ready_fd_, &c, 1);
    if (got == 0) {
      return absl::FailedPreconditionError(absl::StrCat("it did not become ready: ", Stderr()));
    }
    if (got == 1) line += c;
  }
  google::protobuf::Struct members;
  if (!google::protobuf::util::JsonStringToMessage(line, &members).ok()) {
    return absl::FailedPreconditionError(absl::StrCat("no ready line: ", line));
  }
  std::map<std::string, std::string> answer;
  for (const auto& [name, value] : members.fields()) answer[name] = value.string_value();
  return answer;
}

void ChildProcess::Signal(int signal) {
  if (exit_code_ < 0) kill(pid_, signal);
}

void ChildProcess::Kill() {
  Signal(SIGKILL);
  // The deadline is the kernel's.
  Wait(absl::InfiniteFuture()).IgnoreError();
}

absl::StatusOr<int> ChildProcess::Wait(absl::Time deadline) {
  if (exit_code_ >= 0) return exit_code_;
  const absl::Status ended = AwaitReadable(alive_fd_, deadline);
  if (!ended.ok()) return ended;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return exit_code_;
}

absl::StatusOr<int> ChildProcess::Stop(absl::Time deadline) {
  Signal(SIGTERM);
  return Wait(deadline);
}

std::string ChildProcess::Stdout() const { return Contents(output_ + ".stdout"); }

std::string ChildProcess::Stderr() const { return Contents(output_ + ".stderr"); }

}  // namespace corridor
