// What is not written in line: long lengths, and scalars from text, type by type.
#include "gateway/transcoding/wire_writer.h"

#include <bit>

#include "gateway/transcoding/text_values.h"

namespace corridor::gateway {
namespace {

using google::protobuf::FieldDescriptor;

size_t VarintLength(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

uint64_t ZigZag(uint64_t bits) {
  return bits << 1 ^ static_cast<uint64_t>(static_cast<int64_t>(bits) >> 63);
}

template <typename Integer>
std::string ReadIntegerBits(std::string_view text, uint64_t& bits) {
  Integer value{};
  std::string why = ReadInteger(text, value);
  bits = static_cast<uint64_t>(value);
  return why;
}

template <typename Real, typename Bits>
std::string ReadRealBits(std::string_view text, uint64_t& bits) {
  Real value{};
  std::string why = ReadReal(text, value);
  bits = std::bit_cast<Bits>(value);
  return why;
}

std::string ReadEnumBits(const FieldTable& field, std::string_view text, uint64_t& bits) {
  int32_t number = 0;
  std::string why;
  if (const int32_t* named = field.values->NumberOf(text)) {
    number = *named;
  } else {
    why = ReadEnum(text, *field.descriptor->enum_type(), number);
  }
  bits = static_cast<uint64_t>(number);
  return why;
}

std::string ReadBoolBits(std::string_view text, uint64_t& bits) {
  bool value = false;
  std::string why = ReadBool(text, value);
  bits = value ? 1 : 0;
  return why;
}

std::string ReadBits(const FieldTable& field, std::string_view text, uint64_t& bits) {
  switch (FieldDescriptor::TypeToCppType(field.type)) {
    case FieldDescriptor::CPPTYPE_INT32:
      return ReadIntegerBits<int32_t>(text, bits);
    case FieldDescriptor::CPPTYPE_INT64:
      return ReadIntegerBits<int64_t>(text, bits);
    case FieldDescriptor::CPPTYPE_UINT32:
      return ReadIntegerBits<uint32_t>(text, bits);
    case FieldDescriptor::CPPTYPE_UINT64:
      return ReadIntegerBits<uint64_t>(text, bits);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ReadRealBits<double, uint64_t>(text, bits);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ReadRealBits<float, uint32_t>(text, bits);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ReadEnumBits(field, text, bits);
    default:
      return ReadBoolBits(text, bits);
  }
}

}  // namespace

void WireWriter::CloseLong(size_t begin) {
  size_t length = wire_.size() - begin;
  wire_.insert(begin, VarintLength(length) - 1, '\0');
  char* to = &wire_[begin - 1];
  for (; length >= 0x80; length >>= 7) *to++ = static_cast<char>(length | 0x80);
  *to = static_cast<char>(length);
}

std::string WireWriter::PutText(const FieldTable& field, std::string_view text, Form form) {
  if (field.type == FieldDescriptor::TYPE_STRING) {
    PutBytes(field, text, form);
    return "";
  }
  if (field.type == FieldDescriptor::TYPE_BYTES) {
    std::string bytes;
    std::string why = ReadBase64(text, bytes);
    if (why.empty()) PutBytes(field, bytes, form);
    return why;
  }
  uint64_t bits = 0;
  std::string why = ReadBits(field, text, bits);
  const bool is_zig_zag =
      field.type == FieldDescriptor::TYPE_SINT32 || field.type == FieldDescriptor::TYPE_SINT64;
  if (why.empty()) PutBits(field, is_zig_zag ? ZigZag(bits) : bits, form);
  return why;
}

}  // namespace corridor::gateway
