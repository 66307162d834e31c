// What a call tells others, kept for a test to read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/call.h"

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

}  // namespace corridor::gateway
