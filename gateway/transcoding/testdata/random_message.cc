// Random values by type.
#include "gateway/transcoding/testdata/random_message.h"

#include <iterator>
#include <limits>
#include <vector>

#include "gateway/transcoding/field_text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace corridor::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string RandomMessages::Text() {
  static const std::vector<std::string> characters = {"a",    "Z",
                                                      "0",    "-",
                                                      "_",    ".",
                                                      "~",    "/",
                                                      "?",    "#",
                                                      "%",    "2",
                                                      "F",    "&",
                                                      "=",    "+",
                                                      " ",    ":",
                                                      "*",    "@",
                                                      "\"",   "\\",
                                                      "\n",   "<",
                                                      "'",    std::string(1, '\0'),
                                                      "\x7f", "é",
                                                      "€",    "\xE2\x80\xA8",
                                                      "😀"};
  std::string text;
  for (size_t i = Below(8); i > 0; --i) text += characters[Below(characters.size())];
  return text;
}

int64_t RandomMessages::Integer() {
  switch (Below(5)) {
    case 0:
      return std::numeric_limits<int64_t>::min();
    case 1:
      return std::numeric_limits<int64_t>::max();
    case 2:
      return -1;
    default:
      return static_cast<int64_t>(random_());
  }
}

double RandomMessages::Real() {
  static constexpr double kReals[] = {
      0.1, -25.3, 1e21, 1e-7, 4503599627370497.5, 1e300, 3e38, 1e-30, 1.0 / 3, -0.5, 1e100, 7};
  return kReals[Below(std::size(kReals))];
}

void RandomMessages::Fill(Message& message, Reach reach, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto* oneof = field.real_containing_oneof();
    if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) continue;
    bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !HasTextForm(field);
    auto known =
        nested ? field.message_type()->well_known_type() : Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
    if (reach == Reach::kQuery && nested && field.is_repeated()) continue;
    if (known == Descriptor::WELLKNOWNTYPE_ANY) continue;
    if (nested && known != Descriptor::WELLKNOWNTYPE_VALUE && depth >= 3) continue;
    size_t one_in = type.options().map_entry() ? 1 : type.field_count() > 12 ? 5 : 2;
    if (Below(one_in) != 0) continue;
    size_t most = field.is_map() ? 2 : 4;  // One entry at most: no key comes twice.
    for (size_t values = field.is_repeated() ? Below(most) : 1; values > 0; --values) {
      FillField(message, field, reach, depth);
    }
  }
}

void RandomMessages::FillField(Message& message, const FieldDescriptor& field, Reach reach,
                               int depth) {
  const Reflection& reflection = *message.GetReflection();
  bool repeated = field.is_repeated();
  int64_t integer = Integer();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      repeated ? reflection.AddInt32(&message, &field, static_cast<int32_t>(integer))
               : reflection.SetInt32(&message, &field, static_cast<int32_t>(integer));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      repeated ? reflection.AddInt64(&message, &field, integer)
               : reflection.SetInt64(&message, &field, integer);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      repeated ? reflection.AddUInt32(&message, &field, static_cast<uint32_t>(integer))
               : reflection.SetUInt32(&message, &field, static_cast<uint32_t>(integer));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      repeated ? reflection.AddUInt64(&message, &field, static_cast<uint64_t>(integer))
               : reflection.SetUInt64(&message, &field, static_cast<uint64_t>(integer));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      repeated ? reflection.AddDouble(&message, &field, Real())
               : reflection.SetDouble(&message, &field, Real());
      break;
    case FieldDescriptor::CPPTYPE_FLOAT: {
      auto real = static_cast<float>(static_cast<int>(Below(20001)) - 10000) / 8;
      repeated ? reflection.AddFloat(&message, &field, real)
               : reflection.SetFloat(&message, &field, real);
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      repeated ? reflection.AddBool(&message, &field, integer % 2 == 0)
               : reflection.SetBool(&message, &field, integer % 2 == 0);
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      auto values = static_cast<size_t>(field.enum_type()->value_count());
      int number = field.enum_type()->value(static_cast<int>(Below(values)))->number();
      repeated ? reflection.AddEnumValue(&message, &field, number)
               : reflection.SetEnumValue(&message, &field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      repeated ? reflection.AddString(&message, &field, Text())
               : reflection.SetString(&message, &field, Text());
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (repeated) {
        FillMessage(*reflection.AddMessage(&message, &field), reach, depth);
      } else {
        Message& within = *reflection.MutableMessage(&message, &field);
        FillMessage(within, reach, depth);
        // A query cannot say that a message is there and empty.
        if (reach == Reach::kQuery && !HasTextForm(field) && within.ByteSizeLong() == 0) {
          reflection.ClearField(&message, &field);
        }
      }
      break;
  }
}

void RandomMessages::FillMessage(Message& message, Reach reach, int depth) {
  static constexpr const char* kTimes[] = {"1970-01-01T00:00:00Z", "2018-01-01T23:59:59.120Z",
                                           "0001-01-01T00:00:00Z",
                                           "9999-12-31T23:59:59.999999999Z"};
  static constexpr const char* kDurations[] = {"0s", "-1.500s", "315576000000s", "0.000000001s"};
  static constexpr const char* kMasks[] = {"", "name", "display_name,a.b_c", "a.b.c_d"};
  size_t choice = Below(4);
  switch (message.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      GOOGLE_CHECK(SetMessageFromText(message, kTimes[choice], "").ok());
      break;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      GOOGLE_CHECK(SetMessageFromText(message, kDurations[choice], "").ok());
      break;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      GOOGLE_CHECK(SetMessageFromText(message, kMasks[choice], "").ok());
      break;
    case Descriptor::WELLKNOWNTYPE_VALUE:  // Never without a kind: that has no JSON.
      message.GetReflection()->SetString(
          &message, message.GetDescriptor()->FindFieldByName("string_value"), Text());
      break;
    default:
      Fill(message, reach, depth + 1);
  }
}

}  // namespace corridor::gateway
