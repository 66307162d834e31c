// Compiles descriptors: first an empty table for each type, then their fields, which point at them.
#include "gateway/transcoding/message_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/wire_writer.h"
#include "google/protobuf/stubs/logging.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

WireType WireTypeOf(FieldDescriptor::Type type) {
  switch (type) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return WireType::kFixed64;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return WireType::kFixed32;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return WireType::kBytes;
    case FieldDescriptor::TYPE_GROUP:
      return WireType::kStartGroup;
    default:
      return WireType::kVarint;
  }
}

std::string EncodedTag(uint32_t number, WireType type) {
  std::string bytes;
  AppendVarint(number << 3 | static_cast<uint32_t>(type), bytes);
  return bytes;
}

// The JSON of a value that is default, in proto3's own form.
std::string DefaultJson(const FieldTable& field) {
  if (field.map) return "{}";
  if (field.repeated) return "[]";
  if (field.is_null_value) return "null";
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return "\"0\"";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "false";
    case FieldDescriptor::CPPTYPE_STRING:
      return "\"\"";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::string_view name = field.values->QuotedName(0);
      return name.empty() ? "0" : std::string(name);
    }
    default:
      return "0";
  }
}

}  // namespace

EnumTable::EnumTable(const EnumDescriptor& type) {
  constexpr int kMostDense = 256;
  for (int i = 0; i < type.value_count(); ++i) {
    const int32_t number = type.value(i)->number();
    const std::string& name = type.value(i)->name();
    numbers_.emplace(name, number);
    std::string quoted = absl::StrCat("\"", name, "\"");
    if (number < 0 || number >= kMostDense) {
      others_.emplace(number, std::move(quoted));
      continue;
    }
    const auto index = static_cast<size_t>(number);
    if (index >= quoted_.size()) quoted_.resize(index + 1);
    if (quoted_[index].empty()) quoted_[index] = std::move(quoted);
  }
}

std::string_view EnumTable::QuotedName(int32_t number) const {
  const auto index = static_cast<size_t>(number);
  if (number >= 0 && index < quoted_.size()) return quoted_[index];
  const auto found = others_.find(number);
  return found == others_.end() ? std::string_view() : std::string_view(found->second);
}

const int32_t* EnumTable::NumberOf(std::string_view name) const {
  const auto found = numbers_.find(View(name));
  return found == numbers_.end() ? nullptr : &found->second;
}

const FieldTable* MessageTable::ByName(std::string_view name) const {
  const auto found = by_name.find(View(name));
  return found == by_name.end() ? nullptr : found->second;
}

const FieldTable* MessageTable::ByHighNumber(uint32_t number) const {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), number,
                       [](const FieldTable& field, uint32_t n) { return field.number < n; });
  return found == fields.end() || found->number != number ? nullptr : &*found;
}

MessageTables::MessageTables(const std::vector<const FileDescriptor*>& files) {
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) Add(*file->message_type(i));
    for (int i = 0; i < file->enum_type_count(); ++i) Add(*file->enum_type(i));
  }
  for (auto& [name, table] : messages_) Compile(*table);
}

void MessageTables::Add(const Descriptor& type) {
  auto table = std::make_unique<MessageTable>();
  table->tables = this;
  table->descriptor = &type;
  table->known = type.well_known_type();
  messages_.emplace(type.full_name(), std::move(table));
  for (int i = 0; i < type.nested_type_count(); ++i) Add(*type.nested_type(i));
  for (int i = 0; i < type.enum_type_count(); ++i) Add(*type.enum_type(i));
}

void MessageTables::Add(const EnumDescriptor& type) {
  enums_.emplace(type.full_name(), std::make_unique<EnumTable>(type));
}

FieldTable MessageTables::Compile(const FieldDescriptor& field) const {
  FieldTable table;
  table.descriptor = &field;
  table.owner = messages_.at(field.containing_type()->full_name()).get();
  table.number = static_cast<uint32_t>(field.number());
  table.type = field.type();
  table.wire_type = WireTypeOf(field.type());
  table.repeated = field.is_repeated();
  table.map = field.is_map();
  table.packable = field.is_packable();
  table.packed = field.is_packed();
  table.has_presence = field.has_presence();
  if (field.real_containing_oneof() != nullptr)
    table.oneof = field.real_containing_oneof()->index();
  table.json_name = field.json_name();
  table.tag = EncodedTag(table.number, table.wire_type);
  table.packed_tag = EncodedTag(table.number, WireType::kBytes);
  if (field.message_type() != nullptr) {
    table.message = messages_.at(field.message_type()->full_name()).get();
  }
  if (field.enum_type() != nullptr) {
    table.values = enums_.at(field.enum_type()->full_name()).get();
    table.is_null_value = field.enum_type()->full_name() == "google.protobuf.NullValue";
  }
  table.key = ",";
  AppendJsonString(field.json_name(), table.key);
  table.key += ':';
  if (!table.has_presence) table.absent = table.key + DefaultJson(table);
  return table;
}

void MessageTables::Compile(MessageTable& table) {
  const Descriptor& type = *table.descriptor;
  table.oneofs = static_cast<size_t>(type.real_oneof_decl_count());
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->type() == FieldDescriptor::TYPE_GROUP) continue;
    table.fields.push_back(Compile(*type.field(i)));
  }
  std::sort(table.fields.begin(), table.fields.end(),
            [](const FieldTable& a, const FieldTable& b) { return a.number < b.number; });
  for (const FieldTable& field : table.fields) {
    table.absent_begins.push_back(table.absent.size());
    table.absent += field.absent;
    if (field.number >= MessageTable::kDenseNumbers) continue;
    table.dense.resize(field.number + 1);
    table.dense[field.number] = &field;
  }
  table.absent_begins.push_back(table.absent.size());
  // Where a name stands for two fields, the first declared has it.
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldTable* field = table.ByNumber(static_cast<uint32_t>(type.field(i)->number()));
    if (field == nullptr) continue;
    table.by_name.emplace(field->descriptor->json_name(), field);
    table.by_name.emplace(field->descriptor->name(), field);
  }
}

const MessageTable& MessageTables::Of(const Descriptor& type) const {
  return *messages_.at(type.full_name());
}

const FieldTable& MessageTables::Of(const FieldDescriptor& field) const {
  const FieldTable* table =
      Of(*field.containing_type()).ByNumber(static_cast<uint32_t>(field.number()));
  GOOGLE_CHECK(table != nullptr) << field.full_name();
  return *table;
}

const MessageTable* MessageTables::Find(std::string_view full_name) const {
  const auto found = messages_.find(View(full_name));
  return found == messages_.end() ? nullptr : found->second.get();
}

}  // namespace corridor::gateway
