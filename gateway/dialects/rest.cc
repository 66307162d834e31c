// The path of a REST call: route, rules, message, service, JSON.
#include "gateway/dialects/rest.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/dialects/message_form.h"
#include "gateway/dialects/raw_body.h"
#include "gateway/dialects/service_events.h"
#include "gateway/dialects/streamed_answer.h"
#include "gateway/http/http_error.h"
#include "gateway/http/whole_body.h"
#include "gateway/response_cache/cached_reads.h"
#include "platform/cache/told_tags.h"
#include "platform/request/position.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kLastEventIdHeader[] = "last-event-id";
constexpr char kTimeoutHeader[] = "corridor-timeout";
constexpr char kRetryAfterSeconds[] = "1";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

HttpError NoSuchRoute(const HttpRequest& request, const Transcoder::Match& match) {
  HttpError error{404, "NO_SUCH_ROUTE", absl::StrCat("there is nothing at ", request.path), {}};
  if (!match.nearest_routes.empty()) {
    const std::string nearest = absl::StrJoin(match.nearest_routes, ", ");
    absl::StrAppend(&error.message, "; nearest: ", nearest);
    error.metadata.emplace_back("nearest", nearest);
  }
  return error;
}

bool HasBody(const HttpRequest& request) {
  return !request.body.empty() || request.source != nullptr;
}

// What is to be written over a resource: with nothing in its place fields would be erased.
bool LacksBody(const HttpRequest& request, const Method& method) {
  if (request.method != "PATCH" && request.method != "PUT") return false;
  const absl::string_view body = absl::StripAsciiWhitespace(request.body);
  return method.has_body && !method.raw_body && request.source == nullptr &&
         (body.empty() || body == "null");
}

std::optional<HttpError> CheckBody(const HttpRequest& request, const Method& method) {
  if (LacksBody(request, method)) {
    return HttpError{400,
                     "MISSING_BODY",
                     absl::StrCat("body: \"", request.body, "\" has nothing that ", request.method,
                                  " ", request.path, " could write"),
                     {}};
  }
  if (!HasBody(request)) return std::nullopt;
  if (!method.has_body) {
    return HttpError{400,
                     "UNEXPECTED_BODY",
                     absl::StrCat(request.method, " ", request.path, " takes no body"),
                     {}};
  }
  const std::string* encoding = FindHeader(request.headers, "content-encoding");
  if (encoding == nullptr || absl::EqualsIgnoreCase(*encoding, "identity")) return std::nullopt;
  return HttpError{415,
                   "UNSUPPORTED_CONTENT_ENCODING",
                   absl::StrCat("Content-Encoding: \"", *encoding,
                                "\" is not taken here; send the body as it is"),
                   {{"contentEncoding", *encoding}}};
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

bool IsOurs(const std::string& name) {
  return absl::StartsWith(name, "corridor-") && name != cache::kTagsMetadata;
}

HttpHeaders OursOf(const Headers& metadata) {
  HttpHeaders ours;
  for (const auto& [name, value] : metadata) {
    if (IsOurs(name) && IsMetadataValue(value)) ours.emplace_back(name, value);
  }
  return ours;
}

// Whether the query asks about a version that it names.
bool IsPinned(std::string_view query) {
  for (const absl::string_view parameter : absl::StrSplit(View(query), '&')) {
    for (const absl::string_view name : {"knownAt=", "known_at=", "pageToken=", "page_token="}) {
      if (absl::StartsWith(parameter, name) && parameter.size() > name.size()) return true;
    }
  }
  return false;
}

// What the body of an answer depends on, beside the day. The message has the query in it, and comes
// last because it may hold anything.
std::string KeyOf(const Method& method, const JsonChoices& choices, const std::string& message) {
  return absl::StrCat(method.full_name, "\n", method.route, "\n", choices.int64_as_number,
                      choices.enums_as_numbers, choices.omit_defaults,
                      absl::StrJoin(choices.fields, ","), "\n", message);
}

HttpError NotAcceptable(const HttpRequest& request) {
  const std::string types = absl::StrCat(kEventStreamType, ", ", kLinesType, " or ", kArrayType);
  return {406,
          "NOT_ACCEPTABLE",
          absl::StrCat(request.path, " is answered as ", types,
                       ", none of which the header Accept names"),
          {{"accept", types}}};
}

std::string TypeOfBody(const HttpRequest& request) {
  const std::string* type = FindHeader(request.headers, "content-type");
  return type == nullptr ? std::string() : *type;
}

HttpResponse JsonResponse(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers = HeadersOfAnswer("application/json");
  response.body = std::move(body);
  return response;
}

absl::StatusOr<HttpResponse> RawResponse(std::string_view message, int part) {
  ASSIGN_OR_RETURN(google::api::HttpBody body, ReadRaw(message, part));
  HttpResponse response;
  ASSIGN_OR_RETURN(response.headers, RawHeaders(body.content_type()));
  response.body = std::move(*body.mutable_data());
  return response;
}

// Metadata that leave in the headers are ours alone.
class OursOnly : public OwnEvents {
 public:
  explicit OursOnly(std::unique_ptr<OwnEvents> events) : events_(std::move(events)) {}
  std::optional<OwnEvent> Take() override { return events_->Take(); }
  std::optional<absl::Status> End() const override { return events_->End(); }
  Headers Leading() const override { return OursOf(events_->Leading()); }

 private:
  const std::unique_ptr<OwnEvents> events_;
};

}  // namespace

