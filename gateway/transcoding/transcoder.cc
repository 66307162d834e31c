// The transcoder: routes, bindings and the two JSON directions put together.
#include "gateway/transcoding/transcoder.h"

#include <deque>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/bindings.h"
#include "gateway/transcoding/field_selection.h"
#include "gateway/transcoding/field_text.h"
#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/json_to_wire.h"
#include "gateway/transcoding/message_table.h"
#include "gateway/transcoding/query_parameters.h"
#include "gateway/transcoding/routes.h"
#include "gateway/transcoding/wire_to_json.h"
#include "gateway/transcoding/wire_writer.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Arena;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Keeps what is wrong with a descriptor set.
class Complaints : public DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const Message*, ErrorLocation,
                const std::string& error) override {
    absl::StrAppend(&text_, text_.empty() ? "" : "; ", file, ": ", element, ": ", error);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::StatusOr<std::vector<const FileDescriptor*>> BuildFiles(std::string_view descriptor_set,
                                                              DescriptorPool& pool) {
  FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("the descriptor set is no FileDescriptorSet");
  }
  std::vector<const FileDescriptor*> files;
  Complaints complaints;
  for (const FileDescriptorProto& proto : set.file()) {
    const FileDescriptor* file = pool.BuildFileCollectingErrors(proto, &complaints);
    if (file == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("descriptor set: ", complaints.text()));
    }
    files.push_back(file);
  }
  return files;
}

