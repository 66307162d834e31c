// An operation is put together from its parameters, its body, its answer and its errors.
#include "gateway/docs/operations.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/docs/field_behavior.h"
#include "gateway/docs/query_fields.h"
#include "gateway/transcoding/query_parameters.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using Chain = std::vector<const FieldDescriptor*>;

constexpr char kJson[] = "application/json";
constexpr char kLines[] = "application/x-ndjson";
constexpr char kEvents[] = "text/event-stream";
constexpr char kBytes[] = "application/octet-stream";
constexpr std::string_view kStreamForms =
    "As the header `Accept` asks: `application/x-ndjson`, a message a line; `text/event-stream`, a "
    "message an event; `application/json`, one array. A stream that fails says so in itself.";

// The key of a path item; empty for a verb that OpenAPI does not know.
std::string VerbOf(const Binding& binding) {
  if (binding.http_verb == "*") {
    return binding.body_is_message || binding.body_field != nullptr ? "post" : "get";
  }
  for (const char* known : {"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"}) {
    if (binding.http_verb == known) return absl::AsciiStrToLower(known);
  }
  return "";
}

// `memberstates` of `corridor.memberstates.v1`.
std::string SubjectOf(const std::string& package) {
  const std::vector<std::string> parts = absl::StrSplit(package, '.');
  return parts[parts.size() < 2 ? 0 : parts.size() - 2];
}

// The value of an example as JSON has it in a query: a number stays one.
Json ExampleValue(const FieldDescriptor& field, const std::string& text) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
      return Json::Raw(text);
    default:
      return Json::Text(text);
  }
}

// What a parameter means that is not given; nothing for text, of which no reader needs to be told.
std::optional<Json> DefaultOf(const FieldDescriptor& field) {
  if (field.is_repeated() || field.has_presence()) return std::nullopt;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Json::Boolean(false);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Json::Text(field.default_value_enum()->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Json::Text("0");
    default:
      return Json::Number(0);
  }
}

// `address` with the parameters' names of another of its shape.
Address NamedAs(const Address& first, Address address) {
  std::vector<std::pair<std::string, std::string>> names;
  for (size_t i = 0; i < address.parameters.size(); ++i) {
    std::string& name = address.parameters[i].name;
    names.emplace_back(absl::StrCat("{", name, "}"),
                       absl::StrCat("{", first.parameters[i].name, "}"));
    name = first.parameters[i].name;
  }
  address.path = first.path;
  for (std::string& text : address.variables) text = absl::StrReplaceAll(text, names);
  return address;
}

// Fields of the request itself that the path sets.
std::vector<const FieldDescriptor*> BoundInPath(const Binding& binding) {
  std::vector<const FieldDescriptor*> fields;
  for (const Chain& chain : binding.variables) {
    if (chain.size() == 1) fields.push_back(chain.front());
  }
  return fields;
}

}  // namespace

struct Operations::Described {
  const Binding& binding;
  const Address address;
  const std::string verb;
  const std::string id;
  const Example* const example;
  Shown shown = {};

  // What is answered may be what was answered before.
  bool is_read() const {
    return binding.http_verb == "GET" && !binding.method->server_streaming() &&
           !binding.method->client_streaming();
  }
  const std::string* ExampleOf(const std::string& parameter) const {
    for (const auto& [name, value] : shown.parameters) {
      if (name == parameter) return &value;
    }
    return nullptr;
  }
};

Operations::Operations(const Comments& comments, const std::vector<Binding>& bindings,
                       const std::vector<Example>& examples, LearntValues& learnt, Schemas& schemas,
                       ErrorResponses& errors)
    : comments_(comments),
      bindings_(bindings),
      examples_(examples),
      learnt_(learnt),
      schemas_(schemas),
      errors_(errors) {
  for (const Binding& binding : bindings) {
    const ServiceDescriptor& service = *binding.method->service();
    packages_[service.name()].insert(service.file()->package());
  }
}

std::vector<Operations::Described> Operations::DescribeAll() {
  std::vector<Described> all;
  std::set<std::pair<std::string, std::string>> taken;
  for (const Binding& binding : bindings_) {
    const std::string verb = VerbOf(binding);
    if (verb.empty()) continue;
    const Address address = AddressIn(binding);
    if (!taken.emplace(address.path, verb).second) continue;  // By a binding for any verb.
    const std::string id = IdOf(*binding.method);
    all.push_back({binding, address, verb, id, ExampleOf(id)});
  }
  return all;
}

