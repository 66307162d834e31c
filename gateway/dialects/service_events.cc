#include "gateway/dialects/service_events.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/dialects/rpc.h"
#include "gateway/http/message.h"
#include "gateway/http/whole_body.h"
#include "gateway/upstream/envelope.h"
#include "gateway/upstream/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr size_t kReadBytes = 64 << 10;

std::string_view Value(const Headers& headers, std::string_view name) {
  const std::string* value = FindHeader(headers, name);
  return value == nullptr ? std::string_view() : *value;
}

// Without what is HTTP's or gRPC's own, or cannot travel.
Headers Metadata(const Headers& headers) {
  Headers metadata;
  for (const auto& [name, value] : headers) {
    const bool is_protocols =
        name.empty() || name[0] == ':' || absl::StartsWith(name, "grpc-") ||
        absl::StartsWith(name, "content-") || absl::StartsWith(name, "accept-") || name == "date" ||
        name == "server" || name == "connection" || name == "keep-alive" || name == "te" ||
        name == "trailer" || name == "transfer-encoding" || name == "upgrade";
    if (!is_protocols && IsMetadataValue(value)) metadata.emplace_back(name, value);
  }
  return metadata;
}

}  // namespace

RelayCall RelayOf(UnaryCall call) {
  call.metadata.emplace_back("content-type", "application/grpc");
  std::string framed;
  AppendEnvelope(0, call.message, framed);
  RelayCall relay;
  relay.method = std::move(call.method);
  relay.metadata = std::move(call.metadata);
  relay.body = std::make_shared<WholeBody>(std::move(framed));
  relay.deadline = call.deadline;
  relay.is_repeatable = call.is_read;
  relay.client = call.client;
  return relay;
}

std::optional<OwnEvent> ServiceEvents::Take() {
  std::optional<std::string> message = stream_->Take();
  if (!message) return std::nullopt;
  return OwnEvent{*std::move(message), "", ""};
}

RelayedEvents::RelayedEvents(Upstream& upstream, RelayCall call, std::string service,
                             size_t most_bytes, std::function<void()> ready)
    : service_(std::move(service)),
      messages_(most_bytes),
      answer_(upstream.Relay(std::move(call), std::move(ready))) {}

std::optional<OwnEvent> RelayedEvents::Take() {
  while (wrong_.ok() && !messages_.has_message()) {
    std::string bytes;
    answer_->Read(bytes, kReadBytes);
    if (bytes.empty()) return std::nullopt;
    messages_.Add(bytes);
    wrong_ = messages_.Check();
  }
  if (!wrong_.ok()) return std::nullopt;
  OwnEvent event{messages_.Take(), "", ""};
  wrong_ = messages_.Check();
  return event;
}

std::optional<absl::Status> RelayedEvents::End() const {
  if (messages_.has_message()) return std::nullopt;
  if (!wrong_.ok()) return Failure(wrong_);
  const RelayedAnswer::Ending* end = answer_->End();
  if (end == nullptr) return std::nullopt;
  if (!end->failure.ok()) return end->failure;
  const std::string* code = FindHeader(end->trailers, "grpc-status");
  if (code == nullptr) {
    return Failure(absl::InternalError("the service ended the call without a status"));
  }
  absl::Status status = StatusOfTrailers(*code, Value(end->trailers, "grpc-message"),
                                         Value(end->trailers, "grpc-status-details-bin"));
  if (!status.ok() || messages_.is_empty()) return status;
  return Failure(absl::InternalError("the service sent a truncated answer"));
}

Headers RelayedEvents::Leading() const {
  const Headers* head = answer_->Head();
  return head == nullptr ? Headers() : Metadata(*head);
}

Headers RelayedEvents::Trailing() const {
  const RelayedAnswer::Ending* end = answer_->End();
  return end == nullptr ? Headers() : Metadata(end->trailers);
}

absl::Status RelayedEvents::Failure(const absl::Status& why) const {
  return UpstreamFailure(service_, why);
}

namespace {

// A relayed call until its answer is whole.
class OneReply : public std::enable_shared_from_this<OneReply> {
 public:
  OneReply(std::string service, std::function<void(RelayedReply)> done)
      : service_(std::move(service)), done_(std::move(done)) {}

  void Begin(Upstream& upstream, RelayCall call, size_t most_bytes) {
    events_ = std::make_unique<RelayedEvents>(upstream, std::move(call), service_, most_bytes,
                                              [weak = weak_from_this()] {
                                                if (const auto self = weak.lock()) self->Look();
                                              });
    Look();
  }
  void Drop() { events_ = nullptr; }

 private:
  void Look() {
    while (events_ != nullptr) {
      std::optional<OwnEvent> event = events_->Take();
      if (!event) break;
      reply_.message = std::move(event->message);
      ++count_;
    }
    const std::optional<absl::Status> end = events_ == nullptr ? std::nullopt : events_->End();
    if (!end) return;
    reply_.status = *end;
    if (end->ok() && count_ != 1) {
      reply_.status = UpstreamFailure(
          service_, absl::InternalError(
                        absl::StrCat("the service sent ", count_, " messages where one is due")));
    }
    reply_.leading = events_->Leading();
    reply_.trailing = events_->Trailing();
    events_ = nullptr;
    done_(std::move(reply_));
  }

  const std::string service_;
  const std::function<void(RelayedReply)> done_;
  std::unique_ptr<RelayedEvents> events_;  // Null once over.
  RelayedReply reply_;
  int count_ = 0;
};

}  // namespace

std::function<void()> AskByRelay(Upstream& upstream, RelayCall call, const std::string& service,
                                 size_t most_bytes, std::function<void(RelayedReply)> done) {
  const auto reply = std::make_shared<OneReply>(service, std::move(done));
  reply->Begin(upstream, std::move(call), most_bytes);
  return [reply] { reply->Drop(); };
}

}  // namespace corridor::gateway
