// Wraps BinaryToJsonString.
#include "gateway/transcoding/json_writer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json_scanner.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Arena;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::util::TypeResolver;

constexpr char kHost[] = "type.googleapis.com";

std::string TypeUrl(const std::string& name) { return absl::StrCat(kHost, "/", name); }

absl::Status Unwritable(const Descriptor& type, const std::string& why) {
  return ErrorWithReason(absl::StatusCode::kInternal, "MALFORMED_ANSWER",
                         absl::StrCat("the answer is no ", type.full_name(), ": ", why));
}

}  // namespace

CachedTypes::CachedTypes(const DescriptorPool& pool,
                         const std::vector<const FileDescriptor*>& files) {
  std::unique_ptr<TypeResolver> source(
      google::protobuf::util::NewTypeResolverForDescriptorPool(kHost, &pool));
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) Add(*source, *file->message_type(i));
    for (int i = 0; i < file->enum_type_count(); ++i) Add(*source, *file->enum_type(i));
  }
}

void CachedTypes::Add(TypeResolver& source, const Descriptor& descriptor) {
  std::string url = TypeUrl(descriptor.full_name());
  google::protobuf::Type type;
  GOOGLE_CHECK(source.ResolveMessageType(url, &type).ok()) << url;
  // Options are of no use to the codec, but for `map_entry`, which is an option of the message.
  for (google::protobuf::Field& field : *type.mutable_fields()) field.clear_options();
  types_.emplace(std::move(url), std::move(type));
  for (int i = 0; i < descriptor.nested_type_count(); ++i) Add(source, *descriptor.nested_type(i));
  for (int i = 0; i < descriptor.enum_type_count(); ++i) Add(source, *descriptor.enum_type(i));
}

void CachedTypes::Add(TypeResolver& source, const EnumDescriptor& descriptor) {
  std::string url = TypeUrl(descriptor.full_name());
  GOOGLE_CHECK(source.ResolveEnumType(url, &enums_[url]).ok()) << url;
}

google::protobuf::util::Status CachedTypes::ResolveMessageType(const std::string& type_url,
                                                               google::protobuf::Type* type) {
  auto found = types_.find(type_url);
  if (found == types_.end()) return google::protobuf::util::NotFoundError("no type " + type_url);
  *type = found->second;
  return {};
}

google::protobuf::util::Status CachedTypes::ResolveEnumType(const std::string& enum_url,
                                                            google::protobuf::Enum* type) {
  auto found = enums_.find(enum_url);
  if (found == enums_.end()) return google::protobuf::util::NotFoundError("no enum " + enum_url);
  *type = found->second;
  return {};
}

absl::StatusOr<std::string> JsonWriter::Write(const Descriptor& type, std::string_view message,
                                              Defaults defaults) const {
  const std::string bytes(message);
  // BinaryToJsonString silently drops what it cannot parse.
  Arena arena;
  if (!factory_.GetPrototype(&type)->New(&arena)->ParseFromString(bytes)) {
    return Unwritable(type, "its bytes are malformed");
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = defaults == Defaults::kWritten;
  std::string json;
  auto status = google::protobuf::util::BinaryToJsonString(&types_, TypeUrl(type.full_name()),
                                                           bytes, &json, options);
  if (!status.ok()) return Unwritable(type, status.ToString());
  return json;
}

absl::StatusOr<std::string> JsonWriter::WriteMember(const FieldDescriptor& field,
                                                    std::string_view message) const {
  const Descriptor& type = *field.containing_type();
  ASSIGN_OR_RETURN(std::string object, Write(type, message, Defaults::kWritten));
  JsonScanner scanner(object);
  std::string key;
  absl::Status begun = scanner.Begin();
  while (begun.ok()) {
    absl::StatusOr<bool> more = scanner.NextMember(key);
    if (more.ok() && !*more) return "null";
    absl::StatusOr<std::string_view> value = scanner.ReadRaw();
    if (!more.ok() || !value.ok()) break;
    if (key == field.json_name()) return std::string(*value);
  }
  return Unwritable(type, "its JSON is nested too deeply");
}

}  // namespace corridor::gateway
