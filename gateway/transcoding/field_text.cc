// Text to field values through reflection, type by type.
#include "gateway/transcoding/field_text.h"

#include <utility>
#include <vector>

#include "gateway/transcoding/text_values.h"
#include "gateway/transcoding/time_text.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Store(Message& message, const FieldDescriptor& field, int32_t value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddInt32(&message, &field, value)
                      : reflection->SetInt32(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, int64_t value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddInt64(&message, &field, value)
                      : reflection->SetInt64(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, uint32_t value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddUInt32(&message, &field, value)
                      : reflection->SetUInt32(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, uint64_t value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddUInt64(&message, &field, value)
                      : reflection->SetUInt64(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, double value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddDouble(&message, &field, value)
                      : reflection->SetDouble(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, float value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddFloat(&message, &field, value)
                      : reflection->SetFloat(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, bool value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddBool(&message, &field, value)
                      : reflection->SetBool(&message, &field, value);
}
void Store(Message& message, const FieldDescriptor& field, std::string value) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddString(&message, &field, std::move(value))
                      : reflection->SetString(&message, &field, std::move(value));
}
void StoreEnum(Message& message, const FieldDescriptor& field, int number) {
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddEnumValue(&message, &field, number)
                      : reflection->SetEnumValue(&message, &field, number);
}

// Stores what `read` makes of `text`, or answers why that is nothing.
template <typename Value, typename Read>
absl::Status StoreRead(Message& message, const FieldDescriptor& field, std::string_view text,
                       std::string_view path, const Read& read) {
  Value value{};
  const std::string why = read(text, value);
  if (!why.empty()) return InvalidField(path, text, why);
  Store(message, field, std::move(value));
  return absl::OkStatus();
}

absl::Status StoreNamedValue(Message& message, const FieldDescriptor& field, std::string_view text,
                             std::string_view path) {
  int32_t number = 0;
  // Enums are open: a number need not be that of a value.
  if (!ReadInteger(text, number).empty()) {
    const std::string why = ReadEnum(text, *field.enum_type(), number);
    if (!why.empty()) return InvalidField(path, text, why);
  }
  StoreEnum(message, field, number);
  return absl::OkStatus();
}

absl::Status SetTime(Message& message, std::string_view text, std::string_view path) {
  const Descriptor& type = *message.GetDescriptor();
  SecondsAndNanos time;
  const std::string why = ReadTime(text, type.well_known_type(), time);
  if (!why.empty()) return InvalidField(path, text, why);
  // Fields 1 and 2 of both Timestamp and Duration.
  message.GetReflection()->SetInt64(&message, type.FindFieldByNumber(1), time.seconds);
  message.GetReflection()->SetInt32(&message, type.FindFieldByNumber(2), time.nanos);
  return absl::OkStatus();
}

absl::Status SetFieldMask(Message& message, std::string_view text, std::string_view path) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByNumber(1);
  std::vector<std::string> paths;
  const std::string why = ReadFieldMask(text, paths);
  if (!why.empty()) return InvalidField(path, text, why);
  for (std::string& each : paths) {
    message.GetReflection()->AddString(&message, field, std::move(each));
  }
  return absl::OkStatus();
}

bool HasTextForm(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool HasTextForm(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || HasTextForm(*field.message_type());
}

absl::Status SetMessageFromText(Message& message, std::string_view text, std::string_view path) {
  switch (message.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return SetTime(message, text, path);
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return SetFieldMask(message, text, path);
    default:  // A wrapper.
      return SetFromText(message, *message.GetDescriptor()->FindFieldByNumber(1), text, path);
  }
}

absl::Status SetFromText(Message& message, const FieldDescriptor& field, std::string_view text,
                         std::string_view path) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return StoreRead<int32_t>(message, field, text, path, ReadInteger<int32_t>);
    case FieldDescriptor::CPPTYPE_INT64:
      return StoreRead<int64_t>(message, field, text, path, ReadInteger<int64_t>);
    case FieldDescriptor::CPPTYPE_UINT32:
      return StoreRead<uint32_t>(message, field, text, path, ReadInteger<uint32_t>);
    case FieldDescriptor::CPPTYPE_UINT64:
      return StoreRead<uint64_t>(message, field, text, path, ReadInteger<uint64_t>);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return StoreRead<double>(message, field, text, path, ReadReal<double>);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return StoreRead<float>(message, field, text, path, ReadReal<float>);
    case FieldDescriptor::CPPTYPE_BOOL:
      return StoreRead<bool>(message, field, text, path, ReadBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return StoreNamedValue(message, field, text, path);
    case FieldDescriptor::CPPTYPE_STRING:
      return StoreRead<std::string>(
          message, field, text, path,
          field.type() == FieldDescriptor::TYPE_BYTES ? ReadBase64 : ReadText);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const auto* reflection = message.GetReflection();
      return SetMessageFromText(field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                                    : *reflection->MutableMessage(&message, &field),
                                text, path);
    }
  }
  return absl::InternalError("a field of no type");
}

}  // namespace corridor::gateway
