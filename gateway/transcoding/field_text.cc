// Text to field values through reflection, type by type.
#include "gateway/transcoding/field_text.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/transcoding/time_text.h"
#include "gateway/transcoding/utf8.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// An enum with more values gets the nearest one named, not all of them.
constexpr int kMostValuesListed = 12;

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

// The whole of `text` as a number; nothing when it is none or does not fit.
template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsDecimalInteger(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <typename Integer>
absl::Status StoreInteger(Message& message, const FieldDescriptor& field, std::string_view text,
                          std::string_view path) {
  std::optional<Integer> value = Parse<Integer>(text);
  if (value) {
    Store(message, field, *value);
    return absl::OkStatus();
  }
  if (!IsDecimalInteger(text)) return InvalidField(path, text, "is not an integer");
  return InvalidField(path, text,
                      absl::StrCat("is outside ", std::numeric_limits<Integer>::min(), " to ",
                                   std::numeric_limits<Integer>::max()));
}

template <typename Real>
absl::Status StoreReal(Message& message, const FieldDescriptor& field, std::string_view text,
                       std::string_view path) {
  constexpr Real kInfinity = std::numeric_limits<Real>::infinity();
  std::optional<Real> value;
  if (text == "NaN") {
    value = std::numeric_limits<Real>::quiet_NaN();
  } else if (text == "Infinity") {
    value = kInfinity;
  } else if (text == "-Infinity") {
    value = -kInfinity;
  } else if (text.find_first_not_of("0123456789+-.eE") == std::string_view::npos) {
    // By way of double, so that a float rounds to what is nearest and only overflow is refused.
    std::optional<double> parsed = Parse<double>(text);
    if (parsed) value = static_cast<Real>(*parsed);
    if (value && std::isinf(*value)) return InvalidField(path, text, "is out of range");
  }
  if (!value) return InvalidField(path, text, "is not a number within range");
  Store(message, field, *value);
  return absl::OkStatus();
}

absl::Status StoreBool(Message& message, const FieldDescriptor& field, std::string_view text,
                       std::string_view path) {
  if (text != "true" && text != "false") return InvalidField(path, text, "is not true or false");
  Store(message, field, text == "true");
  return absl::OkStatus();
}

absl::Status StoreNamedValue(Message& message, const FieldDescriptor& field, std::string_view text,
                             std::string_view path) {
  const EnumDescriptor& type = *field.enum_type();
  if (const EnumValueDescriptor* value = type.FindValueByName(std::string(text))) {
    StoreEnum(message, field, value->number());
    return absl::OkStatus();
  }
  std::optional<int32_t> number = Parse<int32_t>(text);
  if (number) {
    StoreEnum(message, field, *number);
    return absl::OkStatus();
  }
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(type.value_count()));
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  if (type.value_count() <= kMostValuesListed) {
    return InvalidField(path, text, absl::StrCat("is not one of ", absl::StrJoin(names, ", ")));
  }
  return InvalidField(
      path, text,
      absl::StrCat("is no value of ", type.name(), "; the nearest is ", Nearest(text, names)));
}

absl::Status StoreText(Message& message, const FieldDescriptor& field, std::string_view text,
                       std::string_view path) {
  if (!IsUtf8(text)) return InvalidField(path, text, "is not UTF-8");
  Store(message, field, std::string(text));
  return absl::OkStatus();
}

std::string_view WithoutPadding(std::string_view base64) {
  return base64.substr(0, base64.find_last_not_of('=') + 1);
}

