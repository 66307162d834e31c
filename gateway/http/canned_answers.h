// Answers for tests that ask only whether, and how, an answer arrives.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gateway/call.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

inline HttpResponse Text(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

inline HttpResponse MadeBy(std::shared_ptr<BodySource> source) {
  HttpResponse response;
  response.source = std::move(source);
  return response;
}

// Says what was asked, e.g. `POST /p body!`.
inline void Echo(const std::shared_ptr<Call>& call) {
  const HttpRequest& asked = call->request();
  call->Answer(Text(asked.method + " " + asked.path + " " + asked.body + "!"), "OK");
}

}  // namespace corridor::gateway
