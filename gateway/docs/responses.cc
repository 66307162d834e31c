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

constexpr char kJson[] = "application/json";
constexpr char kTimeout[] = "corridor-timeout";
constexpr char kUnchanged[] = "Unchanged";

struct CommonParameter {
  std::string_view name;
  std::string_view description;
  std::string_view pattern;
  bool is_of_json;           // It changes how JSON is written.
  bool is_of_reads = false;  // Of those that are answered again while nothing has changed.
};
constexpr CommonParameter kParameters[] = {
    {"corridor-min-version",
     "The `corridor-version` of an earlier answer: what is answered is not from before it. A "
     "version that is not reached yet is waited for.",
     "^[ -~]{1,1024}$", false},
    {kTimeout, "The longest that the answer may take, such as `250ms` or `5s`.",
     "^([0-9]*\\.?[0-9]+(h|m|s|ms|us|ns))+$", false},
    {"x-request-id",
     "Names the request in logs and in its answer. Of up to 128 letters, digits and `-_.:/+=`; "
     "made up where it is absent.",
     "^[A-Za-z0-9_.:/+=-]{1,128}$", false},
    {"corridor-json",
     "How the answer is written: any of `int64=number`, `enums=number` and `defaults=omit`, parted "
     "by commas. The query can say the same: `$int64=number&$enums=number&$defaults=omit`.",
     "^[a-z0-9=, ]*$", true},
    {"corridor-fields",
     "Fields to answer, parted by commas, such as `areas.displayName,nextPageToken`; all when it "
     "is "
     "absent. The query can say the same: `$fields=` or, where the method has no parameter of that "
     "name, `fields=`.",
     "^[A-Za-z0-9_.,* ]*$", true},
    {"if-none-match",
     "The `etag` of an answer that the client has: while it is the answer still, `304` says so "
     "without sending it.",
     "^[ -~]*$", false, true},
};

struct CommonHeader {
  std::string_view name;
  std::string_view description;
  bool is_of_reads = false;  // As above.
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
     true},
    {"corridor-cache",
     "Who made the answer: `gateway` (it was answered before, and nothing has changed since), the "
     "service from its memory (`l1`), its Redis (`l2`), its store, to keep it (`fill`) or not "
     "(`origin`), or `stale` (the service cannot be reached: what it answered last, `age` seconds "
     "ago; `cache-control: no-cache` in the request declines that).",
     true},
    {"age", "Seconds since the answer was right for sure, where no service was asked.", true},
    {"corridor-stale", "The services that cannot be reached, of a `stale` answer.", true},
};

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
  return Json::Object({{kJson, std::move(media)}});
}

std::string DescriptionOf(const NamedError& error) {
  return absl::StrCat("`", std::string(CodeName(error.code)), "`", error.reason.empty() ? "" : ": ",
                      error.reason, ".");
}

Json ResponseWith(const std::string& description, const std::vector<NamedError>& errors) {
  return Json::Object({{"description", Json::Text(description)},
                       {"headers", CommonHeaderReferences(/*is_read=*/false)},
                       {"content", ContentOf(errors)}});
}

Json Unchanged() {
  return Json::Object({{"description", Json::Text("What `if-none-match` names is the answer.")},
                       {"headers", CommonHeaderReferences(/*is_read=*/true)}});
}

Json ResponseOf(const std::vector<NamedError>& errors) {
  const std::string description = absl::StrJoin(
      errors, "\n\n",
      [](std::string* out, const NamedError& error) { out->append(DescriptionOf(error)); });
  return ResponseWith(description, errors);
}

Json AnyOther() {
  return ResponseWith(
      "Any other failure, among them `UNAVAILABLE` (a service cannot be reached; `retry-after` "
      "says "
      "when to ask again) and `DEADLINE_EXCEEDED`.",
      {});
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
  for (const CommonHeader& header : kHeaders) {
    headers.Set(header.name, Json::Object({{"description", Json::Text(header.description)},
                                           {"schema", TextSchema()}}));
  }
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

std::vector<Json> CommonParameterReferences(bool is_stream, bool answers_json, bool is_read) {
  std::vector<Json> references;
  for (const CommonParameter& parameter : kParameters) {
    if (parameter.is_of_json && !answers_json) continue;
    if (parameter.is_of_reads && !is_read) continue;
    if (is_stream && parameter.name == kTimeout) {
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
    if (header.is_of_reads && !is_read) continue;
    headers.Set(header.name, ReferenceTo("headers", header.name));
  }
  return headers;
}

void ErrorResponses::AddUnchangedTo(Json& responses) {
  responses.Set("304", ReferenceTo("responses", kUnchanged));
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
  Json responses = Json::Object({{kErrorSchema, AnyOther()}, {kUnchanged, Unchanged()}});
  for (const auto& [name, response] : components_) responses.Set(name, response);
  return responses;
}

}  // namespace corridor::gateway
