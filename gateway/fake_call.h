// What a call tells others, kept for a test to read.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/call.h"
#include "gateway/dialects/dialect.h"

namespace corridor::gateway {

// What was recorded, as `method code`.
class FakeLog : public RequestLog {
 public:
  void Record(const telemetry::RequestRecord& record) override {
    lines.push_back(absl::StrCat(std::string(record.method), " ", std::string(record.code)));
  }
  std::vector<std::string> lines;
};

// What was answered.
class FakeConnection : public Answerer {
 public:
  void Send(HttpResponse response) override { responses.push_back(std::move(response)); }
  std::vector<HttpResponse> responses;
};

// A dialect that answers as a test says.
class FakeDialect : public Dialect {
 public:
  bool TakesBodyAsItComes(const HttpRequest& head) const override {
    return takes_body_as_it_comes && takes_body_as_it_comes(head);
  }
  void Serve(const std::shared_ptr<Call>& call) override { serve(call); }
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override {
    return refusal ? refusal(head, error) : ErrorResponse(error);
  }

  std::function<void(const std::shared_ptr<Call>&)> serve;
  std::function<bool(const HttpRequest&)> takes_body_as_it_comes;             // Null: never.
  std::function<HttpResponse(const HttpRequest&, const HttpError&)> refusal;  // Null: as REST.
};

}  // namespace corridor::gateway
