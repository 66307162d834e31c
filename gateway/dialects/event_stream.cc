#include "gateway/dialects/event_stream.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

// How long a client waits before it reconnects.
constexpr char kRetry[] = "retry: 1000\n\n";

// Whether a media range (RFC 9110, 12.5.1), with its parameters, holds events.
bool HoldsEvents(absl::string_view range) {
  const std::vector<absl::string_view> parts = absl::StrSplit(range, ';');
  const std::string type = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[0]));
  if (type != kEventStreamType && type != "text/*" && type != "*/*") return false;
  for (size_t i = 1; i < parts.size(); ++i) {
    absl::string_view weight = absl::StripAsciiWhitespace(parts[i]);
    double value = 1;
    if ((absl::ConsumePrefix(&weight, "q=") || absl::ConsumePrefix(&weight, "Q=")) &&
        absl::SimpleAtod(weight, &value) && value == 0) {
      return false;
    }
  }
  return true;
}

absl::Status ShuttingDown() {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                         "the gateway shuts down: go on from the last id");
}

}  // namespace

bool AcceptsEvents(const HttpHeaders& headers) {
  bool says_nothing = true;
  for (const auto& [name, value] : headers) {
    if (name != "accept") continue;
    says_nothing = false;
    for (const absl::string_view range : absl::StrSplit(value, ',')) {
      if (HoldsEvents(range)) return true;
    }
  }
  return says_nothing;
}

EventStream::EventStream(const Transcoder& transcoder, const Method& method,
                         const std::shared_ptr<Call>& call, Fail fail)
    : transcoder_(transcoder), method_(method), call_(call), fail_(std::move(fail)) {}

void EventStream::Begin(std::unique_ptr<OwnEvents> events) {
  events_ = std::move(events);
  if (const std::shared_ptr<Call> call = call_.lock()) {
    call->OnCancel([self = shared_from_this()] { self->events_ = nullptr; });
  }
  Look();
}

void EventStream::AnswerHead() {
  if (const std::shared_ptr<Call> call = call_.lock()) call->Answer(Response(), "OK");
}

void EventStream::Look() {
  if (wake_) {
    const std::function<void()> wake = wake_;  // It may destroy this.
    return wake();
  }
  const std::shared_ptr<Call> call = call_.lock();
  if (events_ == nullptr || call == nullptr || first_) return;
  first_ = events_->Take();
  if (first_) return call->Answer(Response(), "OK");
  const std::optional<absl::Status> end = events_->End();
  if (!end) return;
  if (end->ok()) return call->Answer(Response(), "OK");
  events_ = nullptr;
  fail_(*call, *end);
}

HttpResponse EventStream::Response() {
  HttpResponse response;
  response.headers = {{"content-type", kEventStreamType},
                      {"cache-control", "no-store"},
                      {"x-content-type-options", "nosniff"}};
  response.source = shared_from_this();
  return response;
}

bool EventStream::Read(std::string& out, size_t enough) {
  if (!std::exchange(has_begun_, true)) out += kRetry;
  if (is_draining_) return EndWith(ShuttingDown(), out);
  while (out.size() < enough) {
    const std::optional<OwnEvent> event =
        first_ ? std::exchange(first_, std::nullopt) : events_->Take();
    if (!event) {
      const std::optional<absl::Status> end = events_->End();
      return !end || (!end->ok() && EndWith(*end, out));
    }
    const absl::StatusOr<std::string> json = transcoder_.ToJson(method_, event->message);
    if (!json.ok()) return EndWith(json.status(), out);
    if (!event->id.empty()) absl::StrAppend(&out, "id: ", event->id, "\n");
    absl::StrAppend(&out, "event: ", event->name, "\ndata: ", *json, "\n\n");
  }
  return true;
}

bool EventStream::EndWith(const absl::Status& why, std::string& out) {
  absl::StrAppend(&out, "event: error\ndata: ", transcoder_.ErrorJson(why), "\n\n");
  const std::shared_ptr<Call> call = call_.lock();
  if (call != nullptr && !is_draining_) call->set_code(CodeName(why.code()));
  events_ = nullptr;
  return false;
}

}  // namespace corridor::gateway
