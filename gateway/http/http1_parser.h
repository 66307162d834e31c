// Bytes of one HTTP/1 request to a message: our rules first, then Beast's parser. No sockets; no
// Boost in this header.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http/http_error.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

// Used by one thread.
class Http1Parser {
 public:
  struct Limits {
    size_t head_bytes = 64 << 10;
    size_t body_bytes = 4 << 20;
  };
  explicit Http1Parser(const Limits& limits);
  ~Http1Parser();

  enum class Event {
    kNeedMore,  // Call again with what was left, and more.
    kHead,      // The head is whole and a body follows. Once a request. Say StreamBody() now, or
                // it is collected in request().
    kComplete,  // request() is whole. Reset() before the next Feed().
    kError,     // error() says why. The connection cannot go on.
  };
  // Takes `consumed` bytes from the front of `bytes`; the rest is to be given again.
  Event Feed(std::string_view bytes, size_t& consumed);

  // The body is not collected, and may be of any length: TakeBody() has what came of it.
  void StreamBody();
  std::string TakeBody();

  // Forgets the request; the next byte begins another.
  void Reset();

  // Whether a byte of the request has come.
  bool started() const;
  // After kHead: the client waits for 100 Continue before it sends the body.
  bool expects_continue() const;
  // After kHead or kComplete: whether the connection may be used again.
  bool keep_alive() const;
  // After kHead or kComplete: whether the client takes chunked answers, as all do since HTTP/1.1.
  bool takes_chunks() const;
  HttpRequest& request();
  const HttpError& error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace corridor::gateway
