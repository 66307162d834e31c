// Writes of areas and of who belongs to which.
#include <set>
#include <string>
#include <utility>
#include <vector>

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

  TwoCodes ids() const { return {group, std::string(AreaCode(record.member()))}; }
};

absl::Status CheckMember(v1::AreaMember& record) {
  RETURN_IF_ERROR(CheckSize(record, "member"));
  RETURN_IF_ERROR(ReadStartAndEnd(record, "member"));
  return CheckCitations(record.citations(), "member.citations");
}

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
  RETURN_IF_ERROR(CheckMember(made.record));
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

// The record as it is now; `certain` is about the day of `now`.
absl::StatusOr<v1::AreaMember> ReadBack(const TwoCodes& ids, absl::Time now, Reader& reader) {
  ASSIGN_OR_RETURN(v1::AreaMember member, reader.GetAreaMember(ids.parent, ids.id));
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const DayRange start = member.has_start() ? Days(member.start()) : DayRange();
  const DayRange end = member.has_end() ? Days(member.end()) : DayRange();
  const bool begun = !member.has_start() || (start.latest && *start.latest <= today);
  const bool not_ended = !member.has_end() || (end.earliest && today < *end.earliest);
  member.set_certain(begun && not_ended);
  return member;
}

absl::Status ReviseArea(const v1::UpdateAreaRequest& request, Writer& writer) {
  const std::string_view code = AreaCode(request.area().name());
  ASSIGN_OR_RETURN(v1::Area area, writer.reader().GetArea(code, v1::FULL));
  RETURN_IF_ERROR(CheckEtag(request.area().etag(), area.etag(), area.name()));
  const UpdateRules rules = {.immutable = {"name", "kind"}, .output_only = {"etag"}};
  RETURN_IF_ERROR(ApplyUpdateMask(request.area(), request.update_mask(), rules, "area", area));
  RETURN_IF_ERROR(CheckArea(area, "area"));
  return writer.PutArea(area);
}

absl::Status EraseArea(const v1::DeleteAreaRequest& request, Writer& writer) {
  const std::string_view code = AreaCode(request.name());
  ASSIGN_OR_RETURN(const v1::Area area, writer.reader().GetArea(code, v1::BASIC));
  RETURN_IF_ERROR(CheckEtag(request.etag(), area.etag(), area.name()));
  ASSIGN_OR_RETURN(const std::string use, writer.reader().FindUseOfArea(code));
  if (!use.empty()) {
    return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "AREA_IN_USE",
                           absl::StrCat(area.name(), " is named by ", use),
                           {{"name", area.name()}, {"used_by", use}});
  }
  return writer.DeleteArea(code);
}

constexpr char kMemberPattern[] = "areas/*/members/*";

absl::Status ReviseMember(const v1::UpdateAreaMemberRequest& request, Writer& writer) {
  ASSIGN_OR_RETURN(const TwoCodes ids,
                   TwoCodesIn(request.member().name(), kMemberPattern, "member.name"));
  ASSIGN_OR_RETURN(v1::AreaMember member, writer.reader().GetAreaMember(ids.parent, ids.id));
  RETURN_IF_ERROR(CheckEtag(request.member().etag(), member.etag(), member.name()));
  const UpdateRules rules = {.immutable = {"name", "member"},
                             .output_only = {"display_name", "certain", "etag"}};
  RETURN_IF_ERROR(
      ApplyUpdateMask(request.member(), request.update_mask(), rules, "member", member));
  RETURN_IF_ERROR(CheckMember(member));
  return writer.PutAreaMember(ids.parent, member);
}

absl::Status EraseMember(const v1::DeleteAreaMemberRequest& request, Writer& writer) {
  ASSIGN_OR_RETURN(const TwoCodes ids, TwoCodesIn(request.name(), kMemberPattern, "name"));
  ASSIGN_OR_RETURN(const v1::AreaMember member, writer.reader().GetAreaMember(ids.parent, ids.id));
  RETURN_IF_ERROR(CheckEtag(request.etag(), member.etag(), member.name()));
  return writer.DeleteAreaMember(ids.parent, ids.id);
}

// The region or group of a batch; `areas/-` when each entry is of its own.
absl::Status CheckBatchParent(const std::string& parent) {
  return parent == "areas/-" ? absl::OkStatus() : CodeIn(parent, "areas/*", "parent").status();
}

