// gRPC over HTTP/2 (PROTOCOL-HTTP2.md), passed on to the services without being parsed.
#pragma once

#include <memory>

#include "gateway/dialects/dialect.h"
#include "gateway/dialects/grpc_calls.h"

namespace corridor::gateway {

class GrpcRelay : public Dialect {
 public:
  explicit GrpcRelay(GrpcParts parts) : calls_(std::move(parts)) {}

  bool TakesBodyAsItComes(const HttpRequest& head) const override;
  // As GrpcCalls::Serve(). What no gRPC client can have sent is an error of HTTP: 505 over
  // HTTP/1.1, which has no trailers that clients see (as grpc-go says it), 405 for another verb
  // than POST. UNIMPLEMENTED for messages that are not protobuf.
  void Serve(const std::shared_ptr<Call>& call) override;
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override;

 private:
  GrpcCalls calls_;
};

}  // namespace corridor::gateway
