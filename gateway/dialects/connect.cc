// The path of a Connect call: method, type, rules, message, service, answer.
#include "gateway/dialects/connect.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/dialects/asked_json.h"
#include "gateway/dialects/media_type.h"
#include "gateway/dialects/streamed_answer.h"
#include "gateway/http/http_error.h"
#include "gateway/response_cache/cached_reads.h"
#include "gateway/upstream/envelope.h"
#include "platform/cache/told_tags.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kVersionHeader[] = "connect-protocol-version";
constexpr char kUnaryTypes[] = "application/json, application/proto";
constexpr char kStreamTypes[] = "application/connect+json, application/connect+proto";
constexpr char kEncodings[] = "gzip";
constexpr size_t kMostMetadataBytes = 4 << 10;

// What a Content-Type says of a request.
struct ConnectType {
  ConnectCodec codec;
  bool is_stream;
};
std::optional<ConnectType> TypeOf(const HttpHeaders& headers) {
  const std::string type = MediaTypeOf(headers);
  if (type == "application/json") return ConnectType{ConnectCodec::kJson, false};
  if (type == "application/proto") return ConnectType{ConnectCodec::kProto, false};
  if (type == "application/connect+json") return ConnectType{ConnectCodec::kJson, true};
  if (type == "application/connect+proto") return ConnectType{ConnectCodec::kProto, true};
  return std::nullopt;
}

std::string NameOf(ConnectCodec codec, bool is_stream) {
  const char* const name = codec == ConnectCodec::kJson ? "json" : "proto";
  return absl::StrCat(is_stream ? "application/connect+" : "application/", name);
}

HttpResponse Answer(int status, std::string type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers = HeadersOfAnswer(std::move(type));
  if (status == 503) response.headers.emplace_back("retry-after", "1");
  response.body = std::move(body);
  return response;
}

// A stream that has nothing but its end is 200 all the same.
HttpResponse ErrorAnswer(const absl::Status& status, int http_status, bool is_stream,
                         ConnectCodec codec) {
  if (!is_stream) return Answer(http_status, "application/json", ConnectErrorJson(status));
  std::string end;
  AppendEnvelope(kConnectEnd, ConnectEndJson(status, {}), end);
  return Answer(200, NameOf(codec, true), std::move(end));
}

int HttpStatusOf(const absl::Status& status) {
  return IsGarbage(status) ? 502 : HttpStatus(status.code());
}

void Fail(Call& call, const absl::Status& status, int http_status, HttpHeaders headers = {}) {
  HttpResponse response = ErrorAnswer(status, http_status, false, ConnectCodec::kJson);
  for (auto& header : headers) response.headers.push_back(std::move(header));
  call.Answer(std::move(response), CodeName(status.code()));
}

absl::Status WrongType(const HttpRequest& request, const char* types) {
  return InvalidField("content-type", MediaTypeOf(request.headers),
                      absl::StrCat("is none that ", request.path, " takes; there are ", types));
}

// More of HTTP than gRPC has: this is spoken by browsers and through proxies.
bool IsPassedOn(const std::string& name) {
  static constexpr absl::string_view kOthers[] = {
      "date",       "dnt", "forwarded", "http2-settings", "range", "upgrade-insecure-requests",
      "user-agent", "via"};
  static constexpr absl::string_view kPrefixes[] = {"accept",   "access-control-", "connect-",
                                                    "content-", "grpc-",           "if-",
                                                    "proxy-",   "x-forwarded-"};
  return IsMetadataName(name) && !IsHeaderOfHttp(name) &&
         std::find(std::begin(kOthers), std::end(kOthers), name) == std::end(kOthers) &&
         std::none_of(std::begin(kPrefixes), std::end(kPrefixes),
                      [&name](absl::string_view prefix) { return absl::StartsWith(name, prefix); });
}

absl::StatusOr<Headers> MetadataOf(const Call& call) {
  ASSIGN_OR_RETURN(Headers metadata, KnownMetadata(call));
  size_t bytes = 0;
  for (const auto& [name, value] : call.request().headers) {
    if (!IsPassedOn(name)) continue;
    if (!IsMetadataValue(value)) return InvalidField(name, value, "is not printable ASCII");
    bytes += name.size() + value.size();
    if (bytes > kMostMetadataBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("the headers for the service, up to ", name,
                                                       ", are more than ", kMostMetadataBytes,
                                                       " bytes"));
    }
    metadata.emplace_back(name, value);
  }
  return metadata;
}

absl::Status CheckVersion(const HttpHeaders& headers) {
  const std::string* version = FindHeader(headers, kVersionHeader);
  if (version == nullptr || *version == "1") return absl::OkStatus();
  return InvalidField(kVersionHeader, *version,
                      "is no version of the protocol known here, as 1 is");
}

class EnvelopesForm : public MessageForm {
 public:
  EnvelopesForm(const Transcoder& transcoder, const Method& method, ConnectCodec codec,
                JsonChoices choices)
      : transcoder_(transcoder), method_(method), codec_(codec), choices_(std::move(choices)) {}

