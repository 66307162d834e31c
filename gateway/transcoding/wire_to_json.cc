// Writes fields in the order that ScanFields gives them. Every member and element is written with a
// comma before it; the first comma becomes the bracket.
#include "gateway/transcoding/wire_to_json.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json_text.h"
#include "gateway/transcoding/plain_text.h"
#include "gateway/transcoding/time_text.h"
#include "gateway/transcoding/utf8.h"
#include "gateway/transcoding/wire_fields.h"
#include "gateway/transcoding/written_json.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Selection = FieldSelection;

int32_t ZigZag32(uint64_t bits) {
  const auto value = static_cast<uint32_t>(bits);
  return static_cast<int32_t>(value >> 1 ^ (~(value & 1) + 1));
}
int64_t ZigZag64(uint64_t bits) { return static_cast<int64_t>(bits >> 1 ^ (~(bits & 1) + 1)); }

// Whether a singular scalar is what its field is when it is absent.
bool IsDefault(const WireField& value) {
  switch (value.field->type) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_ENUM:
      return static_cast<uint32_t>(value.bits) == 0;
    default:
      return value.is_bytes() ? value.bytes.empty() : value.bits == 0;
  }
}

// `display_name` → `displayName`; false when that would not be read back.
bool AddMaskPath(std::string_view path, JsonText& out) {
  for (size_t i = 0; i < path.size(); ++i) {
    const auto byte = static_cast<unsigned char>(path[i]);
    if ((byte >= 'A' && byte <= 'Z') || path[i] == ',' || !IsPlain(path[i])) return false;
    if (path[i] != '_') {
      out.Add(path[i]);
      continue;
    }
    const char next = ++i < path.size() ? path[i] : '\0';
    if (next < 'a' || next > 'z') return false;
    out.Add(static_cast<char>(next - 'a' + 'A'));
  }
  return true;
}

bool IsWithin(std::string_view part, std::string_view whole) {
  const std::less_equal<> is_before;
  return is_before(whole.data(), part.data()) &&
         is_before(part.data() + part.size(), whole.data() + whole.size());
}

// Methods answer false when the message has no JSON; why() then says why.
class Writer {
 public:
  // `message`: all of what is written.
  Writer(std::string_view message, const JsonChoices& choices, JsonText& out)
      : message_(message), choices_(choices), out_(out) {
    standard_ = !choices.omit_defaults && !choices.int64_as_number && !choices.enums_as_numbers;
  }

