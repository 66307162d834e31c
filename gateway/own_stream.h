// A method of the contract that the gateway answers itself with a stream of messages, as the
// dialects see it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// One message of the answer, with what server-sent events say beside it.
struct OwnEvent {
  std::string message;  // Serialised.
  std::string id;       // Where to go on from after this one; may be empty.
  std::string name;     // Kind of event, e.g. `commit`.
};

// As MessageStream. Asks nobody anything before it is asked itself.
class OwnEvents {
 public:
  virtual ~OwnEvents() = default;
  virtual std::optional<OwnEvent> Take() = 0;
  virtual std::optional<absl::Status> End() const = 0;
  // Metadata that go before the messages; all of it once there is a message or an end.
  virtual Headers Leading() const { return {}; }
  // Metadata that follow them; once there is an end.
  virtual Headers Trailing() const { return {}; }
};

// Belongs to one loop.
class OwnStream {
 public:
  // Metadata of a call that goes on after the event with this id.
  static constexpr char kLastEventId[] = "last-event-id";

  virtual ~OwnStream() = default;
  // `ready`: as Upstream::Stream has it. Errors: INVALID_ARGUMENT, for what is wrong with the
  // request itself; all others end the stream.
  virtual absl::StatusOr<std::unique_ptr<OwnEvents>> Open(StreamingCall call,
                                                          std::function<void()> ready) = 0;
};

}  // namespace corridor::gateway