Rest::Rest(RpcParts parts) : parts_(std::move(parts)) {}

bool Rest::TakesBodyAsItComes(const HttpRequest& head) const {
  // Most requests are reads, which have no body; they are routed when they are served.
  if (IsSafeVerb(head.method)) return false;
  const Transcoder::Match match = parts_.transcoder.Route(head.method, head.path);
  return match.method != nullptr && match.method->takes_stream;
}

void Rest::Serve(const std::shared_ptr<Call>& call) {
  call->set_dialect("rest");
  const HttpRequest& request = call->request();
  const Transcoder::Match match = parts_.transcoder.Route(request.method, request.path);
  if (match.method != nullptr) return ServeMethod(call, match);
  if (match.allowed_verbs.empty()) return Refuse(*call, NoSuchRoute(request, match));
  const std::string allow = absl::StrJoin(match.allowed_verbs, ", ");
  if (request.method != "OPTIONS") {
    return Refuse(*call, WrongVerb(request, allow), {{"allow", allow}});
  }
  HttpResponse response;
  response.status = 204;
  response.headers = {{"allow", allow}};
  call->Answer(std::move(response), "OK");
}

void Rest::ServeMethod(const std::shared_ptr<Call>& call, const Transcoder::Match& match) {
  const HttpRequest& request = call->request();
  const Method& method = *match.method;
  call->set_route(request.method, method.route);
  if (const auto refused = CheckBody(request, method)) return Refuse(*call, *refused);
  if (!IsSafeVerb(request.method)) {
    const BodyType type = method.raw_body ? BodyType::kAny : BodyType::kJson;
    if (const auto refused = CheckWrite(request, parts_.hosts, type)) {
      return Refuse(*call, *refused);
    }
  }
  absl::StatusOr<AskedJson> json =
      ReadAskedJson(request.headers, request.query, method.has_fields_parameter);
  if (!json.ok()) return Fail(*call, json.status());
  if (const absl::Status wrong = parts_.transcoder.CheckFields(method, json->choices);
      !wrong.ok()) {
    return Fail(*call, wrong);
  }
  absl::StatusOr<std::string> message = parts_.transcoder.ToRpc(
      match, json->query, method.raw_body ? std::string_view() : request.body);
  if (!message.ok()) return Fail(*call, message.status());
  const bool is_stream = method.is_streaming || method.takes_stream;
  absl::StatusOr<absl::Duration> timeout =
      Timeout(request.headers, is_stream ? absl::InfiniteDuration() : parts_.request_timeout);
  if (!timeout.ok()) return Fail(*call, timeout.status());
  absl::StatusOr<Headers> metadata = KnownMetadata(*call);
  if (!metadata.ok()) return Fail(*call, metadata.status());

  const Asked asked{call, method, std::move(json->choices)};
  UnaryCall rpc{method.full_name,
                *std::move(message),
                *std::move(metadata),
                call->arrived() + *timeout,
                method.is_read || IsSafeVerb(request.method),
                call->client()};
  if (method.takes_stream) {
    Upstream* const upstream = UpstreamFor(asked);
    return upstream == nullptr ? void() : Upload(asked, *upstream, std::move(rpc));
  }
  if (method.raw_body && HasBody(request)) {
    AppendRaw(TypeOfBody(request), request.body, *method.raw_body, rpc.message);
  }
  method.is_streaming ? Stream(asked, std::move(rpc)) : Ask(asked, std::move(rpc));
}

