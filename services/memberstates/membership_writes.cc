// Writes of memberships.
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
#include "services/memberstates/membership.h"
#include "services/memberstates/membership_handler.h"
#include "services/memberstates/organisation.h"

namespace corridor::memberstates {
namespace {

constexpr char kPattern[] = "organisations/*/memberships/*";

// A state is an area and called as it is; others have a name of their own.
absl::Status CheckParty(const std::string& party, v1::Membership& membership) {
  v1::Party& who = *membership.mutable_party();
  if (who.kind() == v1::Party::KIND_UNSPECIFIED || !v1::Party::Kind_IsValid(who.kind())) {
    return InvalidField("membership.party.kind", std::to_string(who.kind()),
                        "is not a kind of party: STATE, IGO or NGO");
  }
  if (who.kind() == v1::Party::STATE) {
    const std::string area = AreaName(party);
    if (who.area().empty()) who.set_area(area);
    if (who.area() == area) return absl::OkStatus();
    return InvalidField("membership.party.area", who.area(),
                        absl::StrCat("is not the area that the membership is named by, ", area));
  }
  if (!who.area().empty()) {
    return InvalidField("membership.party.area", who.area(), "is allowed for states only");
  }
  if (who.display_name().empty()) return MissingField("membership.party.display_name");
  return CheckNameLength(who.display_name(), "membership.party.display_name");
}

absl::Status CheckMembership(const std::string& party, v1::Membership& membership) {
  if (!IsCode(party)) {
    return InvalidField("membership.name", membership.name(),
                        "does not end with capital letters, digits and underscores");
  }
  RETURN_IF_ERROR(CheckSize(membership, "membership"));
  RETURN_IF_ERROR(CheckParty(party, membership));
  return CheckSpells(membership, "membership.spells");
}

// A membership to be made, checked as far as it can be without the store.
struct NewMembership {
  std::string party;
  v1::Membership membership;
};

absl::StatusOr<NewMembership> ReadNewMembership(const std::string& parent,
                                                const v1::CreateMembershipRequest& request) {
  NewMembership made = {"", request.membership()};
  ASSIGN_OR_RETURN(*made.membership.mutable_name(),
                   NewName(parent + "/memberships/", request.membership_id(), "membership_id",
                           made.membership.name(), "membership.name"));
  ASSIGN_OR_RETURN(const TwoCodes ids,
                   TwoCodesIn(made.membership.name(), kPattern, "membership.name"));
  made.party = ids.id;
  RETURN_IF_ERROR(CheckMembership(made.party, made.membership));
  return made;
}

absl::Status CheckPartyArea(Reader& reader, const v1::Party& party) {
  if (party.kind() != v1::Party::STATE) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::Area area, reader.GetArea(AreaCode(party.area()), v1::BASIC));
  if (!HasMembers(area.kind())) return absl::OkStatus();
  return InvalidField("membership.party.area", area.name(), "is not a country");
}

absl::Status Insert(const std::string& organisation, const NewMembership& made, Writer& writer) {
  Reader& reader = writer.reader();
  RETURN_IF_ERROR(CheckPartyArea(reader, made.membership.party()));
  const absl::StatusOr<v1::Membership> old = reader.GetMembership(organisation, made.party);
  if (old.ok()) return AlreadyExists(made.membership.name());
  if (!absl::IsNotFound(old.status())) return old.status();
  return writer.PutMembership(organisation, made.party, made.membership);
}

absl::Status Revise(const v1::UpdateMembershipRequest& request, Writer& writer) {
  const v1::Membership& patch = request.membership();
  ASSIGN_OR_RETURN(const TwoCodes ids, TwoCodesIn(patch.name(), kPattern, "membership.name"));
  ASSIGN_OR_RETURN(v1::Membership membership, writer.reader().GetMembership(ids.parent, ids.id));
  RETURN_IF_ERROR(CheckEtag(patch.etag(), membership.etag(), membership.name()));
  const UpdateRules rules = {.immutable = {"name"}, .output_only = {"as_of", "etag"}};
  RETURN_IF_ERROR(ApplyUpdateMask(patch, request.update_mask(), rules, "membership", membership));
  RETURN_IF_ERROR(CheckMembership(ids.id, membership));
  RETURN_IF_ERROR(CheckPartyArea(writer.reader(), membership.party()));
  return writer.PutMembership(ids.parent, ids.id, membership);
}

absl::Status Erase(const v1::DeleteMembershipRequest& request, Writer& writer) {
  ASSIGN_OR_RETURN(const TwoCodes ids, TwoCodesIn(request.name(), kPattern, "name"));
  ASSIGN_OR_RETURN(const v1::Membership membership,
                   writer.reader().GetMembership(ids.parent, ids.id));
  RETURN_IF_ERROR(CheckEtag(request.etag(), membership.etag(), membership.name()));
  return writer.DeleteMembership(ids.parent, ids.id);
}

// That a membership, of the field `field`, is of the organisation of its batch.
absl::StatusOr<TwoCodes> ReadOfBatch(const std::string& name, std::string_view field,
                                     const std::string& organisation) {
  ASSIGN_OR_RETURN(TwoCodes ids, TwoCodesIn(name, kPattern, field));
  if (ids.parent == organisation) return ids;
  return InvalidField(
      field, name,
      absl::StrCat("is not of the parent of the batch, ", OrganisationName(organisation)));
}

}  // namespace

