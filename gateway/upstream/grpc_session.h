// gRPC calls over one HTTP/2 connection, as bytes in and bytes out: nghttp2's client session,
// without a socket or a clock. Used by one thread. A relayed call's body is read as it can be sent,
// and its answer comes as it is read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/upstream/message_buffer.h"
#include "gateway/upstream/relayed_exchange.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

class GrpcSession {
 public:
  struct Limits {
    size_t message_bytes = 16 << 20;  // Of one response.
    size_t header_bytes = 64 << 10;   // Of a response's headers and trailers.
    size_t streams = 100;             // At once; fewer if the service allows fewer.
  };

  // When the same call may be sent again on another connection.
  enum class Retry {
    kNever,
    kRead,    // If it only reads: the service may have run it.
    kAlways,  // The service has not looked at it.
  };
  struct Outcome {
    UnaryReply reply;
    MessageBuffer left;  // Whole messages of a stream that came and were not taken.
    Retry retry = Retry::kNever;
    bool from_service = true;      // The status is the service's own, not made here.
    bool connection_lost = false;  // By Lose().
    bool was_reset = false;        // By the service, this call alone.
  };
  using Done = std::function<void(Outcome)>;
  using Arrived = std::function<void()>;

  // `authority` is the host and port that requests name.
  GrpcSession(std::string authority, const Limits& limits);
  ~GrpcSession();

  // Sends a call; answers its stream, or 0 when accepts_calls() is false. `done` is called once,
  // from Receive(), Send() or Lose(), unless the stream is cancelled before. `call.message` is
  // copied. With `arrived` the answers are many and are to be taken one by one: it is called from
  // Receive() when Take() has a message that it had not when last asked. An infinite `timeout` is
  // none.
  //
  // With `relay` the call is passed on: `call.message` is not looked at, `call.metadata` has the
  // content-type, and `arrived` is called when the head has come, and when Read() has bytes that it
  // had not when last asked. `relay` has what the service sent when `done` is called.
  int32_t Start(const UnaryCall& call, absl::Duration timeout, Done done, Arrived arrived = nullptr,
                std::shared_ptr<RelayedExchange> relay = nullptr);
  // The next message of a stream, when it has come whole; gives the service room for more, which
  // Send() tells it.
  std::optional<std::string> Take(int32_t stream);
  // As RelayedAnswer::Read, of what has come; as Take() gives the service room for more.
  void Read(int32_t stream, std::string& out, size_t enough);
  // The body of a relayed call has more.
  void Resume(int32_t stream);
  // Resets a stream; its `done` and `arrived` are dropped.
  void Cancel(int32_t stream);
  // Takes bytes that came. An error says why the connection is of no use any more; Lose() it then,
  // as when is_over().
  absl::Status Receive(std::string_view bytes);
  // Appends what is to be sent to `out`, stopping once that holds `enough` bytes.
  absl::Status Send(std::string& out, size_t enough);
  // The connection is gone: ends every call with UNAVAILABLE and `why`.
  void Lose(const absl::Status& why);
  // Forgets every call without a word.
  void Drop();
  // Asks the service for a sign of life; Receive() clears awaits_pong().
  void Ping();
  bool awaits_pong() const;
  // Whether the other side has shown that it speaks HTTP/2.
  bool is_settled() const;

  // No further calls: the service said that it goes away, or Retire() was called.
  bool is_retired() const;
  void Retire();
  // Not retired, and below the limit of streams.
  bool accepts_calls() const;
  size_t active() const;
  // The service broke HTTP/2, of which Send() tells it.
  bool is_broken() const;
  // Nothing is to be sent or expected any more: the service went away, or broke HTTP/2 and was told
  // so.
  bool is_over() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace corridor::gateway