bool IsBlank(std::string_view body) {
  return body.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Whether two values of a singular scalar are the same.
bool SameValue(const Message& a, const Message& b, const FieldDescriptor& field) {
  std::string text_a;
  std::string text_b;
  google::protobuf::TextFormat::PrintFieldValueToString(a, &field, -1, &text_a);
  google::protobuf::TextFormat::PrintFieldValueToString(b, &field, -1, &text_b);
  return text_a == text_b;
}

// Sets the field at the end of `chain` to what the path says. The body may have set it too, to the
// same value.
absl::Status SetFromPath(const std::vector<const FieldDescriptor*>& chain, const std::string& value,
                         Message& request) {
  Message& message = HolderOf(chain, request);
  const FieldDescriptor& field = *chain.back();
  const std::string name = JsonPath(chain);
  if (!message.GetReflection()->HasField(message, &field)) {
    return SetFromText(message, field, value, name);
  }
  std::unique_ptr<Message> in_body(message.New());
  in_body->CopyFrom(message);
  RETURN_IF_ERROR(SetFromText(message, field, value, name));
  if (SameValue(*in_body, message, field)) return absl::OkStatus();
  return InvalidField(name, value, "is the value in the path, but the body has another");
}

class DescriptorTranscoder : public Transcoder {
 public:
  absl::Status Load(std::string_view descriptor_set, const std::vector<std::string>& other_paths);

  Match Route(std::string_view verb, std::string_view path) const override;
  absl::StatusOr<std::string> ToRpc(const Match& match, std::string_view query,
                                    std::string_view body) const override;
  absl::StatusOr<std::string> ToJson(const Method& method, std::string_view message,
                                     const JsonChoices& choices) const override;
  absl::Status CheckFields(const Method& method, const JsonChoices& choices) const override;
  const Method* FindRpc(std::string_view full_name) const override;
  absl::StatusOr<std::string> RequestFromJson(const Method& method,
                                              std::string_view json) const override;
  std::string ErrorJson(const absl::Status& status) const override;

 private:
  // A method as one binding, or gRPC itself, reaches it, with what serves it at run time.
  struct Served {
    Method method;
    Binding binding;                          // Of gRPC itself: the method alone.
    std::vector<std::string> variable_names;  // Of binding.variables, as errors name them.
    // Of binding.variables, in order, where each is a scalar of the request itself; else empty.
    std::vector<const FieldTable*> scalar_variables;
    const MessageTable* request = nullptr;
    const MessageTable* answer = nullptr;
    const FieldTable* body_field = nullptr;
    const FieldTable* response_field = nullptr;
    const Message* prototype = nullptr;  // Of the request, owned by factory_.
  };

  void ServeBindings(std::vector<Binding> bindings);
  void ServeRpcs(const FileDescriptor& file);
  Served& Serve(const MethodDescriptor& method);
  void ServeVariables(Served& served) const;
  // Null for all fields.
  static absl::StatusOr<std::unique_ptr<FieldSelection>> SelectionOf(const Served& served,
                                                                     const JsonChoices& choices);
  // A request of which nothing but its scalar variables is given, serialised.
  static absl::StatusOr<std::string> ReadPath(const Served& served, const Match& match);
  // The part of the request message that is in the body, serialised.
  static absl::StatusOr<std::string> ReadBody(const Served& served, std::string_view body);
  // As proto3 maps Any; empty for a type that the contract does not have, since nobody could read
  // it.
  std::string DetailJson(const google::protobuf::Any& detail) const;
  // The one that `method` is part of; null when it is not of this transcoder.
  const Served* ServedBy(const Method& method) const;

  DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  std::optional<MessageTables> tables_;
  std::deque<Served> served_;  // Bindings in the order of routes_, then rpcs.
  absl::flat_hash_map<const Method*, const Served*> by_method_;
  absl::flat_hash_map<std::string, const Method*> rpcs_;  // By full name.
  absl::flat_hash_set<const MethodDescriptor*> has_get_binding_;
  std::optional<Routes> routes_;
};

absl::Status DescriptorTranscoder::Load(std::string_view descriptor_set,
                                        const std::vector<std::string>& other_paths) {
  ASSIGN_OR_RETURN(std::vector<const FileDescriptor*> files, BuildFiles(descriptor_set, pool_));
  ASSIGN_OR_RETURN(std::vector<Binding> bindings, ReadBindings(files));
  std::vector<Routes::Route> routes;
  for (const Binding& binding : bindings) {
    routes.push_back({binding.http_verb, binding.path, binding.method->full_name()});
    if (binding.http_verb == "GET") has_get_binding_.insert(binding.method);
  }
  ASSIGN_OR_RETURN(routes_, Routes::Create(routes));
  for (const std::string& path : other_paths) routes_->AddToNearest(path);
  tables_.emplace(files);
  ServeBindings(std::move(bindings));
  for (const FileDescriptor* file : files) ServeRpcs(*file);
  return absl::OkStatus();
}

DescriptorTranscoder::Served& DescriptorTranscoder::Serve(const MethodDescriptor& method) {
  Served& served = served_.emplace_back();
  by_method_[&served.method] = &served;
  served.method.full_name = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  served.method.package = method.file()->package();
  served.method.is_streaming = method.server_streaming();
  served.method.takes_stream = method.client_streaming();
  served.method.is_read = has_get_binding_.contains(&method) ||
                          method.options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
  served.binding.method = &method;
  served.request = &tables_->Of(*method.input_type());
  served.answer = &tables_->Of(*method.output_type());
  return served;
}

void DescriptorTranscoder::ServeBindings(std::vector<Binding> bindings) {
  for (Binding& binding : bindings) {
    Served& served = Serve(*binding.method);
    served.method.route = binding.path.text;
    served.method.has_body = binding.body_is_message || binding.body_field != nullptr;
    if (binding.body_field != nullptr) served.body_field = &tables_->Of(*binding.body_field);
    if (binding.response_field != nullptr) {
      served.response_field = &tables_->Of(*binding.response_field);
    }
    served.prototype = factory_.GetPrototype(binding.method->input_type());
    served.method.raw_body = binding.raw_body;
    served.method.raw_answer = binding.raw_answer;
    served.method.has_fields_parameter =
        binding.method->input_type()->FindFieldByName("fields") != nullptr;
    served.binding = std::move(binding);
    ServeVariables(served);
  }
}

void DescriptorTranscoder::ServeVariables(Served& served) const {
  for (const auto& chain : served.binding.variables) {
    served.variable_names.push_back(JsonPath(chain));
    const FieldTable& field = tables_->Of(*chain.back());
    if (chain.size() == 1 && !field.repeated && field.message == nullptr) {
      served.scalar_variables.push_back(&field);
    }
  }
  if (served.scalar_variables.size() < served.binding.variables.size()) {
    served.scalar_variables.clear();
  }
}

void DescriptorTranscoder::ServeRpcs(const FileDescriptor& file) {
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      Method& method = Serve(*file.service(i)->method(j)).method;
      method.route = method.full_name;
      method.has_body = true;
      rpcs_[method.full_name] = &method;
    }
  }
}

