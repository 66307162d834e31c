// Reads of areas.
#include "services/memberstates/area_handler.h"

#include "absl/strings/str_cat.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "platform/text/fold.h"
#include "services/memberstates/area.h"

namespace corridor::memberstates {
namespace {

constexpr size_t kMaxQueryBytes = 500;
// The parent that stands for every group (AIP-159).
constexpr char kEveryGroup[] = "areas/-";

absl::StatusOr<v1::AreaView> ReadView(v1::AreaView view, v1::AreaView unspecified) {
  if (!v1::AreaView_IsValid(view)) {
    return InvalidField("view", std::to_string(view), "is not a view: BASIC or FULL");
  }
  return view == v1::AREA_VIEW_UNSPECIFIED ? unspecified : view;
}

// NOT_FOUND unless the area exists; INVALID_ARGUMENT unless it is of a kind that has members.
absl::Status CheckHasMembers(Reader& reader, const std::string& code) {
  ASSIGN_OR_RETURN(const v1::Area area, reader.GetArea(code, v1::BASIC));
  if (HasMembers(area.kind())) return absl::OkStatus();
  return InvalidField("parent", area.name(), "is a country: only regions and groups have members");
}

// What is asked for, but for the days and the slice. Errors: INVALID_ARGUMENT naming the field.
absl::StatusOr<AreaMemberQuery> ReadMemberQuery(const v1::ListAreaMembersRequest& request) {
  AreaMemberQuery query;
  query.recursive = request.recursive();
  query.filter = request.filter();
  if (request.any_time() && !request.as_of().empty()) {
    return InvalidField("as_of", request.as_of(), "contradicts any_time");
  }
  if (request.parent() != kEveryGroup) {
    ASSIGN_OR_RETURN(query.group, CodeIn(request.parent(), "areas/*", "parent"));
  } else if (request.recursive()) {
    return InvalidField("recursive", "true", "contradicts parent, areas/-: give one group");
  }
  return query;
}

// In the order of ListAreaMembers.
std::vector<std::string> KeyOf(const v1::AreaMember& member) {
  const std::string_view group = AreaCode(member.name());
  return {std::string(group.substr(0, group.find('/'))), std::string(AreaCode(member.member()))};
}

}  // namespace

absl::StatusOr<v1::Area> AreaHandler::GetArea(const v1::GetAreaRequest& request,
                                              CallContext& call) {
  ASSIGN_OR_RETURN(const std::string code, CodeIn(request.name(), "areas/*", "name"));
  ASSIGN_OR_RETURN(const v1::AreaView view, ReadView(request.view(), v1::FULL));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  return reader->GetArea(code, view);
}

absl::StatusOr<v1::BatchGetAreasResponse> AreaHandler::BatchGetAreas(
    const v1::BatchGetAreasRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckBatchSize(request.names_size(), "names"));
  ASSIGN_OR_RETURN(const v1::AreaView view, ReadView(request.view(), v1::BASIC));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  v1::BatchGetAreasResponse response;
  for (int i = 0; i < request.names_size(); ++i) {
    ASSIGN_OR_RETURN(const std::string code,
                     CodeIn(request.names(i), "areas/*", absl::StrCat("names[", i, "]")));
    ASSIGN_OR_RETURN(*response.add_areas(), reader->GetArea(code, view));
  }
  return response;
}

absl::StatusOr<v1::ListAreasResponse> AreaHandler::ListAreas(const v1::ListAreasRequest& request,
                                                             CallContext& call) {
  if (!v1::Area::Kind_IsValid(request.kind())) {
    return InvalidField("kind", std::to_string(request.kind()), "is not a kind of area");
  }
  AreaQuery query = {.kind = request.kind(), .filter = request.filter(), .view = {}, .slice = {}};
  ASSIGN_OR_RETURN(query.view, ReadView(request.view(), v1::BASIC));
  ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call));
  query.slice = page.slice();
  ASSIGN_OR_RETURN(std::vector<v1::Area> areas, page.reader->ListAreas(query));
  v1::ListAreasResponse response;
  FillPage(
      request, store_, page, std::move(areas),
      [](const v1::Area& area) { return AreaCode(area.name()); }, "", response.mutable_areas(),
      response);
  return response;
}

absl::StatusOr<v1::ResolveAreasResponse> AreaHandler::ResolveAreas(
    const v1::ResolveAreasRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckBatchSize(request.queries_size(), "queries"));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  v1::ResolveAreasResponse response;
  for (int i = 0; i < request.queries_size(); ++i) {
    const std::string& query = request.queries(i);
    const std::string field = absl::StrCat("queries[", i, "]");
    if (query.empty()) return MissingField(field);
    if (query.size() > kMaxQueryBytes) {
      return InvalidField(field, query, absl::StrCat("is longer than ", kMaxQueryBytes, " bytes"));
    }
    v1::ResolveAreasResponse::Result* result = response.add_results();
    result->set_query(query);
    ASSIGN_OR_RETURN(std::vector<v1::ResolveAreasResponse::Match> matches,
                     reader->FindAreas(FoldName(query)));
    for (auto& match : matches) *result->add_matches() = std::move(match);
  }
  *response.mutable_known_version() = reader->known_version();
  return response;
}

absl::StatusOr<v1::ListAreaMembersResponse> AreaHandler::ListAreaMembers(
    const v1::ListAreaMembersRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(AreaMemberQuery query, ReadMemberQuery(request));
  ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call));
  v1::ListAreaMembersResponse response;
  if (!request.any_time()) {
    ASSIGN_OR_RETURN(AsOfDays as_of, ReadAsOf(request.as_of(), "as_of", page.cursor, call));
    query.as_of = as_of.days;
    *response.mutable_as_of() = std::move(as_of.date);
  }
  query.slice = page.slice();
  if (!query.group.empty()) {
    RETURN_IF_ERROR(CheckHasMembers(*page.reader, query.group));
    ASSIGN_OR_RETURN(const bool complete, page.reader->MembersComplete(query));
    response.set_complete(complete);
  }
  ASSIGN_OR_RETURN(std::vector<v1::AreaMember> members, page.reader->ListAreaMembers(query));
  FillPage(request, store_, page, std::move(members), KeyOf, response.as_of().text(),
           response.mutable_members(), response);
  return response;
}

absl::StatusOr<v1::ListAreaGroupsResponse> AreaHandler::ListAreaGroups(
    const v1::ListAreaGroupsRequest& request, CallContext& call) {
  AreaGroupQuery query;
  ASSIGN_OR_RETURN(query.member, CodeIn(request.parent(), "areas/*", "parent"));
  ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call));
  ASSIGN_OR_RETURN(AsOfDays as_of, ReadAsOf(request.as_of(), "as_of", page.cursor, call));
  RETURN_IF_ERROR(page.reader->GetArea(query.member, v1::BASIC).status());
  query.as_of = as_of.days;
  query.filter = request.filter();
  query.slice = page.slice();
  ASSIGN_OR_RETURN(std::vector<v1::ListAreaGroupsResponse::Group> groups,
                   page.reader->ListAreaGroups(query));
  v1::ListAreaGroupsResponse response;
  FillPage(
      request, store_, page, std::move(groups),
      [](const v1::ListAreaGroupsResponse::Group& group) { return AreaCode(group.group()); },
      as_of.date.text(), response.mutable_groups(), response);
  *response.mutable_as_of() = std::move(as_of.date);
  return response;
}

}  // namespace corridor::memberstates
