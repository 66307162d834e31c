#include "gateway/dialects/own_relay.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/upstream/envelope.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr size_t kMostMessageBytes = 1 << 20;
constexpr size_t kReadBytes = 16 << 10;
// Frames are made ahead of being read up to so many bytes.
constexpr size_t kMostUnread = 16 << 10;

// A request of one message.
class Asking : public Conversation {
 public:
  explicit Asking(UnaryCall call) : call_(std::move(call)) {}

  void Start(std::function<void()> ready) override { ready_ = std::move(ready); }
  bool is_listening() const override { return is_listening_; }
  void Hear(std::string message) override {
    if (has_message_) return Fail();
    has_message_ = true;
    call_.message = std::move(message);
  }
  void HearEnd() override {
    if (!has_message_) return Fail();
    is_listening_ = false;
    Ask(std::move(call_));
  }
  std::optional<absl::Status> End() const override { return end_; }

 protected:
  virtual void Ask(UnaryCall call) = 0;
  void Tell() const {
    const std::function<void()> ready = ready_;  // It may destroy this.
    ready();
  }
  const std::function<void()>& ready() const { return ready_; }
  void EndWith(absl::Status status) { end_ = std::move(status); }

 private:
  void Fail() {
    is_listening_ = false;
    EndWith(ErrorWithReason(absl::StatusCode::kUnimplemented, "NOT_ONE_MESSAGE",
                            absl::StrCat(call_.method, " takes exactly one message")));
  }

  UnaryCall call_;
  std::function<void()> ready_;
  bool has_message_ = false;
  bool is_listening_ = true;
  std::optional<absl::Status> end_;
};

class AskingMethod : public Asking {
 public:
  AskingMethod(OwnMethod& method, UnaryCall call) : Asking(std::move(call)), method_(method) {}
  ~AskingMethod() override {
    if (cancel_ && !End()) cancel_();
  }
  std::optional<std::string> Take() override { return std::exchange(message_, std::nullopt); }
  Headers Leading() const override { return leading_; }

 private:
  void Ask(UnaryCall call) override {
    cancel_ = method_.Answer(std::move(call), [this](const OwnReply& reply) {
      if (reply.status.ok()) message_ = reply.message;
      leading_ = reply.headers;
      EndWith(reply.status);
      Tell();
    });
  }

  OwnMethod& method_;
  std::function<void()> cancel_;
  std::optional<std::string> message_;
  Headers leading_;
};

class AskingStream : public Asking {
 public:
  AskingStream(OwnStream& stream, StreamingCall call) : Asking(std::move(call)), stream_(stream) {}
  std::optional<std::string> Take() override {
    std::optional<OwnEvent> event = events_ == nullptr ? std::nullopt : events_->Take();
    if (!event) return std::nullopt;
    return std::move(event->message);
  }
  std::optional<absl::Status> End() const override {
    return events_ == nullptr ? Asking::End() : events_->End();
  }

 private:
  void Ask(UnaryCall call) override {
    absl::StatusOr<std::unique_ptr<OwnEvents>> events = stream_.Open(std::move(call), ready());
    if (!events.ok()) return EndWith(events.status());
    events_ = *std::move(events);
  }

  OwnStream& stream_;
  std::unique_ptr<OwnEvents> events_;
};

class Reflecting : public Conversation {
 public:
  explicit Reflecting(const Reflection& reflection) : reflection_(reflection) {}
  void Start(std::function<void()>) override {}
  bool is_listening() const override { return !answer_ && !is_over_; }
  void Hear(std::string message) override { answer_ = reflection_.Answer(message); }
  void HearEnd() override { is_over_ = true; }
  std::optional<std::string> Take() override { return std::exchange(answer_, std::nullopt); }
  std::optional<absl::Status> End() const override {
    return is_over_ ? std::optional(absl::OkStatus()) : std::nullopt;
  }

 private:
  const Reflection& reflection_;
  std::optional<std::string> answer_;
  bool is_over_ = false;
};

