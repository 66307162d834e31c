// Dynamic messages over an embedded descriptor set.
#include "gateway/transcoding/testdata/contract_pool.h"

#include "descriptor_set.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "library_descriptor_set.h"

namespace corridor::gateway {

using google::protobuf::Message;
using google::protobuf::TextFormat;

std::string_view LibraryContract() { return library_descriptor_set.front().contents; }

std::string_view CorridorContract() { return descriptor_set.front().contents; }

ContractPool::ContractPool(std::string_view contract) {
  google::protobuf::FileDescriptorSet set;
  GOOGLE_CHECK(set.ParseFromArray(contract.data(), static_cast<int>(contract.size())));
  for (const auto& file : set.file()) {
    files_.push_back(pool_.BuildFile(file));
    GOOGLE_CHECK(files_.back() != nullptr) << file.name();
  }
}

std::unique_ptr<Message> ContractPool::New(const std::string& type) {
  const auto* descriptor = pool_.FindMessageTypeByName(type);
  GOOGLE_CHECK(descriptor != nullptr) << type;
  return std::unique_ptr<Message>(factory_.GetPrototype(descriptor)->New());
}

std::unique_ptr<Message> ContractPool::Parse(const std::string& type, const std::string& text) {
  std::unique_ptr<Message> message = New(type);
  GOOGLE_CHECK(TextFormat::ParseFromString(text, message.get())) << text;
  return message;
}

std::string ContractPool::Text(const std::string& type, std::string_view serialised) {
  std::unique_ptr<Message> message = New(type);
  GOOGLE_CHECK(message->ParseFromString(std::string(serialised))) << type;
  TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(*message, &text);
  if (!text.empty()) text.pop_back();  // Single-line mode ends with a space.
  return text;
}

}  // namespace corridor::gateway