absl::StatusOr<v1::Membership> MembershipHandler::CreateMembership(
    const v1::CreateMembershipRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string organisation,
                   CodeIn(request.parent(), "organisations/*", "parent"));
  ASSIGN_OR_RETURN(const NewMembership made, ReadNewMembership(request.parent(), request));
  const auto insert = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(writer.reader().GetOrganisation(organisation).status());
    return Insert(organisation, made, writer);
  };
  v1::Membership membership;
  RETURN_IF_ERROR(Commit(store_, request, call, insert, [&](Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(membership, reader.GetMembership(organisation, made.party));
    return absl::OkStatus();
  }));
  return membership;
}

absl::StatusOr<v1::BatchCreateMembershipsResponse> MembershipHandler::BatchCreateMemberships(
    const v1::BatchCreateMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string organisation,
                   CodeIn(request.parent(), "organisations/*", "parent"));
  RETURN_IF_ERROR(CheckBatchSize(request.requests_size(), "requests"));
  std::vector<NewMembership> memberships;
  RETURN_IF_ERROR(ForEachEntry(
      request.requests(), [&](const v1::CreateMembershipRequest& entry) -> absl::Status {
        RETURN_IF_ERROR(RefuseOfBatch(entry));
        if (!entry.parent().empty() && entry.parent() != request.parent()) {
          return InvalidField("parent", entry.parent(),
                              absl::StrCat("is not the parent of the batch, ", request.parent()));
        }
        ASSIGN_OR_RETURN(NewMembership made, ReadNewMembership(request.parent(), entry));
        memberships.push_back(std::move(made));
        return absl::OkStatus();
      }));
  const auto insert = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(writer.reader().GetOrganisation(organisation).status());
    return ForEachEntry(
        memberships, [&](const NewMembership& made) { return Insert(organisation, made, writer); });
  };
  v1::BatchCreateMembershipsResponse response;
  RETURN_IF_ERROR(Commit(store_, request, call, insert, [&](Reader& reader) -> absl::Status {
    for (const NewMembership& made : memberships) {
      ASSIGN_OR_RETURN(*response.add_memberships(), reader.GetMembership(organisation, made.party));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Membership> MembershipHandler::UpdateMembership(
    const v1::UpdateMembershipRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const TwoCodes ids,
                   TwoCodesIn(request.membership().name(), kPattern, "membership.name"));
  v1::Membership membership;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return Revise(request, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(membership, reader.GetMembership(ids.parent, ids.id));
        return absl::OkStatus();
      }));
  return membership;
}

absl::StatusOr<v1::BatchUpdateMembershipsResponse> MembershipHandler::BatchUpdateMemberships(
    const v1::BatchUpdateMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string organisation,
                   CodeIn(request.parent(), "organisations/*", "parent"));
  std::vector<TwoCodes> all;
  std::set<std::string> seen;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::UpdateMembershipRequest& entry) -> absl::Status {
        const std::string& name = entry.membership().name();
        ASSIGN_OR_RETURN(TwoCodes ids, ReadOfBatch(name, "membership.name", organisation));
        RETURN_IF_ERROR(RefuseTwice(name, "membership.name", seen));
        all.push_back(std::move(ids));
        return absl::OkStatus();
      }));
  v1::BatchUpdateMembershipsResponse response;
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, Revise),
                         [&](Reader& reader) -> absl::Status {
                           for (const TwoCodes& ids : all) {
                             ASSIGN_OR_RETURN(*response.add_memberships(),
                                              reader.GetMembership(ids.parent, ids.id));
                           }
                           return absl::OkStatus();
                         }));
  return response;
}

absl::StatusOr<google::protobuf::Empty> MembershipHandler::DeleteMembership(
    const v1::DeleteMembershipRequest& request, CallContext& call) {
  RETURN_IF_ERROR(TwoCodesIn(request.name(), kPattern, "name").status());
  RETURN_IF_ERROR(
      Commit(store_, request, call, [&](Writer& writer) { return Erase(request, writer); }));
  return google::protobuf::Empty();
}

absl::StatusOr<google::protobuf::Empty> MembershipHandler::BatchDeleteMemberships(
    const v1::BatchDeleteMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string organisation,
                   CodeIn(request.parent(), "organisations/*", "parent"));
  std::set<std::string> seen;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::DeleteMembershipRequest& entry) -> absl::Status {
        RETURN_IF_ERROR(ReadOfBatch(entry.name(), "name", organisation).status());
        return RefuseTwice(entry.name(), "name", seen);
      }));
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, Erase)));
  return google::protobuf::Empty();
}

}  // namespace corridor::memberstates
