// HTTP/1.1 connections of one loop: reads requests, one in flight a connection, and writes their
// answers.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "gateway/call.h"
#include "gateway/dialects/dialect.h"
#include "gateway/http/arrival.h"
#include "gateway/http/budgets.h"
#include "gateway/http/http1_parser.h"

namespace corridor::gateway {

class Loop;

struct Http1Limits {
  Http1Parser::Limits message;
  absl::Duration idle_timeout = absl::Seconds(60);  // Between requests.
  absl::Duration head_timeout =
      absl::Seconds(10);  // From a request's first byte (or accept) to its headers' end.
  absl::Duration body_timeout = absl::Seconds(30);  // From there to its last byte.
  // For a whole answer; of one that is made while it is sent, for the client to take anything while
  // bytes wait for it.
  absl::Duration write_timeout = absl::Seconds(30);
};

// Belongs to its loop's thread.
class Http1Server {
 public:
  // `budget`, `bytes`, `log` and `dialect` outlive it.
  Http1Server(Loop& loop, const Http1Limits& limits, ConnectionBudget& budget, ByteBudget& bytes,
              RequestLog& log, Dialect& dialect);
  // Closes every connection.
  ~Http1Server();

  // Takes over a connection; above either budget it answers 503 and closes.
  void Serve(Arrival arrival);
  // Answers `why` to whatever comes, and closes.
  void Refuse(Arrival arrival, const HttpError& why);
  // Closes idle connections, and the others after what they run; a body that is made while it is
  // sent is asked to end.
  void Drain();
  // Thread-safe.
  size_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  class Connection;
  struct State;
  void Begin(Arrival arrival, const std::optional<HttpError>& refusal);

  std::unique_ptr<State> state_;
  std::atomic<size_t> connections_{0};
};

}  // namespace corridor::gateway
