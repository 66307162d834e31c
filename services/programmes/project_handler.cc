// Lists of projects, by where, when, with whom and for whom.
#include "services/programmes/project_handler.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/records/day_columns.h"
#include "platform/request/resource_name.h"
#include "platform/resources/area_query.h"
#include "platform/resources/references.h"
#include "platform/status/status.h"
#include "services/programmes/classification.h"
#include "services/programmes/programme_area.h"

namespace corridor::programmes {
namespace {

using resources::Condition;
using resources::Query;
using resources::Reader;
using Participant = v1::Project::Participant;

absl::Status AddParticipant(const v1::ListProjectsRequest& request, const resources::Kinds& kinds,
                            Reader& reader, Query& query) {
  if (!Participant::Role_IsValid(request.role())) {
    return InvalidField("role", std::to_string(request.role()), "is not a role");
  }
  const bool any_role = request.role() == Participant::ROLE_UNSPECIFIED;
  const std::string& name = request.participant();
  if (name.empty()) {
    if (any_role) return absl::OkStatus();
    return InvalidField("role", Participant::Role_Name(request.role()),
                        "says whose role only with participant");
  }
  RETURN_IF_ERROR(CheckParticipantName(name, "participant"));
  RETURN_IF_ERROR(resources::CheckReference({"participant", name}, kinds, reader));
  query.refers_to.push_back(
      {.targets = {name},
       .relations = any_role ? RelationsOfAllRoles() : std::vector{RelationOf(request.role())}});
  return absl::OkStatus();
}

absl::Status AddWhatFor(const v1::ListProjectsRequest& request, Reader& reader, Query& query) {
  if (!request.class_().empty()) {
    RETURN_IF_ERROR(CheckClassExists(request.class_(), "class", reader));
    query.refers_to.push_back({.targets = {request.class_()}});
  }
  ASSIGN_OR_RETURN(const std::string programme_area,
                   resources::ReadOptionalName(request.programme_area(), ProgrammeAreas(),
                                               "programme_area", reader));
  if (!programme_area.empty()) query.refers_to.push_back({.targets = {programme_area}});
  if (!request.target_group().empty()) {
    RETURN_IF_ERROR(CodeIn(request.target_group(), "*", "target_group").status());
    query.refers_to.push_back({.targets = {TargetGroupName(request.target_group())}});
  }
  return absl::OkStatus();
}

void AddActiveOn(const DayRange& asked, Query& query) {
  query.conditions.push_back(
      {"start_earliest", Condition::Test::kAtMost, {FormatDay(asked.latest.value())}});
  query.conditions.push_back(
      {"end_latest", Condition::Test::kAtLeast, {FormatDay(asked.earliest.value())}});
}

}  // namespace

absl::StatusOr<v1::ListProjectsResponse> ProjectHandler::ListProjects(
    const v1::ListProjectsRequest& request, CallContext& call) {
  Query query;
  std::optional<DayRange> active_on;
  if (!request.active_on().empty()) {
    ASSIGN_OR_RETURN(const AsOfDays asked,
                     ReadAsOf(request.active_on(), "active_on", std::nullopt, call));
    active_on = asked.days;
    AddActiveOn(*active_on, query);
  }
  ASSIGN_OR_RETURN(const std::string area,
                   resources::ReadOptionalArea(request.area(), "area", parts().areas, call));

  ASSIGN_OR_RETURN(const PageRead<resources::Store> page, OpenPage(parts().store, request, call));
  RETURN_IF_ERROR(AddParticipant(request, parts().kinds, *page.reader, query));
  RETURN_IF_ERROR(AddWhatFor(request, *page.reader, query));
  ASSIGN_OR_RETURN(const AsOfDays as_of,
                   ReadAsOf(request.as_of().empty() ? request.active_on() : request.as_of(),
                            "as_of", page.cursor, call));
  RETURN_IF_ERROR(resources::AddReferenceWithin(*page.reader, area, as_of.days, query));

  ASSIGN_OR_RETURN(auto response, (List<v1::Project, v1::ListProjectsResponse>(
                                      request, page, std::move(query), as_of.date.text())));
  if (!active_on) return response;
  for (v1::Project& project : *response.mutable_projects()) {
    project.mutable_active()->set_certain(RanOn(project.dates(), *active_on) == Holds::kCertainly);
  }
  return response;
}

}  // namespace corridor::programmes
