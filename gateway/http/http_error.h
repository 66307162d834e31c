// Errors that HTTP itself knows and RPC does not (405, 413, 415, 431, …), in the same form as every
// other error.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/message.h"

namespace corridor::gateway {

struct HttpError {
  int status = 400;
  std::string reason;   // UPPER_SNAKE_CASE, stable: ErrorInfo's reason.
  std::string message;  // For people.
  std::vector<std::pair<std::string, std::string>> metadata;  // ErrorInfo's metadata.
};

// {"error":{"code":415,"status":"INVALID_ARGUMENT","message":…,"details":[ErrorInfo]}}. Bytes that
// are not ASCII are escaped one by one.
std::string ErrorBody(const HttpError& error);

// The response that carries it, with `more` headers; never cached. A 503 says when to try again.
HttpResponse ErrorResponse(const HttpError& error, HttpHeaders more = {});

// 405: the path of the request has other verbs than its own, `allow`.
HttpError WrongVerb(const HttpRequest& request, const std::string& allow);

// The canonical code that stands beside an HTTP status, e.g. `NOT_FOUND` for 404.
std::string_view CodeNameOf(int http_status);

// The standard phrase of a status, e.g. `Not Found`.
std::string_view ReasonPhrase(int http_status);

// The headers of an answer that is made for its request: of this type, and never cached.
HttpHeaders HeadersOfAnswer(std::string content_type);

}  // namespace corridor::gateway
