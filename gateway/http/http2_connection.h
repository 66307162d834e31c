// HTTP/2 connections of one loop: an Http2Session on a pipe each, with its timers.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "gateway/dialects/dialect.h"
#include "gateway/http/arrival.h"
#include "gateway/http/http2_session.h"

namespace corridor::gateway {

class Loop;

// Belongs to its loop's thread.
class Http2Server {
 public:
  // `bytes`, `log` and `dialect` outlive it.
  Http2Server(Loop& loop, const Http2Limits& limits, ByteBudget& bytes, RequestLog& log,
              Dialect& dialect);
  // Closes every connection.
  ~Http2Server();

  // Its place is taken.
  void Serve(Arrival arrival);
  // Tells every client to make its next streams elsewhere, and closes each connection after the
  // streams that it has; a body that is made while it is sent is asked to end.
  void Drain();
  // Thread-safe.
  size_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  class Connection;
  struct State;
  std::unique_ptr<State> state_;
  std::atomic<size_t> connections_{0};
};

}  // namespace corridor::gateway
