#include "tests/fault/resources.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace corridor::e2e {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* FieldOf(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}
std::string TextOf(const Message& message, const std::string& field) {
  return message.GetReflection()->GetString(message, FieldOf(message, field));
}
std::vector<const Message*> EntriesOf(const Message& message, const std::string& name) {
  const FieldDescriptor* const field = FieldOf(message, name);
  std::vector<const Message*> entries;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    entries.push_back(&message.GetReflection()->GetRepeatedMessage(message, field, i));
  }
  return entries;
}
int64_t KnownVersionOf(const Message& list) {
  const Message& known = list.GetReflection()->GetMessage(list, FieldOf(list, "known_version"));
  return known.GetReflection()->GetInt64(known, FieldOf(known, "version"));
}

std::string KnownAt(int64_t version) {
  return version == 0 ? "" : absl::StrCat(R"(,"known_at":")", version, R"(")");
}

}  // namespace

const char kCitations[] =
    R"("citations":[{"source":"TEST","kind":"INFERRED","claimant":"test","title":"t",)"
    R"("reasoning":"r"}])";

std::vector<Subject> Subjects() {
  return {{.service = "memberstates",
           .grpc_service = "corridor.memberstates.v1.Areas",
           .one = "Area",
           .many = "Areas",
           .field = "area",
           .collection = "areas/",
           .text_field = "display_name",
           .text_mask = "displayName",
           .other_fields = R"("kind":"GROUP")"},
          {.service = "indicators",
           .grpc_service = "corridor.indicators.v1.ContextNotes",
           .one = "ContextNote",
           .many = "ContextNotes",
           .field = "context_note",
           .collection = "contextNotes/",
           .text_field = "text",
           .text_mask = "text",
           .other_fields = R"("topic":"TEST","area":"areas/GEO")"},
          {.service = "programmes",
           .grpc_service = "corridor.programmes.v1.Projects",
           .one = "Project",
           .many = "Projects",
           .field = "project",
           .collection = "projects/",
           .text_field = "display_name",
           .text_mask = "displayName",
           .other_fields = R"("countries":[{"area":"areas/GEO"}])"}};
}

absl::Status CreateGeorgia(const std::string& memberstates_address) {
  return ContractClient("memberstates", memberstates_address)
      .Call("corridor.memberstates.v1.Areas", "CreateArea",
            absl::StrCat(R"({"area_id":"GEO","area":{"kind":"COUNTRY","display_name":"Georgia",)",
                         kCitations, "}}"),
            Soon())
      .status();
}

absl::StatusOr<std::string> Resources::Get(const std::string& name, int64_t version) {
  const absl::StatusOr<ContractAnswer> answer =
      Call(absl::StrCat("Get", subject_.one),
           absl::StrCat(R"({"name":")", name, R"(")", KnownAt(version), "}"));
  if (!answer.ok()) return answer.status();
  return TextOf(*answer->message, subject_.text_field);
}

absl::StatusOr<Resources::Listing> Resources::List(int64_t version, int page_size,
                                                   const std::function<void()>& before_next) {
  Listing listing;
  std::string token;
  do {
    if (!token.empty()) before_next();
    const absl::StatusOr<ContractAnswer> answer =
        Call(absl::StrCat("List", subject_.many),
             absl::StrCat(R"({"page_size":)", page_size, R"(,"page_token":")", token, R"(")",
                          KnownAt(version), "}"));
    if (!answer.ok()) return answer.status();
    const Message& page = *answer->message;
    if (token.empty()) listing.version = KnownVersionOf(page);
    EXPECT_EQ(KnownVersionOf(page), listing.version);
    for (const Message* entry : EntriesOf(page, absl::StrCat(subject_.field, "s"))) {
      listing.texts.emplace_back(TextOf(*entry, "name"), TextOf(*entry, subject_.text_field));
    }
    token = TextOf(page, "next_page_token");
  } while (!token.empty());
  return listing;
}

}  // namespace corridor::e2e
