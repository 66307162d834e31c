// One request from its arrival to the last byte of its answer, whatever carried it: what the
// connection and the dialect share. Lives on one loop; both may hold it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gateway/http/message.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::gateway {

// Where answered requests are recorded. Thread-safe.
class RequestLog {
 public:
  virtual ~RequestLog() = default;
  virtual void Record(const telemetry::RequestRecord& record) = 0;
};

// Who sends the answer: a connection, or a stream of one.
class Answerer {
 public:
  virtual ~Answerer() = default;
  // What must be sent in place of `response`, UNAVAILABLE, when there is no room for it.
  virtual std::optional<HttpResponse> Refusal(const HttpResponse& /*response*/) {
    return std::nullopt;
  }
  virtual void Send(HttpResponse response) = 0;
};

class Call {
 public:
  // `began` is when the request's first byte came. `log` outlives the call.
  Call(HttpRequest request, std::string peer, absl::Time began, std::weak_ptr<Answerer> answerer,
       RequestLog& log);
  // Records the request as cancelled when nothing did before.
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const HttpRequest& request() const { return request_; }
  // When the request was whole: deadlines count from here.
  absl::Time arrived() const { return arrived_; }
  // The client's `x-request-id` when it is sane, else one made here.
  const std::string& id() const { return id_; }
  // Who asks, among those that share what services can do. As long as nobody has a name it is a
  // connection.
  uint64_t client() const { return std::hash<std::string>()(peer_); }
  const telemetry::TraceContext& trace() const { return trace_; }

  // For the dialect.
  // Names the call in metrics and logs: of bounded cardinality, e.g. `GET /v1/areas`. `unmatched`
  // until set.
  void set_route(std::string_view verb, std::string_view route);
  // A header of the answer, whoever makes that.
  void AddAnswerHeader(std::string_view name, std::string_view value) {
    answer_headers_.emplace_back(name, value);
  }
  // Names the dialect, by a literal, in metrics and logs. `http` until set.
  void set_dialect(std::string_view dialect) { dialect_ = dialect; }
  // Sends the answer, with the request's id. `code` is the canonical one, e.g. `NOT_FOUND`. Once;
  // ignored after Cancel().
  void Answer(HttpResponse response, std::string_view code);
  // For an answer whose body is made while it is sent: how it ended, to be recorded in place of the
  // code it began with.
  void set_code(std::string_view code) { code_ = code; }
  // Called when the client leaves before the answer.
  void OnCancel(std::function<void()> cancel) {
    if (!over_) on_cancel_ = std::move(cancel);
  }
  bool is_over() const { return over_; }

  // For the connection.
  // The client is gone: stops the work.
  void Cancel();
  // The last byte was sent, or could not be: records the request.
  void Finish(int64_t response_bytes, bool sent);

 private:
  HttpRequest request_;
  std::string peer_;
  absl::Time began_;
  absl::Time arrived_;
  std::string id_;
  telemetry::TraceContext trace_;
  std::weak_ptr<Answerer> answerer_;
  RequestLog& log_;
  std::function<void()> on_cancel_;
  HttpHeaders answer_headers_;
  std::string_view dialect_ = "http";
  std::string route_ = "unmatched";
  std::string code_ = "CANCELLED";
  int status_ = 499;
  bool over_ = false;
  bool recorded_ = false;
};

}  // namespace corridor::gateway