  bool AddMessage(const MessageTable& type, std::string_view message, const Selection* selection,
                  int depth) {
    if (depth > kDeepestMessage) return Fail("messages are nested more than 100 deep");
    switch (type.known) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return AddObject(type, message, selection, depth);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return AddTime(type, message, depth);
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return AddFieldMask(type, message, depth);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return AddAny(type, message, depth);
      case Descriptor::WELLKNOWNTYPE_STRUCT:
        return AddOnlyField(type, message, "{}", depth);
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return AddOnlyField(type, message, "[]", depth);
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return AddDynamicValue(type, message, depth);
      default:
        return AddWrapped(type, message, depth);
    }
  }

  bool AddMember(const FieldTable& field, const MessageTable& type, std::string_view message,
                 const Selection* selection) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, 0)) return false;
    for (size_t i = scanned.begin(); i < scanned.end(); ++i) {
      if (fields_[i].field != &field) continue;
      size_t end = i + 1;
      while (end < scanned.end() && fields_[end].field == &field) ++end;
      return AddField(field, i, end, selection, 0);
    }
    if (field.repeated || !field.has_presence) return AddDefault(field);
    out_.Add("null");
    return true;
  }

  bool AddAnyOf(const MessageTables& tables, std::string_view type_url, std::string_view message,
                int depth) {
    const std::string_view name = type_url.substr(type_url.rfind('/') + 1);
    const MessageTable* type = tables.Find(name);
    if (type == nullptr || name.size() == type_url.size()) {
      return Fail(absl::StrCat("it holds an Any of a type that the contract does not have: ",
                               ReplaceNonUtf8(type_url)));
    }
    out_.Add("{\"@type\":");
    if (!out_.AddString(type_url)) return Fail("");
    if (type->known != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      out_.Add(",\"value\":");
      if (!AddMessage(*type, message, nullptr, depth + 1)) return false;
    } else if (!AddMembers(*type, message, nullptr, depth + 1)) {
      return false;
    }
    out_.Add('}');
    return true;
  }

  const std::string& why() const { return why_; }

 private:
  // The fields of one message on the stack of all that are being written.
  class Scanned {
   public:
    explicit Scanned(Writer& writer) : writer_(writer), begin_(writer.fields_.size()) {}
    ~Scanned() { writer_.fields_.resize(begin_); }
    Scanned(const Scanned&) = delete;
    Scanned& operator=(const Scanned&) = delete;

    bool Scan(const MessageTable& type, std::string_view message, int depth) {
      if (!ScanFields(type, message, depth, writer_.fields_, merged_)) return writer_.Fail("");
      end_ = writer_.fields_.size();
      return true;
    }
    size_t begin() const { return begin_; }
    size_t end() const { return end_; }
    bool empty() const { return begin_ == end_; }

   private:
    Writer& writer_;
    size_t begin_;
    size_t end_ = 0;
    std::forward_list<std::string> merged_;
  };

  bool Fail(std::string why) {
    if (why_.empty()) why_ = why.empty() ? "its bytes are malformed" : std::move(why);
    return false;
  }

  bool AddObject(const MessageTable& type, std::string_view message, const Selection* selection,
                 int depth) {
    const size_t begin = out_.size();
    if (!AddMembers(type, message, selection, depth)) return false;
    Enclose(begin, '{', '}');
    return true;
  }

  // What was written from `begin` on begins with a comma, or is nothing.
  void Enclose(size_t begin, char open, char close) {
    if (out_.size() == begin) {
      out_.Add(open);
    } else {
      out_.Set(begin, open);
    }
    out_.Add(close);
  }

  bool AddMembers(const MessageTable& type, std::string_view message, const Selection* selection,
                  int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    size_t next = 0;  // Index of the first field that nothing was said about.
    for (size_t i = scanned.begin(); i < scanned.end();) {
      const FieldTable& field = *fields_[i].field;
      size_t end = i + 1;
      while (end < scanned.end() && fields_[end].field == &field) ++end;
      const size_t index = type.IndexOf(field);
      AddAbsent(type, next, index, selection);
      next = index + 1;
      if (selection == nullptr) {
        if (!AddNamedField(field, i, end, nullptr, depth)) return false;
      } else if (selection->Has(index)) {
        if (!AddNamedField(field, i, end, selection->Within(index), depth)) return false;
      }
      i = end;
    }
    AddAbsent(type, next, type.fields.size(), selection);
    return true;
  }

  // The fields of `type` at `begin` up to `end`, which are not in the message.
  void AddAbsent(const MessageTable& type, size_t begin, size_t end, const Selection* selection) {
    if (begin == end || choices_.omit_defaults) return;
    if (selection == nullptr && standard_) {
      const size_t from = type.absent_begins[begin];
      out_.Add(std::string_view(type.absent).substr(from, type.absent_begins[end] - from));
      return;
    }
    for (size_t i = begin; i < end; ++i) {
      const FieldTable& field = type.fields[i];
      if (field.absent.empty() || (selection != nullptr && !selection->Has(i))) continue;
      out_.Add(field.key);
      AddDefault(field);
    }
  }

  bool AddDefault(const FieldTable& field) {
    if (field.map || field.repeated) {
      out_.Add(field.map ? "{}" : "[]");
      return true;
    }
    return AddScalar(DefaultOf(field));
  }

  bool AddNamedField(const FieldTable& field, size_t begin, size_t end, const Selection* selection,
                     int depth) {
    if (!choices_.omit_defaults) {
      out_.Add(field.key);
      if (!field.repeated && field.message == nullptr) return AddScalar(fields_[begin]);
      return AddField(field, begin, end, selection, depth);
    }
    if (!field.repeated && !field.has_presence && IsDefault(fields_[begin])) return true;
    const size_t before = out_.size();
    out_.Add(field.key);
    if (!field.repeated && field.message == nullptr) return AddScalar(fields_[begin]);
    if (!AddField(field, begin, end, selection, depth)) return false;
    // Packed values may be none.
    if (field.repeated && out_.size() == before + field.key.size() + 2) out_.Shrink(before);
    return true;
  }

  // The value of a field that comes at fields_[begin] up to fields_[end].
  bool AddField(const FieldTable& field, size_t begin, size_t end, const Selection* selection,
                int depth) {
    if (field.map) return AddMap(field, begin, end, selection, depth);
    if (arrays_ > 0 && field.message != nullptr) {
      return AddAlike(field, begin, end, selection, depth);
    }
    if (field.repeated) return AddArray(field, begin, end, selection, depth);
    return AddValue(fields_[begin], selection, depth);
  }

  bool AddAlike(const FieldTable& field, size_t begin, size_t end, const Selection* selection,
                int depth) {
    const std::string_view first = fields_[begin].bytes, last = fields_[end - 1].bytes;
    // What was merged is gone by the next element.
    if (!IsWithin(first, message_) || !IsWithin(last, message_)) {
      return AddAnew(field, begin, end, selection, depth);
    }
    const std::string_view wire(first.data(),
                                static_cast<size_t>(last.data() + last.size() - first.data()));
    if (wire.size() < kWorthKeeping) return AddAnew(field, begin, end, selection, depth);
    const WrittenJson::Messages messages = {&field, selection, depth, first.size(), wire};
    if (const WrittenJson::Span* json = written_.Find(messages)) {
      out_.Repeat(json->begin, json->size);
      return true;
    }
    const size_t before = out_.size();
    if (!AddAnew(field, begin, end, selection, depth)) return false;
    written_.Keep(messages, {before, out_.size() - before});
    return true;
  }

  bool AddAnew(const FieldTable& field, size_t begin, size_t end, const Selection* selection,
               int depth) {
    return field.repeated ? AddArray(field, begin, end, selection, depth)
                          : AddValue(fields_[begin], selection, depth);
  }

  // Takes a copy: fields_ grows while a message is written.
  bool AddValue(WireField value, const Selection* selection, int depth) {
    if (value.field->message == nullptr) return AddScalar(value);
    return AddMessage(*value.field->message, value.bytes, selection, depth + 1);
  }

  bool AddArray(const FieldTable& field, size_t begin, size_t end, const Selection* selection,
                int depth) {
    const size_t before = out_.size();
    const int arrays = std::exchange(arrays_, arrays_ + (end - begin > 1 ? 1 : 0));
    for (size_t i = begin; i < end; ++i) {
      if (field.packable && fields_[i].is_bytes()) {
        if (!AddPacked(field, fields_[i].bytes)) return false;
        continue;
      }
      out_.Add(',');
      if (!AddValue(fields_[i], selection, depth)) return false;
    }
    arrays_ = arrays;
    Enclose(before, '[', ']');
    return true;
  }

  bool AddPacked(const FieldTable& field, std::string_view packed) {
    WireField value = DefaultOf(field);
    while (!packed.empty()) {
      if (!TakeValue(field.wire_type, packed, value.bits)) return Fail("");
      out_.Add(',');
      if (!AddScalar(value)) return false;
    }
    return true;
  }

  bool AddMap(const FieldTable& field, size_t begin, size_t end, const Selection* selection,
              int depth) {
    const size_t before = out_.size();
    if (end - begin > 1 && !FindReplaced(field, begin, end, depth)) return false;
    for (size_t i = begin; i < end; ++i) {
      if (fields_[i].field == nullptr) continue;
      if (!AddEntry(*field.message, fields_[i].bytes, selection, depth + 1)) return false;
    }
    Enclose(before, '{', '}');
    return true;
  }

  // Of entries with the same key all but the last lose their field.
  bool FindReplaced(const FieldTable& field, size_t begin, size_t end, int depth) {
    absl::flat_hash_set<std::string> keys;
    for (size_t i = end; i-- > begin;) {
      const size_t before = out_.size();
      Scanned entry(*this);
      if (!entry.Scan(*field.message, fields_[i].bytes, depth + 1)) return false;
      if (!AddKey(*field.message, entry)) return false;
      if (!keys.emplace(out_.From(before)).second) fields_[i].field = nullptr;
      out_.Shrink(before);
    }
    return true;
  }

  bool AddEntry(const MessageTable& type, std::string_view entry, const Selection* selection,
                int depth) {
    if (depth > kDeepestMessage) return Fail("messages are nested more than 100 deep");
    Scanned scanned(*this);
    if (!scanned.Scan(type, entry, depth)) return false;
    out_.Add(',');
    if (!AddKey(type, scanned)) return false;
    out_.Add(':');
    const FieldTable& value_field = type.fields.back();
    const bool has_value = !scanned.empty() && fields_[scanned.end() - 1].field == &value_field;
    const WireField value = has_value ? fields_[scanned.end() - 1] : DefaultOf(value_field);
    return AddValue(value, selection, depth);
  }

  // A key is a string in JSON, whatever it is on the wire.
  bool AddKey(const MessageTable& type, const Scanned& entry) {
    const FieldTable& key_field = type.fields.front();
    const bool has_key = !entry.empty() && fields_[entry.begin()].field == &key_field;
    const WireField key = has_key ? fields_[entry.begin()] : DefaultOf(key_field);
    if (key_field.type == FieldDescriptor::TYPE_STRING) return AddScalar(key);
    out_.Add('"');
    AddPlainScalar(key);
    out_.Add('"');
    return true;
  }

  bool AddScalar(const WireField& value) {
    switch (value.field->type) {
      case FieldDescriptor::TYPE_STRING:
        return out_.AddString(value.bytes) || Fail("");
      case FieldDescriptor::TYPE_BYTES:
        out_.AddBase64(value.bytes);
        return true;
      case FieldDescriptor::TYPE_ENUM:
        AddEnum(*value.field, static_cast<int32_t>(value.bits));
        return true;
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_SINT64:
      case FieldDescriptor::TYPE_FIXED64:
      case FieldDescriptor::TYPE_SFIXED64:
        if (choices_.int64_as_number) break;
        out_.Add('"');
        AddPlainScalar(value);
        out_.Add('"');
        return true;
      default:
        break;
    }
    AddPlainScalar(value);
    return true;
  }

  // Numbers and booleans, without quotes but for NaN and infinities.
  void AddPlainScalar(const WireField& value) {
    const uint64_t bits = value.bits;
    switch (value.field->type) {
      case FieldDescriptor::TYPE_INT32:
      case FieldDescriptor::TYPE_SFIXED32:
        return out_.AddInteger(static_cast<int32_t>(bits));
      case FieldDescriptor::TYPE_SINT32:
        return out_.AddInteger(ZigZag32(bits));
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_FIXED32:
        return out_.AddInteger(static_cast<uint32_t>(bits));
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_SFIXED64:
        return out_.AddInteger(static_cast<int64_t>(bits));
      case FieldDescriptor::TYPE_SINT64:
        return out_.AddInteger(ZigZag64(bits));
      case FieldDescriptor::TYPE_DOUBLE:
        return out_.AddReal(std::bit_cast<double>(bits));
      case FieldDescriptor::TYPE_FLOAT:
        return out_.AddReal(std::bit_cast<float>(static_cast<uint32_t>(bits)));
      case FieldDescriptor::TYPE_BOOL:
        return out_.Add(bits != 0 ? std::string_view("true") : std::string_view("false"));
      default:
        return out_.AddInteger(bits);
    }
  }

  void AddEnum(const FieldTable& field, int32_t number) {
    if (field.is_null_value) return out_.Add("null");
    const std::string_view name =
        choices_.enums_as_numbers ? std::string_view() : field.values->QuotedName(number);
    name.empty() ? out_.AddInteger(number) : out_.Add(name);
  }

  bool AddTime(const MessageTable& type, std::string_view message, int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    SecondsAndNanos time;  // Fields 1 and 2 of both Timestamp and Duration.
    for (size_t i = scanned.begin(); i < scanned.end(); ++i) {
      if (fields_[i].field->number == 1) time.seconds = static_cast<int64_t>(fields_[i].bits);
      if (fields_[i].field->number == 2) time.nanos = static_cast<int32_t>(fields_[i].bits);
    }
    char* to = out_.Room(kLongestTime + 2);
    *to++ = '"';
    const bool timestamp = type.known == Descriptor::WELLKNOWNTYPE_TIMESTAMP;
    to = timestamp ? WriteTimestamp(time, to) : WriteDuration(time, to);
    if (to == nullptr) {
      return Fail(absl::StrCat("it holds a ", type.descriptor->name(), " out of range: ",
                               time.seconds, " seconds and ", time.nanos, " nanoseconds"));
    }
    *to++ = '"';
    out_.Commit(to);
    return true;
  }

  bool AddFieldMask(const MessageTable& type, std::string_view message, int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    out_.Add('"');
    for (size_t i = scanned.begin(); i < scanned.end(); ++i) {
      if (i > scanned.begin()) out_.Add(',');
      if (!AddMaskPath(fields_[i].bytes, out_)) {
        return Fail("it holds a FieldMask with a path that is not in snake_case");
      }
    }
    out_.Add('"');
    return true;
  }

  bool AddAny(const MessageTable& type, std::string_view message, int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    std::string_view type_url;
    std::string_view value;
    for (size_t i = scanned.begin(); i < scanned.end(); ++i) {
      (fields_[i].field->number == 1 ? type_url : value) = fields_[i].bytes;
    }
    if (!type_url.empty() || !value.empty()) {
      return AddAnyOf(*type.tables, type_url, value, depth);
    }
    out_.Add("{}");
    return true;
  }

  // Of Struct and ListValue, which are the value of their one field.
  bool AddOnlyField(const MessageTable& type, std::string_view message, std::string_view empty,
                    int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    if (!scanned.empty()) {
      return AddField(type.fields.front(), scanned.begin(), scanned.end(), nullptr, depth);
    }
    out_.Add(empty);
    return true;
  }

  bool AddDynamicValue(const MessageTable& type, std::string_view message, int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    if (scanned.empty()) {
      out_.Add("null");
      return true;
    }
    const WireField value = fields_[scanned.begin()];
    const bool is_number = value.field->type == FieldDescriptor::TYPE_DOUBLE;
    if (is_number && !std::isfinite(std::bit_cast<double>(value.bits))) {
      return Fail("it holds a Value that is NaN or infinite, which JSON has no number for");
    }
    return AddValue(value, nullptr, depth);
  }

  bool AddWrapped(const MessageTable& type, std::string_view message, int depth) {
    Scanned scanned(*this);
    if (!scanned.Scan(type, message, depth)) return false;
    return AddScalar(scanned.empty() ? DefaultOf(type.fields.front()) : fields_[scanned.begin()]);
  }

  // Shorter ones are written as fast as they are found.
  static constexpr size_t kWorthKeeping = 24;

  const std::string_view message_;
  const JsonChoices& choices_;
  JsonText& out_;
  int arrays_ = 0;  // Of several elements, that are being written.
  WrittenJson written_;
  bool standard_ = true;  // MessageTable::absent is what the choices ask for.
  WireFields fields_;     // Of all messages that are being written, a stack.
  std::string why_;
};

