// Walks JSON and a message table side by side and writes the wire as it goes. The length of a
// message is put in front of it once it is known.
#include "gateway/transcoding/json_to_wire.h"

#include <cmath>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/dynamic_to_wire.h"
#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/numbers.h"
#include "gateway/transcoding/text_values.h"
#include "gateway/transcoding/wire_writer.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Form = WireWriter::Form;
using Kind = JsonScanner::Kind;

constexpr std::string_view kTypeKey = "@type";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Where a value is in the request; on the stack of whoever reads what holds it.
struct Place {
  const Place* parent = nullptr;
  const FieldTable* field = nullptr;  // Else an element:
  const std::string* key = nullptr;   // of a map, else
  size_t index = 0;                   // of an array.
};

// `area.names[2].text`, `labels["a"]`.
std::string PathOf(const Place* place) {
  if (place == nullptr) return "";
  std::string path = PathOf(place->parent);
  if (place->field != nullptr) {
    absl::StrAppend(&path, path.empty() ? "" : ".", View(place->field->json_name));
  } else if (place->key != nullptr) {
    absl::StrAppend(&path, "[\"", *place->key, "\"]");
  } else {
    absl::StrAppend(&path, "[", place->index, "]");
  }
  return path;
}

// What JSON has a number for.
bool IsNumber(FieldDescriptor::Type type) {
  return type != FieldDescriptor::TYPE_BOOL && type != FieldDescriptor::TYPE_STRING &&
         type != FieldDescriptor::TYPE_BYTES;
}

// `1e3` and `1.0` are integers too: the same number in digits, or the text as it is when it is no
// integer.
std::string IntegerDigits(std::string_view number) {
  const std::optional<double> value = ReadNumber(number);
  constexpr double kExact = 9007199254740992;  // 2^53: every integer up to it is a double.
  if (!value || std::trunc(*value) != *value || std::fabs(*value) > kExact) {
    return std::string(number);
  }
  return absl::StrCat(static_cast<int64_t>(*value));
}

// What a scalar looks like, for errors: `a number`, `true or false`.
std::string LookOf(const FieldTable& field) {
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("the name of a ", field.descriptor->enum_type()->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type == FieldDescriptor::TYPE_BYTES ? "base64 in a string" : "a string";
    default:
      return "an integer";
  }
}

// The fields that an object has had.
class Seen {
 public:
  explicit Seen(size_t fields) : words_(fields / 64 + 1) {}
  // False when it was there.
  bool Add(size_t field) {
    uint64_t& word = words_[field / 64];
    const uint64_t bit = uint64_t{1} << field % 64;
    const bool added = (word & bit) == 0;
    word |= bit;
    return added;
  }

 private:
  absl::InlinedVector<uint64_t, 2> words_;
};

class Reader {
 public:
  Reader(std::string_view json, std::string& wire) : scanner_(json), wire_(wire) {}

  absl::Status ReadWhole(const MessageTable& type) {
    RETURN_IF_ERROR(ReadMessage(type, nullptr, 0));
    return scanner_.End();
  }

  absl::Status ReadWhole(const FieldTable& field) {
    const Place place{.field = &field};
    RETURN_IF_ERROR(ReadField(field, &place, 0));
    return scanner_.End();
  }

