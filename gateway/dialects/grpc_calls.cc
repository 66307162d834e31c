#include "gateway/dialects/grpc_calls.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/dialects/own_relay.h"
#include "gateway/upstream/grpc_status.h"
#include "google/rpc/error_details.pb.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
// Served by every service for its own: operators and followers ask that one.
constexpr char kOfEachService[] = "corridor.changes.v1";
constexpr char kTimeoutHeader[] = "grpc-timeout";
constexpr size_t kMostMetadataBytes = 7 << 10;
constexpr size_t kBytesBesideHeader = 32;  // RFC 9113, 6.5.2.

bool IsReflection(std::string_view path) {
  return path == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" ||
         path == "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
}

// `corridor.memberstates.v1` is served by `memberstates`.
std::string ServiceOf(const std::string& package) {
  const std::vector<std::string> parts = absl::StrSplit(package, '.');
  return parts.size() < 2 ? package : parts[1];
}

// Of HTTP, of browsers, or set here.
bool IsMetadata(std::string_view name) {
  static constexpr std::string_view kOthers[] = {"accept",
                                                 "accept-encoding",
                                                 "accept-language",
                                                 "cache-control",
                                                 "connection",
                                                 "content-encoding",
                                                 "content-length",
                                                 "content-type",
                                                 "cookie",
                                                 "expect",
                                                 "grpc-timeout",
                                                 "host",
                                                 "keep-alive",
                                                 "origin",
                                                 "pragma",
                                                 "priority",
                                                 "proxy-connection",
                                                 "referer",
                                                 "te",
                                                 "traceparent",
                                                 "trailer",
                                                 "transfer-encoding",
                                                 "upgrade",
                                                 "x-grpc-web",
                                                 "x-request-id"};
  const absl::string_view text(name.data(), name.size());
  if (absl::StartsWith(text, ":") || absl::StartsWith(text, "sec-")) return false;
  if (absl::StartsWith(text, "corridor-")) return name == "corridor-min-version";
  return std::find(std::begin(kOthers), std::end(kOthers), name) == std::end(kOthers);
}

bool IsGrpcName(std::string_view name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") ==
         std::string_view::npos;
}

// Base64 as gRPC's own parser takes it: padded or not, without bits left over. A service closes the
// connection, with all calls on it, when it is sent anything else.
bool IsBase64(std::string_view value) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!value.empty() && value.back() == '=') value.remove_suffix(1);
  if (value.empty()) return true;
  if (value.find_first_not_of(kDigits) != std::string_view::npos) return false;
  const size_t last = kDigits.find(value.back());
  switch (value.size() % 4) {
    case 0:
      return true;
    case 2:
      return last % 16 == 0;
    case 3:
      return last % 4 == 0;
    default:
      return false;
  }
}

bool IsPrintable(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

absl::Status CheckMetadata(std::string_view name, std::string_view value) {
  if (!IsGrpcName(name)) {
    return InvalidField(name, value, "has a name that gRPC metadata cannot have");
  }
  if (absl::EndsWith(absl::string_view(name.data(), name.size()), "-bin")) {
    return IsBase64(value) ? absl::OkStatus() : InvalidField(name, value, "is not base64");
  }
  return IsPrintable(value) ? absl::OkStatus()
                            : InvalidField(name, value, "is not printable ASCII");
}

absl::StatusOr<Headers> MetadataFor(const Call& call, const std::string& content_type) {
  Headers metadata = {{"content-type", content_type},
                      {"traceparent", call.trace().Header()},
                      {"x-request-id", call.id()}};
  for (const auto& [name, value] : call.request().headers) {
    if (!IsMetadata(name)) continue;
    RETURN_IF_ERROR(CheckMetadata(name, value));
    metadata.emplace_back(name, value);
  }
  size_t bytes = 0;
  for (const auto& [name, value] : metadata) {
    bytes += name.size() + value.size() + kBytesBesideHeader;
  }
  if (bytes <= kMostMetadataBytes) return metadata;
  return ErrorWithReason(
      absl::StatusCode::kResourceExhausted, "METADATA_TOO_LARGE",
      absl::StrCat("the request has ", bytes, " bytes of metadata, above the limit of ",
                   kMostMetadataBytes));
}

absl::Status CheckOrigin(const HttpRequest& request, const KnownHosts& hosts) {
  const std::string* origin = FindHeader(request.headers, "origin");
  if (origin == nullptr || hosts.KnowsOrigin(*origin)) return absl::OkStatus();
  return ErrorWithReason(
      absl::StatusCode::kPermissionDenied, "UNKNOWN_ORIGIN",
      absl::StrCat("calls are taken only from pages of a known host, and Origin \"", *origin,
                   "\" is none; the gateway's option --hosts names more"),
      {{"origin", *origin}});
}

absl::StatusOr<absl::Time> DeadlineOf(const Call& call, absl::Duration without) {
  const std::string* text = FindHeader(call.request().headers, kTimeoutHeader);
  if (text == nullptr) return call.arrived() + without;
  ASSIGN_OR_RETURN(const absl::Duration timeout, ParseGrpcTimeout(*text));
  return call.arrived() + timeout;
}

UnaryCall OwnCall(const Method& method, const RelayCall& rpc) {
  return {method.full_name, "", rpc.metadata, rpc.deadline, method.is_read};
}

class CollectedBody : public BodySource {
 public:
  explicit CollectedBody(std::string bytes) : bytes_(std::move(bytes)) {}
  void Start(std::function<void()>) override {}
  bool Read(std::string& out, size_t enough) override {
    if (out.size() < enough) {
      const size_t bytes = std::min(bytes_.size() - given_, enough - out.size());
      out.append(bytes_, given_, bytes);
      given_ += bytes;
    }
    return given_ < bytes_.size();
  }

 private:
  const std::string bytes_;
  size_t given_ = 0;
};

}  // namespace

