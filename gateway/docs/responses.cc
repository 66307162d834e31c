#include "gateway/docs/responses.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gateway/http/http_error.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kJsonType[] = "application/json";
constexpr char kTimeout[] = "corridor-timeout";
constexpr char kPart[] = "Part";
constexpr char kUnchanged[] = "Unchanged";
constexpr char kBeyondTheEnd[] = "BeyondTheEnd";

// The operations that have a parameter or a header.
enum class Of { kAll, kJson, kReads, kStreamsThatGoOn };

bool Is(Of of, const Traits& traits) {
  switch (of) {
    case Of::kJson:
      return traits.answers_json;
    case Of::kReads:
      return traits.is_read;
    case Of::kStreamsThatGoOn:
      return traits.goes_on;
    default:
      return true;
  }
}

struct CommonParameter {
  std::string_view name;
  std::string_view description;
  std::string_view pattern;
  Of of = Of::kAll;
};
constexpr CommonParameter kParameters[] = {
    {"corridor-min-version",
     "The `corridor-version` of an earlier answer: what is answered is not from before it. A "
     "version that is not reached yet is waited for.",
     "^[ -~]{1,1024}$"},
    {kTimeout, "The longest that the answer may take, such as `250ms` or `5s`.",
     "^([0-9]*\\.?[0-9]+(h|m|s|ms|us|ns))+$"},
    {"x-request-id",
     "Names the request in logs and in its answer. Of up to 128 letters, digits and `-_.:/+=`; "
     "made up where it is absent.",
     "^[A-Za-z0-9_.:/+=-]{1,128}$"},
    {"traceparent", "The trace that the request is part of (W3C Trace Context); a new one without.",
     "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"},
    {"corridor-json",
     "How the answer is written: any of `int64=number`, `enums=number` and `defaults=omit`, parted "
     "by commas. The query can say the same: `$int64=number&$enums=number&$defaults=omit`.",
     "^[a-z0-9=, ]*$", Of::kJson},
    {"corridor-fields",
     "Fields to answer, parted by commas, such as `areas.displayName,nextPageToken`; all when it "
     "is "
     "absent. The query can say the same: `$fields=` or, where the method has no parameter of that "
     "name, `fields=`.",
     "^[A-Za-z0-9_.,* ]*$", Of::kJson},
    {"if-none-match",
     "The `etag` of an answer that the client has: while it is the answer still, `304` says so "
     "without sending it.",
     "^[ -~]*$", Of::kReads},
    {"cache-control",
     "`no-cache` asks the service, whatever is kept in the gateway, and declines a `stale` answer; "
     "`no-store` also keeps the answer out of it.",
     "^[ -~]*$", Of::kReads},
    {"range", "One range of bytes of the answer, such as `bytes=0-1023`; `206` answers it.",
     "^[ -~]*$", Of::kReads},
    {"if-range", "An `etag`: `range` counts only while it names the answer.", "^[ -~]*$",
     Of::kReads},
    {"last-event-id",
     "The `id` of the last event that a client has, which it sends when it connects again: the "
     "stream goes on after it, whatever `since` says.",
     "^[ -~]{0,1024}$", Of::kStreamsThatGoOn},
};

struct CommonHeader {
  std::string_view name;
  std::string_view description;
  Of of = Of::kAll;
};
constexpr CommonHeader kHeaders[] = {
    {"corridor-version",
     "The position that was answered from, for `corridor-min-version`, `knownAt` and `since`. "
     "Absent "
     "where no service was asked."},
    {"x-request-id", "The request's id."},
    {"etag",
     "Names the answer, in the content coding that it is sent in, for `if-none-match` and "
     "`if-range`. Absent, as are the next three, where `corridor-version` is, and where a part of "
     "the answer is missing.",
     Of::kReads},
    {"corridor-cache",
     "Who made the answer: `gateway` (it was answered before, and nothing has changed since), the "
     "service from its memory (`l1`), its Redis (`l2`), its store, to keep it (`fill`) or not "
     "(`origin`), or `stale` (the service cannot be reached: what it answered last, `age` seconds "
     "ago; `cache-control: no-cache` in the request declines that).",
     Of::kReads},
    {"age", "Seconds since the answer was right for sure, where no service was asked.", Of::kReads},
    {"corridor-stale", "The services that cannot be reached, of a `stale` answer.", Of::kReads},
    {"cache-control",
     "`no-cache`: whoever keeps the answer asks each time whether it is right still.", Of::kReads},
    {"vary", "The headers of a request by which the answer to it differs.", Of::kReads},
    {"accept-ranges", "`bytes`, where a `range` of it may be asked for.", Of::kReads},
    {"content-encoding",
     "`gzip`, `br` or `zstd`, as the request's `accept-encoding` has it; absent where the answer "
     "is sent as it is.",
     Of::kReads},
};
constexpr CommonHeader kRetryAfter = {"retry-after",
                                      "With `503`: in how many seconds to ask again."};
