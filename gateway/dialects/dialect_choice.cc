#include "gateway/dialects/dialect_choice.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/dialects/media_type.h"

namespace corridor::gateway {
namespace {

constexpr char kTypes[] =
    "application/grpc, application/grpc+proto, application/grpc-web, application/grpc-web+proto, "
    "application/grpc-web-text, application/grpc-web-text+proto, application/connect+json, "
    "application/connect+proto, application/json, application/proto";

bool IsName(absl::string_view text) {
  return !text.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
         });
}

// `application/grpc` itself, or with a codec: `application/grpc+proto`.
bool IsType(const std::string& type, absl::string_view base) {
  return absl::StartsWith(type, base) && (type.size() == base.size() || type[base.size()] == '+');
}

HttpError UnknownType(const HttpRequest& request, const std::string& type) {
  return {415,
          "UNSUPPORTED_MEDIA_TYPE",
          absl::StrCat("Content-Type: \"", type, "\" is none in which ", request.path,
                       " can be called; there are ", kTypes),
          {{"contentType", type}}};
}

}  // namespace

bool IsRpcPath(std::string_view path) {
  const absl::string_view text(path.data(), path.size());
  const size_t slash = text.rfind('/');
  if (slash == absl::string_view::npos || slash == 0 || text[0] != '/') return false;
  if (!IsName(text.substr(slash + 1))) return false;
  absl::string_view service = text.substr(1, slash - 1);
  if (!absl::StrContains(service, '.')) return false;
  while (true) {
    const size_t dot = std::min(service.find('.'), service.size());
    if (!IsName(service.substr(0, dot))) return false;
    if (dot == service.size()) return true;
    service.remove_prefix(dot + 1);
  }
}

Dialect* DialectChoice::Of(const HttpRequest& head) const {
  const std::string type = MediaTypeOf(head.headers);
  if (IsType(type, "application/grpc")) return &dialects_.grpc;
  if (IsType(type, "application/grpc-web") || IsType(type, "application/grpc-web-text")) {
    return &dialects_.grpc_web;
  }
  if (absl::StartsWith(type, "application/connect+")) return &dialects_.connect;
  if (!IsRpcPath(head.path)) return &dialects_.others;
  const bool is_connect =
      head.method != "POST" || type == "application/json" || type == "application/proto";
  return is_connect ? &dialects_.connect : nullptr;
}

bool DialectChoice::TakesBodyAsItComes(const HttpRequest& head) const {
  const Dialect* dialect = Of(head);
  return dialect != nullptr && dialect->TakesBodyAsItComes(head);
}

void DialectChoice::Serve(const std::shared_ptr<Call>& call) {
  const HttpRequest& request = call->request();
  if (request.method == "OPTIONS" && IsRpcPath(request.path)) {
    HttpResponse response;
    response.status = 204;
    response.headers = {{"allow", "GET, HEAD, POST"}, {"accept-post", kTypes}};
    return call->Answer(std::move(response), "OK");
  }
  if (Dialect* dialect = Of(request)) return dialect->Serve(call);
  Refuse(*call, UnknownType(request, MediaTypeOf(request.headers)), {{"accept-post", kTypes}});
}

HttpResponse DialectChoice::Refusal(const HttpRequest& head, const HttpError& error) const {
  const Dialect* dialect = Of(head);
  return dialect == nullptr ? ErrorResponse(error) : dialect->Refusal(head, error);
}

}  // namespace corridor::gateway