GrpcCalls::GrpcCalls(GrpcParts parts)
    : parts_(std::move(parts)), health_(parts_.stage, parts_.upstreams) {}

void GrpcCalls::Serve(const std::shared_ptr<Call>& call, const Shape& shape,
                      std::shared_ptr<BodySource> body) {
  const auto response = std::make_shared<RelayedResponse>(call, shape.form, shape.response_type);
  absl::StatusOr<Opened> opened =
      Open(*call, shape.request_type, std::move(body),
           [weak = std::weak_ptr<RelayedResponse>(response)] {
             if (const std::shared_ptr<RelayedResponse> told = weak.lock()) told->Look();
           });
  if (!opened.ok()) return response->Fail(opened.status());
  response->Begin(std::move(opened->answer), opened->is_streaming);
}

absl::StatusOr<GrpcCalls::Opened> GrpcCalls::Open(Call& call, const std::string& content_type,
                                                  std::shared_ptr<BodySource> body,
                                                  std::function<void()> ready) {
  const HttpRequest& request = call.request();
  const Method* method = parts_.transcoder.FindRpc(request.path);
  const bool is_health = request.path == kHealthCheck;
  const bool is_reflection = IsReflection(request.path);
  if (method == nullptr && !is_health && !is_reflection) {
    const std::string nearest = parts_.reflection.NearestMethod(request.path);
    return ErrorWithReason(
        absl::StatusCode::kUnimplemented, "NO_SUCH_METHOD",
        absl::StrCat("there is no method ", request.path, "; the nearest is ", nearest),
        {{"nearest", nearest}});
  }
  call.set_route(request.method, request.path);
  RETURN_IF_ERROR(CheckOrigin(request, parts_.hosts));
  const bool is_open_ended =
      is_reflection || (method != nullptr && (method->is_streaming || method->takes_stream));
  RelayCall rpc;
  rpc.method = request.path;
  rpc.body = std::move(body);
  rpc.is_repeatable = method != nullptr && method->is_read;
  rpc.is_streaming = is_open_ended;
  ASSIGN_OR_RETURN(rpc.deadline, DeadlineOf(call, is_open_ended ? absl::InfiniteDuration()
                                                                : parts_.request_timeout));
  ASSIGN_OR_RETURN(rpc.metadata, MetadataFor(call, content_type));
  if (is_reflection) {
    return Opened{AnswerOf(ConversationWith(parts_.reflection), std::move(rpc), std::move(ready)),
                  true};
  }
  if (is_health) {
    UnaryCall asked{request.path, "", rpc.metadata, rpc.deadline, true};
    return Opened{
        AnswerOf(ConversationWith(health_, std::move(asked)), std::move(rpc), std::move(ready))};
  }
  return OpenMethod(*method, std::move(rpc), std::move(ready));
}

absl::StatusOr<GrpcCalls::Opened> GrpcCalls::OpenMethod(const Method& method, RelayCall rpc,
                                                        std::function<void()> ready) {
  const auto own_method = parts_.own_methods.find(method.full_name);
  if (own_method != parts_.own_methods.end()) {
    auto conversation = ConversationWith(*own_method->second, OwnCall(method, rpc));
    return Opened{AnswerOf(std::move(conversation), std::move(rpc), std::move(ready))};
  }
  const auto own_stream = parts_.own_streams.find(method.full_name);
  if (own_stream != parts_.own_streams.end()) {
    auto conversation = ConversationWith(*own_stream->second, OwnCall(method, rpc));
    return Opened{AnswerOf(std::move(conversation), std::move(rpc), std::move(ready)), true};
  }
  if (method.package == kOfEachService) {
    return ErrorWithReason(
        absl::StatusCode::kUnimplemented, "NOT_AT_THE_GATEWAY",
        absl::StrCat("every service has a ", method.full_name,
                     " of its own; the gateway has corridor.gateway.v1.Changes"));
  }
  const auto upstream = parts_.upstreams.find(method.package);
  if (upstream == parts_.upstreams.end()) return StartedWithout(ServiceOf(method.package));
  return Opened{upstream->second->Relay(std::move(rpc), std::move(ready)), method.is_streaming};
}

std::shared_ptr<BodySource> BodyOf(const HttpRequest& request) {
  if (request.source != nullptr) return request.source;
  return std::make_shared<CollectedBody>(request.body);
}

HttpResponse GrpcResponse(const HttpError& error, GrpcForm form, const std::string& content_type) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(absl::StatusCode::kUnknown));
  const std::string_view name = CodeNameOf(error.status);
  for (int code = 1; code <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++code) {
    if (CodeName(static_cast<absl::StatusCode>(code)) == name) status.set_code(code);
  }
  status.set_message(error.message);
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain("corridor");
  for (const auto& [key, value] : error.metadata) (*info.mutable_metadata())[key] = value;
  status.add_details()->PackFrom(info);
  return ResponseWith(status, form, content_type);
}

}  // namespace corridor::gateway