Transcoder::Match DescriptorTranscoder::Route(std::string_view verb, std::string_view path) const {
  Match match;
  Routes::Found found = routes_->Find(verb, path);
  match.allowed_verbs = std::move(found.allowed_verbs);
  if (found.route < 0) {
    if (match.allowed_verbs.empty()) match.nearest_routes = routes_->NearestTo(path);
    return match;
  }
  const Served& served = served_[static_cast<size_t>(found.route)];
  match.method = &served.method;
  const std::vector<PathTemplate::Variable>& variables = served.binding.path.variables;
  for (size_t i = 0; i < variables.size(); ++i) {
    absl::StatusOr<std::string> value =
        CapturedValue(variables[i], found.segments, served.variable_names[i]);
    if (!value.ok()) match.malformed = value.status();
    match.variables.emplace_back(variables[i].field_path, value.ok() ? *std::move(value) : "");
  }
  return match;
}

absl::StatusOr<std::string> DescriptorTranscoder::ReadPath(const Served& served,
                                                           const Match& match) {
  std::string request;
  WireWriter wire(request);
  for (size_t i = 0; i < match.variables.size(); ++i) {
    const FieldTable& field = *served.scalar_variables[i];
    const std::string& value = match.variables[i].second;
    const auto form =
        field.has_presence ? WireWriter::Form::kTagged : WireWriter::Form::kUnlessDefault;
    const std::string why = wire.PutText(field, value, form);
    if (!why.empty()) return InvalidField(served.variable_names[i], value, why);
  }
  return request;
}

absl::StatusOr<std::string> DescriptorTranscoder::ReadBody(const Served& served,
                                                           std::string_view body) {
  if (IsBlank(body)) return "";
  if (served.binding.body_is_message) return JsonToWire(body, *served.request);
  if (served.body_field != nullptr) return JsonToWire(body, *served.body_field);
  return InvalidField("body", body, "is given, but this method takes no body");
}

absl::StatusOr<std::string> DescriptorTranscoder::ToRpc(const Match& match, std::string_view query,
                                                        std::string_view body) const {
  RETURN_IF_ERROR(match.malformed);
  const Served* served = match.method == nullptr ? nullptr : ServedBy(*match.method);
  if (served == nullptr || served->prototype == nullptr) {
    return absl::InternalError("ToRpc needs a match of this transcoder");
  }
  ASSIGN_OR_RETURN(std::string from_body, ReadBody(*served, body));
  if (match.variables.empty() && query.empty()) return from_body;
  if (from_body.empty() && query.empty() && !served->scalar_variables.empty()) {
    return ReadPath(*served, match);
  }
  // Only messages know what else has set a field.
  Arena arena;
  Message& request = *served->prototype->New(&arena);
  if (!request.ParseFromString(from_body)) {
    return absl::InternalError(absl::StrCat("the body became no ", request.GetTypeName()));
  }
  for (size_t i = 0; i < match.variables.size(); ++i) {
    RETURN_IF_ERROR(SetFromPath(served->binding.variables[i], match.variables[i].second, request));
  }
  RETURN_IF_ERROR(SetFromQuery(query, served->binding.bound, request));
  return request.SerializeAsString();
}

const DescriptorTranscoder::Served* DescriptorTranscoder::ServedBy(const Method& method) const {
  const auto found = by_method_.find(&method);
  return found == by_method_.end() ? nullptr : found->second;
}

absl::StatusOr<std::unique_ptr<FieldSelection>> DescriptorTranscoder::SelectionOf(
    const Served& served, const JsonChoices& choices) {
  const FieldTable* member = served.response_field;
  return FieldSelection::Compile(choices.fields,
                                 member == nullptr ? served.answer : PartsOf(*member));
}