  absl::StatusOr<HttpHeaders> Head(const OwnEvent*) override {
    return Answer(200, NameOf(codec_, true), "").headers;
  }
  bool HoldsFailures() const override { return true; }
  absl::Status Append(const OwnEvent& event, std::string& out) override {
    if (codec_ == ConnectCodec::kProto) {
      AppendEnvelope(0, event.message, out);
      return absl::OkStatus();
    }
    const absl::StatusOr<std::string> json = transcoder_.ToJson(method_, event.message, choices_);
    if (!json.ok()) return UpstreamFailure(ServiceOf(method_.package), json.status());
    AppendEnvelope(0, *json, out);
    return absl::OkStatus();
  }
  void End(const Headers& trailing, std::string& out) override {
    AppendEnvelope(kConnectEnd, ConnectEndJson(absl::OkStatus(), trailing), out);
  }
  bool Fail(const absl::Status& why, const Headers& trailing, bool, std::string& out) override {
    AppendEnvelope(kConnectEnd, ConnectEndJson(why, trailing), out);
    return true;
  }

 private:
  const Transcoder& transcoder_;
  const Method& method_;
  const ConnectCodec codec_;
  const JsonChoices choices_;
};

}  // namespace

Connect::Connect(RpcParts parts, const Reflection& reflection, size_t most_request_bytes)
    : parts_(std::move(parts)), reflection_(reflection), most_request_bytes_(most_request_bytes) {}

void Connect::Serve(const std::shared_ptr<Call>& call) {
  call->set_dialect("connect");
  const HttpRequest& request = call->request();
  const Method* method = parts_.transcoder.FindRpc(request.path);
  if (method == nullptr) {
    return Fail(*call, NoSuchMethod(request.path, reflection_), 404);
  }
  call->set_route(request.method == "POST" ? "POST" : "GET", method->full_name);
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const bool takes_get = method->is_read && !method->is_streaming && !method->takes_stream;
  if (request.method != "POST" && !(is_get && takes_get)) {
    const char* const allow = takes_get ? "GET, HEAD, POST" : "POST";
    return Fail(
        *call,
        ErrorWithReason(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED",
                        absl::StrCat(request.path, " has no ", request.method, "; it has ", allow)),
        405, {{"allow", allow}});
  }
  ServeMethod(call, *method);
}

void Connect::ServeMethod(const std::shared_ptr<Call>& call, const Method& method) {
  const HttpRequest& request = call->request();
  if (request.method != "POST") {
    absl::StatusOr<ConnectRequest> get = ReadConnectQuery(request.query, most_request_bytes_);
    if (!get.ok()) {
      return FailWith({call, method, ConnectCodec::kJson, false, {}}, get.status());
    }
    return Go({call, method, get->codec, false, {}}, get->message);
  }
  const std::optional<ConnectType> type = TypeOf(request.headers);
  const bool takes_stream_type = method.is_streaming || method.takes_stream;
  if (!type || type->is_stream != takes_stream_type) {
    const char* const types = takes_stream_type ? kStreamTypes : kUnaryTypes;
    return Fail(*call, WrongType(request, types), 415, {{"accept-post", types}});
  }
  const Asked asked{call, method, type->codec, type->is_stream, {}};
  const absl::StatusOr<std::string> message = MessageOf(asked);
  if (!message.ok()) return FailWith(asked, message.status());
  Go(asked, *message);
}

absl::StatusOr<std::string> Connect::MessageOf(const Asked& asked) const {
  const HttpRequest& request = asked.call->request();
  if (!asked.method.is_read) {
    if (const auto refused = CheckSender(request, parts_.hosts)) return StatusOf(*refused);
  }
  if (asked.method.takes_stream) {
    return ErrorWithReason(
        absl::StatusCode::kUnimplemented, "TAKES_A_STREAM",
        absl::StrCat(request.path, " takes a stream of messages, which is served to gRPC here, ",
                     "not to the Connect protocol"));
  }
  const std::string* unary = FindHeader(request.headers, "content-encoding");
  if (!asked.is_stream || unary != nullptr) {
    ASSIGN_OR_RETURN(std::string body,
                     ConnectUncompress("content-encoding", unary == nullptr ? "" : *unary,
                                       request.body, most_request_bytes_));
    if (!asked.is_stream) return body;
  }
  const std::string* encoding = FindHeader(request.headers, "connect-content-encoding");
  return ReadConnectStream(request.body, encoding == nullptr ? "" : *encoding, most_request_bytes_);
}

absl::StatusOr<UnaryCall> Connect::RpcOf(const Asked& asked, std::string_view message) const {
  RETURN_IF_ERROR(CheckVersion(asked.call->request().headers));
  ASSIGN_OR_RETURN(absl::Duration timeout, ConnectTimeout(asked.call->request().headers));
  if (!asked.is_stream) timeout = std::min(timeout, parts_.request_timeout);
  ASSIGN_OR_RETURN(Headers metadata, MetadataOf(*asked.call));
  UnaryCall rpc{asked.method.full_name,          std::string(message), std::move(metadata),
                asked.call->arrived() + timeout, asked.method.is_read, asked.call->client()};
  if (asked.codec == ConnectCodec::kJson) {
    ASSIGN_OR_RETURN(rpc.message, parts_.transcoder.RequestFromJson(asked.method, message));
  } else if (!IsWireFormat(message)) {
    return InvalidField("body", absl::StrCat(message.size(), " bytes"), "are no protobuf message");
  }
  return rpc;
}

