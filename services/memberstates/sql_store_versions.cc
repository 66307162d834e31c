#include "services/memberstates/sql_store_versions.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"
#include "services/memberstates/area.h"
#include "services/memberstates/organisation.h"
#include "services/memberstates/sql_rows.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {
namespace {

using google::protobuf::Message;
using versions::Ids;
using versions::ResourceType;

// What has been made anew since, as something else.
absl::Status IsAnother(const std::string& needed_by, const std::string& name, v1::Area::Kind kind) {
  return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "CANNOT_BE_AS_IT_WAS",
                         absl::StrCat(needed_by, " cannot be as it was: ", name, " is a ",
                                      v1::Area::Kind_Name(kind), " now"),
                         {{"name", needed_by}, {"area", name}});
}

bool IsAnyKind(v1::Area::Kind) { return true; }
bool IsGroup(v1::Area::Kind kind) { return HasMembers(kind); }
bool IsCountry(v1::Area::Kind kind) { return !HasMembers(kind); }

// What was named then may be gone since: FAILED_PRECONDITION.
absl::Status CheckThere(const absl::Status& found, const std::string& name,
                        const std::string& needed_by) {
  if (!absl::IsNotFound(found)) return found;
  return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "CANNOT_BE_AS_IT_WAS",
                         absl::StrCat(needed_by, " names ", name, ", which is no longer there"),
                         {{"name", needed_by}, {"missing", name}});
}

// `kind` says what the area must be.
absl::Status CheckAreaThere(std::string_view code, const std::string& needed_by,
                            bool (*is_kind)(v1::Area::Kind), SqlReader& reader) {
  const absl::StatusOr<v1::Area> area = reader.GetArea(code, v1::BASIC);
  RETURN_IF_ERROR(CheckThere(area.status(), AreaName(code), needed_by));
  if (is_kind(area->kind())) return absl::OkStatus();
  return IsAnother(needed_by, area->name(), area->kind());
}

// The parts of a type that are the same for all: `Resource` is its message; `get` reads it, `put`
// writes it, `check` says whether what it names is there.
template <typename Resource>
ResourceType TypeOf(
    const std::string& epoch, absl::StatusOr<Resource> (*get)(SqlReader& reader, const Ids& ids),
    absl::Status (*put)(SqlWriter& writer, const Ids& ids, const Resource& resource),
    absl::Status (*check)(SqlReader& reader, const Ids& ids, const Resource& resource)) {
  ResourceType type;
  type.prototype = &Resource::default_instance();
  type.read = [epoch, get](store::Reader& rows, const Ids& ids, Message& resource) -> absl::Status {
    SqlReader reader(rows, epoch);
    ASSIGN_OR_RETURN(static_cast<Resource&>(resource), get(reader, ids));
    return absl::OkStatus();
  };
  type.put = [epoch, put](store::Writer& rows, const Ids& ids, const Message& resource) {
    SqlWriter writer(rows, epoch);
    return put(writer, ids, static_cast<const Resource&>(resource));
  };
  type.restore = [epoch, put, check](store::Writer& rows, const Ids& ids, const Message& resource,
                                     store::Reader&) -> absl::Status {
    const auto& was = static_cast<const Resource&>(resource);
    SqlReader reader(rows, epoch);
    RETURN_IF_ERROR(check(reader, ids, was));
    SqlWriter writer(rows, epoch);
    return put(writer, ids, was);
  };
  return type;
}

