// What is said of a group is also said of the areas that belong to it.
#include "services/indicators/context_handlers.h"

#include "platform/resources/area_query.h"
#include "platform/status/status.h"

namespace corridor::indicators {
namespace {

// A page of a list that is asked by area, and the query for it.
struct AreaPage {
  PageRead<resources::Store> page;
  resources::Query query;
  std::string as_of;
};

// How a list is asked by an area and the groups that it belongs to.
using AddArea = absl::FunctionRef<absl::Status(resources::Reader&, const std::string& code,
                                               const DayRange& as_of, resources::Query&)>;

template <typename Request>
absl::StatusOr<AreaPage> OpenAreaPage(const resources::Parts& parts, const Request& request,
                                      AddArea add_area, CallContext& call) {
  AreaPage list;
  ASSIGN_OR_RETURN(const std::string area,
                   resources::ReadOptionalArea(request.area(), "area", parts.areas, call));
  ASSIGN_OR_RETURN(list.page, OpenPage(parts.store, request, call));
  ASSIGN_OR_RETURN(const AsOfDays as_of,
                   ReadAsOf(request.as_of(), "as_of", list.page.cursor, call));
  list.as_of = as_of.date.text();
  RETURN_IF_ERROR(add_area(*list.page.reader, area, as_of.days, list.query));
  return list;
}

}  // namespace

absl::StatusOr<v1::ListContextNotesResponse> ContextNoteHandler::ListContextNotes(
    const v1::ListContextNotesRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const AreaPage list,
                   OpenAreaPage(parts(), request, &resources::AddReferenceToGroupsOf, call));
  return List<v1::ContextNote, v1::ListContextNotesResponse>(request, list.page, list.query,
                                                             list.as_of);
}

absl::StatusOr<v1::ListTargetsResponse> TargetHandler::ListTargets(
    const v1::ListTargetsRequest& request, CallContext& call) {
  const auto of_area = [](resources::Reader& reader, const std::string& code, const DayRange& as_of,
                          resources::Query& query) {
    return resources::AddGroupsOf(reader, code, as_of, "area", query);
  };
  ASSIGN_OR_RETURN(const AreaPage list, OpenAreaPage(parts(), request, of_area, call));
  return List<v1::Target, v1::ListTargetsResponse>(request, list.page, list.query, list.as_of);
}

absl::StatusOr<v1::TargetAssessment> TargetHandler::AssessTarget(
    const v1::AssessTargetRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(v1::Target target, Get<v1::Target>(request, call));
  return std::move(*target.mutable_assessment());
}

}  // namespace corridor::indicators
