// Whether what resources and requests name exists: other resources of the service, and areas, which
// memberstates owns.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/areas/area_directory.h"
#include "platform/request/call_context.h"
#include "platform/resources/kind.h"
#include "platform/resources/reader.h"

namespace corridor::resources {

// Makes sure that the service's copy knows the areas among `references`: asks memberstates where it
// does not. Before a commit, which cannot wait for another service. Errors: INVALID_ARGUMENT naming
// the field and the area, when there is no such area; UNAVAILABLE, when memberstates cannot be
// asked.
absl::Status EnsureAreas(const std::vector<Reference>& references, areas::AreaDirectory& areas,
                         const CallContext& call);

// Within a commit. Errors: INVALID_ARGUMENT naming the field and the name of what there is not.
absl::Status CheckReference(const Reference& reference, const Kinds& kinds, Reader& reader);

// The name of the resource of `kind` that a field of a read gives, as a name or the id alone; empty
// for an empty field. Errors: INVALID_ARGUMENT naming `field` (malformed, or the version read has
// no such resource), those of the reader.
absl::StatusOr<std::string> ReadOptionalName(const std::string& text, const Kind& kind,
                                             const std::string& field, Reader& reader);

}  // namespace corridor::resources
