#include "gateway/upstream/grpc_stream.h"

#include <nghttp2/nghttp2.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/upstream/grpc_status.h"

namespace corridor::gateway {

namespace {

constexpr size_t kUsualHeaders = 8;

}  // namespace

using Retry = GrpcSession::Retry;

void GrpcStream::Drop() {
  done = nullptr;
  arrived = nullptr;
  relay = nullptr;
}

void GrpcStream::AddHeader(std::string_view name, std::string_view value) {
  if (name == ":status") {
    if (!absl::SimpleAtoi(absl::string_view(value.data(), value.size()), &http_status)) {
      http_status = 0;
    }
    return;
  }
  if (name[0] == ':') return;
  if (name == "content-type") {
    is_grpc = value.substr(0, 16) == "application/grpc";
  } else if (name == "grpc-status") {
    grpc_status = value;
  } else if (name == "grpc-message") {
    grpc_message = value;
  } else if (name == "grpc-status-details-bin") {
    grpc_details = value;
  }
  const bool is_grpcs = name == "content-type" || name.substr(0, 5) == "grpc-";
  if (relay == nullptr && is_grpcs) return;
  if (reply.headers.empty()) reply.headers.reserve(kUsualHeaders);
  reply.headers.emplace_back(name, value);
}

absl::Status GrpcStream::EndHeaders(bool ends_stream) {
  // 1xx answers precede the real one.
  if (http_status / 100 == 1) {
    reply.headers.clear();
    return absl::OkStatus();
  }
  const bool is_head = !std::exchange(has_headers, true);
  if (is_head) trailers_only = ends_stream;
  if (relay == nullptr || !is_head || ends_stream) return absl::OkStatus();
  if (http_status != 200 || !is_grpc) return WithoutStatus(NGHTTP2_NO_ERROR);
  relay->head = std::exchange(reply.headers, {});
  relay->body.Forget();
  return absl::OkStatus();
}

GrpcSession::Outcome GrpcStream::Conclude(uint32_t error_code) {
  GrpcSession::Outcome outcome;
  absl::Status& status = outcome.reply.status;
  if (!failure.ok()) {
    status = std::move(failure);
    outcome.from_service = false;
  } else if (!grpc_status.empty()) {
    status = StatusOfTrailers(grpc_status, grpc_message, grpc_details);
    const bool turned_away = status.code() == absl::StatusCode::kUnavailable ||
                             status.code() == absl::StatusCode::kCancelled;
    if (trailers_only && turned_away) outcome.retry = Retry::kRead;
  } else {
    outcome.from_service = false;
    status = WithoutStatus(error_code);
    outcome.was_reset = error_code != NGHTTP2_NO_ERROR;
    if (error_code == NGHTTP2_REFUSED_STREAM && !has_headers) outcome.retry = Retry::kAlways;
  }
  if (relay != nullptr) {
    if (outcome.from_service) relay->trailers = std::move(reply.headers);
    return outcome;
  }
  outcome.reply.headers = std::move(reply.headers);
  if (arrived) {
    KeepMessages(outcome);
  } else if (status.ok()) {
    TakeMessage(outcome);
  }
  return outcome;
}

GrpcSession::Outcome GrpcStream::ConcludeLost(const absl::Status& why, bool was_begun) {
  GrpcSession::Outcome outcome;
  outcome.from_service = false;
  outcome.connection_lost = true;
  const bool never_sent = relay != nullptr ? !was_begun : sent == 0;
  const bool has_part = arrived && relay == nullptr ? has_message : has_headers;
  if (failure.ok() && !has_part) outcome.retry = never_sent ? Retry::kAlways : Retry::kRead;
  outcome.reply.status = failure.ok() ? why : failure;
  if (arrived && relay == nullptr) KeepMessages(outcome);
  return outcome;
}

absl::Status GrpcStream::WithoutStatus(uint32_t error_code) const {
  if (error_code != NGHTTP2_NO_ERROR) {
    return absl::Status(CodeOfReset(error_code), absl::StrCat("the service reset the call: ",
                                                              nghttp2_http2_strerror(error_code)));
  }
  if (http_status != 0 && http_status != 200) {
    return absl::Status(CodeOfHttpStatus(http_status),
                        absl::StrCat("the service answered HTTP status ", http_status));
  }
  return absl::InternalError(is_grpc ? "the service ended the call without a status"
                                     : "the service does not answer with gRPC");
}

void GrpcStream::TakeMessage(GrpcSession::Outcome& outcome) {
  if (!received.has_message()) {
    outcome.from_service = false;
    outcome.reply.status = absl::InternalError("the service sent a truncated answer, or none");
    return;
  }
  outcome.reply.message = received.Take();
}

void GrpcStream::KeepMessages(GrpcSession::Outcome& outcome) {
  absl::Status whole = received.KeepWhole();
  outcome.left = std::move(received);
  if (!outcome.reply.status.ok() || whole.ok()) return;
  outcome.from_service = false;
  outcome.reply.status = std::move(whole);
}

}  // namespace corridor::gateway