// Runs `write` on a Writer; on failure `json` is as it was.
template <typename Write>
absl::Status Append(const std::string& type, std::string_view message, const JsonChoices& choices,
                    std::string& json, const Write& write) {
  constexpr size_t kLeast = 512;
  const size_t before = json.size();
  JsonText out(json, 3 * message.size() + kLeast);
  Writer writer(message, choices, out);
  const bool written = write(writer);
  if (!written) out.Shrink(before);
  out.Finish();
  if (written) return absl::OkStatus();
  return ErrorWithReason(absl::StatusCode::kInternal, "MALFORMED_ANSWER",
                         absl::StrCat("the answer is no ", type, ": ", writer.why()));
}

}  // namespace

absl::Status AppendJson(const MessageTable& type, std::string_view message,
                        const JsonChoices& choices, const FieldSelection* selection,
                        std::string& json) {
  return Append(type.descriptor->full_name(), message, choices, json, [&](Writer& writer) {
    return writer.AddMessage(type, message, selection, /*depth=*/0);
  });
}

absl::Status AppendMemberJson(const FieldTable& field, std::string_view message,
                              const JsonChoices& choices, const FieldSelection* selection,
                              std::string& json) {
  const MessageTable& type = *field.owner;
  return Append(type.descriptor->full_name(), message, choices, json,
                [&](Writer& writer) { return writer.AddMember(field, type, message, selection); });
}

absl::Status AppendAnyJson(const MessageTables& tables, std::string_view type_url,
                           std::string_view message, const JsonChoices& choices,
                           std::string& json) {
  return Append("google.protobuf.Any", message, choices, json, [&](Writer& writer) {
    return writer.AddAnyOf(tables, type_url, message, /*depth=*/0);
  });
}

}  // namespace corridor::gateway
