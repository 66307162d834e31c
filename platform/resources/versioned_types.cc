#include "platform/resources/versioned_types.h"

#include <memory>
#include <string_view>
#include <utility>

#include "platform/resources/message_fields.h"
#include "platform/resources/reader.h"
#include "platform/resources/references.h"
#include "platform/status/status.h"

namespace corridor::resources {
namespace {

using google::protobuf::Message;
using versions::Ids;

// As `resource_references` names a resource: one whose rows are found by its name, not its id.
constexpr char kReferenceColumn[] = "resource";

// What was named then may be gone since; that is not the caller's mistake.
absl::Status AsGone(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "CANNOT_BE_AS_IT_WAS",
                         std::string(status.message()));
}

absl::Status Restore(const Kind& kind, const Kinds& kinds, const std::string& epoch,
                     store::Writer& rows, const std::string& id, const Message& resource,
                     store::Reader& then) {
  Writer writer(rows, epoch);
  std::unique_ptr<Message> old(resource.New());
  const absl::Status found = writer.reader().Get(kind, id, *old);
  if (absl::IsNotFound(found)) {
    old = nullptr;
  } else {
    RETURN_IF_ERROR(found);
  }
  RETURN_IF_ERROR(writer.Put(kind, resource));
  for (const Reference& reference : kind.references(resource, kind.field)) {
    RETURN_IF_ERROR(AsGone(CheckReference(reference, kinds, writer.reader())));
  }
  RETURN_IF_ERROR(AsGone(kind.check_stored(writer.reader(), old.get(), resource, kind.field)));
  if (!kind.parts) return absl::OkStatus();
  return AsGone(kind.parts->restore(writer, id, resource, then));
}

versions::ResourceType TypeOf(const Kind& kind, const Kinds& kinds, const std::string& epoch) {
  versions::ResourceType type;
  type.pattern = kind.collection + "/*";
  type.tables = {{kind.table, {"id"}}};
  if (kind.parts) type.tables.push_back({kind.parts->table, {kind.parts->id_column}});
  type.prototype = kind.prototype;
  type.output_only = kind.output_only;
  type.kept_fields = kind.columns;
  type.kept_fields.emplace_back("name");
  type.named_rows = {{kReferences, kReferenceColumn}};
  type.read = [&kind, epoch](store::Reader& rows, const Ids& ids, Message& resource) {
    return Reader(rows, epoch).Get(kind, ids[0], resource);
  };
  type.put = [&kind, epoch](store::Writer& rows, const Ids&, const Message& resource) {
    return Writer(rows, epoch).Put(kind, resource);
  };
  type.restore = [&kind, &kinds, epoch](store::Writer& rows, const Ids& ids,
                                        const Message& resource, store::Reader& then) {
    return Restore(kind, kinds, epoch, rows, ids[0], resource, then);
  };
  if (kind.parts) {
    type.add_parts = [&kind](store::Reader& rows, const Ids& ids,
                             google::protobuf::Struct& object) {
      return kind.parts->add(rows, ids[0], object);
    };
  }
  return type;
}

}  // namespace

std::vector<versions::ResourceType> VersionedTypes(const Kinds& kinds, const std::string& epoch) {
  std::vector<versions::ResourceType> types;
  for (const Kind* kind : kinds.all()) types.push_back(TypeOf(*kind, kinds, epoch));
  return types;
}

}  // namespace corridor::resources
