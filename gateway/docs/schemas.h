// JSON Schemas (2020-12, as OpenAPI 3.1 has them) of a contract's messages as proto3's JSON mapping
// writes them (https://protobuf.dev/programming-guides/json/).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/docs/comments.h"
#include "gateway/docs/json.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

// Collects the messages and enums that are referred to. Not thread-safe.
class Schemas {
 public:
  // `comments` outlives this.
  explicit Schemas(const Comments& comments) : comments_(comments) {}

  // A value of the field: an array when it is repeated, an object when it is a map. With the
  // field's comment.
  Json OfField(const google::protobuf::FieldDescriptor& field);
  // Of one value, without a comment.
  Json OfValue(const google::protobuf::FieldDescriptor& field);
  // A reference to a component, but for well-known types, which JSON writes in forms of their own:
  // those stand as they are.
  Json OfMessage(const google::protobuf::Descriptor& message);
  // The same for the body of a request that has the fields `bound` in its path.
  Json OfBody(const google::protobuf::Descriptor& message,
              const std::vector<const google::protobuf::FieldDescriptor*>& bound);
  // `messages` as one JSON array.
  static Json ListOf(Json element);

  // All messages and enums that what was asked before refers to, by full name.
  Json Components() const;

 private:
  Json OfEnum(const google::protobuf::EnumDescriptor& type);
  Json OfMap(const google::protobuf::FieldDescriptor& field);
  Json ObjectOf(const google::protobuf::Descriptor& message,
                const std::vector<const google::protobuf::FieldDescriptor*>& without = {});

  const Comments& comments_;
  std::map<std::string, Json> components_;
};

}  // namespace corridor::gateway
