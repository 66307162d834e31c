// Methods that the gateway answers itself, as answers of the form that a service's have, so that
// the dialects which pass on frames treat both alike.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gateway/dialects/reflection.h"
#include "gateway/own_method.h"
#include "gateway/own_stream.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// What a method says to the messages it is sent.
class Conversation {
 public:
  virtual ~Conversation() = default;
  // Before all else. `ready`: as Upstream::Stream has it.
  virtual void Start(std::function<void()> ready) = 0;
  // Whether it waits for the request to go on.
  virtual bool is_listening() const = 0;
  // The next message of the request, or that it has ended; only while it listens.
  virtual void Hear(std::string message) = 0;
  virtual void HearEnd() = 0;
  // The next message of the answer, when there is one.
  virtual std::optional<std::string> Take() = 0;
  virtual std::optional<absl::Status> End() const = 0;
  // Initial metadata, from the first message on.
  virtual Headers Leading() const { return {}; }
};

// `call.message` is set by what is heard: exactly one message, else UNIMPLEMENTED, as gRPC has it.
std::unique_ptr<Conversation> ConversationWith(OwnMethod& method, UnaryCall call);
std::unique_ptr<Conversation> ConversationWith(OwnStream& stream, StreamingCall call);
// An answer to each request.
std::unique_ptr<Conversation> ConversationWith(const Reflection& reflection);

// Reads messages, of up to 1 MB, from `call.body` as the conversation listens, and frames its
// answers as they are read. Errors: RESOURCE_EXHAUSTED (a larger message), UNIMPLEMENTED (a
// compressed one), INVALID_ARGUMENT (a body that ends within one).
std::unique_ptr<RelayedAnswer> AnswerOf(std::unique_ptr<Conversation> conversation, RelayCall call,
                                        std::function<void()> ready);

}  // namespace corridor::gateway
