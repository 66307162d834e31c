// Writes of areas and of who belongs to which.
#include "absl/strings/str_cat.h"
#include "platform/records/evidence.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/request/update_mask.h"
#include "platform/request/writing.h"
#include "platform/status/status.h"
#include "services/memberstates/area.h"
#include "services/memberstates/area_handler.h"

namespace corridor::memberstates {
namespace {

// The area that a request creates, checked.
absl::StatusOr<v1::Area> NewArea(const v1::CreateAreaRequest& request) {
  v1::Area area = request.area();
  ASSIGN_OR_RETURN(*area.mutable_name(),
                   NewName("areas/", request.area_id(), "area_id", area.name(), "area.name"));
  RETURN_IF_ERROR(CodeIn(area.name(), "areas/*", "area.name").status());
  RETURN_IF_ERROR(CheckArea(area, "area"));
  return area;
}

absl::Status InsertArea(const v1::Area& area, Writer& writer) {
  const absl::StatusOr<v1::Area> old = writer.reader().GetArea(AreaCode(area.name()), v1::BASIC);
  if (old.ok()) return AlreadyExists(area.name());
  if (!absl::IsNotFound(old.status())) return old.status();
  return writer.PutArea(area);
}

// A member record to be made, and the group that it is of.
struct NewMember {
  std::string group;
  v1::AreaMember record;
};

absl::StatusOr<NewMember> ReadNewMember(const std::string& parent, const v1::AreaMember& given) {
  NewMember made = {"", given};
  ASSIGN_OR_RETURN(made.group, CodeIn(parent, "areas/*", "parent"));
  ASSIGN_OR_RETURN(const std::string member, CodeIn(given.member(), "areas/*", "member.member"));
  if (member == made.group) {
    return InvalidField("member.member", given.member(), "is the group itself");
  }
  ASSIGN_OR_RETURN(
      *made.record.mutable_name(),
      NewName(parent + "/members/", member, "member.member", given.name(), "member.name"));
  RETURN_IF_ERROR(CheckSize(made.record, "member"));
  RETURN_IF_ERROR(ReadStartAndEnd(made.record, "member"));
  RETURN_IF_ERROR(CheckCitations(made.record.citations(), "member.citations"));
  return made;
}

absl::Status InsertMember(const NewMember& made, Writer& writer) {
  Reader& reader = writer.reader();
  ASSIGN_OR_RETURN(const v1::Area group, reader.GetArea(made.group, v1::BASIC));
  if (!HasMembers(group.kind())) {
    return InvalidField("parent", group.name(),
                        "is a country: only regions and groups have members");
  }
  const std::string_view member = AreaCode(made.record.member());
  RETURN_IF_ERROR(reader.GetArea(member, v1::BASIC).status());
  const absl::StatusOr<v1::AreaMember> old = reader.GetAreaMember(made.group, member);
  if (old.ok()) return AlreadyExists(made.record.name());
  if (!absl::IsNotFound(old.status())) return old.status();
  return writer.PutAreaMember(made.group, made.record);
}

// The record as committed; `certain` is about the day of `now`.
absl::StatusOr<v1::AreaMember> ReadBack(const NewMember& made, absl::Time now, Reader& reader) {
  ASSIGN_OR_RETURN(v1::AreaMember member,
                   reader.GetAreaMember(made.group, AreaCode(made.record.member())));
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const DayRange start = member.has_start() ? Days(member.start()) : DayRange();
  const DayRange end = member.has_end() ? Days(member.end()) : DayRange();
  const bool begun = !member.has_start() || (start.latest && *start.latest <= today);
  const bool not_ended = !member.has_end() || (end.earliest && today < *end.earliest);
  member.set_certain(begun && not_ended);
  return member;
}

}  // namespace

absl::StatusOr<v1::Area> AreaHandler::CreateArea(const v1::CreateAreaRequest& request,
                                                 CallContext& call) {
  ASSIGN_OR_RETURN(const v1::Area area, NewArea(request));
  ASSIGN_OR_RETURN(const auto reader, Commit(store_, request, call, [&](Writer& writer) {
                     return InsertArea(area, writer);
                   }));
  return reader->GetArea(AreaCode(area.name()), v1::FULL);
}

absl::StatusOr<v1::BatchCreateAreasResponse> AreaHandler::BatchCreateAreas(
    const v1::BatchCreateAreasRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckBatchSize(request.requests_size(), "requests"));
  std::vector<v1::Area> areas;
  for (int i = 0; i < request.requests_size(); ++i) {
    const v1::CreateAreaRequest& entry = request.requests(i);
    absl::StatusOr<v1::Area> area = NewArea(entry);
    if (!area.ok()) return AtField(EntryPath(i), area.status());
    RETURN_IF_ERROR(AtField(EntryPath(i), RefuseOwnRequestId(entry.request_id(), entry.reason())));
    areas.push_back(*std::move(area));
  }
  ASSIGN_OR_RETURN(
      const auto reader, Commit(store_, request, call, [&](Writer& writer) -> absl::Status {
        for (size_t i = 0; i < areas.size(); ++i) {
          RETURN_IF_ERROR(AtField(EntryPath(static_cast<int>(i)), InsertArea(areas[i], writer)));
        }
        return absl::OkStatus();
      }));
  v1::BatchCreateAreasResponse response;
  for (const v1::Area& area : areas) {
    ASSIGN_OR_RETURN(*response.add_areas(), reader->GetArea(AreaCode(area.name()), v1::FULL));
  }
  return response;
}

