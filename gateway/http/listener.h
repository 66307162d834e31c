// A listening TCP socket of one loop. Several loops share a port, and the kernel spreads
// connections over them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace corridor::gateway {

class Loop;

class Listener {
 public:
  // kFirst binds alone, so that a port in use is an error, and opens the port to kOther, of the
  // same user, only then.
  enum class Share { kFirst, kOther };
  // `host` is an IPv4 address; port 0 takes a free one. Errors: INVALID_ARGUMENT (`host`),
  // UNAVAILABLE naming address and reason (port in use).
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(const std::string& host, uint16_t port,
                                                        Share share);
  ~Listener();

  uint16_t port() const;
  // Accepts on `loop`. `on_connection` owns the descriptor (non-blocking) it is given; `peer` is
  // `127.0.0.1:40000`.
  void Start(Loop& loop, std::function<void(int fd, std::string peer)> on_connection);
  // Accepts what already waits, then closes. On the loop's thread.
  void Stop();

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace corridor::gateway
