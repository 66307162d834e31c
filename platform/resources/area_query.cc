#include "platform/resources/area_query.h"

#include <string_view>
#include <vector>

#include "platform/areas/area_copy.h"
#include "platform/status/status.h"

namespace corridor::resources {
namespace {

// areas::Within or areas::GroupsOf.
using CodesFor = absl::StatusOr<std::vector<std::string>> (*)(store::Reader& rows,
                                                              std::string_view code,
                                                              const DayRange& as_of);

absl::Status AddAnyOf(CodesFor codes_for, Reader& reader, const std::string& code,
                      const DayRange& as_of, const std::string& column, Query& query) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, codes_for(reader.rows(), code, as_of));
  Condition& condition = query.conditions.emplace_back();
  condition.column = column;
  for (const std::string& one : codes) condition.values.emplace_back("areas/" + one);
  return absl::OkStatus();
}

absl::Status AddReferenceToAnyOf(CodesFor codes_for, Reader& reader, const std::string& code,
                                 const DayRange& as_of, Query& query) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, codes_for(reader.rows(), code, as_of));
  RefersTo& refers_to = query.refers_to.emplace_back();
  for (const std::string& one : codes) refers_to.targets.push_back("areas/" + one);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadOptionalArea(const std::string& text, const std::string& field,
                                             areas::AreaDirectory& areas, const CallContext& call) {
  if (text.empty()) return text;
  return areas.ReadArea(text, field, call.deadline());
}

absl::Status AddWithin(Reader& reader, const std::string& code, const DayRange& as_of,
                       const std::string& column, Query& query) {
  return AddAnyOf(areas::Within, reader, code, as_of, column, query);
}

absl::Status AddReferenceWithin(Reader& reader, const std::string& code, const DayRange& as_of,
                                Query& query) {
  return AddReferenceToAnyOf(areas::Within, reader, code, as_of, query);
}

absl::Status AddReferenceToGroupsOf(Reader& reader, const std::string& code, const DayRange& as_of,
                                    Query& query) {
  return AddReferenceToAnyOf(areas::GroupsOf, reader, code, as_of, query);
}

absl::Status AddGroupsOf(Reader& reader, const std::string& code, const DayRange& as_of,
                         const std::string& column, Query& query) {
  return AddAnyOf(areas::GroupsOf, reader, code, as_of, column, query);
}

}  // namespace corridor::resources
