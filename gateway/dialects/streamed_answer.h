// An answer that is a stream of messages, in any form.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gateway/call.h"
#include "gateway/dialects/message_form.h"
#include "gateway/http/body_source.h"
#include "gateway/own_stream.h"

namespace corridor::gateway {

// Belongs to its call's loop. Held by the call until the answer begins, then by the connection.
//
// The answer begins with the first message, so that what fails before is answered as an error. What
// fails later is said in the stream, as its form has it, and recorded as the call's code. Messages
// are taken only as the client reads.
class StreamedAnswer : public BodySource, public std::enable_shared_from_this<StreamedAnswer> {
 public:
  // Answers the call with an error in place of messages. Never called, and may be null, where the
  // form holds failures.
  using Fail = std::function<void(Call&, const absl::Status&)>;

  // What is endless ends when the gateway drains, which its client is told as an error and is
  // recorded as OK; all else may finish.
  StreamedAnswer(std::unique_ptr<MessageForm> form, bool is_endless,
                 const std::shared_ptr<Call>& call, Fail fail);

  // What those who make the messages call when there are more: it does nothing once this is gone.
  std::function<void()> Ready();
  // Answers the call as soon as `events` has a message, or has ended; until then a client that
  // leaves ends them.
  void Begin(std::unique_ptr<OwnEvents> events);
  // Answers a HEAD.
  void AnswerHead();

  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override;
  bool is_whole() const override { return is_whole_; }
  void Drain() override { is_draining_ = is_endless_; }

 private:
  void Look();
  void Answer(Call& call);
  // Ends the messages with `why`; false.
  bool EndWith(const absl::Status& why, std::string& out);

  const std::unique_ptr<MessageForm> form_;
  const bool is_endless_;
  const std::weak_ptr<Call> call_;
  const Fail fail_;
  std::unique_ptr<OwnEvents> events_;  // Null once over.
  std::optional<OwnEvent> first_;      // Taken to see that there is one.
  std::function<void()> wake_;         // Set once the answer has begun.
  bool has_begun_ = false;             // The first bytes were given.
  bool is_draining_ = false;
  bool is_whole_ = true;
};

}  // namespace corridor::gateway
