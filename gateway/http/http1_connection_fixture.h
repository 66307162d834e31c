// HTTP/1.1 connections between a server on a loop and a client's blocking socket, without a port.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/fake_call.h"
#include "gateway/http/canned_answers.h"
#include "gateway/http/http1_connection.h"
#include "gateway/loop.h"
#include "gtest/gtest.h"

namespace corridor::gateway {

// What was recorded, as `code status`.
class WaitingLog : public RequestLog {
 public:
  void Record(const telemetry::RequestRecord& record) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(record.code) + " " + std::string(record.log[2].second));
    changed_.notify_all();
  }
  std::vector<std::string> WaitFor(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return lines_.size() >= count; });
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

// Two ends of a connection, the client's first, where nothing is waited for longer than 10 s.
inline std::pair<int, int> ConnectedPair() {
  int ends[2];
  // Asio wants a TCP-like stream; a local pair behaves as one.
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  return {ends[0], ends[1]};
}

// The client's end of a connection, blocking.
class Client {
 public:
  explicit Client(int fd) : fd_(fd) {}
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  // Reads until `end` was seen; what came until then. Stops at the connection's end.
  std::string ReadUntil(std::string_view end) {
    std::string text;
    char c = 0;
    while (text.find(end) == std::string::npos && recv(fd_, &c, 1, 0) == 1) text += c;
    return text;
  }
  // Takes so many bytes, or fewer at the connection's end.
  void Skip(size_t bytes) {
    std::vector<char> buffer(64 << 10);
    ssize_t read = 0;
    while (bytes > 0 && (read = recv(fd_, buffer.data(), std::min(bytes, buffer.size()), 0)) > 0) {
      bytes -= static_cast<size_t>(read);
    }
  }
  std::string ReadToEnd() {
    std::string text;
    char c = 0;
    while (recv(fd_, &c, 1, 0) == 1) text += c;
    return text;
  }
  void CloseHalf() { shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

class Http1ConnectionTest : public ::testing::Test {
 protected:
  ~Http1ConnectionTest() override {
    loop_.Stop();
    server_.reset();
  }

  void Serve(Http1Limits limits = {}, int64_t max_connections = 100, int64_t max_bytes = 1 << 30) {
    bytes_ = std::make_unique<ByteBudget>(max_bytes);
    budget_ = std::make_unique<ConnectionBudget>(max_connections, nullptr);
    server_ = std::make_unique<Http1Server>(loop_, limits, *budget_, *bytes_, log_, dialect_);
    loop_.Start();
  }

  std::unique_ptr<Client> Connect() {
    const auto [ours, theirs] = ConnectedPair();
    loop_.Sync([&, fd = theirs] {
      server_->Serve(
          {MakePlainPipe(loop_, fd), "peer", absl::Now(), ConnectionPlace(*budget_), {}});
    });
    return std::make_unique<Client>(ours);
  }
  // The bytes of all connections that are counted now.
  int64_t Held() {
    int64_t held = 0;
    loop_.Sync([&] { held = bytes_->held(); });
    return held;
  }

  Loop loop_;
  WaitingLog log_;
  std::unique_ptr<ConnectionBudget> budget_;
  std::unique_ptr<ByteBudget> bytes_;
  std::unique_ptr<Http1Server> server_;
  FakeDialect dialect_;
  std::function<void(const std::shared_ptr<Call>&)>& handler_ = dialect_.serve = Echo;
};

inline constexpr char kGet[] = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace corridor::gateway