absl::Status DescriptorTranscoder::CheckFields(const Method& method,
                                               const JsonChoices& choices) const {
  const Served* served = ServedBy(method);
  if (served == nullptr || choices.fields.empty() || method.raw_answer) return absl::OkStatus();
  return SelectionOf(*served, choices).status();
}

absl::StatusOr<std::string> DescriptorTranscoder::ToJson(const Method& method,
                                                         std::string_view message,
                                                         const JsonChoices& choices) const {
  const Served* served = ServedBy(method);
  if (served == nullptr) return absl::InternalError("ToJson needs a method of this transcoder");
  ASSIGN_OR_RETURN(const std::unique_ptr<FieldSelection> selection, SelectionOf(*served, choices));
  const FieldTable* member = served->response_field;
  std::string json;
  RETURN_IF_ERROR(member == nullptr
                      ? AppendJson(*served->answer, message, choices, selection.get(), json)
                      : AppendMemberJson(*member, message, choices, selection.get(), json));
  return json;
}

const Method* DescriptorTranscoder::FindRpc(std::string_view full_name) const {
  const auto found = rpcs_.find(View(full_name));
  return found == rpcs_.end() ? nullptr : found->second;
}

absl::StatusOr<std::string> DescriptorTranscoder::RequestFromJson(const Method& method,
                                                                  std::string_view json) const {
  const Served* served = ServedBy(method);
  if (served == nullptr) {
    return absl::InternalError("RequestFromJson needs a method of this transcoder");
  }
  return JsonToWire(json, *served->request);
}

std::string DescriptorTranscoder::DetailJson(const google::protobuf::Any& detail) const {
  const std::string name = detail.type_url().substr(detail.type_url().rfind('/') + 1);
  const MessageTable* type = tables_->Find(name);
  if (type == nullptr || type->known != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) return "";
  std::string json;
  JsonChoices choices;
  choices.omit_defaults = true;
  const bool known = AppendAnyJson(*tables_, detail.type_url(), detail.value(), choices, json).ok();
  return known ? json : "";
}

// `asOf` for `as_of`: what a caller of JSON wrote.
std::string JsonSpelling(const std::string& path) {
  std::string spelling;
  for (size_t i = 0; i < path.size(); ++i) {
    const char next = i + 1 < path.size() ? path[i + 1] : '\0';
    if (path[i] == '_' && next >= 'a' && next <= 'z') {
      spelling += static_cast<char>(next - 'a' + 'A');
      ++i;
    } else {
      spelling += path[i];
    }
  }
  return spelling;
}

// Names the fields of a BadRequest, and the message that begins with one, as JSON spells them.
void SpellFieldsAsJson(google::rpc::Status& rpc) {
  for (google::protobuf::Any& detail : *rpc.mutable_details()) {
    google::rpc::BadRequest bad;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
    for (auto& violation : *bad.mutable_field_violations()) {
      const std::string spelling = JsonSpelling(violation.field());
      if (absl::StartsWith(rpc.message(), absl::StrCat(violation.field(), ": "))) {
        rpc.mutable_message()->replace(0, violation.field().size(), spelling);
      }
      violation.set_field(spelling);
    }
    detail.PackFrom(bad);
  }
}

std::string DescriptorTranscoder::ErrorJson(const absl::Status& status) const {
  google::rpc::Status rpc = ToRpcStatus(status);
  SpellFieldsAsJson(rpc);
  std::string json =
      absl::StrCat("{\"error\":{\"code\":", HttpStatus(status.code()), ",\"status\":\"",
                   std::string(CodeName(status.code())), "\",\"message\":");
  AppendJsonString(rpc.message(), json);
  json += ",\"details\":[";
  const char* separator = "";
  for (const google::protobuf::Any& detail : rpc.details()) {
    std::string text = DetailJson(detail);
    if (text.empty()) continue;
    absl::StrAppend(&json, separator, text);
    separator = ",";
  }
  json += "]}}";
  return json;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Transcoder>> Transcoder::Create(
    std::string_view descriptor_set, const std::vector<std::string>& other_paths) {
  auto transcoder = std::make_unique<DescriptorTranscoder>();
  RETURN_IF_ERROR(transcoder->Load(descriptor_set, other_paths));
  return transcoder;
}

}  // namespace corridor::gateway
