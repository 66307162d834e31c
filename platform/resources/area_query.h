// Lists asked by area: of the areas within one, or of the groups that one belongs to.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/areas/area_directory.h"
#include "platform/dates/partial_date.h"
#include "platform/request/call_context.h"
#include "platform/resources/reader.h"

namespace corridor::resources {

// The code of the area that a field of a read names by name or code; empty for an empty field.
// Errors: as areas::AreaDirectory::ReadArea.
absl::StatusOr<std::string> ReadOptionalArea(const std::string& text, const std::string& field,
                                             areas::AreaDirectory& areas, const CallContext& call);

// Adds that `column` names the area with this code or one within it on the days `as_of`, by the
// service's copy of the areas; nothing when the code is empty. Errors: those of
// store::Reader::Query.
absl::Status AddWithin(Reader& reader, const std::string& code, const DayRange& as_of,
                       const std::string& column, Query& query);

// Adds that the resource names, in whatever way, the area or one within it; as AddWithin.
absl::Status AddReferenceWithin(Reader& reader, const std::string& code, const DayRange& as_of,
                                Query& query);

// Adds that the resource names, in whatever way, the area or a group that it belongs to; as
// AddGroupsOf.
absl::Status AddReferenceToGroupsOf(Reader& reader, const std::string& code, const DayRange& as_of,
                                    Query& query);

// Adds that `column` names the area or a group that it belongs to on the days `as_of`, through
// groups in between; nothing when the code is empty. Errors: as AddWithin.
absl::Status AddGroupsOf(Reader& reader, const std::string& code, const DayRange& as_of,
                         const std::string& column, Query& query);

}  // namespace corridor::resources
