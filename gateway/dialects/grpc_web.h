// gRPC-Web (PROTOCOL-WEB.md), binary and text, over either version of HTTP: gRPC for clients that
// have no HTTP/2 of their own, such as pages. The body of a request is one of gRPC; so a client
// that can stream its request may.
#pragma once

#include <memory>

#include "gateway/dialects/dialect.h"
#include "gateway/dialects/grpc_calls.h"

namespace corridor::gateway {

class GrpcWeb : public Dialect {
 public:
  explicit GrpcWeb(GrpcParts parts) : calls_(std::move(parts)) {}

  bool TakesBodyAsItComes(const HttpRequest& head) const override;
  // As GrpcCalls::Serve(). The answer is text if the request accepts that, or names no form of
  // gRPC-Web that it accepts and is text itself. 405 for another verb than POST; UNIMPLEMENTED for
  // messages that are not protobuf.
  void Serve(const std::shared_ptr<Call>& call) override;
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override;

 private:
  GrpcCalls calls_;
};

}  // namespace corridor::gateway
