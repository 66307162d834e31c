// Contracts for the tests of the documentation, and a way into what is made of them.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/docs/json.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

// Of a serialised descriptor set. Descriptors must not outlive it.
class Contract {
 public:
  explicit Contract(std::string_view descriptor_set);

  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }
  const google::protobuf::Descriptor& Message(const std::string& name) const;
  const google::protobuf::MethodDescriptor& Method(const std::string& name) const;

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

std::string_view DocumentedContract();  // testdata/documented.proto, with comments.

// What stands at a chain of members, as JSON; `(absent)` where there is nothing.
std::string At(const Json& json, std::initializer_list<std::string_view> members);

}  // namespace corridor::gateway
