// The path of a REST call: route, rules, message, service, JSON.
#include "gateway/dialects/rest.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/dialects/event_stream.h"
#include "gateway/http/http_error.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kLastEventIdHeader[] = "last-event-id";
constexpr char kTimeoutHeader[] = "corridor-timeout";
constexpr char kMinVersionHeader[] = "corridor-min-version";
constexpr size_t kMaxMinVersionBytes = 1024;
constexpr char kRetryAfterSeconds[] = "1";

HttpError NoSuchRoute(const HttpRequest& request, const Transcoder::Match& match) {
  HttpError error{404, "NO_SUCH_ROUTE", absl::StrCat("there is nothing at ", request.path), {}};
  if (!match.nearest_routes.empty()) {
    const std::string nearest = absl::StrJoin(match.nearest_routes, ", ");
    absl::StrAppend(&error.message, "; nearest: ", nearest);
    error.metadata.emplace_back("nearest", nearest);
  }
  return error;
}

HttpError WrongVerb(const HttpRequest& request, const std::string& allow) {
  return {405,
          "METHOD_NOT_ALLOWED",
          absl::StrCat(request.path, " has no ", request.method, "; it has ", allow),
          {{"allow", allow}}};
}

std::optional<HttpError> CheckBody(const HttpRequest& request, const Method& method) {
  if (request.body.empty() || method.has_body) return std::nullopt;
  return HttpError{400,
                   "UNEXPECTED_BODY",
                   absl::StrCat(request.method, " ", request.path, " takes no body"),
                   {}};
}

// `corridor.memberstates.v1` is served by `memberstates`.
std::string ServiceOf(const std::string& package) {
  const std::vector<std::string> parts = absl::StrSplit(package, '.');
  return parts.size() < 2 ? package : parts[1];
}

// How long the client gives the call.
absl::StatusOr<absl::Duration> Timeout(const HttpHeaders& headers, absl::Duration longest) {
  const std::string* text = FindHeader(headers, kTimeoutHeader);
  if (text == nullptr) return longest;
  absl::Duration asked;
  if (!absl::ParseDuration(*text, &asked) || asked <= absl::ZeroDuration()) {
    return InvalidField(kTimeoutHeader, *text, "is not a duration above zero, such as 250ms");
  }
  return std::min(asked, longest);
}

bool IsMetadataValue(const std::string& value) {
  for (const char c : value) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

bool IsOurs(const std::string& name) { return absl::StartsWith(name, "corridor-"); }

// What the service is told of the request, beside its message: of the client's headers only those
// that services know, so that nobody can send more than they take.
absl::StatusOr<Headers> MetadataFor(const Call& call) {
  Headers metadata = {{"traceparent", call.trace().Header()}, {"x-request-id", call.id()}};
  if (const std::string* version = FindHeader(call.request().headers, kMinVersionHeader)) {
    if (!IsMetadataValue(*version) || version->size() > kMaxMinVersionBytes) {
      return InvalidField(
          kMinVersionHeader, version->substr(0, kMaxMinVersionBytes),
          absl::StrCat("is not at most ", kMaxMinVersionBytes, " bytes of printable ASCII"));
    }
    metadata.emplace_back(kMinVersionHeader, *version);
  }
  return metadata;
}

HttpError NotAcceptable(const HttpRequest& request) {
  return {406,
          "NOT_ACCEPTABLE",
          absl::StrCat(request.path, " is answered as ", kEventStreamType,
                       ", which the header Accept does not name"),
          {{"accept", kEventStreamType}}};
}

void Refuse(Call& call, const HttpError& error, HttpHeaders headers = {}) {
  HttpResponse response = ErrorResponse(error);
  for (auto& header : headers) response.headers.push_back(std::move(header));
  call.Answer(std::move(response), CodeNameOf(error.status));
}

HttpResponse JsonResponse(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  AddJsonHeaders(response.headers);
  response.body = std::move(body);
  return response;
}

}  // namespace

Rest::Rest(RestParts parts) : parts_(std::move(parts)) {}

