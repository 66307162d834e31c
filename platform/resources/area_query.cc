#include "platform/resources/area_query.h"

#include <vector>

#include "platform/areas/area_copy.h"
#include "platform/status/status.h"

namespace corridor::resources {
namespace {

void AddAnyOf(const std::vector<std::string>& codes, const std::string& column, Query& query) {
  Condition& condition = query.conditions.emplace_back();
  condition.column = column;
  for (const std::string& code : codes) condition.values.emplace_back("areas/" + code);
}

void AddReferenceToAnyOf(const std::vector<std::string>& codes, Query& query) {
  RefersTo& refers_to = query.refers_to.emplace_back();
  for (const std::string& code : codes) refers_to.targets.push_back("areas/" + code);
}

}  // namespace

absl::StatusOr<std::string> ReadOptionalArea(const std::string& text, const std::string& field,
                                             areas::AreaDirectory& areas, const CallContext& call) {
  if (text.empty()) return text;
  return areas.ReadArea(text, field, call.deadline());
}

absl::Status AddWithin(Reader& reader, const std::string& code, const DayRange& as_of,
                       const std::string& column, Query& query) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, areas::Within(reader.rows(), code, as_of));
  AddAnyOf(codes, column, query);
  return absl::OkStatus();
}

absl::Status AddReferenceWithin(Reader& reader, const std::string& code, const DayRange& as_of,
                                Query& query) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, areas::Within(reader.rows(), code, as_of));
  AddReferenceToAnyOf(codes, query);
  return absl::OkStatus();
}

absl::Status AddReferenceToGroupsOf(Reader& reader, const std::string& code, const DayRange& as_of,
                                    Query& query) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> codes,
                   areas::GroupsOf(reader.rows(), code, as_of));
  AddReferenceToAnyOf(codes, query);
  return absl::OkStatus();
}

absl::Status AddGroupsOf(Reader& reader, const std::string& code, const DayRange& as_of,
                         const std::string& column, Query& query) {
  if (code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> codes,
                   areas::GroupsOf(reader.rows(), code, as_of));
  AddAnyOf(codes, column, query);
  return absl::OkStatus();
}

}  // namespace corridor::resources
