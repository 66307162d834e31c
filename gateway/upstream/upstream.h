// A service behind the gateway, as the dialects see it: unary calls with a deadline. Belongs to one
// loop.
#pragma once

#include <functional>
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

struct UnaryReply {
  // The service's own status with its details, or UNAVAILABLE/DEADLINE_EXCEEDED made here, which
  // name the service (ErrorInfo metadata `service`).
  absl::Status status;
  std::string message;  // The response message, when OK.
  Headers headers;  // Initial metadata and trailers, lower-case, without pseudo and grpc- headers.
};

class Upstream {
 public:
  virtual ~Upstream() = default;
  // `done` is called once, on this loop, at the latest at the deadline. The answer cancels the call
  // when invoked before `done`; after it, it does nothing.
  virtual std::function<void()> Unary(UnaryCall call, std::function<void(UnaryReply)> done) = 0;
  // Whether a connection is up, or could be made when last tried; the reason when not.
  virtual absl::Status Available() const = 0;
};

// UNAVAILABLE, as a service that this gateway was not told of answers: e.g. `indicators`.
absl::Status StartedWithout(std::string_view service);

}  // namespace corridor::gateway
