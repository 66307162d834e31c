#include "gateway/docs/testdata/contracts.h"

#include "documented_descriptor_set.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace corridor::gateway {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;

Contract::Contract(std::string_view descriptor_set) {
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size())));
  for (const auto& file : set.file()) {
    files_.push_back(pool_.BuildFile(file));
    EXPECT_NE(files_.back(), nullptr) << file.name();
  }
}

const Descriptor& Contract::Message(const std::string& name) const {
  const Descriptor* const message = pool_.FindMessageTypeByName(name);
  EXPECT_NE(message, nullptr) << name;
  return *message;
}

const MethodDescriptor& Contract::Method(const std::string& name) const {
  const MethodDescriptor* const method = pool_.FindMethodByName(name);
  EXPECT_NE(method, nullptr) << name;
  return *method;
}

std::string_view DocumentedContract() { return documented_descriptor_set.front().contents; }

std::string At(const Json& json, std::initializer_list<std::string_view> members) {
  const Json* here = &json;
  for (const std::string_view member : members) {
    here = here->Find(member);
    if (here == nullptr) return "(absent)";
  }
  return here->ToString();
}

}  // namespace corridor::gateway
