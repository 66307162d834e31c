#include "platform/resources/references.h"

#include <set>
#include <string_view>

#include "platform/areas/area_copy.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"

namespace corridor::resources {
namespace {

constexpr std::string_view kAreas = "areas/";

}  // namespace

absl::Status EnsureAreas(const std::vector<Reference>& references, areas::AreaDirectory& areas,
                         const CallContext& call) {
  std::set<std::string_view> ensured;
  for (const Reference& reference : references) {
    if (!reference.must_exist || !reference.name.starts_with(kAreas)) continue;
    if (!ensured.insert(reference.name).second) continue;
    RETURN_IF_ERROR(areas.EnsureKnown(reference.name, reference.path, call.deadline()));
  }
  return absl::OkStatus();
}

absl::Status CheckReference(const Reference& reference, const Kinds& kinds, Reader& reader) {
  if (!reference.must_exist) return absl::OkStatus();
  bool exists = false;
  if (reference.name.starts_with(kAreas)) {
    ASSIGN_OR_RETURN(exists, areas::Has(reader.rows(), reference.name.substr(kAreas.size())));
  } else if (const Kind* kind = kinds.Of(reference.name)) {
    ASSIGN_OR_RETURN(exists, reader.Has(*kind, kind->Id(reference.name)));
  }
  if (exists) return absl::OkStatus();
  return InvalidField(reference.path, reference.name, "does not exist");
}

absl::StatusOr<std::string> ReadOptionalName(const std::string& text, const Kind& kind,
                                             const std::string& field, Reader& reader) {
  if (text.empty()) return text;
  std::string name = text.find('/') == std::string::npos ? kind.Name(text) : text;
  ASSIGN_OR_RETURN(const std::string id, IdIn(name, kind.collection + "/*", field));
  ASSIGN_OR_RETURN(const bool exists, reader.Has(kind, id));
  if (!exists) return InvalidField(field, text, "does not exist");
  return name;
}

}  // namespace corridor::resources