Upstream* Rest::UpstreamFor(const Asked& asked) {
  const absl::StatusOr<Upstream*> upstream = UpstreamOf(parts_, asked.method);
  if (upstream.ok()) return *upstream;
  Fail(*asked.call, upstream.status());
  return nullptr;
}

void Rest::Ask(const Asked& asked, UnaryCall rpc) {
  if (IsCached(asked)) return AskThroughCache(asked, std::move(rpc));
  asked.call->OnCancel(
      Send(asked, std::move(rpc), [this, asked](const OwnReply& reply) { OnReply(asked, reply); }));
}

std::function<void()> Rest::Send(const Asked& asked, UnaryCall rpc,
                                 std::function<void(const OwnReply&)> done) {
  const auto own = parts_.own_methods.find(asked.method.full_name);
  if (own != parts_.own_methods.end()) return own->second->Answer(std::move(rpc), std::move(done));
  const absl::StatusOr<Upstream*> upstream = UpstreamOf(parts_, asked.method);
  if (!upstream.ok()) {
    done({{upstream.status(), "", {}}});
    return nullptr;
  }
  return (*upstream)->Unary(
      std::move(rpc), [done = std::move(done)](UnaryReply reply) { done({std::move(reply)}); });
}

std::function<void()> Rest::SendAfterWrites(const Asked& asked, const UnaryCall& rpc,
                                            std::function<void(const OwnReply&)> done) {
  const auto least = parts_.cached_reads->LeastVersion(ServiceOf(asked.method.package));
  if (!least || FindHeader(rpc.metadata, kMinVersionHeader) != nullptr) {
    return Send(asked, rpc, std::move(done));
  }
  UnaryCall after = rpc;
  after.metadata.emplace_back(kMinVersionHeader, *least);
  return Send(asked, std::move(after), [this, asked, rpc, done](const OwnReply& reply) {
    // The store is another one by now, and the client has named no version of it.
    if (absl::IsAborted(reply.status)) {
      Send(asked, rpc, done);
    } else {
      done(reply);
    }
  });
}

bool Rest::IsCached(const Asked& asked) const {
  const HttpRequest& request = asked.call->request();
  if (parts_.cached_reads == nullptr || (request.method != "GET" && request.method != "HEAD")) {
    return false;
  }
  const auto own = parts_.own_methods.find(asked.method.full_name);
  return own == parts_.own_methods.end() || own->second->is_of_records();
}

void Rest::AskThroughCache(const Asked& asked, UnaryCall rpc) {
  CachedRead read;
  read.call = asked.call;
  read.key = KeyOf(asked.method, asked.choices, rpc.message);
  read.route = asked.method.route;
  read.is_pinned =
      parts_.own_methods.contains(asked.method.full_name) || IsPinned(asked.call->request().query);
  read.ask = [this, asked, rpc = std::move(rpc)](std::function<void(const OwnReply&)> done) {
    return SendAfterWrites(asked, rpc, std::move(done));
  };
  read.write = [this, asked](const OwnReply& reply) { return Written(asked, reply); };
  read.answer = [this, asked](const OwnReply& reply) { OnReply(asked, reply); };
  parts_.cached_reads->Answer(std::move(read));
}

void Rest::StreamOwn(const Asked& asked, OwnStream& own, StreamingCall rpc) {
  const HttpRequest& request = asked.call->request();
  const auto form = PreferredForm(request.headers, /*is_endless=*/true);
  if (!form) return Refuse(*asked.call, NotAcceptable(request));
  if (const std::string* id = FindHeader(request.headers, kLastEventIdHeader)) {
    rpc.metadata.emplace_back(OwnStream::kLastEventId, *id);
  }
  const auto answer = std::make_shared<StreamedAnswer>(
      MakeForm(*form, parts_.transcoder, asked.method, asked.choices), /*is_endless=*/true,
      asked.call, [this](Call& failed, const absl::Status& why) { Fail(failed, why); });
  absl::StatusOr<std::unique_ptr<OwnEvents>> events = own.Open(std::move(rpc), answer->Ready());
  if (!events.ok()) return Fail(*asked.call, events.status());
  if (request.method == "HEAD") return answer->AnswerHead();
  answer->Begin(*std::move(events));
}

