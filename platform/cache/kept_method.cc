#include "platform/cache/kept_method.h"

#include <algorithm>
#include <map>
#include <optional>
#include <variant>

#include "absl/strings/str_cat.h"
#include "corridor/common/v1/cache.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "platform/request/known_at.h"

namespace corridor::cache {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// The single text field of this name, or null.
const FieldDescriptor* TextField(const Descriptor& request, const std::string& name) {
  const FieldDescriptor* const field = request.FindFieldByName(name);
  const bool is_text = field != nullptr && !field->is_repeated() &&
                       field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return is_text ? field : nullptr;
}

const std::string& TextOf(const Message& request, const FieldDescriptor* field) {
  static const auto* const none = new std::string;
  if (field == nullptr) return *none;
  std::string scratch;  // Not used: texts are kept as std::string.
  return request.GetReflection()->GetStringReference(request, field, &scratch);
}

void AddFile(const FileDescriptor& file, std::map<std::string, std::string>& files) {
  const auto [added, is_new] = files.try_emplace(file.name());
  if (!is_new) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  added->second = proto.SerializeAsString();
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), files);
}

// What request and answer of the method look like.
Key SchemaHash(const MethodDescriptor& method) {
  std::map<std::string, std::string> files;
  AddFile(*method.file(), files);
  std::string all;
  for (const auto& [name, file] : files) absl::StrAppend(&all, file.size(), ":", file);
  return Sha256(all);
}

void AppendDeterministic(const Message& request, std::string& out) {
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  request.SerializeToCodedStream(&coded);
}

}  // namespace

KeptMethod::KeptMethod(const MethodDescriptor& method, const Origin& origin)
    : origin_(origin),
      known_at_(TextField(*method.input_type(), "known_at")),
      page_token_(TextField(*method.input_type(), "page_token")) {
  const common::v1::Kept& kept = method.options().GetExtension(common::v1::kept);
  is_shared_ = kept.tier() == common::v1::Kept::SHARED;
  for (const common::v1::Kept::Reads& reads : kept.reads()) {
    reads_.push_back({reads.collection(), TextField(*method.input_type(), reads.by()),
                      TextField(*method.input_type(), reads.by_beginning())});
  }
  const Key schema = SchemaHash(method);
  for (const std::string_view part :
       {std::string_view(origin.environment), std::string_view(origin.service),
        std::string_view(origin.epoch), std::string_view(origin.binary),
        std::string_view(method.full_name()), View(schema)}) {
    absl::StrAppend(&prefix_, part.size(), ":", absl::string_view(part.data(), part.size()));
  }
}

std::optional<Question> KeptMethod::Ask(const Message& request, absl::Time now) const {
  Question question;
  question.is_shared = is_shared_;
  const auto known_at =
      ParseKnownAt(TextOf(request, known_at_), origin_.service, origin_.epoch, "known_at");
  if (!known_at.ok()) return std::nullopt;
  // A time is not fixed: a commit that is being made may turn out to be from before it.
  question.is_fixed =
      std::holds_alternative<int64_t>(*known_at) || !TextOf(request, page_token_).empty();
  if (!question.is_fixed) {
    for (const Reads& reads : reads_) {
      question.tags.push_back(
          reads.by != nullptr ? TagOf(reads.collection, TextOf(request, reads.by))
          : reads.by_beginning != nullptr
              ? TagOfBeginning(reads.collection, TextOf(request, reads.by_beginning))
              : Tag{reads.collection});
    }
  }
  std::string asked = prefix_;
  absl::StrAppend(&asked, absl::ToUnixSeconds(now) / absl::ToInt64Seconds(absl::Hours(24)), ":");
  AppendDeterministic(request, asked);
  question.key = Sha256(asked);
  return question;
}

const KeptMethod* KeptMethods::Find(std::string_view method) {
  const absl::string_view name(method.data(), method.size());
  const std::lock_guard lock(mutex_);
  if (const auto found = methods_.find(name); found != methods_.end()) return found->second.get();
  std::string full_name(method.substr(1));
  std::replace(full_name.begin(), full_name.end(), '/', '.');
  const MethodDescriptor* const descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
  std::unique_ptr<const KeptMethod> kept;
  if (descriptor != nullptr && descriptor->options().HasExtension(common::v1::kept)) {
    kept = std::make_unique<KeptMethod>(*descriptor, origin_);
  }
  return methods_.emplace(name, std::move(kept)).first->second.get();
}

}  // namespace corridor::cache
