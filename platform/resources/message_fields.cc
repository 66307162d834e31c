// Reflection, with every lookup checked.
#include "platform/resources/message_fields.h"

#include <cstdio>
#include <cstdlib>

namespace corridor::resources {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* Found(const FieldDescriptor* found, const Message& message,
                             const std::string& field) {
  if (found != nullptr) return found;
  std::fprintf(stderr, "%s has no field %s\n", message.GetTypeName().c_str(), field.c_str());
  std::abort();
}

const FieldDescriptor* FieldOf(const Message& message, const std::string& field) {
  return Found(message.GetDescriptor()->FindFieldByName(field), message, field);
}

}  // namespace

std::string TextOf(const Message& message, const std::string& field) {
  return message.GetReflection()->GetString(message, FieldOf(message, field));
}

void SetText(Message& message, const std::string& field, std::string text) {
  message.GetReflection()->SetString(&message, FieldOf(message, field), std::move(text));
}

void ClearField(Message& message, const std::string& field) {
  message.GetReflection()->ClearField(&message, FieldOf(message, field));
}

const Message& MessageOf(const Message& message, const std::string& field) {
  return message.GetReflection()->GetMessage(message, FieldOf(message, field));
}

const FieldDescriptor& ListOf(const Message& message, const Descriptor& type) {
  const Descriptor& descriptor = *message.GetDescriptor();
  const FieldDescriptor* found = nullptr;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    if (field->is_repeated() && field->message_type() == &type) found = field;
  }
  return *Found(found, message, type.full_name() + " list");
}

}  // namespace corridor::resources
