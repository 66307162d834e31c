// Structs, their values and lists in each other.
#include "gateway/transcoding/dynamic_to_wire.h"

#include <bit>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "gateway/transcoding/numbers.h"
#include "gateway/transcoding/wire_fields.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using Form = WireWriter::Form;
using Kind = JsonScanner::Kind;

// Methods stop where why() is set.
class DynamicReader {
 public:
  DynamicReader(JsonScanner& scanner, WireWriter& wire) : scanner_(scanner), wire_(wire) {}

  absl::Status Read(const MessageTable& type, int depth) {
    if (depth > kDeepestMessage) {
      why_ = "has too many objects and arrays in each other";
      return absl::OkStatus();
    }
    switch (type.known) {
      case Descriptor::WELLKNOWNTYPE_STRUCT:
        return ReadStruct(type.fields.front(), depth);
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return ReadList(type.fields.front(), depth);
      default:
        return ReadValue(type, depth);
    }
  }

  std::string_view why() const { return why_; }

 private:
  absl::Status ReadStruct(const FieldTable& fields, int depth) {
    RETURN_IF_ERROR(scanner_.Begin());
    const FieldTable& value = fields.message->fields.back();
    absl::flat_hash_set<std::string> keys;
    bool more = false;
    std::string_view key;
    while (true) {
      RETURN_IF_ERROR(scanner_.NextMember(more, key));
      if (!more) return absl::OkStatus();
      if (!keys.emplace(key).second) return scanner_.RepeatedKey(key);
      const size_t entry = wire_.Open(fields.tag);
      wire_.PutBytes(fields.message->fields.front(), key, Form::kTagged);
      RETURN_IF_ERROR(ReadWithin(value, depth + 1));
      if (!why_.empty()) return absl::OkStatus();
      wire_.Close(entry);
    }
  }

  absl::Status ReadList(const FieldTable& values, int depth) {
    RETURN_IF_ERROR(scanner_.Begin());
    bool more = false;
    while (true) {
      RETURN_IF_ERROR(scanner_.NextElement(more));
      if (!more) return absl::OkStatus();
      RETURN_IF_ERROR(ReadWithin(values, depth));
      if (!why_.empty()) return absl::OkStatus();
    }
  }

  // The message in a field of one that is within `depth` others.
  absl::Status ReadWithin(const FieldTable& field, int depth) {
    const size_t begin = wire_.Open(field.tag);
    RETURN_IF_ERROR(Read(*field.message, depth + 1));
    if (why_.empty()) wire_.Close(begin);
    return absl::OkStatus();
  }

  absl::Status ReadValue(const MessageTable& type, int depth) {
    // Members of google.protobuf.Value in order of their numbers, from 1.
    enum : size_t { kNull, kNumber, kString, kBool, kStruct, kList };
    switch (scanner_.Peek()) {
      case Kind::kNull:
        wire_.PutBits(type.fields[kNull], 0, Form::kTagged);
        return scanner_.Skip();
      case Kind::kNumber: {
        std::string_view number;
        RETURN_IF_ERROR(scanner_.ReadNumber(number));
        const std::optional<double> value = ReadNumber(number);
        if (!value) why_ = "has a number that is out of range";
        wire_.PutBits(type.fields[kNumber], std::bit_cast<uint64_t>(value.value_or(0)),
                      Form::kTagged);
        return absl::OkStatus();
      }
      case Kind::kString: {
        std::string_view text;
        RETURN_IF_ERROR(scanner_.ReadString(text));
        wire_.PutBytes(type.fields[kString], text, Form::kTagged);
        return absl::OkStatus();
      }
      case Kind::kBool: {
        bool value = false;
        RETURN_IF_ERROR(scanner_.ReadBool(value));
        wire_.PutBits(type.fields[kBool], value ? 1 : 0, Form::kTagged);
        return absl::OkStatus();
      }
      case Kind::kObject:
        return ReadWithin(type.fields[kStruct], depth);
      case Kind::kArray:
        return ReadWithin(type.fields[kList], depth);
      case Kind::kNone:
        break;
    }
    return scanner_.Skip();
  }

  JsonScanner& scanner_;
  WireWriter& wire_;
  std::string_view why_;
};

}  // namespace

absl::Status DynamicToWire(const MessageTable& type, int depth, JsonScanner& scanner,
                           WireWriter& wire, std::string_view& why) {
  DynamicReader reader(scanner, wire);
  RETURN_IF_ERROR(reader.Read(type, depth));
  why = reader.why();
  return absl::OkStatus();
}

}  // namespace corridor::gateway