ResourceType Areas(const std::string& epoch) {
  ResourceType type = TypeOf<v1::Area>(
      epoch, [](SqlReader& reader, const Ids& ids) { return reader.GetArea(ids[0], v1::FULL); },
      [](SqlWriter& writer, const Ids&, const v1::Area& area) { return writer.PutArea(area); },
      [](SqlReader& reader, const Ids& ids, const v1::Area& was) -> absl::Status {
        // Members and memberships that there are hold it to its kind.
        const absl::StatusOr<v1::Area> now = reader.GetArea(ids[0], v1::BASIC);
        if (absl::IsNotFound(now.status())) return absl::OkStatus();
        RETURN_IF_ERROR(now.status());
        if (now->kind() == was.kind()) return absl::OkStatus();
        return IsAnother(was.name(), now->name(), now->kind());
      });
  type.pattern = "areas/*";
  type.tables = {{kAreas, {"code"}}, {kAreaTerms, {"area"}}};
  type.output_only = {"etag"};
  type.kept_fields = {"name",         "kind",  "display_name", "official_name",   "alpha2_code",
                      "numeric_code", "names", "aliases",      "members_complete"};
  return type;
}

ResourceType AreaMembers(const std::string& epoch) {
  ResourceType type = TypeOf<v1::AreaMember>(
      epoch, [](SqlReader& reader, const Ids& ids) { return reader.GetAreaMember(ids[0], ids[1]); },
      [](SqlWriter& writer, const Ids& ids, const v1::AreaMember& member) {
        return writer.PutAreaMember(ids[0], member);
      },
      [](SqlReader& reader, const Ids& ids, const v1::AreaMember& member) -> absl::Status {
        RETURN_IF_ERROR(CheckAreaThere(ids[0], member.name(), IsGroup, reader));
        return CheckAreaThere(ids[1], member.name(), IsAnyKind, reader);
      });
  type.pattern = "areas/*/members/*";
  type.tables = {{kAreaMembers, {"area_group", "member"}}};
  type.output_only = {"display_name", "certain", "etag"};
  type.kept_fields = {"name", "member", "start", "end"};
  return type;
}

ResourceType Organisations(const std::string& epoch) {
  ResourceType type = TypeOf<v1::Organisation>(
      epoch, [](SqlReader& reader, const Ids& ids) { return reader.GetOrganisation(ids[0]); },
      [](SqlWriter& writer, const Ids&, const v1::Organisation& organisation) {
        return writer.PutOrganisation(organisation);
      },
      [](SqlReader&, const Ids&, const v1::Organisation&) { return absl::OkStatus(); });
  type.pattern = "organisations/*";
  type.tables = {{kOrganisations, {"id"}}};
  type.output_only = {"etag"};
  type.kept_fields = {"name", "kind", "display_name"};
  return type;
}

ResourceType Memberships(const std::string& epoch) {
  ResourceType type = TypeOf<v1::Membership>(
      epoch,
      [](SqlReader& reader, const Ids& ids) -> absl::StatusOr<v1::Membership> {
        ASSIGN_OR_RETURN(v1::Membership membership, reader.GetMembership(ids[0], ids[1]));
        // A state is called as its area is.
        v1::Party& party = *membership.mutable_party();
        if (!party.area().empty()) party.clear_display_name();
        return membership;
      },
      [](SqlWriter& writer, const Ids& ids, const v1::Membership& membership) {
        return writer.PutMembership(ids[0], ids[1], membership);
      },
      [](SqlReader& reader, const Ids& ids, const v1::Membership& membership) -> absl::Status {
        RETURN_IF_ERROR(CheckThere(reader.GetOrganisation(ids[0]).status(),
                                   OrganisationName(ids[0]), membership.name()));
        if (membership.party().area().empty()) return absl::OkStatus();
        return CheckAreaThere(AreaCode(membership.party().area()), membership.name(), IsCountry,
                              reader);
      });
  type.pattern = "organisations/*/memberships/*";
  type.tables = {{kMemberships, {"organisation", "party"}}, {kSpells, {"organisation", "party"}}};
  type.output_only = {"as_of", "etag"};
  type.kept_fields = {"name", "party", "spells"};
  return type;
}

}  // namespace

std::vector<ResourceType> VersionedTypes(const std::string& epoch) {
  return {Areas(epoch), AreaMembers(epoch), Organisations(epoch), Memberships(epoch)};
}

}  // namespace corridor::memberstates
