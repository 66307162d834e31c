// Walks JSON and a message type side by side.
#include "gateway/transcoding/json_reader.h"

#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/field_text.h"
#include "gateway/transcoding/json_scanner.h"
#include "google/protobuf/util/json_util.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::util::TypeResolver;
using Kind = JsonScanner::Kind;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsValue(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE;
}

bool IsNullValue(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
         field.enum_type()->full_name() == "google.protobuf.NullValue";
}

bool IsInteger(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return true;
    default:
      return false;
  }
}

// `1e3` and `1.0` are integers too: the same number in digits, or the text as it is when it is no
// integer.
std::string IntegerDigits(std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) return std::string(number);
  double value = 0;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  constexpr double kExact = 9007199254740992;  // 2^53: every integer up to it is a double.
  if (error != std::errc() || std::trunc(value) != value || std::fabs(value) > kExact) {
    return std::string(number);
  }
  return absl::StrCat(static_cast<int64_t>(value));
}

class Reader {
 public:
  Reader(std::string_view json, TypeResolver& resolver) : scanner_(json), resolver_(resolver) {}

  absl::Status ReadWhole(Message& message) {
    RETURN_IF_ERROR(ReadMessage(message));
    return scanner_.End();
  }

  absl::Status ReadWhole(const FieldDescriptor& field, Message& message) {
    path_ = field.json_name();
    RETURN_IF_ERROR(ReadField(field, message));
    return scanner_.End();
  }

