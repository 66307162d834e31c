// Calls the gateway as its clients do: HTTP/1.1 by libcurl, answers parsed as the contract's
// messages.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace corridor::e2e {

struct HttpRequest {
  std::string verb = "GET";
  std::string target;                // `/v1/areas/ARM?knownAt=1`, sent as it is.
  std::vector<std::string> headers;  // `Name: value`, beside or in place of libcurl's own.
  std::string body;                  // Sent when not empty.
};

struct HttpResponse {
  int status = 0;                                   // 0: no answer, `transport_error` says why.
  std::multimap<std::string, std::string> headers;  // Names in lower case.
  std::string body;
  std::string transport_error;
  absl::Duration took;

  // First header of that lower-case name; empty when there is none.
  std::string Header(const std::string& name) const;
};

// One kept-alive connection. Used by one thread at a time.
class HttpClient {
 public:
  // `origin` as `http://127.0.0.1:8080`. Every request ends within `limit`.
  explicit HttpClient(std::string origin, absl::Duration limit = absl::Seconds(30));
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  HttpResponse Send(const HttpRequest& request);
  HttpResponse Get(std::string_view target);
  // With `Content-Type: application/json`.
  HttpResponse SendJson(std::string_view verb, std::string_view target, std::string_view json);

 private:
  struct Handle;
  std::string origin_;
  absl::Duration limit_;
  std::unique_ptr<Handle> handle_;
};

// Fails the test when the answer is not a 200 whose JSON is a `message`; unknown members fail too.
void ParseAnswer(const HttpResponse& response, google::protobuf::Message& message);

template <typename M>
M Answer(const HttpResponse& response) {
  M message;
  ParseAnswer(response, message);
  return message;
}

// The {"error":…} of an answer as a status with google.rpc payloads. Fails the test when the body
// is no such object, or when its `code` is not the HTTP status or its `status` not the name of the
// code.
absl::Status ErrorOf(const HttpResponse& response);

// Member of the error's ErrorInfo metadata; empty when there is none.
std::string ErrorMetadata(const absl::Status& error, const std::string& key);

}  // namespace corridor::e2e
