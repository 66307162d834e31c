#include "platform/testing/postgres_server.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

namespace fs = std::filesystem;

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr absl::Duration kLongestStart = absl::Seconds(40);
constexpr uid_t kNobody = 65534;

struct User {
  uid_t uid;
  gid_t gid;
};

// Who runs it: PostgreSQL refuses root.
User Unprivileged() {
  if (getuid() != 0) return {getuid(), getgid()};
  const passwd* postgres = getpwnam("postgres");
  if (postgres == nullptr) return {kNobody, kNobody};
  return {postgres->pw_uid, postgres->pw_gid};
}

// Starts a program of PostgreSQL, which writes to `log`.
pid_t Spawn(const std::string& program, std::vector<std::string> arguments,
            const std::string& folder, const std::string& log) {
  const User user = Unprivileged();
  const std::string path = kPrograms + program;
  std::vector<char*> argv = {const_cast<char*>(path.c_str())};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  close_range(3, ~0U, 0);
  setpgid(0, 0);
  if (getuid() == 0 && (setgid(user.gid) != 0 || setuid(user.uid) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent || chdir(folder.c_str()) != 0) _exit(126);
  execv(path.c_str(), argv.data());
  _exit(127);
}

bool EndsWell(pid_t child) {
  int state = 0;
  return child > 0 && waitpid(child, &state, 0) == child && WIFEXITED(state) &&
         WEXITSTATUS(state) == 0;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The children of a process.
std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::istringstream pids(Contents(absl::StrCat("/proc/", parent, "/task/", parent, "/children")));
  for (pid_t pid = 0; pids >> pid;) children.push_back(pid);
  return children;
}

}  // namespace

bool TestsRunOnPostgres() {
  const char* engine = std::getenv("CORRIDOR_TEST_STORE");
  return engine != nullptr && std::string_view(engine) == "postgres";
}

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start(Sync sync) {
  std::unique_ptr<PostgresServer> server(new PostgresServer(sync));
  const std::string& folder = server->folder_.path();
  const User user = Unprivileged();
  if (getuid() == 0 && chown(folder.c_str(), user.uid, user.gid) != 0) {
    return absl::UnavailableError(absl::StrCat("chown ", folder));
  }
  if (!EndsWell(Spawn("initdb",
                      {"--pgdata=data", "--username=corridor", "--auth=trust", "--locale=C",
                       "--encoding=UTF8", "--no-sync", "--no-instructions"},
                      folder, server->folder_.File("log")))) {
    return absl::UnavailableError(absl::StrCat("initdb: ", server->Log()));
  }
  RETURN_IF_ERROR(server->Launch());
  return server;
}

PostgresServer& PostgresServer::OfThisProcess() {
  static const std::unique_ptr<PostgresServer> server = [] {
    auto started = Start();
    if (!started.ok()) {
      std::fprintf(stderr, "%s\n", started.status().ToString().c_str());
      std::abort();
    }
    return *std::move(started);
  }();
  return *server;
}

PostgresServer::~PostgresServer() {
  if (pid_ < 0) return;
  SignalAll(SIGCONT);
  Signal(SIGQUIT);
  Wait();
}

std::string PostgresServer::Uri() const {
  return absl::StrCat("postgresql:///postgres?user=corridor&host=", socket_folder());
}

std::string PostgresServer::Log() const { return Contents(folder_.File("log")); }

absl::Status PostgresServer::Launch() {
  // One of before says that it is ready, too.
  fs::remove(folder_.File("data/postmaster.pid"));
  pid_ = Spawn("postgres",
               {"-D", "data", "-k", folder_.path(), "-c", "listen_addresses=", "-c",
                sync_ == Sync::kAlways ? "fsync=on" : "fsync=off", "-c", "shared_buffers=32MB",
                "-c", "max_connections=100", "-c", "log_min_messages=warning"},
               folder_.path(), folder_.File("log"));
  const absl::Time until = absl::Now() + kLongestStart;
  while (absl::Now() < until) {
    if (absl::StrContains(Contents(folder_.File("data/postmaster.pid")), "\nready")) {
      return absl::OkStatus();
    }
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = -1;
      break;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  return absl::UnavailableError(absl::StrCat("postgres: ", Log()));
}

void PostgresServer::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

void PostgresServer::SignalAll(int signal) const {
  if (pid_ < 0) return;
  const std::vector<pid_t> children = ChildrenOf(pid_);
  Signal(signal);
  for (const pid_t child : children) kill(child, signal);
}

void PostgresServer::Kill() {
  if (pid_ < 0) return;
  // Stopped first, so that it starts no other meanwhile. Once it has ended, they are no longer its.
  Signal(SIGSTOP);
  const std::vector<pid_t> children = ChildrenOf(pid_);
  SignalAll(SIGKILL);
  WaitWith(children);
}

void PostgresServer::Wait() {
  if (pid_ > 0) WaitWith(ChildrenOf(pid_));
}

void PostgresServer::WaitWith(const std::vector<pid_t>& children) {
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  // It refuses to start beside a process that it left behind.
  for (const pid_t child : children) {
    while (kill(child, 0) == 0) absl::SleepFor(absl::Milliseconds(1));
  }
}

absl::Status PostgresServer::Restart() {
  if (pid_ > 0) {
    Signal(SIGINT);
    Wait();
  }
  return Launch();
}

}  // namespace corridor
