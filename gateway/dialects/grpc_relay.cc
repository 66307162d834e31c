#include "gateway/dialects/grpc_relay.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/dialects/grpc_type.h"
#include "gateway/http/whole_body.h"

namespace corridor::gateway {
namespace {

constexpr char kType[] = "application/grpc";

}  // namespace

bool GrpcRelay::TakesBodyAsItComes(const HttpRequest& head) const {
  return head.is_http2 && head.method == "POST";
}

void GrpcRelay::Serve(const std::shared_ptr<Call>& call) {
  call->set_dialect("grpc");
  const HttpRequest& request = call->request();
  if (!request.is_http2) {
    return Refuse(*call, {505,
                          "GRPC_NEEDS_HTTP2",
                          "gRPC needs HTTP/2; over HTTP/1.1 send application/grpc-web, or JSON",
                          {}});
  }
  if (request.method != "POST") {
    return Refuse(*call,
                  {405,
                   "METHOD_NOT_ALLOWED",
                   absl::StrCat("gRPC calls are POST, and this is ", request.method),
                   {{"allow", "POST"}}},
                  {{"allow", "POST"}});
  }
  const GrpcType type = GrpcTypeOf(request);
  if (!type.is_protobuf) {
    return call->Answer(GrpcResponse(UnknownCodec(type), GrpcForm::kGrpc, kType), "UNIMPLEMENTED");
  }
  calls_.Serve(call, {GrpcForm::kGrpc, type.text, type.text}, BodyOf(request));
}

HttpResponse GrpcRelay::Refusal(const HttpRequest& head, const HttpError& error) const {
  if (!head.is_http2) return ErrorResponse(error);
  return GrpcResponse(error, GrpcForm::kGrpc, kType);
}

}  // namespace corridor::gateway
