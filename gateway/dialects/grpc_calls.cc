#include "gateway/dialects/grpc_calls.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/dialects/own_relay.h"
#include "gateway/response_cache/cached_reads.h"
#include "gateway/upstream/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kTimeoutHeader[] = "grpc-timeout";
constexpr size_t kMostMetadataBytes = 7 << 10;
constexpr size_t kBytesBesideHeader = 32;  // RFC 9113, 6.5.2.

bool IsReflection(std::string_view path) {
  return path == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" ||
         path == "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
}

bool IsPassedOn(std::string_view name) {
  return name == "corridor-min-version" ||
         (!IsHeaderOfHttp(name) && name != kTimeoutHeader && name != "x-grpc-web");
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

absl::Status CheckMetadata(std::string_view name, std::string_view value) {
  if (!IsMetadataName(name)) {
    return InvalidField(name, value, "has a name that gRPC metadata cannot have");
  }
  if (absl::EndsWith(absl::string_view(name.data(), name.size()), "-bin")) {
    return IsBase64(value) ? absl::OkStatus() : InvalidField(name, value, "is not base64");
  }
  return IsMetadataValue(value) ? absl::OkStatus()
                                : InvalidField(name, value, "is not printable ASCII");
}

absl::StatusOr<Headers> MetadataFor(const Call& call, const std::string& content_type) {
  Headers metadata;
  metadata.reserve(call.request().headers.size() + 3);
  metadata.emplace_back("content-type", content_type);
  metadata.emplace_back("traceparent", call.trace().Header());
  metadata.emplace_back("x-request-id", call.id());
  for (const auto& [name, value] : call.request().headers) {
    if (!IsPassedOn(name)) continue;
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
  return StatusOf(UnknownOrigin("writes", *origin));
}

absl::StatusOr<absl::Time> DeadlineOf(const Call& call, absl::Duration without) {
  const std::string* text = FindHeader(call.request().headers, kTimeoutHeader);
  if (text == nullptr) return call.arrived() + without;
  ASSIGN_OR_RETURN(const absl::Duration timeout, ParseGrpcTimeout(*text));
  return call.arrived() + timeout;
}

// The answer to a write, of which the cache of reads hears before the client does.
class WriteAnswer : public RelayedAnswer {
 public:
  WriteAnswer(std::unique_ptr<RelayedAnswer> inner, CachedReads& reads)
      : inner_(std::move(inner)), reads_(reads) {}

  const Headers* Head() const override {
    const Headers* head = inner_->Head();
    if (head != nullptr && !std::exchange(is_heard_of_, true)) reads_.OnWritten(*head);
    return head;
  }
  void Read(std::string& out, size_t enough) override { inner_->Read(out, enough); }
  const Ending* End() const override { return inner_->End(); }

 private:
  const std::unique_ptr<RelayedAnswer> inner_;
  CachedReads& reads_;
  mutable bool is_heard_of_ = false;
};

UnaryCall OwnCall(const Method& method, const RelayCall& rpc) {
  return {method.full_name, "", rpc.metadata, rpc.deadline, method.is_read, rpc.client};
}

}  // namespace

GrpcCalls::GrpcCalls(GrpcParts parts)
    : parts_(std::move(parts)), health_(parts_.stage, parts_.rpc.upstreams) {}

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
  const Method* method = parts_.rpc.transcoder.FindRpc(request.path);
  const bool is_health = request.path == kHealthCheck;
  const bool is_reflection = IsReflection(request.path);
  if (method == nullptr && !is_health && !is_reflection) {
    return NoSuchMethod(request.path, parts_.reflection);
  }
  call.set_route(request.method, request.path);
  if (method != nullptr && !method->is_read) {
    RETURN_IF_ERROR(CheckOrigin(request, parts_.rpc.hosts));
  }
  const bool is_open_ended =
      is_reflection || (method != nullptr && (method->is_streaming || method->takes_stream));
  RelayCall rpc;
  rpc.method = request.path;
  rpc.body = std::move(body);
  rpc.is_repeatable = method != nullptr && method->is_read;
  rpc.is_streaming = is_open_ended;
  rpc.client = call.client();
  ASSIGN_OR_RETURN(rpc.deadline, DeadlineOf(call, is_open_ended ? absl::InfiniteDuration()
                                                                : parts_.rpc.request_timeout));
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
  const auto own_method = parts_.rpc.own_methods.find(method.full_name);
  if (own_method != parts_.rpc.own_methods.end()) {
    auto conversation = ConversationWith(*own_method->second, OwnCall(method, rpc));
    return Opened{AnswerOf(std::move(conversation), std::move(rpc), std::move(ready))};
  }
  const auto own_stream = parts_.rpc.own_streams.find(method.full_name);
  if (own_stream != parts_.rpc.own_streams.end()) {
    auto conversation = ConversationWith(*own_stream->second, OwnCall(method, rpc));
    return Opened{AnswerOf(std::move(conversation), std::move(rpc), std::move(ready)), true};
  }
  ASSIGN_OR_RETURN(Upstream * upstream, UpstreamOf(parts_.rpc, method));
  std::unique_ptr<RelayedAnswer> answer = upstream->Relay(std::move(rpc), std::move(ready));
  if (!method.is_read && parts_.rpc.cached_reads != nullptr) {
    answer = std::make_unique<WriteAnswer>(std::move(answer), *parts_.rpc.cached_reads);
  }
  return Opened{std::move(answer), method.is_streaming};
}

HttpResponse GrpcResponse(const HttpError& error, GrpcForm form, const std::string& content_type) {
  return ResponseWith(ToRpcStatus(StatusOf(error)), form, content_type);
}

}  // namespace corridor::gateway