 private:
  // The fields of a message, without tag and length. `depth`: how many messages it is within.
  absl::Status ReadMessage(const MessageTable& type, const Place* place, int depth) {
    switch (type.known) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return ReadObject(type, place, depth, /*in_any=*/false);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return ReadAny(type, place);
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_VALUE:
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return ReadDynamic(type, place, depth);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return ReadTimeValue(type, place);
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return ReadMask(type, place);
      default:  // A wrapper.
        return ReadScalar(type.fields.front(), place, Form::kUnlessDefault);
    }
  }

  absl::Status ReadObject(const MessageTable& type, const Place* place, int depth, bool in_any) {
    if (scanner_.Peek() != Kind::kObject) return WrongType("an object", place);
    RETURN_IF_ERROR(scanner_.Begin());
    Seen seen(type.fields.size() + 1);
    absl::InlinedVector<const FieldTable*, 4> members(type.oneofs);  // That of each oneof.
    size_t expected = 0;  // Objects mostly have their fields in order.
    bool more = false;
    std::string_view key;
    while (true) {
      RETURN_IF_ERROR(scanner_.NextMember(more, key));
      if (!more) return absl::OkStatus();
      const FieldTable* field = FieldOf(type, key, expected);
      if (field == nullptr && in_any && key == kTypeKey) {
        if (!seen.Add(type.fields.size())) return scanner_.RepeatedKey(kTypeKey);
        RETURN_IF_ERROR(scanner_.Skip());
        continue;
      }
      if (field == nullptr) return UnknownField(type, std::string(key), place);
      const Place here{.parent = place, .field = field};
      const size_t index = type.IndexOf(*field);
      if (!seen.Add(index)) return Refuse("is a second value for this field", &here);
      expected = index + 1;
      RETURN_IF_ERROR(CheckOneof(*field, &here, members));
      RETURN_IF_ERROR(ReadField(*field, &here, depth));
    }
  }

  static const FieldTable* FieldOf(const MessageTable& type, std::string_view key,
                                   size_t expected) {
    constexpr size_t kLookAhead = 4;
    const size_t end = std::min(type.fields.size(), expected + kLookAhead);
    for (size_t i = expected; i < end; ++i) {
      if (type.fields[i].json_name == key) return &type.fields[i];
    }
    return type.ByName(key);
  }

  absl::Status UnknownField(const MessageTable& type, const std::string& key, const Place* place) {
    const std::string parent = PathOf(place);
    const std::string prefix = parent.empty() ? "" : parent + ".";
    std::vector<std::string> known;
    known.reserve(type.fields.size());
    for (int i = 0; i < type.descriptor->field_count(); ++i) {
      known.push_back(type.descriptor->field(i)->json_name());
    }
    if (known.empty()) {
      return RefuseAt(prefix + key, "is for a field that does not exist; this message has none");
    }
    return RefuseAt(prefix + key,
                    absl::StrCat("is for a field that does not exist; the nearest is ", prefix,
                                 Nearest(key, known)));
  }

  absl::Status CheckOneof(const FieldTable& field, const Place* here,
                          absl::InlinedVector<const FieldTable*, 4>& members) {
    if (field.oneof < 0 || (scanner_.Peek() == Kind::kNull && !TakesNull(field))) {
      return absl::OkStatus();
    }
    const FieldTable*& member = members[static_cast<size_t>(field.oneof)];
    if (member != nullptr) {
      return Refuse(absl::StrCat("excludes ", View(member->json_name), ", which is given too"),
                    here);
    }
    member = &field;
    return absl::OkStatus();
  }

  static bool TakesNull(const FieldTable& field) {
    if (field.repeated) return false;
    return field.is_null_value ||
           (field.message != nullptr && field.message->known == Descriptor::WELLKNOWNTYPE_VALUE);
  }

  absl::Status ReadField(const FieldTable& field, const Place* place, int depth) {
    if (scanner_.Peek() == Kind::kNull && !TakesNull(field)) return scanner_.Skip();
    if (field.map) return ReadMap(field, place, depth);
    if (field.repeated) return ReadArray(field, place, depth);
    return ReadValue(field, place, depth,
                     field.has_presence ? Form::kTagged : Form::kUnlessDefault);
  }

  absl::Status ReadArray(const FieldTable& field, const Place* place, int depth) {
    if (scanner_.Peek() != Kind::kArray) return WrongType("an array", place);
    RETURN_IF_ERROR(scanner_.Begin());
    const size_t before = wire_.size();
    size_t begin = 0;
    if (field.packed) begin = wire_.Open(field.packed_tag);
    bool more = false;
    for (Place here{.parent = place};; ++here.index) {
      RETURN_IF_ERROR(scanner_.NextElement(more));
      if (!more) break;
      RETURN_IF_ERROR(ReadValue(field, &here, depth, field.packed ? Form::kBare : Form::kTagged));
    }
    if (!field.packed) return absl::OkStatus();
    if (wire_.size() == begin) {
      wire_.Shrink(before);
    } else {
      wire_.Close(begin);
    }
    return absl::OkStatus();
  }

  absl::Status ReadMap(const FieldTable& field, const Place* place, int depth) {
    if (scanner_.Peek() != Kind::kObject) return WrongType("an object", place);
    RETURN_IF_ERROR(scanner_.Begin());
    const FieldTable& key_field = field.message->fields.front();
    const FieldTable& value_field = field.message->fields.back();
    absl::flat_hash_set<std::string> keys;
    bool more = false;
    std::string_view key;
    while (true) {
      RETURN_IF_ERROR(scanner_.NextMember(more, key));
      if (!more) return absl::OkStatus();
      const std::string kept(key);
      const Place here{.parent = place, .key = &kept};
      if (!keys.insert(kept).second) return Refuse("is a second value for this key", &here);
      const size_t begin = wire_.Open(field.tag);
      RETURN_IF_ERROR(PutText(key_field, kept, &here, Form::kTagged));
      RETURN_IF_ERROR(ReadValue(value_field, &here, depth + 1, Form::kTagged));
      wire_.Close(begin);
    }
  }

  absl::Status ReadValue(const FieldTable& field, const Place* place, int depth, Form form) {
    if (field.message == nullptr) return ReadScalar(field, place, form);
    const size_t begin = wire_.Open(field.tag);
    RETURN_IF_ERROR(ReadMessage(*field.message, place, depth + 1));
    wire_.Close(begin);
    return absl::OkStatus();
  }

  absl::Status ReadScalar(const FieldTable& field, const Place* place, Form form) {
    switch (scanner_.Peek()) {
      case Kind::kString:
        if (field.type == FieldDescriptor::TYPE_BOOL) break;
        return ReadStringValue(field, place, form);
      case Kind::kNumber:
        if (!IsNumber(field.type)) break;
        return ReadNumberValue(field, place, form);
      case Kind::kBool:
        if (field.type != FieldDescriptor::TYPE_BOOL) break;
        return ReadBoolValue(field, form);
      case Kind::kNull:
        if (!field.is_null_value) break;
        wire_.PutBits(field, 0, form);
        return scanner_.Skip();
      default:
        break;
    }
    return WrongType(LookOf(field), place);
  }

  absl::Status ReadBoolValue(const FieldTable& field, Form form) {
    bool value = false;
    RETURN_IF_ERROR(scanner_.ReadBool(value));
    wire_.PutBits(field, value ? 1 : 0, form);
    return absl::OkStatus();
  }

  absl::Status ReadStringValue(const FieldTable& field, const Place* place, Form form) {
    std::string_view text;
    RETURN_IF_ERROR(scanner_.ReadString(text));
    if (field.type == FieldDescriptor::TYPE_STRING) {
      wire_.PutBytes(field, text, form);
      return absl::OkStatus();
    }
    return PutText(field, text, place, form);
  }

  absl::Status ReadNumberValue(const FieldTable& field, const Place* place, Form form) {
    std::string_view number;
    RETURN_IF_ERROR(scanner_.ReadNumber(number));
    if (field.type == FieldDescriptor::TYPE_ENUM) return PutEnumNumber(field, number, place, form);
    const bool is_real =
        field.type == FieldDescriptor::TYPE_DOUBLE || field.type == FieldDescriptor::TYPE_FLOAT;
    if (is_real || number.find_first_of(".eE") == std::string_view::npos) {
      return PutText(field, number, place, form);
    }
    return PutText(field, IntegerDigits(number), place, form);
  }

  // Enums are open: a number need not be that of a value.
  absl::Status PutEnumNumber(const FieldTable& field, std::string_view number, const Place* place,
                             Form form) {
    int32_t value = 0;
    if (!ReadInteger(IntegerDigits(number), value).empty()) {
      return PutText(field, number, place, form);  // Which says what there is.
    }
    wire_.PutBits(field, static_cast<uint64_t>(value), form);
    return absl::OkStatus();
  }

  // A scalar from the text of a string, a key, or digits.
  absl::Status PutText(const FieldTable& field, std::string_view text, const Place* place,
                       Form form) {
    const std::string why = wire_.PutText(field, text, form);
    return why.empty() ? absl::OkStatus() : InvalidField(PathOrBody(place), text, why);
  }

  absl::Status ReadTimeValue(const MessageTable& type, const Place* place) {
    if (scanner_.Peek() != Kind::kString) return WrongType("a string", place);
    std::string_view text;
    RETURN_IF_ERROR(scanner_.ReadString(text));
    SecondsAndNanos time;
    const std::string why = ReadTime(text, type.known, time);
    if (!why.empty()) return InvalidField(PathOrBody(place), text, why);
    // Fields 1 and 2 of both.
    wire_.PutBits(type.fields[0], static_cast<uint64_t>(time.seconds), Form::kUnlessDefault);
    wire_.PutBits(type.fields[1], static_cast<uint64_t>(int64_t{time.nanos}), Form::kUnlessDefault);
    return absl::OkStatus();
  }

  absl::Status ReadMask(const MessageTable& type, const Place* place) {
    if (scanner_.Peek() != Kind::kString) return WrongType("a string", place);
    std::string_view text;
    RETURN_IF_ERROR(scanner_.ReadString(text));
    std::vector<std::string> paths;
    const std::string why = ReadFieldMask(text, paths);
    if (!why.empty()) return InvalidField(PathOrBody(place), text, why);
    for (const std::string& path : paths) wire_.PutBytes(type.fields.front(), path, Form::kTagged);
    return absl::OkStatus();
  }

  // A message whose type is in its own JSON.
  absl::Status ReadAny(const MessageTable& type, const Place* place) {
    if (scanner_.Peek() != Kind::kObject) return RefuseType(type, place, "");
    std::string url;
    bool is_empty = false;
    RETURN_IF_ERROR(FindType(url, is_empty));
    if (is_empty) return scanner_.Skip();
    if (url.empty()) return RefuseType(type, place, ": it has no @type");
    constexpr std::string_view kHost = "type.googleapis.com/";
    const bool hosted = std::string_view(url).substr(0, kHost.size()) == kHost;
    const MessageTable* content =
        hosted ? type.tables->Find(std::string_view(url).substr(kHost.size())) : nullptr;
    if (content == nullptr) {
      return RefuseType(type, place, absl::StrCat(": the contract has no type \"", url, "\""));
    }
    wire_.PutBytes(type.fields[0], url, Form::kTagged);
    const size_t begin = wire_.Open(type.fields[1].tag);
    // What is in an Any is a message of its own: it is within nothing.
    if (content->known == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      RETURN_IF_ERROR(ReadObject(*content, place, /*depth=*/0, /*in_any=*/true));
    } else {
      RETURN_IF_ERROR(ReadAnyValue(*content, place));
    }
    wire_.Close(begin);
    return absl::OkStatus();
  }

  // Looks ahead for the `@type` of the object that comes next.
  absl::Status FindType(std::string& url, bool& is_empty) const {
    JsonScanner ahead = scanner_;
    RETURN_IF_ERROR(ahead.Begin());
    is_empty = true;
    bool more = false;
    std::string_view key;
    while (true) {
      RETURN_IF_ERROR(ahead.NextMember(more, key));
      if (!more) return absl::OkStatus();
      is_empty = false;
      if (key == kTypeKey && ahead.Peek() == Kind::kString) {
        std::string_view text;
        RETURN_IF_ERROR(ahead.ReadString(text));
        url = text;
        return absl::OkStatus();
      }
      RETURN_IF_ERROR(ahead.Skip());
    }
  }

  // `{"@type":…,"value":…}`, for a message whose JSON is not an object of its fields.
  absl::Status ReadAnyValue(const MessageTable& content, const Place* place) {
    RETURN_IF_ERROR(scanner_.Begin());
    Seen seen(2);
    bool more = false;
    std::string_view key;
    while (true) {
      RETURN_IF_ERROR(scanner_.NextMember(more, key));
      if (!more) return absl::OkStatus();
      const bool is_type = key == kTypeKey;
      if (!is_type && key != "value") {
        const std::string parent = PathOf(place);
        return RefuseAt(absl::StrCat(parent, parent.empty() ? "" : ".", View(key)),
                        absl::StrCat("is not @type or value, which are all that an Any with a ",
                                     content.descriptor->full_name(), " has"));
      }
      if (!seen.Add(is_type ? 0 : 1)) return scanner_.RepeatedKey(key);
      RETURN_IF_ERROR(is_type ? scanner_.Skip() : ReadMessage(content, place, 0));
    }
  }

  // Struct, Value and ListValue. Errors are about the whole of it.
  absl::Status ReadDynamic(const MessageTable& type, const Place* place, int depth) {
    const size_t begin = scanner_.Position();
    const bool is_value = type.known == Descriptor::WELLKNOWNTYPE_VALUE;
    const Kind expected =
        type.known == Descriptor::WELLKNOWNTYPE_STRUCT ? Kind::kObject : Kind::kArray;
    if (!is_value && scanner_.Peek() != expected) return RefuseType(type, place, "");
    std::string_view why;
    RETURN_IF_ERROR(DynamicToWire(type, depth, scanner_, wire_, why));
    if (why.empty()) return absl::OkStatus();
    JsonScanner again(scanner_.text().substr(begin));
    std::string_view raw;
    RETURN_IF_ERROR(again.ReadRaw(raw));
    return InvalidField(PathOrBody(place), raw, why);
  }

  absl::Status WrongType(std::string_view expected, const Place* place) {
    return Refuse(absl::StrCat("is not ", View(expected)), place);
  }

  // The next value does not belong at `place`; unless it is no value at all.
  absl::Status Refuse(std::string_view why, const Place* place) {
    return RefuseAt(PathOrBody(place), why);
  }
  absl::Status RefuseType(const MessageTable& type, const Place* place, std::string_view why) {
    return Refuse(absl::StrCat("is no ", type.descriptor->full_name(), View(why)), place);
  }
  absl::Status RefuseAt(const std::string& path, std::string_view why) {
    std::string_view raw;
    RETURN_IF_ERROR(scanner_.ReadRaw(raw));
    if (raw.size() >= 2 && raw.front() == '"') raw = raw.substr(1, raw.size() - 2);
    return InvalidField(path, raw, why);
  }
  static std::string PathOrBody(const Place* place) {
    std::string path = PathOf(place);
    return path.empty() ? "body" : path;
  }

  JsonScanner scanner_;
  WireWriter wire_;
};

}  // namespace

absl::StatusOr<std::string> JsonToWire(std::string_view json, const MessageTable& type) {
  std::string wire;
  wire.reserve(json.size());
  RETURN_IF_ERROR(Reader(json, wire).ReadWhole(type));
  return wire;
}

absl::StatusOr<std::string> JsonToWire(std::string_view json, const FieldTable& field) {
  std::string wire;
  wire.reserve(json.size());
  RETURN_IF_ERROR(Reader(json, wire).ReadWhole(field));
  return wire;
}

}  // namespace corridor::gateway