constexpr CommonHeader kContentRange = {"content-range", "Which bytes they are, and of how many."};

Json TextSchema(std::string_view pattern = {}) {
  Json schema = Json::Object({{"type", Json::Text("string")}});
  if (!pattern.empty()) schema.Set("pattern", Json::Text(pattern));
  return schema;
}

Json ParameterOf(const CommonParameter& parameter) {
  return Json::Object({{"name", Json::Text(parameter.name)},
                       {"in", Json::Text("header")},
                       {"description", Json::Text(parameter.description)},
                       {"schema", TextSchema(parameter.pattern)}});
}

Json ReferenceTo(std::string_view kind, std::string_view name) {
  return Json::Object({{"$ref", Json::Text(absl::StrCat("#/components/", std::string(kind), "/",
                                                        std::string(name)))}});
}

Json CodeNames() {
  Json names = Json::Array();
  for (int code = 1; code <= 16; ++code) {
    names.Add(Json::Text(CodeName(static_cast<absl::StatusCode>(code))));
  }
  return names;
}

// The body of an error as {"error":…}, with a message for people who read the documentation.
Json ErrorValue(const NamedError& error) {
  const int status = HttpStatus(error.code);
  const std::string message = error.reason.empty() ? std::string(ReasonPhrase(status))
                                                   : absl::StrReplaceAll(error.reason, {{"`", ""}});
  return Json::Object({{"error", Json::Object({{"code", Json::Number(status)},
                                               {"status", Json::Text(CodeName(error.code))},
                                               {"message", Json::Text(message)},
                                               {"details", Json::Array()}})}});
}

Json ContentOf(const std::vector<NamedError>& errors) {
  Json examples = Json::Object();
  for (const NamedError& error : errors) {
    examples.Set(CodeName(error.code), Json::Object({{"value", ErrorValue(error)}}));
  }
  Json media = Json::Object({{"schema", ReferenceTo("schemas", kErrorSchema)}});
  if (!examples.empty()) media.Set("examples", std::move(examples));
  return Json::Object({{kJsonType, std::move(media)}});
}

std::string DescriptionOf(const NamedError& error) {
  return absl::StrCat("`", std::string(CodeName(error.code)), "`", error.reason.empty() ? "" : ": ",
                      error.reason, ".");
}

Json HeadersOfReadsWith(const CommonHeader& header) {
  return std::move(CommonHeaderReferences(/*is_read=*/true)
                       .Set(header.name, ReferenceTo("headers", header.name)));
}

Json ResponseWith(const std::string& description, const std::vector<NamedError>& errors,
                  bool may_be_unavailable) {
  Json headers = CommonHeaderReferences(/*is_read=*/false);
  if (may_be_unavailable) headers.Set(kRetryAfter.name, ReferenceTo("headers", kRetryAfter.name));
  return Json::Object({{"description", Json::Text(description)},
                       {"headers", std::move(headers)},
                       {"content", ContentOf(errors)}});
}

Json Unchanged() {
  return Json::Object({{"description", Json::Text("What `if-none-match` names is the answer.")},
                       {"headers", CommonHeaderReferences(/*is_read=*/true)}});
}

Json Part() {
  Json bytes = Json::Object({{"type", Json::Text("string")}, {"format", Json::Text("binary")}});
  return Json::Object(
      {{"description", Json::Text("The bytes of the answer that `range` asks for.")},
       {"headers", HeadersOfReadsWith(kContentRange)},
       {"content", Json::Object({{"*/*", Json::Object({{"schema", std::move(bytes)}})}})}});
}

Json BeyondTheEnd() {
  return ResponseWith("`range` begins beyond the end of the answer.", {},
                      /*may_be_unavailable=*/false);
}

Json ResponseOf(const std::vector<NamedError>& errors) {
  const std::string description = absl::StrJoin(
      errors, "\n\n",
      [](std::string* out, const NamedError& error) { out->append(DescriptionOf(error)); });
  return ResponseWith(description, errors, HttpStatus(errors.front().code) == 503);
}

Json AnyOther() {
  return ResponseWith(
      "Any other failure, among them `UNAVAILABLE` (a service cannot be reached; `retry-after` "
      "says "
      "when to ask again) and `DEADLINE_EXCEEDED`.",
      {}, /*may_be_unavailable=*/true);
}

}  // namespace

Json CommonParameters() {
  Json parameters = Json::Object();
  for (const CommonParameter& parameter : kParameters) {
    parameters.Set(parameter.name, ParameterOf(parameter));
  }
  return parameters;
}

