// Names, messages and values of fields as examples have them, for making others of.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/docs/address.h"
#include "gateway/docs/example.h"
#include "gateway/transcoding/bindings.h"
#include "gateway/transcoding/message_table.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {

// Of two values for the same the one learnt first stays. Not thread-safe.
class LearntValues {
 public:
  using Message = google::protobuf::Message;

  // `files` are all of the contract, and outlive this.
  explicit LearntValues(const std::vector<const google::protobuf::FileDescriptor*>& files);

  // Learns from an example of the binding. Errors: INVALID_ARGUMENT naming it, when its path,
  // query, body or answer is none of the binding.
  absl::Status LearnAnswer(const Example& example, const Binding& binding);
  absl::Status LearnRequest(const Example& example, const Binding& binding, const Address& address);

  // Null when there is none.
  const Message* OfType(const google::protobuf::Descriptor& type) const;
  const Message* ResourceNamed(const std::string& name) const;
  // The name of a resource of a pattern, `areas/*/members/*`; empty when there is none.
  std::string NameLike(const std::string& pattern) const;
  // What a request of the method, or else of any, or an answer, has in the field; empty when none
  // has anything.
  std::string TextOf(const google::protobuf::FieldDescriptor& field,
                     const std::string& method) const;

  // An empty message.
  std::unique_ptr<Message> New(const google::protobuf::Descriptor& type) const;
  // The whole message; or a member of it, when `field` is not null. `omits_defaults`: without what
  // is as it would be if it were left out. Errors: INTERNAL.
  absl::StatusOr<std::string> JsonOf(
      const Message& message, bool omits_defaults,
      const google::protobuf::FieldDescriptor* field = nullptr) const;
  // Reads what JsonOf() writes into an empty message, or a field of one.
  absl::Status Read(std::string_view json, Message& message,
                    const google::protobuf::FieldDescriptor* field = nullptr) const;

 private:
  void Learn(const Message& message, const std::string& method);

  const MessageTables tables_;
  mutable google::protobuf::DynamicMessageFactory factory_;
  std::map<std::string, std::unique_ptr<Message>> messages_;  // By type.
  std::map<std::string, const Message*> resources_;           // Of messages_, by name.
  std::map<std::string, std::string> names_;                  // By pattern.
  std::map<std::string, std::string> texts_;                  // By method, or none, and field.
};

// `areas/*/members/*` for `areas/ARM/members/GEO` and for `areas/{group}/members/{member}`; empty
// for what is no name of a resource.
std::string PatternOf(std::string_view name);

}  // namespace corridor::gateway
