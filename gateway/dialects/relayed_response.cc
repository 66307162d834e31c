#include "gateway/dialects/relayed_response.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/upstream/envelope.h"
#include "gateway/upstream/grpc_status.h"
#include "platform/cache/told_tags.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr uint8_t kTrailersFlag = 0x80;
// Headers of an answer that are not the service's.
constexpr size_t kAnswersOwn = 4;

absl::Status ShuttingDown() {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                         "the gateway shuts down: ask again");
}

// Headers of the service's answer that are not the connection's, nor set here, nor for the gateway.
bool IsPassedOn(const std::string& name) {
  static constexpr std::string_view kOthers[] = {
      "connection", "content-length",    "content-type", "date",         "keep-alive",
      "trailer",    "transfer-encoding", "upgrade",      "x-request-id", cache::kTagsMetadata};
  return std::find(std::begin(kOthers), std::end(kOthers), name) == std::end(kOthers);
}

HttpHeaders TrailersOf(const RelayedAnswer::Ending& ending) {
  return ending.trailers.empty() ? TrailersOfStatus(ToRpcStatus(ending.failure)) : ending.trailers;
}

std::string_view CodeOf(const HttpHeaders& trailers) {
  const std::string* text = FindHeader(trailers, "grpc-status");
  int code = 0;
  if (text == nullptr || !absl::SimpleAtoi(*text, &code)) return "UNKNOWN";
  return CodeName(static_cast<absl::StatusCode>(code));
}

// The frame of gRPC-Web that holds trailers, as HTTP/1.1 writes them.
std::string TrailersFrame(const HttpHeaders& trailers) {
  std::string text;
  for (const auto& [name, value] : trailers) {
    if (IsPassedOn(name)) absl::StrAppend(&text, name, ":", value, "\r\n");
  }
  std::string frame;
  AppendEnvelope(kTrailersFlag, text, frame);
  return frame;
}

HttpResponse TrailersOnly(HttpHeaders trailers, GrpcForm form, const std::string& content_type) {
  HttpResponse response;
  response.headers = {{"content-type", content_type}};
  if (form == GrpcForm::kGrpc) {
    for (auto& trailer : trailers) {
      if (IsPassedOn(trailer.first)) response.headers.push_back(std::move(trailer));
    }
    return response;
  }
  // In the body, and not in the headers as gRPC-Web allows too: pages from elsewhere may read it.
  response.body = TrailersFrame(trailers);
  if (form == GrpcForm::kWebText) response.body = absl::Base64Escape(response.body);
  return response;
}

}  // namespace

HttpResponse ResponseWith(const google::rpc::Status& status, GrpcForm form,
                          const std::string& content_type) {
  return TrailersOnly(TrailersOfStatus(status), form, content_type);
}

RelayedResponse::RelayedResponse(const std::shared_ptr<Call>& call, GrpcForm form,
                                 std::string content_type)
    : call_(call), form_(form), content_type_(std::move(content_type)) {}

void RelayedResponse::Begin(std::unique_ptr<RelayedAnswer> answer, bool is_streaming) {
  answer_ = std::move(answer);
  is_streaming_ = is_streaming;
  if (const std::shared_ptr<Call> call = call_.lock()) {
    call->OnCancel([self = shared_from_this()] { self->answer_ = nullptr; });
  }
  Look();
}

void RelayedResponse::Fail(const absl::Status& status) {
  if (const std::shared_ptr<Call> call = call_.lock()) AnswerWith({{}, status}, *call);
}

void RelayedResponse::Look() {
  if (wake_) {
    const std::function<void()> wake = wake_;  // It may destroy this.
    return wake();
  }
  const std::shared_ptr<Call> call = call_.lock();
  if (answer_ == nullptr || call == nullptr || is_answered_) return;
  if (const Headers* head = answer_->Head()) {
    is_answered_ = true;
    return call->Answer(Head(*head), "OK");
  }
  if (const RelayedAnswer::Ending* end = answer_->End()) {
    const RelayedAnswer::Ending ending = *end;
    answer_ = nullptr;
    AnswerWith(ending, *call);
  }
}

HttpResponse RelayedResponse::Head(const Headers& head) const {
  HttpResponse response;
  response.headers.reserve(head.size() + kAnswersOwn);
  response.headers.emplace_back("content-type", content_type_);
  for (const auto& [name, value] : head) {
    if (IsPassedOn(name)) response.headers.emplace_back(name, value);
  }
  response.source = std::const_pointer_cast<RelayedResponse>(shared_from_this());
  return response;
}

void RelayedResponse::AnswerWith(const RelayedAnswer::Ending& ending, Call& call) {
  is_answered_ = true;
  HttpHeaders trailers = TrailersOf(ending);
  const std::string_view code = CodeOf(trailers);
  call.Answer(TrailersOnly(std::move(trailers), form_, content_type_), code);
}

bool RelayedResponse::Read(std::string& out, size_t enough) {
  if (answer_ == nullptr) return false;
  if (is_draining_) return EndWith({{}, ShuttingDown()}, out);
  if (form_ == GrpcForm::kWebText) {
    std::string frames;
    answer_->Read(frames, out.size() < enough ? (enough - out.size()) / 4 * 3 : 0);
    out += absl::Base64Escape(frames);
  } else {
    answer_->Read(out, enough);
  }
  const RelayedAnswer::Ending* end = answer_->End();
  return end == nullptr || EndWith(RelayedAnswer::Ending(*end), out);
}

bool RelayedResponse::EndWith(const RelayedAnswer::Ending& ending, std::string& out) {
  answer_ = nullptr;
  trailers_ = TrailersOf(ending);
  if (const std::shared_ptr<Call> call = call_.lock()) call->set_code(CodeOf(trailers_));
  if (form_ == GrpcForm::kGrpc) return false;
  const std::string frame = TrailersFrame(std::exchange(trailers_, {}));
  out += form_ == GrpcForm::kWebText ? absl::Base64Escape(frame) : frame;
  return false;
}

}  // namespace corridor::gateway
