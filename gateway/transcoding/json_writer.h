// Messages as JSON, by protobuf's own codec over types that are converted once. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/type.pb.h"
#include "google/protobuf/util/type_resolver.h"

namespace corridor::gateway {

// The types of a descriptor pool as protobuf's codec asks for them. Its own resolver converts
// descriptors anew for each message; this one does it once.
class CachedTypes : public google::protobuf::util::TypeResolver {
 public:
  // `pool` must outlive this, and `files` are those whose types are served.
  CachedTypes(const google::protobuf::DescriptorPool& pool,
              const std::vector<const google::protobuf::FileDescriptor*>& files);

  google::protobuf::util::Status ResolveMessageType(const std::string& type_url,
                                                    google::protobuf::Type* type) override;
  google::protobuf::util::Status ResolveEnumType(const std::string& enum_url,
                                                 google::protobuf::Enum* type) override;

 private:
  void Add(google::protobuf::util::TypeResolver& source, const google::protobuf::Descriptor& type);
  void Add(google::protobuf::util::TypeResolver& source,
           const google::protobuf::EnumDescriptor& type);

  absl::flat_hash_map<std::string, google::protobuf::Type> types_;  // By type URL.
  absl::flat_hash_map<std::string, google::protobuf::Enum> enums_;
};

enum class Defaults { kWritten, kLeftOut };

class JsonWriter {
 public:
  // As CachedTypes.
  JsonWriter(const google::protobuf::DescriptorPool& pool,
             const std::vector<const google::protobuf::FileDescriptor*>& files)
      : types_(pool, files) {}

  // A serialised message of type `type` as proto3 maps it. Errors: INTERNAL, when the bytes are not
  // such a message or it holds an Any of an unknown type.
  absl::StatusOr<std::string> Write(const google::protobuf::Descriptor& type,
                                    std::string_view message, Defaults defaults) const;

  // The same for one field of the message; `null` when it is not set.
  absl::StatusOr<std::string> WriteMember(const google::protobuf::FieldDescriptor& field,
                                          std::string_view message) const;

  google::protobuf::util::TypeResolver& types() const { return types_; }

 private:
  mutable CachedTypes types_;
  mutable google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace corridor::gateway
