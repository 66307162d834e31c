// What the JSON codec knows of each message type, compiled once from the descriptors, so that it
// needs neither reflection nor message objects. Immutable, thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

class MessageTables;
struct MessageTable;

// The two ways that the values of one enum are written.
class EnumTable {
 public:
  explicit EnumTable(const google::protobuf::EnumDescriptor& type);

  // The name first declared for `number`, in quotes; empty when there is none.
  std::string_view QuotedName(int32_t number) const;
  // Null when no value has this name.
  const int32_t* NumberOf(std::string_view name) const;

 private:
  std::vector<std::string> quoted_;  // Of the numbers from 0.
  absl::flat_hash_map<int32_t, std::string> others_;
  absl::flat_hash_map<std::string, int32_t> numbers_;
};

// Wire types (protobuf.dev/programming-guides/encoding).
enum class WireType : uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

struct FieldTable {
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  uint32_t number = 0;
  google::protobuf::FieldDescriptor::Type type = google::protobuf::FieldDescriptor::TYPE_INT32;
  WireType wire_type = WireType::kVarint;  // Of one value.
  bool repeated = false;                   // Maps too.
  bool map = false;
  bool packable = false;      // It may come packed.
  bool packed = false;        // It is sent packed.
  bool has_presence = false;  // A singular field that is absent is not its default value.
  bool is_null_value = false;
  int oneof = -1;  // Index of the oneof that the proto declares it in.

  std::string_view json_name;
  std::string tag;         // As sent before one value.
  std::string packed_tag;  // As sent before packed values.
  std::string key;         // `,"displayName":`.
  std::string absent;  // What is written for it when it is absent: `,"displayName":""`, or nothing.

  const MessageTable* owner = nullptr;    // Whose field it is.
  const MessageTable* message = nullptr;  // Of messages and of the entries of maps.
  const EnumTable* values = nullptr;
};

struct MessageTable {
  const MessageTables* tables = nullptr;  // It is one of these.
  const google::protobuf::Descriptor* descriptor = nullptr;
  google::protobuf::Descriptor::WellKnownType known =
      google::protobuf::Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
  std::vector<FieldTable> fields;  // By number. Groups and extensions are not among them.
  size_t oneofs = 0;

  // FieldTable::absent of all fields, one after the other, and where that of each begins; one more
  // for the end.
  std::string absent;
  std::vector<size_t> absent_begins;

  // Null when there is no such field.
  const FieldTable* ByNumber(uint32_t number) const {
    if (number < dense.size()) return dense[number];
    return number < kDenseNumbers ? nullptr : ByHighNumber(number);
  }
  // By either spelling.
  const FieldTable* ByName(std::string_view name) const;
  size_t IndexOf(const FieldTable& field) const {
    return static_cast<size_t>(&field - fields.data());
  }

  static constexpr uint32_t kDenseNumbers = 512;
  std::vector<const FieldTable*> dense;  // By number, of those below kDenseNumbers.
  absl::flat_hash_map<absl::string_view, const FieldTable*> by_name;

 private:
  const FieldTable* ByHighNumber(uint32_t number) const;
};

class MessageTables {
 public:
  // All types of `files`, which hold every file that they import and must outlive this.
  explicit MessageTables(const std::vector<const google::protobuf::FileDescriptor*>& files);
  MessageTables(const MessageTables&) = delete;
  MessageTables& operator=(const MessageTables&) = delete;

  // `type` is one of the files'.
  const MessageTable& Of(const google::protobuf::Descriptor& type) const;
  const FieldTable& Of(const google::protobuf::FieldDescriptor& field) const;
  // By full name; null when the files have no such type.
  const MessageTable* Find(std::string_view full_name) const;

 private:
  void Add(const google::protobuf::Descriptor& type);
  void Add(const google::protobuf::EnumDescriptor& type);
  void Compile(MessageTable& table);
  FieldTable Compile(const google::protobuf::FieldDescriptor& field) const;

  absl::flat_hash_map<std::string, std::unique_ptr<MessageTable>> messages_;  // By full name.
  absl::flat_hash_map<std::string, std::unique_ptr<EnumTable>> enums_;
};

}  // namespace corridor::gateway
