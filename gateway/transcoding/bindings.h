// The HTTP bindings of every method of a contract (google.api.http), checked and resolved against
// its messages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/transcoding/path_template.h"
#include "gateway/transcoding/query_parameters.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

struct Binding {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string http_verb;  // `GET`, or a custom one, `*` for any.
  PathTemplate path;
  bool body_is_message = false;                                       // `body: "*"`.
  const google::protobuf::FieldDescriptor* body_field = nullptr;      // `body: "area"`.
  const google::protobuf::FieldDescriptor* response_field = nullptr;  // `response_body: "areas"`.
  std::vector<std::vector<const google::protobuf::FieldDescriptor*>>
      variables;                  // One chain for each of path.variables.
  std::vector<BoundField> bound;  // What a query may not set: the variables and the body.
  // Numbers of the fields that are a google.api.HttpBody and stand for the body of the HTTP request
  // and response; 0: the message itself is one.
  std::optional<int> raw_body;
  std::optional<int> raw_answer;
};

// The bindings of all methods in `files`, additional ones after the first of each method.
// Errors: INVALID_ARGUMENT naming method and template: a malformed template, a field that does not
// exist or cannot be bound, a binding of a method that takes a stream of requests whose body is no
// google.api.HttpBody, bindings nested more than once.
absl::StatusOr<std::vector<Binding>> ReadBindings(
    const std::vector<const google::protobuf::FileDescriptor*>& files);

}  // namespace corridor::gateway