absl::StatusOr<v1::Area> AreaHandler::UpdateArea(const v1::UpdateAreaRequest& request,
                                                 CallContext& call) {
  ASSIGN_OR_RETURN(const std::string code, CodeIn(request.area().name(), "areas/*", "area.name"));
  const auto update = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(v1::Area area, writer.reader().GetArea(code, v1::FULL));
    RETURN_IF_ERROR(CheckEtag(request.area().etag(), area.etag(), area.name()));
    const UpdateRules rules = {.immutable = {"name", "kind"}, .output_only = {"etag"}};
    RETURN_IF_ERROR(ApplyUpdateMask(request.area(), request.update_mask(), rules, "area", area));
    RETURN_IF_ERROR(CheckArea(area, "area"));
    return writer.PutArea(area);
  };
  ASSIGN_OR_RETURN(const auto reader, Commit(store_, request, call, update));
  return reader->GetArea(code, v1::FULL);
}

absl::StatusOr<google::protobuf::Empty> AreaHandler::DeleteArea(
    const v1::DeleteAreaRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string code, CodeIn(request.name(), "areas/*", "name"));
  const auto erase = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::Area area, writer.reader().GetArea(code, v1::BASIC));
    RETURN_IF_ERROR(CheckEtag(request.etag(), area.etag(), area.name()));
    ASSIGN_OR_RETURN(const std::string use, writer.reader().FindUseOfArea(code));
    if (!use.empty()) {
      return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "AREA_IN_USE",
                             absl::StrCat(area.name(), " is named by ", use),
                             {{"name", area.name()}, {"used_by", use}});
    }
    return writer.DeleteArea(code);
  };
  RETURN_IF_ERROR(Commit(store_, request, call, erase).status());
  return google::protobuf::Empty();
}

absl::StatusOr<v1::AreaMember> AreaHandler::CreateAreaMember(
    const v1::CreateAreaMemberRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const NewMember made, ReadNewMember(request.parent(), request.member()));
  ASSIGN_OR_RETURN(const auto reader, Commit(store_, request, call, [&](Writer& writer) {
                     return InsertMember(made, writer);
                   }));
  return ReadBack(made, call.now(), *reader);
}

absl::StatusOr<v1::BatchCreateAreaMembersResponse> AreaHandler::BatchCreateAreaMembers(
    const v1::BatchCreateAreaMembersRequest& request, CallContext& call) {
  const bool each_its_own = request.parent() == "areas/-";
  if (!each_its_own) RETURN_IF_ERROR(CodeIn(request.parent(), "areas/*", "parent").status());
  RETURN_IF_ERROR(CheckBatchSize(request.requests_size(), "requests"));
  std::vector<NewMember> members;
  for (int i = 0; i < request.requests_size(); ++i) {
    const v1::CreateAreaMemberRequest& entry = request.requests(i);
    RETURN_IF_ERROR(AtField(EntryPath(i), RefuseOwnRequestId(entry.request_id(), entry.reason())));
    if (!each_its_own && !entry.parent().empty() && entry.parent() != request.parent()) {
      return InvalidField(EntryPath(i) + "parent", entry.parent(),
                          absl::StrCat("is not the parent of the batch, ", request.parent()));
    }
    absl::StatusOr<NewMember> made =
        ReadNewMember(each_its_own ? entry.parent() : request.parent(), entry.member());
    if (!made.ok()) return AtField(EntryPath(i), made.status());
    members.push_back(*std::move(made));
  }
  ASSIGN_OR_RETURN(
      const auto reader, Commit(store_, request, call, [&](Writer& writer) -> absl::Status {
        for (size_t i = 0; i < members.size(); ++i) {
          RETURN_IF_ERROR(
              AtField(EntryPath(static_cast<int>(i)), InsertMember(members[i], writer)));
        }
        return absl::OkStatus();
      }));
  v1::BatchCreateAreaMembersResponse response;
  for (const NewMember& made : members) {
    ASSIGN_OR_RETURN(*response.add_members(), ReadBack(made, call.now(), *reader));
  }
  return response;
}

absl::StatusOr<google::protobuf::Empty> AreaHandler::DeleteAreaMember(
    const v1::DeleteAreaMemberRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const TwoCodes ids, TwoCodesIn(request.name(), "areas/*/members/*", "name"));
  const auto erase = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::AreaMember member,
                     writer.reader().GetAreaMember(ids.parent, ids.id));
    RETURN_IF_ERROR(CheckEtag(request.etag(), member.etag(), member.name()));
    return writer.DeleteAreaMember(ids.parent, ids.id);
  };
  RETURN_IF_ERROR(Commit(store_, request, call, erase).status());
  return google::protobuf::Empty();
}

}  // namespace corridor::memberstates
