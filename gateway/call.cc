// A call's identity, its one answer and its one record.
#include "gateway/call.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"

namespace corridor::gateway {
namespace {

constexpr size_t kMaxRequestIdBytes = 128;

bool IsSaneId(const std::string& id) {
  if (id.empty() || id.size() > kMaxRequestIdBytes) return false;
  for (const char c : id) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("-_.:/+=").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::string IdOf(const HttpRequest& request) {
  const std::string* given = FindHeader(request.headers, "x-request-id");
  return given != nullptr && IsSaneId(*given) ? *given : telemetry::RandomId(2);
}

telemetry::TraceContext TraceOf(const HttpRequest& request) {
  const std::string* given = FindHeader(request.headers, "traceparent");
  return telemetry::TraceContext::Continue(given == nullptr ? std::string_view() : *given);
}

}  // namespace

Call::Call(HttpRequest request, std::string peer, absl::Time began,
           std::weak_ptr<Answerer> answerer, RequestLog& log)
    : request_(std::move(request)),
      peer_(std::move(peer)),
      began_(began),
      arrived_(absl::Now()),
      id_(IdOf(request_)),
      trace_(TraceOf(request_)),
      answerer_(std::move(answerer)),
      log_(log) {}

Call::~Call() { Finish(0, false); }

void Call::set_route(std::string_view verb, std::string_view route) {
  route_.assign(verb);
  route_ += ' ';
  route_ += route;
}

void Call::Answer(HttpResponse response, std::string_view code) {
  if (over_) return;
  over_ = true;
  on_cancel_ = nullptr;
  code_ = code;
  const std::shared_ptr<Answerer> answerer = answerer_.lock();
  if (answerer != nullptr) {
    if (std::optional<HttpResponse> refusal = answerer->Refusal(response)) {
      response = *std::move(refusal);
      code_ = "UNAVAILABLE";
    }
  }
  status_ = response.status;
  response.headers.emplace_back("x-request-id", id_);
  for (auto& header : answer_headers_) response.headers.push_back(std::move(header));
  if (answerer != nullptr) answerer->Send(std::move(response));
}

void Call::Cancel() {
  if (over_) return;
  over_ = true;
  if (const std::function<void()> cancel = std::exchange(on_cancel_, nullptr)) cancel();
  Finish(0, false);
}

void Call::Finish(int64_t response_bytes, bool sent) {
  if (recorded_) return;
  recorded_ = true;
  telemetry::RequestRecord record;
  record.method = route_;
  record.code = sent ? std::string_view(code_) : "CANCELLED";
  record.dialect = dialect_;
  record.latency = absl::Now() - began_;
  record.request_bytes = static_cast<int64_t>(request_.wire_bytes);
  record.response_bytes = response_bytes;
  record.trace = &trace_;
  const std::string status = std::to_string(sent ? status_ : 499);
  record.log = {{"http_method", request_.method},
                {"path", request_.path},
                {"status", status},
                {"peer", peer_},
                {"request_id", id_}};
  log_.Record(record);
}

}  // namespace corridor::gateway
