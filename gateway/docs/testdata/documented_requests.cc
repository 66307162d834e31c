#include "gateway/docs/testdata/documented_requests.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/json_util.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value* Find(const Struct& object, const std::string& member) {
  const auto found = object.fields().find(member);
  return found == object.fields().end() ? nullptr : &found->second;
}

std::string JsonOf(const Value& value) {
  std::string json;
  GOOGLE_CHECK(google::protobuf::util::MessageToJsonString(value, &json).ok());
  return json;
}

// As a parameter has it.
std::string TextOf(const Value& value) {
  if (value.has_list_value()) return TextOf(value.list_value().values(0));
  return value.kind_case() == Value::kStringValue ? value.string_value() : JsonOf(value);
}

std::string Encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    encoded += is_plain ? std::string(1, c) : absl::StrFormat("%%%02X", static_cast<uint8_t>(c));
  }
  return encoded;
}

void AddParameter(const Struct& parameter, DocumentedRequest& request) {
  const Value* const name = Find(parameter, "name");
  if (name == nullptr) return;  // One that all operations have.
  const Value* const example = Find(parameter, "example");
  const Value* const required = Find(parameter, "required");
  const bool is_required = required != nullptr && required->bool_value();
  const bool is_of_path = Find(parameter, "in")->string_value() == "path";
  if (is_required && !is_of_path) request.required.push_back(name->string_value());
  if (example == nullptr) {
    if (is_required) request.lacking.push_back(name->string_value());
    return;
  }
  const std::string value = TextOf(*example);
  if (is_of_path) {
    request.path = absl::StrReplaceAll(
        request.path, {{absl::StrCat("{", name->string_value(), "}"), Encoded(value)}});
  } else {
    request.query.emplace_back(name->string_value(), value);
  }
}

const Value* JsonExampleIn(const Struct& owner, DocumentedRequest& request,
                           const std::string& what) {
  const Struct& content = Find(owner, "content")->struct_value();
  const Value* const json = Find(content, "application/json");
  const Value* const example = json == nullptr ? nullptr : Find(json->struct_value(), "example");
  if (json != nullptr && example == nullptr) request.lacking.push_back(what);
  return example;
}

}  // namespace

std::string DocumentedRequest::Query(const std::string& without) const {
  std::string text;
  for (const auto& [name, value] : query) {
    if (name == without) continue;
    absl::StrAppend(&text, text.empty() ? "" : "&", name, "=", Encoded(value));
  }
  return text;
}

std::string DocumentedRequest::Target(const std::string& without) const {
  const std::string text = Query(without);
  return text.empty() ? path : absl::StrCat(path, "?", text);
}

std::vector<DocumentedRequest> RequestsIn(const Struct& document) {
  std::vector<DocumentedRequest> requests;
  for (const auto& [path, item] : Find(document, "paths")->struct_value().fields()) {
    for (const auto& [verb, value] : item.struct_value().fields()) {
      const Struct& operation = value.struct_value();
      const Struct& answer =
          Find(Find(operation, "responses")->struct_value(), "200")->struct_value();
      if (Find(Find(answer, "content")->struct_value(), "text/event-stream") != nullptr) continue;
      DocumentedRequest request;
      request.verb = absl::AsciiStrToUpper(verb);
      request.operation = Find(operation, "operationId")->string_value();
      request.path = path;
      for (const Value& one : Find(operation, "parameters")->list_value().values()) {
        AddParameter(one.struct_value(), request);
      }
      if (const Value* body = Find(operation, "requestBody")) {
        const Value* const example = JsonExampleIn(body->struct_value(), request, "the body");
        if (example != nullptr) request.body = JsonOf(*example);
      }
      JsonExampleIn(answer, request, "the answer");
      requests.push_back(std::move(request));
    }
  }
  return requests;
}

}  // namespace corridor::gateway
