// Answers of services as the streamed answers of a dialect take them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gateway/own_stream.h"
#include "gateway/upstream/message_buffer.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// The answers to a StreamingCall.
class ServiceEvents : public OwnEvents {
 public:
  // `ready`: as Upstream::Stream has it.
  ServiceEvents(Upstream& upstream, StreamingCall call, std::function<void()> ready)
      : stream_(upstream.Stream(std::move(call), std::move(ready))) {}

  std::optional<OwnEvent> Take() override;
  std::optional<absl::Status> End() const override { return stream_->End(); }

 private:
  const std::unique_ptr<MessageStream> stream_;
};

// The answers to a RelayCall, with its metadata. Holds one message and 64 KB.
class RelayedEvents : public OwnEvents {
 public:
  // `ready`: as Upstream::Relay has it. `service` is named in errors: INTERNAL with the reason
  // UPSTREAM_FAILURE for an answer that is no gRPC, RESOURCE_EXHAUSTED for a message above
  // `most_bytes`.
  RelayedEvents(Upstream& upstream, RelayCall call, std::string service, size_t most_bytes,
                std::function<void()> ready);

  std::optional<OwnEvent> Take() override;
  std::optional<absl::Status> End() const override;
  Headers Leading() const override;
  Headers Trailing() const override;

 private:
  absl::Status Failure(const absl::Status& why) const;

  const std::string service_;
  MessageBuffer messages_;
  absl::Status wrong_;  // With what came: nothing more is taken.
  const std::unique_ptr<RelayedAnswer> answer_;
};

// The same call as a relay: its message is the body.
RelayCall RelayOf(UnaryCall call);

// One request that is a stream, or whose metadata are wanted, and one answer.
struct RelayedReply {
  absl::Status status;  // INTERNAL too, when there was not exactly one message.
  std::string message;
  Headers leading;
  Headers trailing;
};
// `done` is called once; what is answered cancels the call and must be kept until then, as long as
// the answer is wanted.
std::function<void()> AskByRelay(Upstream& upstream, RelayCall call, const std::string& service,
                                 size_t most_bytes, std::function<void(RelayedReply)> done);

}  // namespace corridor::gateway