// That an entry of a batch with this parent is of the group `group`.
absl::Status CheckOfBatch(const std::string& parent, const std::string& group,
                          std::string_view field, const std::string& given) {
  if (parent == "areas/-" || AreaCode(parent) == group) return absl::OkStatus();
  return InvalidField(field, given, absl::StrCat("is not of the parent of the batch, ", parent));
}

}  // namespace

absl::StatusOr<v1::Area> AreaHandler::CreateArea(const v1::CreateAreaRequest& request,
                                                 CallContext& call) {
  ASSIGN_OR_RETURN(const v1::Area area, NewArea(request));
  v1::Area made;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return InsertArea(area, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(made, reader.GetArea(AreaCode(area.name()), v1::FULL));
        return absl::OkStatus();
      }));
  return made;
}

absl::StatusOr<v1::BatchCreateAreasResponse> AreaHandler::BatchCreateAreas(
    const v1::BatchCreateAreasRequest& request, CallContext& call) {
  std::vector<v1::Area> areas;
  RETURN_IF_ERROR(CheckEntries(request, [&](const v1::CreateAreaRequest& entry) -> absl::Status {
    ASSIGN_OR_RETURN(v1::Area area, NewArea(entry));
    areas.push_back(std::move(area));
    return absl::OkStatus();
  }));
  v1::BatchCreateAreasResponse response;
  RETURN_IF_ERROR(Commit(
      store_, request, call,
      [&](Writer& writer) {
        return ForEachEntry(areas, [&](const v1::Area& area) { return InsertArea(area, writer); });
      },
      [&](Reader& reader) -> absl::Status {
        for (const v1::Area& area : areas) {
          ASSIGN_OR_RETURN(*response.add_areas(), reader.GetArea(AreaCode(area.name()), v1::FULL));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::Area> AreaHandler::UpdateArea(const v1::UpdateAreaRequest& request,
                                                 CallContext& call) {
  ASSIGN_OR_RETURN(const std::string code, CodeIn(request.area().name(), "areas/*", "area.name"));
  v1::Area area;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return ReviseArea(request, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(area, reader.GetArea(code, v1::FULL));
        return absl::OkStatus();
      }));
  return area;
}

absl::StatusOr<v1::BatchUpdateAreasResponse> AreaHandler::BatchUpdateAreas(
    const v1::BatchUpdateAreasRequest& request, CallContext& call) {
  std::set<std::string> seen;
  RETURN_IF_ERROR(CheckEntries(request, [&](const v1::UpdateAreaRequest& entry) -> absl::Status {
    RETURN_IF_ERROR(CodeIn(entry.area().name(), "areas/*", "area.name").status());
    return RefuseTwice(entry.area().name(), "area.name", seen);
  }));
  v1::BatchUpdateAreasResponse response;
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, ReviseArea),
                         [&](Reader& reader) -> absl::Status {
                           for (const v1::UpdateAreaRequest& entry : request.requests()) {
                             ASSIGN_OR_RETURN(
                                 *response.add_areas(),
                                 reader.GetArea(AreaCode(entry.area().name()), v1::FULL));
                           }
                           return absl::OkStatus();
                         }));
  return response;
}

absl::StatusOr<google::protobuf::Empty> AreaHandler::DeleteArea(
    const v1::DeleteAreaRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CodeIn(request.name(), "areas/*", "name").status());
  RETURN_IF_ERROR(
      Commit(store_, request, call, [&](Writer& writer) { return EraseArea(request, writer); }));
  return google::protobuf::Empty();
}

absl::StatusOr<google::protobuf::Empty> AreaHandler::BatchDeleteAreas(
    const v1::BatchDeleteAreasRequest& request, CallContext& call) {
  std::set<std::string> seen;
  RETURN_IF_ERROR(CheckEntries(request, [&](const v1::DeleteAreaRequest& entry) -> absl::Status {
    RETURN_IF_ERROR(CodeIn(entry.name(), "areas/*", "name").status());
    return RefuseTwice(entry.name(), "name", seen);
  }));
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, EraseArea)));
  return google::protobuf::Empty();
}

absl::StatusOr<v1::AreaMember> AreaHandler::CreateAreaMember(
    const v1::CreateAreaMemberRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const NewMember made, ReadNewMember(request.parent(), request.member()));
  v1::AreaMember member;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return InsertMember(made, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(member, ReadBack(made.ids(), call.now(), reader));
        return absl::OkStatus();
      }));
  return member;
}