void Connect::Go(const Asked& asked, std::string_view message) {
  absl::StatusOr<AskedJson> json =
      ReadAskedJson(asked.call->request().headers, "", /*has_fields_parameter=*/false);
  absl::StatusOr<UnaryCall> rpc = RpcOf(asked, message);
  absl::Status wrong = json.ok() ? rpc.status() : json.status();
  if (wrong.ok()) wrong = parts_.transcoder.CheckFields(asked.method, json->choices);
  if (!wrong.ok()) return FailWith(asked, wrong);
  const Asked whole{asked.call, asked.method, asked.codec, asked.is_stream,
                    std::move(json->choices)};
  asked.is_stream ? Stream(whole, *std::move(rpc)) : Ask(whole, *std::move(rpc));
}

void Connect::Ask(const Asked& asked, UnaryCall rpc) {
  const auto own = parts_.own_methods.find(asked.method.full_name);
  if (own != parts_.own_methods.end()) {
    return asked.call->OnCancel(
        own->second->Answer(std::move(rpc), [this, asked](const OwnReply& reply) {
          OnReply(asked, {reply.status, reply.message, reply.headers, {}});
        }));
  }
  const absl::StatusOr<Upstream*> upstream = UpstreamOf(parts_, asked.method);
  if (!upstream.ok()) return FailWith(asked, upstream.status());
  const std::string service = ServiceOf(asked.method.package);
  asked.call->OnCancel(
      AskByRelay(**upstream, RelayOf(std::move(rpc)), service, parts_.most_message_bytes,
                 [this, asked](const RelayedReply& reply) { OnReply(asked, reply); }));
}

void Connect::Stream(const Asked& asked, UnaryCall rpc) {
  const auto own = parts_.own_streams.find(asked.method.full_name);
  const bool is_own = own != parts_.own_streams.end();
  const auto answer = std::make_shared<StreamedAnswer>(
      std::make_unique<EnvelopesForm>(parts_.transcoder, asked.method, asked.codec, asked.choices),
      /*is_endless=*/is_own, asked.call, nullptr);
  if (is_own) {
    absl::StatusOr<std::unique_ptr<OwnEvents>> events =
        own->second->Open(std::move(rpc), answer->Ready());
    if (!events.ok()) return FailWith(asked, events.status());
    return answer->Begin(*std::move(events));
  }
  const absl::StatusOr<Upstream*> upstream = UpstreamOf(parts_, asked.method);
  if (!upstream.ok()) return FailWith(asked, upstream.status());
  const std::string service = ServiceOf(asked.method.package);
  RelayCall relay = RelayOf(std::move(rpc));
  relay.is_streaming = true;
  answer->Begin(std::make_unique<RelayedEvents>(**upstream, std::move(relay), service,
                                                parts_.most_message_bytes, answer->Ready()));
}

void Connect::FailWith(const Asked& asked, const absl::Status& status) {
  OnReply(asked, {status, "", {}, {}});
}

void Connect::OnReply(const Asked& asked, const RelayedReply& reply) {
  if (!asked.method.is_read && parts_.cached_reads != nullptr) {
    parts_.cached_reads->OnWritten(reply.leading);
  }
  absl::Status status = reply.status;
  HttpResponse response;
  if (status.ok() && asked.codec == ConnectCodec::kProto) {
    response = Answer(200, NameOf(asked.codec, false), reply.message);
  } else if (status.ok()) {
    absl::StatusOr<std::string> json =
        parts_.transcoder.ToJson(asked.method, reply.message, asked.choices);
    if (json.ok()) {
      response = Answer(200, NameOf(asked.codec, false), *std::move(json));
    } else {
      status = UpstreamFailure(ServiceOf(asked.method.package), json.status());
    }
  }
  if (!status.ok()) {
    response = ErrorAnswer(status, HttpStatusOf(status), asked.is_stream, asked.codec);
    if (ReasonOf(status) == "UNKNOWN_COMPRESSION") {
      response.headers.emplace_back("accept-encoding", kEncodings);
    }
  }
  for (const auto& [name, value] : reply.leading) {
    if (name != cache::kTagsMetadata) response.headers.emplace_back(name, value);
  }
  for (const auto& [name, value] : reply.trailing) {
    response.headers.emplace_back(absl::StrCat("trailer-", name), value);
  }
  asked.call->Answer(std::move(response), CodeName(status.code()));
}

HttpResponse Connect::Refusal(const HttpRequest& head, const HttpError& error) const {
  const ConnectType type =
      TypeOf(head.headers).value_or(ConnectType{ConnectCodec::kJson, /*is_stream=*/false});
  return ErrorAnswer(StatusOf(error), error.status, type.is_stream, type.codec);
}

}  // namespace corridor::gateway
