// What becomes of a client that has just connected: its first bytes say whether it speaks HTTP/1.1
// or HTTP/2, or TLS first, and it is handed to who serves that. One a loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "gateway/http/http1_connection.h"
#include "gateway/http/http2_connection.h"
#include "gateway/http/tls_certificate.h"

namespace corridor::gateway {

class Loop;

// Belongs to its loop's thread.
class Door {
 public:
  // `tls` (null: TLS is not spoken), `budget`, `bytes`, `log` and `dialect` outlive it. The head's
  // timeout of HTTP/1.1 also covers what comes before a head, a handshake included. Plain text is
  // served beside TLS.
  Door(Loop& loop, const Http1Limits& http1, const Http2Limits& http2, TlsCertificate* tls,
       ConnectionBudget& budget, ByteBudget& bytes, RequestLog& log, Dialect& dialect);
  // Closes every connection.
  ~Door();

  // Takes over a connected, non-blocking socket. Above the budget of connections it answers 503, in
  // HTTP/1.1 whatever the client speaks, and closes.
  void Serve(int fd, std::string peer);
  // As Http1Server's and Http2Server's. Who has said nothing yet is still heard.
  void Drain();
  // Thread-safe.
  size_t connections() const;

 private:
  class Guest;
  struct State;
  std::unique_ptr<State> state_;
  std::atomic<size_t> unheard_{0};
};

}  // namespace corridor::gateway
