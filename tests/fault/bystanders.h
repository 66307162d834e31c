// Clients who want nothing but their answers while others attack the gateway.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace corridor::e2e {

class RawHttp2;

// One over HTTP/1.1 and one over HTTP/2, each on a connection of its own; both ask a service
// without pause until they are destroyed. Used by one thread.
class Bystanders {
 public:
  // `gateway` as `127.0.0.1:8080`.
  explicit Bystanders(const std::string& gateway);
  ~Bystanders();

  // How often the one of both that was answered less often was.
  size_t answered() const;
  // Waits until each has been answered `more` times from now; fails the test when that does not
  // happen within a minute.
  void AwaitAnswers(size_t more) const;
  // What was not answered with 200 within 10 s: each kind of failure, and how often.
  std::map<std::string, int> Failures() const;

 private:
  static constexpr size_t kClients = 2;

  void AskByHttp1(const std::string& gateway);
  void AskByHttp2(const std::string& gateway);
  // False when that failed.
  bool AskOnce(RawHttp2& client, uint32_t stream);
  void Note(const std::string& failure);

  std::atomic<bool> stop_ = false;
  std::array<std::atomic<size_t>, kClients> answered_ = {};
  mutable std::mutex mutex_;
  std::map<std::string, int> failures_;  // Guarded by mutex_.
  std::array<std::thread, kClients> threads_;
};

}  // namespace corridor::e2e
