// The Content-Types of gRPC and gRPC-Web.
#pragma once

#include <string>

#include "gateway/dialects/relayed_response.h"
#include "gateway/http/http_error.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

struct GrpcType {
  std::string text;  // In lower case, without parameters, e.g. `application/grpc-web-text+proto`.
  GrpcForm form = GrpcForm::kGrpc;
  bool is_protobuf = false;  // It says nothing of the messages, or `+proto`.
};

// Of the header `name` of a request; of the form kGrpc when that is neither of gRPC-Web's.
GrpcType GrpcTypeOf(const HttpRequest& request, std::string_view name = "content-type");

// For messages that are not protobuf: no service takes them.
HttpError UnknownCodec(const GrpcType& type);

}  // namespace corridor::gateway