void Rest::Serve(const std::shared_ptr<Call>& call) {
  const HttpRequest& request = call->request();
  const Transcoder::Match match = parts_.transcoder.Route(request.method, request.path);
  if (match.method == nullptr) {
    if (match.allowed_verbs.empty()) return Refuse(*call, NoSuchRoute(request, match));
    const std::string allow = absl::StrJoin(match.allowed_verbs, ", ");
    return Refuse(*call, WrongVerb(request, allow), {{"allow", allow}});
  }
  const Method& method = *match.method;
  call->set_route(request.method, method.route);
  if (const auto refused = CheckBody(request, method)) return Refuse(*call, *refused);
  if (!IsSafeVerb(request.method)) {
    if (const auto refused = CheckWrite(request, parts_.hosts)) return Refuse(*call, *refused);
  }
  absl::StatusOr<std::string> message = parts_.transcoder.ToRpc(match, request.query, request.body);
  if (!message.ok()) return Fail(*call, message.status());
  absl::StatusOr<absl::Duration> timeout = Timeout(
      request.headers, method.is_streaming ? absl::InfiniteDuration() : parts_.request_timeout);
  if (!timeout.ok()) return Fail(*call, timeout.status());
  absl::StatusOr<Headers> metadata = MetadataFor(*call);
  if (!metadata.ok()) return Fail(*call, metadata.status());
  UnaryCall rpc{method.full_name, *std::move(message), *std::move(metadata),
                call->arrived() + *timeout, IsSafeVerb(request.method)};
  method.is_streaming ? Stream(call, method, std::move(rpc)) : Ask(call, method, std::move(rpc));
}

void Rest::Ask(const std::shared_ptr<Call>& call, const Method& method, UnaryCall rpc) {
  const auto own = parts_.own_methods.find(method.full_name);
  if (own != parts_.own_methods.end()) {
    return call->OnCancel(own->second->Answer(
        std::move(rpc),
        [this, call, &method](const OwnReply& reply) { OnReply(*call, method, reply); }));
  }
  const auto upstream = parts_.upstreams.find(method.package);
  if (upstream == parts_.upstreams.end()) {
    return Fail(*call, StartedWithout(ServiceOf(method.package)));
  }
  call->OnCancel(upstream->second->Unary(std::move(rpc), [this, call, &method](UnaryReply reply) {
    OnReply(*call, method, {std::move(reply)});
  }));
}

void Rest::Stream(const std::shared_ptr<Call>& call, const Method& method, StreamingCall rpc) {
  const HttpRequest& request = call->request();
  const auto own = parts_.own_streams.find(method.full_name);
  if (own == parts_.own_streams.end()) {
    return Fail(*call, absl::UnimplementedError(
                           absl::StrCat(method.full_name, " is not answered over HTTP yet")));
  }
  if (!AcceptsEvents(request.headers)) return Refuse(*call, NotAcceptable(request));
  if (const std::string* id = FindHeader(request.headers, kLastEventIdHeader)) {
    rpc.metadata.emplace_back(OwnStream::kLastEventId, *id);
  }
  const auto stream = std::make_shared<EventStream>(
      parts_.transcoder, method, call,
      [this](Call& failed, const absl::Status& why) { Fail(failed, why); });
  absl::StatusOr<std::unique_ptr<OwnEvents>> events =
      own->second->Open(std::move(rpc), [weak = std::weak_ptr<EventStream>(stream)] {
        if (const std::shared_ptr<EventStream> told = weak.lock()) told->Look();
      });
  if (!events.ok()) return Fail(*call, events.status());
  if (request.method == "HEAD") return stream->AnswerHead();
  stream->Begin(*std::move(events));
}

void Rest::OnReply(Call& call, const Method& method, const OwnReply& reply) {
  HttpHeaders ours;
  for (const auto& [name, value] : reply.headers) {
    if (IsOurs(name) && IsMetadataValue(value)) ours.emplace_back(name, value);
  }
  if (!reply.status.ok()) return Fail(call, reply.status, std::move(ours));
  absl::StatusOr<std::string> json = parts_.transcoder.ToJson(method, reply.message);
  if (!json.ok()) return Fail(call, json.status(), std::move(ours));
  HttpResponse response = JsonResponse(reply.http_status, *std::move(json));
  for (auto& header : ours) response.headers.push_back(std::move(header));
  call.Answer(std::move(response), CodeNameOf(reply.http_status));
}

void Rest::Fail(Call& call, const absl::Status& status, HttpHeaders headers) {
  HttpResponse response =
      JsonResponse(HttpStatus(status.code()), parts_.transcoder.ErrorJson(status));
  for (auto& header : headers) response.headers.push_back(std::move(header));
  if (response.status == 503) response.headers.emplace_back("retry-after", kRetryAfterSeconds);
  call.Answer(std::move(response), CodeName(status.code()));
}

}  // namespace corridor::gateway