class OwnAnswer : public RelayedAnswer {
 public:
  OwnAnswer(std::unique_ptr<Conversation> conversation, RelayCall call, std::function<void()> ready)
      : body_(std::move(call.body)),
        ready_(std::move(ready)),
        conversation_(std::move(conversation)) {
    conversation_->Start([this] { OnNews(); });
    if (body_ != nullptr) {
      body_->Start([this, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) OnNews();
      });
    }
    GoOn();
  }

  const Headers* Head() const override { return head_ ? &*head_ : nullptr; }
  void Read(std::string& out, size_t enough) override {
    while (out.size() < enough && !unread_.empty()) {
      const size_t bytes = std::min(unread_.size(), enough - out.size());
      out.append(unread_, 0, bytes);
      unread_.erase(0, bytes);
      GoOn();
    }
  }
  const Ending* End() const override { return end_ && unread_.empty() ? &*end_ : nullptr; }

 private:
  void OnNews() {
    if (is_going_on_) return;
    GoOn();
    const std::function<void()> ready = ready_;  // It may destroy this.
    ready();
  }

  // Takes what the conversation says, and lets it hear more, as far as there is room.
  void GoOn() {
    is_going_on_ = true;
    while (!end_ && unread_.size() < kMostUnread && Step()) {
    }
    is_going_on_ = false;
  }

  // False when nothing can be done before there is news.
  bool Step() {
    if (const std::optional<std::string> message = conversation_->Take()) {
      if (!head_) head_ = conversation_->Leading();
      AppendEnvelope(0, *message, unread_);
      return true;
    }
    if (const std::optional<absl::Status> end = conversation_->End()) {
      EndWith(*end);
      return true;
    }
    return conversation_->is_listening() && HearMore();
  }

  bool HearMore() {
    if (heard_.size() >= kEnvelopeBytes && heard_[0] != 0) {
      EndWith(ErrorWithReason(absl::StatusCode::kUnimplemented, "COMPRESSED_REQUEST",
                              "the gateway's own methods take no compressed messages"));
      return true;
    }
    if (const std::optional<size_t> size = EnvelopedBytes(heard_)) {
      if (*size > kMostMessageBytes) {
        EndWith(ErrorWithReason(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE",
                                absl::StrCat("a message of ", *size,
                                             " bytes is above the limit of ", kMostMessageBytes)));
        return true;
      }
      if (heard_.size() >= kEnvelopeBytes + *size) {
        std::string message = heard_.substr(kEnvelopeBytes, *size);
        heard_.erase(0, kEnvelopeBytes + *size);
        conversation_->Hear(std::move(message));
        return true;
      }
    }
    if (body_ == nullptr) {
      if (heard_.empty()) {
        conversation_->HearEnd();
      } else {
        EndWith(ErrorWithReason(absl::StatusCode::kInvalidArgument, "TRUNCATED_REQUEST",
                                "the request ends within a message"));
      }
      return true;
    }
    const size_t had = heard_.size();
    if (!body_->Read(heard_, had + kReadBytes)) {
      if (!body_->is_whole()) EndWith(absl::CancelledError("the client left"));
      body_ = nullptr;
      return true;
    }
    return heard_.size() > had;
  }

  void EndWith(const absl::Status& status) {
    end_.emplace();
    if (status.ok()) {
      end_->trailers = {{"grpc-status", "0"}};
    } else {
      end_->failure = status;
    }
  }

  std::shared_ptr<BodySource> body_;  // Null once it has ended.
  const std::function<void()> ready_;
  std::string heard_;   // Of the request, in frames.
  std::string unread_;  // Of the answer, in frames.
  std::optional<Headers> head_;
  std::optional<Ending> end_;
  bool is_going_on_ = false;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // The body may outlive this.
  // Last, so that it is gone before what it may tell.
  std::unique_ptr<Conversation> conversation_;
};

}  // namespace

std::unique_ptr<Conversation> ConversationWith(OwnMethod& method, UnaryCall call) {
  return std::make_unique<AskingMethod>(method, std::move(call));
}

std::unique_ptr<Conversation> ConversationWith(OwnStream& stream, StreamingCall call) {
  return std::make_unique<AskingStream>(stream, std::move(call));
}

std::unique_ptr<Conversation> ConversationWith(const Reflection& reflection) {
  return std::make_unique<Reflecting>(reflection);
}

std::unique_ptr<RelayedAnswer> AnswerOf(std::unique_ptr<Conversation> conversation, RelayCall call,
                                        std::function<void()> ready) {
  return std::make_unique<OwnAnswer>(std::move(conversation), std::move(call), std::move(ready));
}

}  // namespace corridor::gateway