absl::StatusOr<v1::BatchCreateAreaMembersResponse> AreaHandler::BatchCreateAreaMembers(
    const v1::BatchCreateAreaMembersRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckBatchParent(request.parent()));
  RETURN_IF_ERROR(CheckBatchSize(request.requests_size(), "requests"));
  const bool each_its_own = request.parent() == "areas/-";
  std::vector<NewMember> members;
  RETURN_IF_ERROR(ForEachEntry(
      request.requests(), [&](const v1::CreateAreaMemberRequest& entry) -> absl::Status {
        RETURN_IF_ERROR(RefuseOfBatch(entry));
        if (!each_its_own && !entry.parent().empty() && entry.parent() != request.parent()) {
          return InvalidField("parent", entry.parent(),
                              absl::StrCat("is not the parent of the batch, ", request.parent()));
        }
        ASSIGN_OR_RETURN(
            NewMember made,
            ReadNewMember(each_its_own ? entry.parent() : request.parent(), entry.member()));
        members.push_back(std::move(made));
        return absl::OkStatus();
      }));
  v1::BatchCreateAreaMembersResponse response;
  RETURN_IF_ERROR(Commit(
      store_, request, call,
      [&](Writer& writer) {
        return ForEachEntry(members,
                            [&](const NewMember& made) { return InsertMember(made, writer); });
      },
      [&](Reader& reader) -> absl::Status {
        for (const NewMember& made : members) {
          ASSIGN_OR_RETURN(*response.add_members(), ReadBack(made.ids(), call.now(), reader));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::AreaMember> AreaHandler::UpdateAreaMember(
    const v1::UpdateAreaMemberRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const TwoCodes ids,
                   TwoCodesIn(request.member().name(), kMemberPattern, "member.name"));
  v1::AreaMember member;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return ReviseMember(request, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(member, ReadBack(ids, call.now(), reader));
        return absl::OkStatus();
      }));
  return member;
}

absl::StatusOr<v1::BatchUpdateAreaMembersResponse> AreaHandler::BatchUpdateAreaMembers(
    const v1::BatchUpdateAreaMembersRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckBatchParent(request.parent()));
  std::vector<TwoCodes> all;
  std::set<std::string> seen;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::UpdateAreaMemberRequest& entry) -> absl::Status {
        const std::string& name = entry.member().name();
        ASSIGN_OR_RETURN(TwoCodes ids, TwoCodesIn(name, kMemberPattern, "member.name"));
        RETURN_IF_ERROR(CheckOfBatch(request.parent(), ids.parent, "member.name", name));
        RETURN_IF_ERROR(RefuseTwice(name, "member.name", seen));
        all.push_back(std::move(ids));
        return absl::OkStatus();
      }));
  v1::BatchUpdateAreaMembersResponse response;
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, ReviseMember),
                         [&](Reader& reader) -> absl::Status {
                           for (const TwoCodes& ids : all) {
                             ASSIGN_OR_RETURN(*response.add_members(),
                                              ReadBack(ids, call.now(), reader));
                           }
                           return absl::OkStatus();
                         }));
  return response;
}

absl::StatusOr<google::protobuf::Empty> AreaHandler::DeleteAreaMember(
    const v1::DeleteAreaMemberRequest& request, CallContext& call) {
  RETURN_IF_ERROR(TwoCodesIn(request.name(), kMemberPattern, "name").status());
  RETURN_IF_ERROR(
      Commit(store_, request, call, [&](Writer& writer) { return EraseMember(request, writer); }));
  return google::protobuf::Empty();
}

absl::StatusOr<google::protobuf::Empty> AreaHandler::BatchDeleteAreaMembers(
    const v1::BatchDeleteAreaMembersRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CheckBatchParent(request.parent()));
  std::set<std::string> seen;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::DeleteAreaMemberRequest& entry) -> absl::Status {
        ASSIGN_OR_RETURN(const TwoCodes ids, TwoCodesIn(entry.name(), kMemberPattern, "name"));
        RETURN_IF_ERROR(CheckOfBatch(request.parent(), ids.parent, "name", entry.name()));
        return RefuseTwice(entry.name(), "name", seen);
      }));
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, EraseMember)));
  return google::protobuf::Empty();
}

}  // namespace corridor::memberstates