absl::Status Operations::LearnFrom(const std::vector<Described>& all) {
  for (const Example& example : examples_) {
    const auto of_it = [&](const Described& one) { return one.id == example.operation; };
    if (std::any_of(all.begin(), all.end(), of_it)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("example ", std::string(example.operation), " is of no operation"));
  }
  // What is answered, of all: it is there, while a request may speak of what is not there yet.
  for (const Described& one : all) {
    if (one.example == nullptr) continue;
    RETURN_IF_ERROR(learnt_.LearnAnswer(*one.example, one.binding));
  }
  for (const Described& one : all) {
    if (one.example == nullptr) continue;
    RETURN_IF_ERROR(learnt_.LearnRequest(*one.example, one.binding, one.address));
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> Operations::Paths() {
  std::vector<Described> all = DescribeAll();
  RETURN_IF_ERROR(LearnFrom(all));
  Json paths = Json::Object();
  for (Described& one : all) {
    ASSIGN_OR_RETURN(one.shown, ShowExample(learnt_, one.binding, one.address, one.example));
    Json* item = paths.Find(one.address.path);
    if (item == nullptr) item = paths.Set(one.address.path, Json::Object()).Find(one.address.path);
    item->Set(one.verb, Operation(one));
  }
  return paths;
}

Json Operations::Operation(const Described& described) {
  const MethodDescriptor& method = *described.binding.method;
  MethodText text = comments_.OfMethod(method);
  if (text.summary.empty()) text.summary = method.name();
  // Unlike descriptions it is no Markdown.
  const std::string summary = absl::StrReplaceAll(text.summary, {{"`", ""}});
  if (described.binding.http_verb == "*") text.description += " Any verb will do.";
  const std::string description = absl::StrCat(
      absl::StripAsciiWhitespace(text.description), text.description.empty() ? "" : "\n\n",
      "As RPC: `", method.service()->full_name(), "/", method.name(), "`.");
  Json responses = Json::Object({{"200", Answer(described)}});
  if (described.is_read()) ErrorResponses::AddOfReadsTo(responses);
  errors_.AddTo(responses, std::move(text.errors));
  Json operation = Json::Object({{"tags", Json::Array({Json::Text(TagOf(*method.service()))})},
                                 {"summary", Json::Text(summary)},
                                 {"description", Json::Text(description)},
                                 {"operationId", Json::Text(described.id)},
                                 {"parameters", Parameters(described)}});
  const Binding& binding = described.binding;
  if (binding.body_is_message || binding.body_field != nullptr) {
    operation.Set("requestBody", RequestBody(described));
  }
  operation.Set("responses", std::move(responses));
  return operation;
}

Json Operations::Parameters(const Described& described) {
  const Binding& binding = described.binding;
  Json parameters = Json::Array();
  for (const Address::Parameter& parameter : described.address.parameters) {
    parameters.Add(PathParameter(described, parameter));
  }
  for (const Chain& chain : QueryFieldsOf(binding)) {
    parameters.Add(QueryParameter(described, chain));
  }
  Traits traits;
  traits.answers_json = !binding.raw_answer;
  traits.is_read = described.is_read();
  traits.is_stream = binding.method->server_streaming();
  traits.goes_on =
      traits.is_stream && binding.method->input_type()->FindFieldByName("since") != nullptr;
  for (Json& reference : CommonParameterReferences(traits)) {
    parameters.Add(std::move(reference));
  }
  return parameters;
}

Json Operations::PathParameter(const Described& described, const Address::Parameter& parameter) {
  std::string description;
  Json schema = Json::Object({{"type", Json::Text("string")}});
  if (parameter.variable) {
    const FieldDescriptor& field = *described.binding.variables[*parameter.variable].back();
    description = comments_.Of(field);
    if (parameter.is_whole) {
      schema = schemas_.OfValue(field);
    } else {
      schema.Set("pattern", Json::Text(parameter.is_rest ? "^.*$" : "^[^/]+$"));
      const std::string& whole = described.address.variables[*parameter.variable];
      absl::StrAppend(&description, description.empty() ? "" : " ", "A part of `",
                      JsonPath(described.binding.variables[*parameter.variable]), "`",
                      absl::StrContains(description, whole) ? "" : ", which is `" + whole + "`",
                      ".");
    }
  } else {
    description = "Any text.";
  }
  if (parameter.is_rest) description += " It may hold slashes, and may be empty.";
  Json described_parameter = Json::Object({{"name", Json::Text(parameter.name)},
                                           {"in", Json::Text("path")},
                                           {"required", Json::Boolean(true)}});
  if (!description.empty()) described_parameter.Set("description", Json::Text(description));
  described_parameter.Set("schema", std::move(schema));
  if (const std::string* value = described.ExampleOf(parameter.name)) {
    described_parameter.Set("example", Json::Text(*value));
  }
  return described_parameter;
}

Json Operations::QueryParameter(const Described& described, const Chain& chain) {
  const FieldDescriptor& field = *chain.back();
  const std::string name = JsonPath(chain);
  const std::string description = comments_.Of(field);
  Json parameter = Json::Object({{"name", Json::Text(name)}, {"in", Json::Text("query")}});
  const bool is_required = std::all_of(chain.begin(), chain.end(), [](const FieldDescriptor* part) {
    return Behaves(*part, google::api::REQUIRED);
  });
  if (is_required) parameter.Set("required", Json::Boolean(true));
  if (!description.empty()) parameter.Set("description", Json::Text(description));
  Json schema = schemas_.OfValue(field);
  if (field.is_repeated()) schema = Schemas::ListOf(std::move(schema));
  if (std::optional<Json> value = is_required ? std::nullopt : DefaultOf(field)) {
    schema.Set("default", *std::move(value));
  }
  parameter.Set("schema", std::move(schema));
  if (const std::string* value = described.ExampleOf(name)) {
    Json shown = ExampleValue(field, *value);
    parameter.Set("example", field.is_repeated() ? Json::Array({std::move(shown)}) : shown);
  }
  return parameter;
}

Json Operations::RequestBody(const Described& described) {
  const Binding& binding = described.binding;
  const Descriptor& request = *binding.method->input_type();
  const FieldDescriptor* const field = binding.body_field;
  const std::string comment = field == nullptr ? comments_.Of(request) : comments_.Of(*field);
  Json schema = field == nullptr       ? schemas_.OfBody(request, BoundInPath(binding))
                : field->is_repeated() ? Schemas::ListOf(schemas_.OfValue(*field))
                                       : schemas_.OfValue(*field);
  Json media = Json::Object({{"schema", std::move(schema)}});
  if (!described.shown.body.empty()) media.Set("example", Json::Raw(described.shown.body));
  Json body = Json::Object();
  if (binding.raw_body) {
    body.Set("description", Json::Text(absl::StrCat(comment, comment.empty() ? "" : " ",
                                                    "Bytes of any content type.")));
  } else if (!comment.empty()) {
    body.Set("description", Json::Text(comment));
  }
  body.Set("required", Json::Boolean(true));
  body.Set("content", Json::Object({{binding.raw_body ? kBytes : kJson, std::move(media)}}));
  return body;
}

Json Operations::Answer(const Described& described) {
  const MethodDescriptor& method = *described.binding.method;
  const bool is_raw = described.binding.raw_answer.has_value();
  const bool is_empty = method.output_type()->full_name() == "google.protobuf.Empty";
  std::string description = is_empty ? "Done." : comments_.Of(*method.output_type());
  if (is_raw) description = "Bytes, of the content type that they have.";
  if (description.empty()) description = "What was asked for.";
  if (method.server_streaming() && !is_raw)
    absl::StrAppend(&description, "\n\n", std::string(kStreamForms));
  return Json::Object({{"description", Json::Text(description)},
                       {"headers", CommonHeaderReferences(described.is_read())},
                       {"content", Content(described)}});
}

Json Operations::Content(const Described& described) {
  const MethodDescriptor& method = *described.binding.method;
  const FieldDescriptor* const member = described.binding.response_field;
  Json schema =
      member == nullptr ? schemas_.OfMessage(*method.output_type()) : schemas_.OfField(*member);
  if (described.binding.raw_answer) {
    return Json::Object({{kBytes, Json::Object({{"schema", std::move(schema)}})}});
  }
  if (method.server_streaming()) {
    const Json events = Json::Object({{"type", Json::Text("string")}});
    return Json::Object({{kLines, Json::Object({{"schema", schema}})},
                         {kEvents, Json::Object({{"schema", events}})},
                         {kJson, Json::Object({{"schema", Schemas::ListOf(schema)}})}});
  }
  Json media = Json::Object({{"schema", std::move(schema)}});
  if (!described.shown.answer.empty()) media.Set("example", Json::Raw(described.shown.answer));
  return Json::Object({{kJson, std::move(media)}});
}

Json Operations::Tags() const {
  std::map<std::string, std::string> descriptions;
  for (const Binding& binding : bindings_) {
    if (VerbOf(binding).empty()) continue;
    const ServiceDescriptor& service = *binding.method->service();
    descriptions[TagOf(service)] = comments_.Of(service);
  }
  Json tags = Json::Array();
  for (const auto& [name, description] : descriptions) {
    Json tag = Json::Object({{"name", Json::Text(name)}});
    if (!description.empty()) tag.Set("description", Json::Text(description));
    tags.Add(std::move(tag));
  }
  return tags;
}

Address Operations::AddressIn(const Binding& binding) {
  std::vector<std::string> names;
  for (const Chain& chain : binding.variables) names.push_back(JsonPath(chain));
  Address address = AddressOf(binding.path, names);
  const auto [first, is_new] = addresses_.emplace(address.shape, address);
  return is_new ? address : NamedAs(first->second, std::move(address));
}

// `Areas`; `memberstates_Versions`, when several packages have a service of that name.
std::string Operations::TagOf(const ServiceDescriptor& service) const {
  if (packages_.at(service.name()).size() == 1) return service.name();
  return absl::StrCat(SubjectOf(service.file()->package()), "_", service.name());
}

std::string Operations::IdOf(const MethodDescriptor& method) {
  const int number = ++bindings_of_[method.full_name()];
  return absl::StrCat(TagOf(*method.service()), "_", method.name(),
                      number == 1 ? "" : absl::StrCat("_", number));
}

const Example* Operations::ExampleOf(const std::string& operation) const {
  const auto found = std::find_if(examples_.begin(), examples_.end(), [&](const Example& example) {
    return example.operation == operation;
  });
  return found == examples_.end() ? nullptr : &*found;
}

}  // namespace corridor::gateway
