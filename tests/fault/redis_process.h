// A Redis of a test's own, on a socket in a folder, and what tests do to it.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "platform/testing/process.h"
#include "platform/testing/status_matchers.h"

namespace corridor::e2e {

// Used by one thread at a time.
class RedisProcess {
 public:
  // Starts it, with its files in `folder`; returns when it answers.
  explicit RedisProcess(std::string folder) : folder_(std::move(folder)) { Start(); }

  // For --redis.
  std::string address() const { return "unix:" + Socket(); }

  void Start() {
    const std::string command = absl::StrCat(
        "exec redis-server --port 0 --unixsocket ", Socket(), " --save '' --appendonly no --dir ",
        folder_, " --maxmemory 64mb", " --maxmemory-policy allkeys-lru");
    auto started = ChildProcess::Start("/bin/sh", {"-c", command}, folder_ + "/redis.output");
    ASSERT_OK(started);
    process_ = *std::move(started);
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    while (Ask("PING") != "+PONG\r\n" && absl::Now() < limit) std::this_thread::yield();
    ASSERT_EQ(Ask("PING"), "+PONG\r\n") << process_->Stdout();
  }
  void Stop() { ASSERT_OK(process_->Stop(absl::Now() + absl::Seconds(30))); }
  void Kill() { process_->Kill(); }
  void Suspend() { process_->Signal(SIGSTOP); }
  void Resume() { process_->Signal(SIGCONT); }

  // The first bytes of the reply to a command; empty without one.
  std::string Ask(std::string_view command) const {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, Socket().c_str(), sizeof address.sun_path - 1);
    std::string reply(4096, '\0');
    ssize_t got = 0;
    const std::string line = std::string(command) + "\r\n";
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        send(fd, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
      got = read(fd, reply.data(), reply.size());
    }
    close(fd);
    reply.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return reply;
  }
  // Makes everything that is kept something else.
  void CorruptEverything() const {
    EXPECT_TRUE(absl::StartsWith(
        Ask("EVAL \"local keys = redis.call('KEYS', '*') for i, key in ipairs(keys) do"
            " redis.call('SET', key, i % 2 == 0 and 'no entry' or"
            " redis.call('GET', key) .. 'x') end return #keys\" 0"),
        ":"));
  }

 private:
  std::string Socket() const { return folder_ + "/redis.sock"; }

  const std::string folder_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace corridor::e2e
