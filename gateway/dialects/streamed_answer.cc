#include "gateway/dialects/streamed_answer.h"

#include <utility>

#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

absl::Status ShuttingDown() {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                         "the gateway shuts down: go on from the last id");
}

}  // namespace

StreamedAnswer::StreamedAnswer(std::unique_ptr<MessageForm> form, bool is_endless,
                               const std::shared_ptr<Call>& call, Fail fail)
    : form_(std::move(form)), is_endless_(is_endless), call_(call), fail_(std::move(fail)) {}

std::function<void()> StreamedAnswer::Ready() {
  return [weak = weak_from_this()] {
    if (const std::shared_ptr<StreamedAnswer> told = weak.lock()) told->Look();
  };
}

void StreamedAnswer::Begin(std::unique_ptr<OwnEvents> events) {
  events_ = std::move(events);
  if (const std::shared_ptr<Call> call = call_.lock()) {
    call->OnCancel([self = shared_from_this()] { self->events_ = nullptr; });
  }
  Look();
}

void StreamedAnswer::AnswerHead() {
  if (const std::shared_ptr<Call> call = call_.lock()) Answer(*call);
}

void StreamedAnswer::Look() {
  if (wake_) {
    const std::function<void()> wake = wake_;  // It may destroy this.
    return wake();
  }
  const std::shared_ptr<Call> call = call_.lock();
  if (events_ == nullptr || call == nullptr || first_) return;
  first_ = events_->Take();
  if (first_) return Answer(*call);
  const std::optional<absl::Status> end = events_->End();
  if (!end) return;
  if (end->ok() || form_->HoldsFailures()) return Answer(*call);
  events_ = nullptr;
  fail_(*call, *end);
}

void StreamedAnswer::Answer(Call& call) {
  absl::StatusOr<HttpHeaders> headers = form_->Head(first_ ? &*first_ : nullptr);
  if (!headers.ok()) {
    events_ = nullptr;
    return fail_(call, headers.status());
  }
  HttpResponse response;
  response.headers = *std::move(headers);
  if (events_ != nullptr) {
    for (auto& header : events_->Leading()) response.headers.push_back(std::move(header));
  }
  response.source = shared_from_this();
  call.Answer(std::move(response), "OK");
}

bool StreamedAnswer::Read(std::string& out, size_t enough) {
  if (!std::exchange(has_begun_, true)) form_->Begin(out);
  if (is_draining_) return EndWith(ShuttingDown(), out);
  while (out.size() < enough) {
    const std::optional<OwnEvent> event =
        first_ ? std::exchange(first_, std::nullopt) : events_->Take();
    if (!event) {
      const std::optional<absl::Status> end = events_->End();
      if (!end) return true;
      if (!end->ok()) return EndWith(*end, out);
      form_->End(events_->Trailing(), out);
      return false;
    }
    const absl::Status appended = form_->Append(*event, out);
    if (!appended.ok()) return EndWith(appended, out);
  }
  return true;
}

bool StreamedAnswer::EndWith(const absl::Status& why, std::string& out) {
  is_whole_ = form_->Fail(why, events_->Trailing(), is_draining_, out);
  const std::shared_ptr<Call> call = call_.lock();
  if (call != nullptr && !is_draining_) call->set_code(CodeName(why.code()));
  events_ = nullptr;
  return false;
}

}  // namespace corridor::gateway
