#include "gateway/dialects/cors.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/dialects/dialect_choice.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kMaxAgeSeconds[] = "7200";
// Headers of requests that a page may set, of every dialect.
constexpr char kAllowedHeaders[] =
    "authorization, connect-accept-encoding, connect-content-encoding, connect-protocol-version, "
    "connect-timeout-ms, content-encoding, content-type, corridor-fields, corridor-json, "
    "corridor-min-version, corridor-timeout, grpc-accept-encoding, grpc-encoding, grpc-timeout, "
    "if-none-match, last-event-id, traceparent, x-grpc-web, x-request-id, x-user-agent";
// Headers of answers that it may see.
constexpr char kExposedHeaders[] =
    "accept-post, allow, connect-content-encoding, content-encoding, corridor-cache, "
    "corridor-version, etag, grpc-encoding, grpc-message, grpc-status, grpc-status-details-bin, "
    "retry-after, trailer-corridor-version, x-request-id";

// As browsers write it: scheme, host, a port that is not the scheme's own, in lower case; no path.
bool IsOrigin(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "http://") && !absl::ConsumePrefix(&text, "https://")) {
    return false;
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           absl::string_view("-.:[]").find(c) != absl::string_view::npos;
  });
}

// The verbs that the path has, whatever dialect serves it; of a file, and of a path that nothing is
// at, those of a read.
std::string VerbsOf(const Transcoder& transcoder, const HttpRequest& request) {
  if (IsRpcPath(request.path)) return "GET, POST";
  const Transcoder::Match match = transcoder.Route("OPTIONS", request.path);
  if (match.method != nullptr) return "DELETE, GET, HEAD, PATCH, POST, PUT";
  if (match.allowed_verbs.empty()) return "GET, HEAD";
  return absl::StrJoin(match.allowed_verbs, ", ");
}

}  // namespace

absl::StatusOr<CorsOrigins> CorsOrigins::Parse(std::string_view text) {
  CorsOrigins origins;
  const absl::string_view list(text.data(), text.size());
  for (absl::string_view origin : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    origin = absl::StripAsciiWhitespace(origin);
    if (origin == "*") {
      origins.are_all_ = true;
    } else if (IsOrigin(origin)) {
      origins.names_.emplace_back(origin);
    } else {
      return InvalidField("--cors-origins", std::string(origin),
                          "is neither * nor an origin such as https://app.example");
    }
  }
  return origins;
}

bool CorsOrigins::Have(std::string_view origin) const {
  return are_all_ || std::find(names_.begin(), names_.end(), origin) != names_.end();
}

bool Cors::IsPreflight(const HttpRequest& request) const {
  const std::string* origin = FindHeader(request.headers, "origin");
  return request.method == "OPTIONS" && origin != nullptr && origins_.Have(*origin) &&
         FindHeader(request.headers, "access-control-request-method") != nullptr;
}

HttpHeaders Cors::HeadersFor(const HttpRequest& request) const {
  if (origins_.are_none()) return {};
  HttpHeaders headers;
  if (!origins_.are_all()) headers.emplace_back("vary", "Origin");
  const std::string* origin = FindHeader(request.headers, "origin");
  if (origin == nullptr || !origins_.Have(*origin)) return headers;
  headers.emplace_back("access-control-allow-origin", origins_.are_all() ? "*" : *origin);
  headers.emplace_back("access-control-expose-headers", kExposedHeaders);
  return headers;
}

HttpResponse Cors::Preflight(const HttpRequest& request) const {
  const std::string origin = *FindHeader(request.headers, "origin");
  HttpResponse response;
  response.status = 204;
  response.headers = {
      {"access-control-allow-origin", origins_.are_all() ? "*" : origin},
      {"access-control-allow-methods", VerbsOf(transcoder_, request)},
      {"access-control-allow-headers", kAllowedHeaders},
      {"access-control-max-age", kMaxAgeSeconds},
      {"vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}};
  return response;
}

void Cors::Serve(const std::shared_ptr<Call>& call) {
  const HttpRequest& request = call->request();
  if (IsPreflight(request)) {
    call->set_route("OPTIONS", "preflight");
    return call->Answer(Preflight(request), "OK");
  }
  for (const auto& [name, value] : HeadersFor(request)) call->AddAnswerHeader(name, value);
  inner_.Serve(call);
}

HttpResponse Cors::Refusal(const HttpRequest& head, const HttpError& error) const {
  HttpResponse response = inner_.Refusal(head, error);
  for (auto& header : HeadersFor(head)) response.headers.push_back(std::move(header));
  return response;
}

}  // namespace corridor::gateway
