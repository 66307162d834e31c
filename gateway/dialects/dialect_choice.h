// Which dialect a request is in, on the one port: by its path and its Content-Type.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/dialects/dialect.h"

namespace corridor::gateway {

// Whether a path is a method's, `/package.Service/Method`, by its shape: no path of REST has it.
bool IsRpcPath(std::string_view path);

// Owned by others, and outliving the choice.
struct Dialects {
  Dialect& grpc;      // application/grpc, application/grpc+…
  Dialect& grpc_web;  // application/grpc-web, -text, and either with +…
  Dialect& connect;   // application/connect+…; and on a method's path JSON, protobuf, and GET
  Dialect& others;    // All that is at no method's path: files, REST.
};

class DialectChoice : public Dialect {
 public:
  explicit DialectChoice(const Dialects& dialects) : dialects_(dialects) {}

  bool TakesBodyAsItComes(const HttpRequest& head) const override;
  // 415 with Accept-Post for a type that no dialect has on a method's path; 204 with Allow for
  // OPTIONS there.
  void Serve(const std::shared_ptr<Call>& call) override;
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override;

 private:
  // Null when none has it.
  Dialect* Of(const HttpRequest& head) const;

  const Dialects dialects_;
};

}  // namespace corridor::gateway
