// Reads google.api.HttpRule.
#include "gateway/transcoding/bindings.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"
#include "google/api/http.pb.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using Chain = std::vector<const FieldDescriptor*>;

// Verb and template of a rule; both empty when it has none.
std::pair<std::string, std::string> Pattern(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      return {};
  }
  return {};
}

absl::Status Wrong(const MethodDescriptor& method, const std::string& path,
                   const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat(method.full_name(), " at \"", path, "\": ", why));
}

// The fields that `area.name` goes through; empty when it names no single scalar.
Chain ResolveVariable(const Descriptor& request, const std::string& field_path) {
  Chain chain;
  const Descriptor* type = &request;
  for (absl::string_view name : absl::StrSplit(field_path, '.')) {
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return {};
    chain.push_back(field);
    type = field->message_type();
  }
  return type == nullptr ? chain : Chain();
}

bool IsHttpBody(const Descriptor* type) {
  return type != nullptr && type->full_name() == "google.api.HttpBody";
}

// The part of `message` that is raw bytes: its `member`, or all of it when `is_whole`.
std::optional<int> RawPart(const Descriptor& message, const FieldDescriptor* member,
                           bool is_whole) {
  if (is_whole && IsHttpBody(&message)) return 0;
  const bool is_raw =
      member != nullptr && !member->is_repeated() && IsHttpBody(member->message_type());
  return is_raw ? std::optional<int>(member->number()) : std::nullopt;
}

absl::StatusOr<Binding> ReadBinding(const MethodDescriptor& method, const HttpRule& rule) {
  Binding binding;
  binding.method = &method;
  std::string path;
  std::tie(binding.http_verb, path) = Pattern(rule);
  if (binding.http_verb.empty()) return Wrong(method, path, "the binding has no verb");
  absl::StatusOr<PathTemplate> parsed = PathTemplate::Parse(path);
  if (!parsed.ok()) return Wrong(method, path, std::string(parsed.status().message()));
  binding.path = *std::move(parsed);

  const Descriptor& request = *method.input_type();
  for (const PathTemplate::Variable& variable : binding.path.variables) {
    Chain chain = ResolveVariable(request, variable.field_path);
    if (chain.empty()) {
      return Wrong(
          method, path,
          absl::StrCat(variable.field_path, " is no single scalar field of ", request.full_name()));
    }
    binding.bound.push_back({chain, "path"});
    binding.variables.push_back(std::move(chain));
  }

  binding.body_is_message = rule.body() == "*";
  if (!rule.body().empty() && !binding.body_is_message) {
    binding.body_field = request.FindFieldByName(rule.body());
    if (binding.body_field == nullptr) {
      return Wrong(method, path,
                   absl::StrCat("body: ", request.full_name(), " has no field ", rule.body()));
    }
    binding.bound.push_back({{binding.body_field}, "body"});
  }
  if (binding.body_is_message) binding.bound.push_back({{}, "body"});
  binding.raw_body = RawPart(request, binding.body_field, binding.body_is_message);
  if (method.client_streaming() && !binding.raw_body) {
    return Wrong(method, path,
                 "a method that takes a stream cannot be bound, unless its body is a "
                 "google.api.HttpBody: a request is one");
  }

  if (!rule.response_body().empty()) {
    binding.response_field = method.output_type()->FindFieldByName(rule.response_body());
    if (binding.response_field == nullptr) {
      return Wrong(method, path,
                   absl::StrCat("response_body: ", method.output_type()->full_name(),
                                " has no field ", rule.response_body()));
    }
  }
  binding.raw_answer = RawPart(*method.output_type(), binding.response_field,
                               /*is_whole=*/binding.response_field == nullptr);
  return binding;
}

absl::Status ReadMethod(const MethodDescriptor& method, std::vector<Binding>& bindings) {
  if (!method.options().HasExtension(google::api::http)) return absl::OkStatus();
  const HttpRule& rule = method.options().GetExtension(google::api::http);
  ASSIGN_OR_RETURN(Binding first, ReadBinding(method, rule));
  bindings.push_back(std::move(first));
  for (const HttpRule& additional : rule.additional_bindings()) {
    ASSIGN_OR_RETURN(Binding binding, ReadBinding(method, additional));
    if (additional.additional_bindings_size() > 0) {
      return Wrong(method, binding.path.text, "additional bindings within an additional binding");
    }
    bindings.push_back(std::move(binding));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Binding>> ReadBindings(const std::vector<const FileDescriptor*>& files) {
  std::vector<Binding> bindings;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      const ServiceDescriptor& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        RETURN_IF_ERROR(ReadMethod(*service.method(j), bindings));
      }
    }
  }
  return bindings;
}

}  // namespace corridor::gateway
