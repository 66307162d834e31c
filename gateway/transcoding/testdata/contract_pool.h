// Messages of a contract by name, for tests: made from an embedded descriptor set, written and read
// as text format.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {

// Serialised FileDescriptorSets.
std::string_view LibraryContract();   // testdata/library.proto.
std::string_view CorridorContract();  // All of proto/.

// Thread-safe. Messages must not outlive it.
class ContractPool {
 public:
  explicit ContractPool(std::string_view contract);

  std::unique_ptr<google::protobuf::Message> New(const std::string& type);
  // From text format; dies when it is none.
  std::unique_ptr<google::protobuf::Message> Parse(const std::string& type,
                                                   const std::string& text);
  // Serialised bytes as text format on one line; the bytes must be such a message.
  std::string Text(const std::string& type, std::string_view serialised);

  const google::protobuf::DescriptorPool& pool() const { return pool_; }
  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

}  // namespace corridor::gateway
