// Requests and answers are read and written by their field numbers: the messages are a handful, and
// no package that Corridor builds with has their file.
#include "gateway/dialects/reflection.h"

#include <cstdint>
#include <limits>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/dialects/rpc.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// ServerReflectionRequest.
constexpr int kHost = 1;
constexpr int kFileByFilename = 3;
constexpr int kFileContainingSymbol = 4;
constexpr int kFileContainingExtension = 5;
constexpr int kAllExtensionNumbersOfType = 6;
constexpr int kListServices = 7;
// ServerReflectionResponse.
constexpr int kValidHost = 1;
constexpr int kOriginalRequest = 2;
constexpr int kFileDescriptorResponse = 4;
constexpr int kAllExtensionNumbersResponse = 5;
constexpr int kListServicesResponse = 6;
constexpr int kErrorResponse = 7;
// The first field of each message within them; and the second, where there is one.
constexpr int kFirst = 1;
constexpr int kSecond = 2;

bool Parse(std::string_view bytes, UnknownFieldSet& set) {
  return bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max()) &&
         set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

std::string Serialised(const UnknownFieldSet& set) {
  std::string bytes;
  set.SerializeToString(&bytes);
  return bytes;
}

// One field of the answer, its message serialised.
struct Part {
  Part(int n, const UnknownFieldSet& m) : number(n), message(Serialised(m)) {}
  int number;
  std::string message;
};

Part Error(absl::StatusCode code, const std::string& message) {
  UnknownFieldSet error;
  error.AddVarint(kFirst, static_cast<uint64_t>(code));
  error.AddLengthDelimited(kSecond, message);
  return {kErrorResponse, error};
}

Part NotFound(const std::string& what) {
  return Error(absl::StatusCode::kNotFound, absl::StrCat("the contract has no ", what));
}

void AddFile(const FileDescriptor& file, std::set<const FileDescriptor*>& added,
             UnknownFieldSet& files) {
  if (!added.insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), added, files);
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files.AddLengthDelimited(kFirst, proto.SerializeAsString());
}

Part WithImports(const FileDescriptor& file) {
  UnknownFieldSet files;
  std::set<const FileDescriptor*> added;
  AddFile(file, added, files);
  return {kFileDescriptorResponse, files};
}

Part FileOfExtension(const DescriptorPool& pool, const std::string& request) {
  UnknownFieldSet fields;
  if (!Parse(request, fields)) {
    return Error(absl::StatusCode::kInvalidArgument, "file_containing_extension is no message");
  }
  std::string type;
  uint64_t number = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() == kFirst && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      type = field.length_delimited();
    } else if (field.number() == kSecond && field.type() == UnknownField::TYPE_VARINT) {
      number = field.varint();
    }
  }
  const Descriptor* extended = pool.FindMessageTypeByName(type);
  const FieldDescriptor* extension =
      extended == nullptr || number > FieldDescriptor::kMaxNumber
          ? nullptr
          : pool.FindExtensionByNumber(extended, static_cast<int>(number));
  if (extension == nullptr) return NotFound(absl::StrCat("extension ", number, " of ", type));
  return WithImports(*extension->file());
}

Part ExtensionNumbers(const DescriptorPool& pool, const std::string& type) {
  const Descriptor* extended = pool.FindMessageTypeByName(type);
  if (extended == nullptr) return NotFound(absl::StrCat("message ", type));
  UnknownFieldSet numbers;
  numbers.AddLengthDelimited(kFirst, type);
  std::vector<const FieldDescriptor*> extensions;
  pool.FindAllExtensions(extended, &extensions);
  for (const FieldDescriptor* extension : extensions) {
    numbers.AddVarint(kSecond, static_cast<uint64_t>(extension->number()));
  }
  return {kAllExtensionNumbersResponse, numbers};
}

Part ListOf(const std::vector<std::string>& services) {
  UnknownFieldSet list;
  for (const std::string& name : services) {
    UnknownFieldSet service;
    service.AddLengthDelimited(kFirst, name);
    list.AddLengthDelimited(kFirst, Serialised(service));
  }
  return {kListServicesResponse, list};
}

Part AnswerTo(int question, const std::string& value, const DescriptorPool& pool,
              const std::vector<std::string>& services) {
  switch (question) {
    case kFileByFilename: {
      const FileDescriptor* file = pool.FindFileByName(value);
      return file == nullptr ? NotFound(absl::StrCat("file ", value)) : WithImports(*file);
    }
    case kFileContainingSymbol: {
      const FileDescriptor* file = pool.FindFileContainingSymbol(value);
      return file == nullptr ? NotFound(absl::StrCat("symbol ", value)) : WithImports(*file);
    }
    case kFileContainingExtension:
      return FileOfExtension(pool, value);
    case kAllExtensionNumbersOfType:
      return ExtensionNumbers(pool, value);
    case kListServices:
      return ListOf(services);
    default:
      return Error(absl::StatusCode::kInvalidArgument, "the request asks nothing that is known");
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Reflection>> Reflection::Create(std::string_view descriptor_set) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InternalError("the descriptor set is malformed");
  }
  std::unique_ptr<Reflection> reflection(new Reflection);
  for (google::protobuf::FileDescriptorProto& proto : *files.mutable_file()) {
    // Comments are most of the set, and no client of reflection shows them.
    proto.clear_source_code_info();
    const FileDescriptor* file = reflection->pool_.BuildFile(proto);
    if (file == nullptr) {
      return absl::InternalError(
          absl::StrCat("the descriptor set's ", proto.name(), " is malformed"));
    }
    if (file->package() == kOfEachService) continue;  // Nothing that can be called here.
    for (int i = 0; i < file->service_count(); ++i) {
      const auto& service = *file->service(i);
      reflection->services_.push_back(service.full_name());
      for (int j = 0; j < service.method_count(); ++j) {
        reflection->methods_.push_back(
            absl::StrCat("/", service.full_name(), "/", service.method(j)->name()));
      }
    }
  }
  return reflection;
}

std::string Reflection::Answer(std::string_view request) const {
  UnknownFieldSet fields;
  int question = 0;
  std::string value;
  UnknownFieldSet answer;
  if (Parse(request, fields)) {
    for (int i = 0; i < fields.field_count(); ++i) {
      const UnknownField& field = fields.field(i);
      if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
      if (field.number() == kHost) {
        answer.AddLengthDelimited(kValidHost, field.length_delimited());
      } else if (field.number() >= kFileByFilename && field.number() <= kListServices) {
        question = field.number();  // A oneof: the last counts.
        value = field.length_delimited();
      }
    }
  }
  answer.AddLengthDelimited(kOriginalRequest)->assign(request);
  const Part part = AnswerTo(question, value, pool_, services_);
  answer.AddLengthDelimited(part.number, part.message);
  return Serialised(answer);
}

std::string Reflection::NearestMethod(std::string_view path) const {
  return Nearest(path, methods_);
}

absl::Status NoSuchMethod(const std::string& path, const Reflection& reflection) {
  const std::string nearest = reflection.NearestMethod(path);
  return ErrorWithReason(absl::StatusCode::kUnimplemented, "NO_SUCH_METHOD",
                         absl::StrCat("there is no method ", path, "; the nearest is ", nearest),
                         {{"nearest", nearest}});
}

}  // namespace corridor::gateway
