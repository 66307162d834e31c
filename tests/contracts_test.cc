// What all contracts have in common, read off their descriptors: every read can be asked as of a
// version, every write is safe to repeat and to rehearse, and nothing goes without a comment.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "corridor/common/v1/cache.pb.h"
#include "descriptor_set.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace corridor {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::SourceLocation;

// The files of proto/, without those that they import.
const std::vector<const FileDescriptor*>& Contracts() {
  static const auto* contracts = [] {
    google::protobuf::FileDescriptorSet set;
    const std::string_view bytes = descriptor_set.front().contents;
    EXPECT_TRUE(set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    auto* const pool = new DescriptorPool;  // Lives as long as the descriptors: for ever.
    auto* const files = new std::vector<const FileDescriptor*>;
    for (const auto& proto : set.file()) {
      const FileDescriptor* const file = pool->BuildFile(proto);
      EXPECT_NE(file, nullptr) << proto.name();
      if (file != nullptr && absl::StartsWith(file->package(), "corridor.")) files->push_back(file);
    }
    return files;
  }();
  return *contracts;
}

// The services that keep records: those of a subject, as opposed to the gateway and the change
// feed.
std::vector<const ServiceDescriptor*> ServicesOfRecords() {
  std::vector<const ServiceDescriptor*> services;
  for (const FileDescriptor* file : Contracts()) {
    if (file->package() != "corridor.memberstates.v1" &&
        file->package() != "corridor.indicators.v1" &&
        file->package() != "corridor.programmes.v1") {
      continue;
    }
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  return services;
}

std::vector<const MethodDescriptor*> MethodsOf(const ServiceDescriptor& service) {
  std::vector<const MethodDescriptor*> methods;
  methods.reserve(static_cast<size_t>(service.method_count()));
  for (int i = 0; i < service.method_count(); ++i) methods.push_back(service.method(i));
  return methods;
}

bool NameBeginsWith(const MethodDescriptor& method, const std::vector<std::string>& verbs) {
  return std::any_of(verbs.begin(), verbs.end(), [&](const std::string& verb) {
    return absl::StartsWith(method.name(), verb) || absl::StartsWith(method.name(), "Batch" + verb);
  });
}

bool IsWrite(const MethodDescriptor& method) {
  return NameBeginsWith(method, {"Create", "Update", "Delete", "Write", "Restore"});
}

std::vector<const MethodDescriptor*> Methods(bool writes) {
  std::vector<const MethodDescriptor*> methods;
  for (const ServiceDescriptor* service : ServicesOfRecords()) {
    for (const MethodDescriptor* method : MethodsOf(*service)) {
      if (IsWrite(*method) == writes) methods.push_back(method);
    }
  }
  EXPECT_GT(methods.size(), 40u);
  return methods;
}

bool HasField(const Descriptor& message, const std::string& name, FieldDescriptor::Type type) {
  const FieldDescriptor* const field = message.FindFieldByName(name);
  return field != nullptr && field->type() == type && !field->is_repeated();
}
bool HasText(const Descriptor& message, const std::string& name) {
  return HasField(message, name, FieldDescriptor::TYPE_STRING);
}

// What one entry of a batch is like, or the request itself.
const Descriptor& EntryOf(const Descriptor& request) {
  const FieldDescriptor* const requests = request.FindFieldByName("requests");
  return requests == nullptr ? request : *requests->message_type();
}

bool HoldsResource(const FieldDescriptor& field) {
  const Descriptor* const type = field.message_type();
  return type != nullptr && HasText(*type, "name") && HasText(*type, "etag");
}

// Of its own, or of the resource that it holds.
bool HasEtag(const Descriptor& request) {
  if (HasText(request, "etag")) return true;
  for (int i = 0; i < request.field_count(); ++i) {
    if (HoldsResource(*request.field(i))) return true;
  }
  return false;
}

// The method of `service` called `verb`… that takes several of what `one` takes.
bool HasBatchOf(const ServiceDescriptor& service, const std::string& verb, const Descriptor* one) {
  const auto methods = MethodsOf(service);
  return std::any_of(methods.begin(), methods.end(), [&](const MethodDescriptor* method) {
    return absl::StartsWith(method->name(), "Batch" + verb) &&
           method->input_type()->FindFieldByName("requests") != nullptr &&
           &EntryOf(*method->input_type()) == one;
  });
}

TEST(ContractsTest, TheVerbOfHttpSaysWhetherAMethodWrites) {
  for (const bool writes : {false, true}) {
    for (const MethodDescriptor* method : Methods(writes)) {
      ASSERT_TRUE(method->options().HasExtension(google::api::http)) << method->full_name();
      switch (method->options().GetExtension(google::api::http).pattern_case()) {
        case google::api::HttpRule::kGet:
          EXPECT_FALSE(writes) << method->full_name();
          break;
        case google::api::HttpRule::kPost:
          break;  // Reads too: those that ask about many things at once.
        case google::api::HttpRule::kPatch:
        case google::api::HttpRule::kDelete:
          EXPECT_TRUE(writes) << method->full_name();
          break;
        default:
          ADD_FAILURE() << method->full_name() << " is bound to no verb that is used here";
      }
    }
  }
}

TEST(ContractsTest, EveryReadCanBeAskedAsOfAVersion) {
  for (const MethodDescriptor* method : Methods(/*writes=*/false)) {
    const Descriptor& request = *method->input_type();
    const bool compares_versions = HasText(request, "from") && HasText(request, "to");
    EXPECT_TRUE(HasText(request, "known_at") || compares_versions) << method->full_name();
  }
}

TEST(ContractsTest, EveryWriteIsSafeToRepeatGivesAReasonAndCanBeRehearsed) {
  for (const MethodDescriptor* method : Methods(/*writes=*/true)) {
    const Descriptor& request = *method->input_type();
    EXPECT_TRUE(HasText(request, "request_id")) << method->full_name();
    EXPECT_TRUE(HasText(request, "reason")) << method->full_name();
    EXPECT_TRUE(HasField(request, "validate_only", FieldDescriptor::TYPE_BOOL))
        << method->full_name();
  }
}

TEST(ContractsTest, EveryChangeOfWhatIsThereCanNameTheEtagThatItMeans) {
  for (const MethodDescriptor* method : Methods(/*writes=*/true)) {
    if (!NameBeginsWith(*method, {"Update", "Delete", "Restore"})) continue;
    EXPECT_TRUE(HasEtag(EntryOf(*method->input_type()))) << method->full_name();
  }
}

bool Behaves(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

TEST(ContractsTest, WhatARequestMustHaveIsSaidToBeRequired) {
  for (const bool writes : {false, true}) {
    for (const MethodDescriptor* method : Methods(writes)) {
      const Descriptor& request = *method->input_type();
      for (int i = 0; i < request.field_count(); ++i) {
        const FieldDescriptor& field = *request.field(i);
        if (field.name() != "name" && field.name() != "requests" && !HoldsResource(field)) continue;
        EXPECT_TRUE(Behaves(field, google::api::REQUIRED)) << field.full_name();
      }
    }
  }
}

TEST(ContractsTest, WhatCanBeWrittenOneByOneCanBeWrittenManyAtOnce) {
  std::map<std::string, int> checked;
  for (const MethodDescriptor* method : Methods(/*writes=*/true)) {
    for (const std::string verb : {"Create", "Update", "Delete"}) {
      if (!absl::StartsWith(method->name(), verb)) continue;
      ++checked[verb];
      EXPECT_TRUE(HasBatchOf(*method->service(), verb, method->input_type()))
          << method->full_name() << " has no Batch" << verb;
    }
  }
  EXPECT_GT(checked["Create"], 10);
  // What can be created can be changed and deleted.
  EXPECT_GE(checked["Update"], checked["Create"]);
  EXPECT_GE(checked["Delete"], checked["Create"]);
}

// Whether some method of the package has a resource of this collection in its path.
bool IsBound(const std::string& collection, const FileDescriptor& package_of) {
  const std::string name =
      absl::StrCat("=", absl::StrReplaceAll(collection, {{"/-/", "/*/"}}), "/*}");
  for (const ServiceDescriptor* service : ServicesOfRecords()) {
    // Every service keeps a copy of the areas.
    if (service->file()->package() != package_of.package() &&
        service->file()->package() != "corridor.memberstates.v1") {
      continue;
    }
    for (const MethodDescriptor* method : MethodsOf(*service)) {
      if (absl::StrContains(method->options().GetExtension(google::api::http).ShortDebugString(),
                            name)) {
        return true;
      }
    }
  }
  return false;
}

TEST(ContractsTest, WhatIsKeptIsAReadThatSaysWhereAndWhatItReads) {
  for (const MethodDescriptor* method : Methods(/*writes=*/true)) {
    EXPECT_FALSE(method->options().HasExtension(common::v1::kept)) << method->full_name();
  }
  for (const MethodDescriptor* method : Methods(/*writes=*/false)) {
    if (!method->options().HasExtension(common::v1::kept)) continue;
    const common::v1::Kept& kept = method->options().GetExtension(common::v1::kept);
    EXPECT_NE(kept.tier(), common::v1::Kept::TIER_UNSPECIFIED) << method->full_name();
    EXPECT_FALSE(kept.reads().empty()) << method->full_name();
    for (const common::v1::Kept::Reads& reads : kept.reads()) {
      EXPECT_TRUE(IsBound(reads.collection(), *method->file()))
          << method->full_name() << " reads " << reads.collection();
      EXPECT_TRUE(reads.by().empty() || reads.by_beginning().empty()) << method->full_name();
      for (const std::string& field : {reads.by(), reads.by_beginning()}) {
        EXPECT_TRUE(field.empty() || HasText(*method->input_type(), field))
            << method->full_name() << " by " << field;
      }
    }
  }
}

TEST(ContractsTest, EveryReadIsKeptButThoseThatHardlyRepeat) {
  for (const MethodDescriptor* method : Methods(/*writes=*/false)) {
    const bool hardly_repeats =
        NameBeginsWith(*method, {"ListVersions", "DiffVersions", "Resolve", "Check"});
    EXPECT_EQ(method->options().HasExtension(common::v1::kept), !hardly_repeats)
        << method->full_name();
  }
}

// Names what has no comment of its own before it.
template <typename Commented>
void ExpectComment(const Commented& commented) {
  SourceLocation location;
  ASSERT_TRUE(commented.GetSourceLocation(&location)) << commented.full_name();
  EXPECT_FALSE(location.leading_comments.empty()) << commented.full_name();
}

void ExpectComments(const EnumDescriptor& enumeration) {
  ExpectComment(enumeration);
  for (int i = 0; i < enumeration.value_count(); ++i) ExpectComment(*enumeration.value(i));
}

void ExpectComments(const Descriptor& message) {
  if (message.options().map_entry()) return;
  ExpectComment(message);
  for (int i = 0; i < message.field_count(); ++i) ExpectComment(*message.field(i));
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) ExpectComment(*message.oneof_decl(i));
  for (int i = 0; i < message.enum_type_count(); ++i) ExpectComments(*message.enum_type(i));
  for (int i = 0; i < message.nested_type_count(); ++i) ExpectComments(*message.nested_type(i));
}

TEST(ContractsTest, WhatIsOutputOnlyIsSaidToProgramsToo) {
  int output_only = 0;
  for (const FileDescriptor* file : Contracts()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor& message = *file->message_type(i);
      for (int j = 0; j < message.field_count(); ++j) {
        SourceLocation location;
        ASSERT_TRUE(message.field(j)->GetSourceLocation(&location));
        if (!absl::StrContains(location.leading_comments, "Output only.")) continue;
        EXPECT_TRUE(Behaves(*message.field(j), google::api::OUTPUT_ONLY))
            << message.field(j)->full_name();
        ++output_only;
      }
    }
  }
  EXPECT_GT(output_only, 10);
}

TEST(ContractsTest, EveryServiceMethodMessageFieldAndValueHasAComment) {
  ASSERT_GT(Contracts().size(), 15u);
  for (const FileDescriptor* file : Contracts()) {
    for (int i = 0; i < file->service_count(); ++i) {
      ExpectComment(*file->service(i));
      for (const MethodDescriptor* method : MethodsOf(*file->service(i))) ExpectComment(*method);
    }
    for (int i = 0; i < file->enum_type_count(); ++i) ExpectComments(*file->enum_type(i));
    for (int i = 0; i < file->message_type_count(); ++i) ExpectComments(*file->message_type(i));
  }
}

}  // namespace
}  // namespace corridor