Json CommonHeaders() {
  Json headers = Json::Object();
  const auto add = [&](const CommonHeader& header) {
    headers.Set(header.name, Json::Object({{"description", Json::Text(header.description)},
                                           {"schema", TextSchema()}}));
  };
  for (const CommonHeader& header : kHeaders) add(header);
  add(kRetryAfter);
  add(kContentRange);
  return headers;
}

Json ErrorSchema() {
  const Json detail = Json::Object({{"type", Json::Text("object")},
                                    {"properties", Json::Object({{"@type", TextSchema()}})},
                                    {"required", Json::Array({Json::Text("@type")})},
                                    {"additionalProperties", Json::Boolean(true)}});
  Json code = Json::Object({{"type", Json::Text("integer")},
                            {"format", Json::Text("int32")},
                            {"description", Json::Text("The HTTP status.")}});
  Json status = Json::Object({{"type", Json::Text("string")},
                              {"description", Json::Text("The canonical code of RPC.")},
                              {"enum", CodeNames()}});
  Json message = std::move(
      TextSchema().Set("description", Json::Text("What is wrong: field and value, for people.")));
  Json details = Json::Object(
      {{"type", Json::Text("array")},
       {"description", Json::Text("The same for programs: messages of google.rpc, such as "
                                  "`BadRequest`, `ErrorInfo` and `ResourceInfo`.")},
       {"items", detail}});
  Json error =
      Json::Object({{"type", Json::Text("object")},
                    {"properties", Json::Object({{"code", std::move(code)},
                                                 {"status", std::move(status)},
                                                 {"message", std::move(message)},
                                                 {"details", std::move(details)}})},
                    {"required", Json::Array({Json::Text("code"), Json::Text("status"),
                                              Json::Text("message"), Json::Text("details")})}});
  return Json::Object({{"type", Json::Text("object")},
                       {"description", Json::Text("What every failure is answered with.")},
                       {"properties", Json::Object({{"error", std::move(error)}})},
                       {"required", Json::Array({Json::Text("error")})}});
}

std::vector<Json> CommonParameterReferences(const Traits& traits) {
  std::vector<Json> references;
  for (const CommonParameter& parameter : kParameters) {
    if (!Is(parameter.of, traits)) continue;
    if (traits.is_stream && parameter.name == kTimeout) {
      references.push_back(std::move(ParameterOf(parameter).Set("example", Json::Text("5s"))));
    } else {
      references.push_back(ReferenceTo("parameters", parameter.name));
    }
  }
  return references;
}

Json CommonHeaderReferences(bool is_read) {
  Json headers = Json::Object();
  for (const CommonHeader& header : kHeaders) {
    if (header.of == Of::kReads && !is_read) continue;
    headers.Set(header.name, ReferenceTo("headers", header.name));
  }
  return headers;
}

void ErrorResponses::AddOfReadsTo(Json& responses) {
  responses.Set("206", ReferenceTo("responses", kPart));
  responses.Set("304", ReferenceTo("responses", kUnchanged));
  responses.Set("416", ReferenceTo("responses", kBeyondTheEnd));
}

void ErrorResponses::AddTo(Json& responses, std::vector<NamedError> errors) {
  const bool names_bad_request = std::any_of(
      errors.begin(), errors.end(),
      [](const NamedError& error) { return error.code == absl::StatusCode::kInvalidArgument; });
  // Every request can be malformed, whatever the method says.
  if (!names_bad_request) errors.push_back({absl::StatusCode::kInvalidArgument, ""});
  std::map<int, std::vector<NamedError>> by_status;
  for (const NamedError& error : errors) by_status[HttpStatus(error.code)].push_back(error);
  for (const auto& [status, same] : by_status) {
    Json response = ResponseOf(same);
    const std::string usual = absl::StrCat(kErrorSchema, status);
    std::string& name = names_[response.ToString()];
    for (int number = 1; name.empty(); ++number) {
      const std::string free = number == 1 ? usual : absl::StrCat(usual, "_", number);
      if (components_.emplace(free, response).second) name = free;
    }
    responses.Set(std::to_string(status), ReferenceTo("responses", name));
  }
  responses.Set("default", ReferenceTo("responses", kErrorSchema));
}

Json ErrorResponses::Components() const {
  Json responses = Json::Object({{kErrorSchema, AnyOther()},
                                 {kPart, Part()},
                                 {kUnchanged, Unchanged()},
                                 {kBeyondTheEnd, BeyondTheEnd()}});
  for (const auto& [name, response] : components_) responses.Set(name, response);
  return responses;
}

}  // namespace corridor::gateway
