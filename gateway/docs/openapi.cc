// The parts of the document, in its order.
#include "gateway/docs/openapi.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/json.h"
#include "gateway/docs/learnt_values.h"
#include "gateway/docs/operations.h"
#include "gateway/docs/responses.h"
#include "gateway/docs/schemas.h"
#include "gateway/transcoding/bindings.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

constexpr std::string_view kAbout =
    R"(Who was a member or an observer of an organisation on a given day, what was being done where and with whom, and what the figures said, according to whom.

- **Names** of parameters and members are `lowerCamelCase`; `snake_case` is understood too. Unknown ones are refused, with the nearest known.
- **Days**: `asOf` is a day, a month, a year or `A/B`; without it: today. **Versions**: `knownAt` is a version or an RFC 3339 time; without it: now.
- **Integers of 64 bits** are text, and enums are names, unless `corridor-json` asks for numbers; either is understood.
- **Writes** take `requestId` (sent again, it is done once), `reason`, `validateOnly` and, where there is something to overwrite, `etag`. The examples have `validateOnly`, so that nothing is written by trying them. They are taken only under a known `Host` and, from a page, from a known `Origin`.
- **Errors** are `{"error":{"code","status","message","details"}}` with an HTTP status of their own, and never hide in a 200.
- **Identities** there are none yet: whoever reaches the gateway may ask and write, so it listens on the host's own loopback address only.

Every operation is an RPC too; its description names it.)";

absl::StatusOr<std::vector<const FileDescriptor*>> FilesOf(std::string_view descriptor_set,
                                                           DescriptorPool& pool) {
  FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("the descriptor set is no FileDescriptorSet");
  }
  std::vector<const FileDescriptor*> files;
  for (const FileDescriptorProto& proto : set.file()) {
    files.push_back(pool.BuildFile(proto));
    if (files.back() == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("the descriptor set cannot be read at ", proto.name()));
    }
  }
  return files;
}

Json Info(std::string_view version) {
  return Json::Object({{"title", Json::Text("Corridor")},
                       {"version", Json::Text(version)},
                       {"summary", Json::Text("The data backbone of migration-and-development "
                                              "work.")},
                       {"description", Json::Text(kAbout)},
                       {"license", Json::Object({{"name", Json::Text("Apache License 2.0")},
                                                 {"identifier", Json::Text("Apache-2.0")}})}});
}

// To each schema of a message that was learnt.
absl::Status AddExamples(const LearntValues& learnt, const DescriptorPool& pool, Json& schemas) {
  for (const auto& [name, schema] : schemas.members()) {
    const google::protobuf::Descriptor* const type = pool.FindMessageTypeByName(name);
    const google::protobuf::Message* const known = type == nullptr ? nullptr : learnt.OfType(*type);
    if (known == nullptr) continue;
    ASSIGN_OR_RETURN(const std::string json, learnt.JsonOf(*known, /*omits_defaults=*/false));
    schemas.Find(name)->Set("examples", Json::Array({Json::Raw(json)}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> OpenApiDocument(std::string_view descriptor_set,
                                            std::string_view version,
                                            const std::vector<Example>& examples) {
  DescriptorPool pool;
  ASSIGN_OR_RETURN(const std::vector<const FileDescriptor*> files, FilesOf(descriptor_set, pool));
  ASSIGN_OR_RETURN(const std::vector<Binding> bindings, ReadBindings(files));
  const Comments comments(files);
  LearntValues learnt(files);
  Schemas schemas(comments);
  ErrorResponses errors;
  Operations operations(comments, bindings, examples, learnt, schemas, errors);
  ASSIGN_OR_RETURN(Json paths, operations.Paths());
  Json named_schemas = schemas.Components();
  RETURN_IF_ERROR(AddExamples(learnt, pool, named_schemas));
  named_schemas.Set(kErrorSchema, ErrorSchema());
  const Json document = Json::Object(
      {{"openapi", Json::Text("3.1.0")},
       {"info", Info(version)},
       // Of whoever serves the document.
       {"servers", Json::Array({Json::Object(
                       {{"url", Json::Text("/")}, {"description", Json::Text("This gateway.")}})})},
       {"security", Json::Array()},
       {"tags", operations.Tags()},
       {"paths", std::move(paths)},
       {"components", Json::Object({{"schemas", std::move(named_schemas)},
                                    {"responses", errors.Components()},
                                    {"parameters", CommonParameters()},
                                    {"headers", CommonHeaders()}})}});
  return document.ToString();
}

}  // namespace corridor::gateway
