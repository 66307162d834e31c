// HTTP requests and responses as plain values, whatever version of the protocol carried them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

// Value of the first header of this name (lower case); null when there is none.
inline const std::string* FindHeader(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

struct HttpRequest {
  std::string method;  // As sent, e.g. `GET`.
  std::string path;    // Raw, e.g. `/v1/areas/ARM`.
  std::string query;   // Raw, without `?`.
  HttpHeaders headers;
  std::string body;
  // The body while it comes, in place of `body`, where the dialect takes it so.
  std::shared_ptr<BodySource> source = nullptr;
  bool is_http2 = false;
  size_t wire_bytes = 0;  // Head and body as received; of a body that comes, the head.
};

// Sets path and query to the two sides of the first `?` of `target`.
inline void SplitTarget(std::string_view target, HttpRequest& request) {
  const size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
}

// Headers and a body that many answers have in common: made once, never changed.
struct SharedAnswer {
  // `body` must outlive it.
  SharedAnswer(HttpHeaders h, std::string_view b) : headers(std::move(h)), body(b) {
    for (const auto& [name, value] : headers) {
      http1_lines.append(name).append(": ").append(value).append("\r\n");
    }
  }

  const HttpHeaders headers;
  std::string http1_lines;  // The headers as HTTP/1.1 writes them.
  const std::string_view body;
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;  // Without Content-Length, Date and Connection: those are the connection's.
  std::string body;
  // Has headers that go before `headers`, and the body, in place of `body`.
  std::shared_ptr<const SharedAnswer> shared = nullptr;
  // Makes the body, of unknown length, in place of `body`. Of an answer to HEAD it is not asked.
  std::shared_ptr<BodySource> source;

  // The body, unless a source makes it.
  std::string_view content() const { return shared == nullptr ? body : shared->body; }
};

// Whether answers of this status have no body, whatever was asked.
inline bool IsBodiless(int status) { return status == 204 || status == 304; }

}  // namespace corridor::gateway
