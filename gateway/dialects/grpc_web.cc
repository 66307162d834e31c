#include "gateway/dialects/grpc_web.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/dialects/base64_body.h"
#include "gateway/dialects/grpc_type.h"
#include "gateway/http/whole_body.h"

namespace corridor::gateway {
namespace {

constexpr char kServicesType[] = "application/grpc+proto";

// The form in which a request is to be answered.
GrpcType AnswerType(const HttpRequest& request) {
  GrpcType accepted = GrpcTypeOf(request, "accept");
  const bool is_web = accepted.form != GrpcForm::kGrpc && accepted.is_protobuf;
  return is_web ? std::move(accepted) : GrpcTypeOf(request);
}

}  // namespace

bool GrpcWeb::TakesBodyAsItComes(const HttpRequest& head) const { return head.method == "POST"; }

void GrpcWeb::Serve(const std::shared_ptr<Call>& call) {
  call->set_dialect("grpc-web");
  const HttpRequest& request = call->request();
  if (request.method != "POST") {
    return Refuse(*call,
                  {405,
                   "METHOD_NOT_ALLOWED",
                   absl::StrCat("gRPC-Web calls are POST, and this is ", request.method),
                   {{"allow", "POST"}}},
                  {{"allow", "POST"}});
  }
  const GrpcType asked = GrpcTypeOf(request);
  const GrpcType answer = AnswerType(request);
  if (!asked.is_protobuf) {
    return call->Answer(GrpcResponse(UnknownCodec(asked), answer.form, answer.text),
                        "UNIMPLEMENTED");
  }
  std::shared_ptr<BodySource> body = BodyOf(request);
  if (asked.form == GrpcForm::kWebText) body = std::make_shared<Base64Body>(std::move(body));
  calls_.Serve(call, {answer.form, kServicesType, answer.text}, std::move(body));
}

HttpResponse GrpcWeb::Refusal(const HttpRequest& head, const HttpError& error) const {
  const GrpcType answer = AnswerType(head);
  return GrpcResponse(error, answer.form, answer.text);
}

}  // namespace corridor::gateway
