#include "gateway/dialects/grpc_type.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/dialects/media_type.h"

namespace corridor::gateway {

GrpcType GrpcTypeOf(const HttpRequest& request, std::string_view name) {
  GrpcType type;
  type.text = MediaTypeOf(request.headers, name);
  absl::string_view rest = type.text;
  if (absl::ConsumePrefix(&rest, "application/grpc-web-text")) {
    type.form = GrpcForm::kWebText;
  } else if (absl::ConsumePrefix(&rest, "application/grpc-web")) {
    type.form = GrpcForm::kWeb;
  } else if (!absl::ConsumePrefix(&rest, "application/grpc")) {
    return type;
  }
  type.is_protobuf = rest.empty() || rest == "+proto";
  return type;
}

HttpError UnknownCodec(const GrpcType& type) {
  return {501,
          "UNKNOWN_CODEC",
          absl::StrCat("Content-Type: \"", type.text, "\" is of messages that are not protobuf, ",
                       "which no service takes; send +proto"),
          {{"contentType", type.text}}};
}

}  // namespace corridor::gateway
