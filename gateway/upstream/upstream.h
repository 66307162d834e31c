// A service behind the gateway, as the dialects see it: unary calls with a deadline, and calls that
// are answered with a stream of messages. Belongs to one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/http/body_source.h"

namespace corridor::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct UnaryCall {
  std::string method;   // `/corridor.memberstates.v1.Areas/GetArea`.
  std::string message;  // The request message, serialised, unframed.
  Headers metadata;     // Lower-case names.
  absl::Time deadline;
  // It changes nothing, so it may be sent again when it is not known whether it ran.
  bool is_read = false;
  uint64_t client = 0;  // Whoever asks, among those that share what the service can do.
};

// What is asked is the same; only here may the deadline be infinite.
using StreamingCall = UnaryCall;

struct UnaryReply {
  // The service's own status with its details, or one made here, which names the service (ErrorInfo
  // metadata `service`): UNAVAILABLE, DEADLINE_EXCEEDED, UPSTREAM_FAILURE.
  absl::Status status;
  std::string message;  // The response message, when OK.
  Headers headers;  // Initial metadata and trailers, lower-case, without pseudo and grpc- headers.
};

// The answers to a StreamingCall. Destroying it cancels the call when that still runs.
//
// What is not taken costs memory for one message and 64 KB, and holds up no other call: the service
// is given room to send more only as messages are taken.
class MessageStream {
 public:
  virtual ~MessageStream() = default;
  // The next message, when one has come.
  virtual std::optional<std::string> Take() = 0;
  // How the call ended, once it has and all messages are taken; the errors are those of UnaryReply.
  virtual std::optional<absl::Status> End() const = 0;
};

// A call that is passed on as it is: of any kind, its frames neither parsed nor changed.
struct RelayCall {
  std::string method;  // `/corridor.memberstates.v1.Areas/GetArea`.
  // All that is sent but pseudo-headers, `te` and `grpc-timeout`: `content-type` is among them.
  Headers metadata;
  std::shared_ptr<BodySource> body;
  absl::Time deadline;  // May be infinite.
  // It may be sent again when it is not known whether it ran.
  bool is_repeatable = false;
  // It may last for days, so it counts among the streams of a service.
  bool is_streaming = false;
  uint64_t client = 0;  // As UnaryCall has it.
};

// The answer to a RelayCall. Destroying it cancels the call when that still runs.
//
// What is not read costs the service's window, 64 KB, and holds up no other call.
class RelayedAnswer {
 public:
  virtual ~RelayedAnswer() = default;
  // The headers that the service answered with, once they have come: null before, and for an answer
  // that has none (End() says why, or has the trailers).
  virtual const Headers* Head() const = 0;
  // Appends frames as they came, until `out` holds `enough` bytes; gives the service room for as
  // much again.
  virtual void Read(std::string& out, size_t enough) = 0;
  // How it ended, once it has and all is read.
  struct Ending {
    Headers trailers;      // `grpc-status` among them; empty when `failure` is set.
    absl::Status failure;  // UNAVAILABLE, DEADLINE_EXCEEDED, …, made here; names the service.
  };
  virtual const Ending* End() const = 0;
};

class Upstream {
 public:
  virtual ~Upstream() = default;
  // `done` is called once, on this loop, at the latest at the deadline. The answer cancels the call
  // when invoked before `done`; after it, it does nothing.
  virtual std::function<void()> Unary(UnaryCall call, std::function<void(UnaryReply)> done) = 0;
  // Look at the stream at once, and each time that `ready` is called: on this loop, when Take() or
  // End() has what it had not when last asked, and never from within them. `ready` may destroy the
  // stream. A call that got no message may be sent again, as a unary read is; not after the first.
  virtual std::unique_ptr<MessageStream> Stream(StreamingCall call,
                                                std::function<void()> ready) = 0;
  // As Stream(), for a call that is passed on. It is sent again as DESIGN has it: until headers of
  // an answer came, while no more than 64 KB of the request were taken from its body, which are
  // kept for that.
  virtual std::unique_ptr<RelayedAnswer> Relay(RelayCall call, std::function<void()> ready) = 0;
  // Whether a connection is up, or could be made when last tried; the reason when not.
  virtual absl::Status Available() const = 0;
};

// UNAVAILABLE, as a service that this gateway was not told of answers: e.g. `indicators`.
absl::Status StartedWithout(std::string_view service);

// Of code and message of `why`, for a service that does not answer as it should: reason
// UPSTREAM_FAILURE, and names it.
absl::Status UpstreamFailure(std::string_view service, const absl::Status& why);
// Whether it is one of INTERNAL, for what the service sent: to HTTP that is 502.
bool IsGarbage(const absl::Status& status);

}  // namespace corridor::gateway