void Rest::Stream(const Asked& asked, StreamingCall rpc) {
  const auto own = parts_.own_streams.find(asked.method.full_name);
  if (own != parts_.own_streams.end()) return StreamOwn(asked, *own->second, std::move(rpc));
  Upstream* const upstream = UpstreamFor(asked);
  if (upstream == nullptr) return;
  const auto answer = StreamedAnswerTo(asked);
  answer->Begin(std::make_unique<ServiceEvents>(*upstream, std::move(rpc), answer->Ready()));
}

// Who takes no form of JSON gets an array, as all other answers are JSON whatever Accept says.
std::shared_ptr<StreamedAnswer> Rest::StreamedAnswerTo(const Asked& asked) {
  const StreamForm form = PreferredForm(asked.call->request().headers, /*is_endless=*/false)
                              .value_or(StreamForm::kArray);
  return std::make_shared<StreamedAnswer>(
      asked.method.raw_answer ? MakeRawForm(asked.method)
                              : MakeForm(form, parts_.transcoder, asked.method, asked.choices),
      /*is_endless=*/false, asked.call,
      [this](Call& failed, const absl::Status& why) { Fail(failed, why); });
}

void Rest::Upload(const Asked& asked, Upstream& upstream, UnaryCall rpc) {
  const HttpRequest& request = asked.call->request();
  const std::string first = std::exchange(rpc.message, std::string());
  RelayCall relay = RelayOf(std::move(rpc));
  relay.is_streaming = true;
  relay.body = std::make_shared<FramedUpload>(first, TypeOfBody(request), *asked.method.raw_body,
                                              BodyOf(request));
  const std::string service = ServiceOf(asked.method.package);
  if (asked.method.is_streaming) {
    const auto answer = StreamedAnswerTo(asked);
    return answer->Begin(std::make_unique<OursOnly>(std::make_unique<RelayedEvents>(
        upstream, std::move(relay), service, parts_.most_message_bytes, answer->Ready())));
  }
  asked.call->OnCancel(AskByRelay(upstream, std::move(relay), service, parts_.most_message_bytes,
                                  [this, asked](RelayedReply reply) {
                                    OwnReply whole;
                                    whole.status = std::move(reply.status);
                                    whole.message = std::move(reply.message);
                                    whole.headers = std::move(reply.leading);
                                    for (auto& header : reply.trailing) {
                                      whole.headers.push_back(std::move(header));
                                    }
                                    OnReply(asked, whole);
                                  }));
}

void Rest::OnReply(const Asked& asked, const OwnReply& reply) {
  HttpHeaders ours = OursOf(reply.headers);
  Call& call = *asked.call;
  if (parts_.cached_reads != nullptr && !IsSafeVerb(call.request().method)) {
    parts_.cached_reads->OnWritten(reply.headers);
  }
  if (!reply.status.ok()) return Fail(call, reply.status, std::move(ours));
  absl::StatusOr<HttpResponse> response = Written(asked, reply);
  if (!response.ok()) {
    return Fail(call, UpstreamFailure(ServiceOf(asked.method.package), response.status()),
                std::move(ours));
  }
  call.Answer(*std::move(response), CodeNameOf(reply.http_status));
}

absl::StatusOr<HttpResponse> Rest::Written(const Asked& asked, const OwnReply& reply) const {
  ASSIGN_OR_RETURN(HttpResponse response, ResponseOf(asked, reply));
  for (auto& header : OursOf(reply.headers)) response.headers.push_back(std::move(header));
  return response;
}

absl::StatusOr<HttpResponse> Rest::ResponseOf(const Asked& asked, const OwnReply& reply) const {
  if (asked.method.raw_answer) return RawResponse(reply.message, *asked.method.raw_answer);
  ASSIGN_OR_RETURN(std::string json,
                   parts_.transcoder.ToJson(asked.method, reply.message, asked.choices));
  return JsonResponse(reply.http_status, std::move(json));
}

void Rest::Fail(Call& call, const absl::Status& status, HttpHeaders headers) {
  if (IsGarbage(status)) {
    return Refuse(call,
                  {502,
                   ReasonOf(status),
                   std::string(status.message()),
                   {{"service", ErrorMetadata(status, "service")}}},
                  std::move(headers));
  }
  HttpResponse response =
      JsonResponse(HttpStatus(status.code()), parts_.transcoder.ErrorJson(status));
  for (auto& header : headers) response.headers.push_back(std::move(header));
  if (response.status == 503) response.headers.emplace_back("retry-after", kRetryAfterSeconds);
  call.Answer(std::move(response), CodeName(status.code()));
}

}  // namespace corridor::gateway