 private:
  absl::Status ReadMessage(Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return ReadObject(message);
      case Descriptor::WELLKNOWNTYPE_ANY:
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_VALUE:
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return ReadDynamic(message);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      case Descriptor::WELLKNOWNTYPE_DURATION:
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return ReadText(message);
      default:  // A wrapper.
        return ReadScalar(*type.FindFieldByNumber(1), message);
    }
  }

  absl::Status ReadObject(Message& message) {
    if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
    RETURN_IF_ERROR(scanner_.Begin());
    const Descriptor& type = *message.GetDescriptor();
    absl::InlinedVector<bool, 32> seen(static_cast<size_t>(type.field_count()));
    std::string key;
    while (true) {
      ASSIGN_OR_RETURN(bool more, scanner_.NextMember(key));
      if (!more) return absl::OkStatus();
      size_t length = path_.size();
      absl::StrAppend(&path_, path_.empty() ? "" : ".", key);
      const FieldDescriptor* field = FieldOf(type, key);
      if (field == nullptr) return UnknownField(type, key, length);
      path_.resize(length);
      absl::StrAppend(&path_, path_.empty() ? "" : ".", field->json_name());
      if (seen[static_cast<size_t>(field->index())])
        return Refuse("is a second value for this field");
      seen[static_cast<size_t>(field->index())] = true;
      RETURN_IF_ERROR(CheckOneof(*field, message));
      RETURN_IF_ERROR(ReadField(*field, message));
      path_.resize(length);
    }
  }

  static const FieldDescriptor* FieldOf(const Descriptor& type, const std::string& key) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (field->json_name() == key || field->name() == key) return field;
    }
    return nullptr;
  }

  absl::Status UnknownField(const Descriptor& type, const std::string& key, size_t parent_length) {
    std::vector<std::string> known;
    known.reserve(static_cast<size_t>(type.field_count()));
    for (int i = 0; i < type.field_count(); ++i) known.push_back(type.field(i)->json_name());
    if (known.empty()) return Refuse("is for a field that does not exist; this message has none");
    std::string parent = path_.substr(0, parent_length);
    return Refuse(absl::StrCat("is for a field that does not exist; the nearest is ", parent,
                               parent.empty() ? "" : ".", Nearest(key, known)));
  }

  absl::Status CheckOneof(const FieldDescriptor& field, const Message& message) {
    const OneofDescriptor* oneof = field.real_containing_oneof();
    if (oneof == nullptr || scanner_.Peek() == Kind::kNull) return absl::OkStatus();
    const FieldDescriptor* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    if (other == nullptr) return absl::OkStatus();
    return Refuse(absl::StrCat("excludes ", other->json_name(), ", which is given too"));
  }

  absl::Status ReadField(const FieldDescriptor& field, Message& message) {
    bool takes_null = !field.is_repeated() && (IsValue(field) || IsNullValue(field));
    if (scanner_.Peek() == Kind::kNull && !takes_null) return scanner_.ReadRaw().status();
    if (field.is_map()) return ReadMap(field, message);
    if (field.is_repeated()) return ReadArray(field, message);
    return ReadSingle(field, message);
  }

  absl::Status ReadArray(const FieldDescriptor& field, Message& message) {
    if (scanner_.Peek() != Kind::kArray) return WrongType("an array");
    RETURN_IF_ERROR(scanner_.Begin());
    size_t length = path_.size();
    for (int i = 0;; ++i) {
      ASSIGN_OR_RETURN(bool more, scanner_.NextElement());
      if (!more) return absl::OkStatus();
      absl::StrAppend(&path_, "[", i, "]");
      RETURN_IF_ERROR(ReadSingle(field, message));
      path_.resize(length);
    }
  }

  absl::Status ReadMap(const FieldDescriptor& field, Message& message) {
    if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
    RETURN_IF_ERROR(scanner_.Begin());
    const Descriptor& entry_type = *field.message_type();
    absl::flat_hash_set<std::string> keys;
    std::string key;
    size_t length = path_.size();
    while (true) {
      ASSIGN_OR_RETURN(bool more, scanner_.NextMember(key));
      if (!more) return absl::OkStatus();
      absl::StrAppend(&path_, "[\"", key, "\"]");
      if (!keys.insert(key).second) return Refuse("is a second value for this key");
      Message& entry = *message.GetReflection()->AddMessage(&message, &field);
      RETURN_IF_ERROR(SetFromText(entry, *entry_type.map_key(), key, Path()));
      RETURN_IF_ERROR(ReadSingle(*entry_type.map_value(), entry));
      path_.resize(length);
    }
  }

  absl::Status ReadSingle(const FieldDescriptor& field, Message& message) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return ReadScalar(field, message);
    const auto* reflection = message.GetReflection();
    return ReadMessage(field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                           : *reflection->MutableMessage(&message, &field));
  }

  absl::Status ReadScalar(const FieldDescriptor& field, Message& message) {
    Kind kind = scanner_.Peek();
    if (kind == Kind::kNull && IsNullValue(field)) {
      RETURN_IF_ERROR(scanner_.ReadRaw().status());
      return SetFromText(message, field, "0", Path());
    }
    bool is_bool = field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    bool takes_string = !is_bool;
    bool takes_number = IsInteger(field) || field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
                        field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
    if (kind == Kind::kString && takes_string) {
      ASSIGN_OR_RETURN(std::string text, scanner_.ReadString());
      return SetFromText(message, field, text, Path());
    }
    if ((kind == Kind::kNumber && takes_number) || (kind == Kind::kBool && is_bool)) {
      ASSIGN_OR_RETURN(std::string_view raw, scanner_.ReadRaw());
      return SetFromText(message, field, IsInteger(field) ? IntegerDigits(raw) : std::string(raw),
                         Path());
    }
    return WrongType(FormOf(field));
  }

  absl::Status ReadText(Message& message) {
    if (scanner_.Peek() != Kind::kString) return WrongType("a string");
    ASSIGN_OR_RETURN(std::string text, scanner_.ReadString());
    return SetMessageFromText(message, text, Path());
  }

  absl::Status ReadDynamic(Message& message) {
    ASSIGN_OR_RETURN(std::string_view raw, scanner_.ReadRaw());
    const std::string& type = message.GetDescriptor()->full_name();
    std::string binary;
    auto status = google::protobuf::util::JsonToBinaryString(
        &resolver_, "type.googleapis.com/" + type, {raw.data(), raw.size()}, &binary);
    if (!status.ok()) {
      return InvalidField(Path(), raw, absl::StrCat("is no ", type, ": ", status.ToString()));
    }
    if (!message.ParseFromString(binary)) {
      return InvalidField(Path(), raw, "has too many objects and arrays in each other");
    }
    return absl::OkStatus();
  }

  absl::Status WrongType(std::string_view expected) {
    return Refuse(absl::StrCat("is not ", View(expected)));
  }

  // The next value does not belong where `path_` is; unless it is no value at all.
  absl::Status Refuse(std::string_view why) {
    ASSIGN_OR_RETURN(std::string_view raw, scanner_.ReadRaw());
    if (raw.size() >= 2 && raw.front() == '"') raw = raw.substr(1, raw.size() - 2);
    return InvalidField(Path(), raw, why);
  }

  std::string_view Path() const { return path_.empty() ? std::string_view("body") : path_; }

  JsonScanner scanner_;
  TypeResolver& resolver_;
  std::string path_;  // Of the value that comes next, from the request: `area.names[2].text`.
};

}  // namespace

absl::Status ReadJsonMessage(std::string_view json, TypeResolver& resolver, Message& message) {
  return Reader(json, resolver).ReadWhole(message);
}

absl::Status ReadJsonField(std::string_view json, TypeResolver& resolver,
                           const FieldDescriptor& field, Message& message) {
  return Reader(json, resolver).ReadWhole(field, message);
}

}  // namespace corridor::gateway
