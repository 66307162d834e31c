// A service behind the gateway, as the dialects see it: unary calls with a deadline, and calls that
// are answered with a stream of messages. Belongs to one loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace corridor::gateway {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct UnaryCall {
  std::string method;   // `/corridor.memberstates.v1.Areas/GetArea`.
  std::string message;  // The request message, serialised, unframed.
  Headers metadata;     // Lower-case names.
  absl::Time deadline;
  // It changes nothing, so it may be sent again when it is not known whether it ran.
  bool is_read = false;
};

// What is asked is the same; only here may the deadline be infinite.
using StreamingCall = UnaryCall;

struct UnaryReply {
  // The service's own status with its details, or UNAVAILABLE/DEADLINE_EXCEEDED made here, which
  // name the service (ErrorInfo metadata `service`).
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
  // Whether a connection is up, or could be made when last tried; the reason when not.
  virtual absl::Status Available() const = 0;
};

// UNAVAILABLE, as a service that this gateway was not told of answers: e.g. `indicators`.
absl::Status StartedWithout(std::string_view service);

}  // namespace corridor::gateway