// Takes only the one text that encodes the bytes, but for padding: not a mix of both alphabets, and
// no bits after the last byte (RFC 4648, 3.5).
absl::Status StoreBytes(Message& message, const FieldDescriptor& field, std::string_view text,
                        std::string_view path) {
  const bool web_safe = text.find_first_of("-_") != std::string_view::npos;
  const absl::string_view encoded(text.data(), text.size());
  std::string bytes;
  const bool decoded = web_safe ? absl::WebSafeBase64Unescape(encoded, &bytes)
                                : absl::Base64Unescape(encoded, &bytes);
  const std::string again = web_safe ? absl::WebSafeBase64Escape(bytes) : absl::Base64Escape(bytes);
  if (!decoded || WithoutPadding(again) != WithoutPadding(text)) {
    return InvalidField(path, text, "is not base64");
  }
  Store(message, field, std::move(bytes));
  return absl::OkStatus();
}

absl::Status SetTime(Message& message, std::optional<SecondsAndNanos> time, std::string_view text,
                     std::string_view path, std::string_view why) {
  if (!time) return InvalidField(path, text, why);
  // Fields 1 and 2 of both Timestamp and Duration.
  const Descriptor& type = *message.GetDescriptor();
  message.GetReflection()->SetInt64(&message, type.FindFieldByNumber(1), time->seconds);
  message.GetReflection()->SetInt32(&message, type.FindFieldByNumber(2), time->nanos);
  return absl::OkStatus();
}

// `displayName` → `display_name`; nothing when it is no field path.
std::optional<std::string> SnakeCasePath(absl::string_view path) {
  std::string snake;
  char before = '.';
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isalnum(byte) && c != '_' && c != '.' && c != '*') return std::nullopt;
    bool begins_name = before == '.';
    bool begins_word = begins_name || before == '_';
    if (begins_name && (c == '.' || absl::ascii_isdigit(byte))) return std::nullopt;
    if (begins_word && absl::ascii_isupper(byte)) return std::nullopt;
    if (absl::ascii_isupper(byte)) snake += '_';
    snake += absl::ascii_tolower(byte);
    before = c;
  }
  if (before == '.') return std::nullopt;
  return snake;
}

absl::Status SetFieldMask(Message& message, std::string_view text, std::string_view path) {
  const FieldDescriptor* paths = message.GetDescriptor()->FindFieldByNumber(1);
  if (text.empty()) return absl::OkStatus();
  for (absl::string_view part : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    std::optional<std::string> snake = SnakeCasePath(part);
    if (!snake) return InvalidField(path, text, "is not a list of field names parted by commas");
    message.GetReflection()->AddString(&message, paths, *std::move(snake));
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
      return SetTime(message, ParseTimestamp(text), text, path,
                     "is not an RFC 3339 timestamp such as 2018-01-01T00:00:00Z");
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return SetTime(message, ParseDuration(text), text, path,
                     "is not a duration in seconds such as 1.5s, at most 10,000 years");
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
      return StoreInteger<int32_t>(message, field, text, path);
    case FieldDescriptor::CPPTYPE_INT64:
      return StoreInteger<int64_t>(message, field, text, path);
    case FieldDescriptor::CPPTYPE_UINT32:
      return StoreInteger<uint32_t>(message, field, text, path);
    case FieldDescriptor::CPPTYPE_UINT64:
      return StoreInteger<uint64_t>(message, field, text, path);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return StoreReal<double>(message, field, text, path);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return StoreReal<float>(message, field, text, path);
    case FieldDescriptor::CPPTYPE_BOOL:
      return StoreBool(message, field, text, path);
    case FieldDescriptor::CPPTYPE_ENUM:
      return StoreNamedValue(message, field, text, path);
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? StoreBytes(message, field, text, path)
                                                         : StoreText(message, field, text, path);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const auto* reflection = message.GetReflection();
      return SetMessageFromText(field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                                    : *reflection->MutableMessage(&message, &field),
                                text, path);
    }
  }
  return absl::InternalError("a field of no type");
}

std::string FormOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "an integer";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("the name of a ", field.enum_type()->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? "base64 in a string" : "a string";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return HasTextForm(*field.message_type()) ? "a string" : "an object";
  }
  return "a value";
}

}  // namespace corridor::gateway
