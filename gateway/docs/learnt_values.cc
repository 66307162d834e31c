// Examples become messages by the gateway's own readers, so that what none would take is found.
#include "gateway/docs/learnt_values.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/transcoding/field_text.h"
#include "gateway/transcoding/json_to_wire.h"
#include "gateway/transcoding/query_parameters.h"
#include "gateway/transcoding/wire_to_json.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status Wrong(const Example& example, const absl::Status& why) {
  return absl::InvalidArgumentError(
      absl::StrCat("example ", std::string(example.operation), ": ", why.message()));
}

std::string_view QueryOf(std::string_view target) {
  const size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

}  // namespace

std::string PatternOf(std::string_view name) {
  std::vector<absl::string_view> segments = absl::StrSplit(View(name), '/');
  if (segments.size() % 2 != 0) return "";
  for (size_t i = 0; i < segments.size(); i += 2) {
    if (segments[i].empty() || segments[i + 1].empty()) return "";
    segments[i + 1] = "*";
  }
  return absl::StrJoin(segments, "/");
}

LearntValues::LearntValues(const std::vector<const google::protobuf::FileDescriptor*>& files)
    : tables_(files) {}

std::unique_ptr<Message> LearntValues::New(const Descriptor& type) const {
  return std::unique_ptr<Message>(factory_.GetPrototype(&type)->New());
}

absl::Status LearntValues::Read(std::string_view json, Message& message,
                                const FieldDescriptor* field) const {
  ASSIGN_OR_RETURN(const std::string wire,
                   field == nullptr ? JsonToWire(json, tables_.Of(*message.GetDescriptor()))
                                    : JsonToWire(json, tables_.Of(*field)));
  if (message.ParseFromString(wire)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("JSON became no ", message.GetTypeName()));
}

absl::StatusOr<std::string> LearntValues::JsonOf(const Message& message, bool omits_defaults,
                                                 const FieldDescriptor* field) const {
  JsonChoices choices;
  choices.omit_defaults = omits_defaults;
  const std::string wire = message.SerializeAsString();
  std::string json;
  RETURN_IF_ERROR(
      field == nullptr
          ? AppendJson(tables_.Of(*message.GetDescriptor()), wire, choices, nullptr, json)
          : AppendMemberJson(tables_.Of(*field), wire, choices, nullptr, json));
  return json;
}

absl::Status LearntValues::LearnAnswer(const Example& example, const Binding& binding) {
  if (example.answer.empty()) return absl::OkStatus();
  const std::unique_ptr<Message> answer = New(*binding.method->output_type());
  const absl::Status read = Read(example.answer, *answer, binding.response_field);
  if (!read.ok()) return Wrong(example, read);
  Learn(*answer, "");
  return absl::OkStatus();
}

absl::Status LearntValues::LearnRequest(const Example& example, const Binding& binding,
                                        const Address& address) {
  ASSIGN_OR_RETURN(const auto parameters, ParametersOf(example, address));
  const std::unique_ptr<Message> request = New(*binding.method->input_type());
  if (!example.body.empty()) {
    const absl::Status read = Read(example.body, *request, binding.body_field);
    if (!read.ok()) return Wrong(example, read);
  }
  std::vector<std::pair<std::string, std::string>> parts;
  parts.reserve(parameters.size());
  for (const auto& [name, value] : parameters) {
    parts.emplace_back(absl::StrCat("{", name, "}"), value);
  }
  for (size_t i = 0; i < binding.variables.size(); ++i) {
    const auto& chain = binding.variables[i];
    const absl::Status set =
        SetFromText(HolderOf(chain, *request), *chain.back(),
                    absl::StrReplaceAll(address.variables[i], parts), JsonPath(chain));
    if (!set.ok()) return Wrong(example, set);
  }
  const absl::Status set = SetFromQuery(QueryOf(example.target), binding.bound, *request);
  if (!set.ok()) return Wrong(example, set);
  Learn(*request, binding.method->full_name());
  return absl::OkStatus();
}

void LearntValues::Learn(const Message& message, const std::string& method) {
  const Descriptor& type = *message.GetDescriptor();
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto [learnt, is_new] = messages_.emplace(type.full_name(), nullptr);
  if (is_new) {
    learnt->second.reset(message.New());
    learnt->second->CopyFrom(message);
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->message_type() != nullptr) {
        // Values of any shape have no names of their own.
        if (field->message_type()->file()->package() == "google.protobuf") continue;
        Learn(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                   : reflection.GetMessage(message, field),
              method);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        const std::string text = field->is_repeated()
                                     ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field);
        texts_.emplace(absl::StrCat(method, " ", field->full_name()), text);
        texts_.emplace(absl::StrCat(" ", field->full_name()), text);
        if (field->name() != "name" || !is_new || !method.empty()) continue;
        const std::string pattern = PatternOf(text);
        if (pattern.empty()) continue;
        names_.emplace(pattern, text);
        resources_.emplace(text, learnt->second.get());
      }
    }
  }
}

const Message* LearntValues::OfType(const Descriptor& type) const {
  const auto found = messages_.find(type.full_name());
  return found == messages_.end() ? nullptr : found->second.get();
}

const Message* LearntValues::ResourceNamed(const std::string& name) const {
  const auto found = resources_.find(name);
  return found == resources_.end() ? nullptr : found->second;
}

std::string LearntValues::NameLike(const std::string& pattern) const {
  const auto found = names_.find(pattern);
  return found == names_.end() ? "" : found->second;
}

std::string LearntValues::TextOf(const FieldDescriptor& field, const std::string& method) const {
  auto found = texts_.find(absl::StrCat(method, " ", field.full_name()));
  if (found == texts_.end()) found = texts_.find(absl::StrCat(" ", field.full_name()));
  return found == texts_.end() ? "" : found->second;
}

}  // namespace corridor::gateway
