// Long and short forms of the same question.
#include "services/memberstates/membership_scope.h"

#include "absl/strings/str_cat.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"

namespace corridor::memberstates {
namespace {

// The parent that stands for every organisation (AIP-159).
constexpr char kEveryOrganisation[] = "organisations/-";
// The organisation that the short forms are about.
constexpr char kShortFormOrganisation[] = "IOM";

template <typename Request>
absl::Status ReadStatusAndKind(const Request& request, MembershipScope& scope) {
  if (!v1::Spell::Status_IsValid(request.status())) {
    return InvalidField("status", std::to_string(request.status()),
                        "is not a status: MEMBER or OBSERVER");
  }
  if (!v1::Party::Kind_IsValid(request.party_kind())) {
    return InvalidField("party_kind", std::to_string(request.party_kind()),
                        "is not a kind of party: STATE, IGO or NGO");
  }
  scope.status = request.status();
  scope.kind = request.party_kind();
  return absl::OkStatus();
}

template <typename Request>
absl::StatusOr<MembershipScope> ReadPlainScope(const Request& request) {
  MembershipScope scope;
  ASSIGN_OR_RETURN(scope.organisation, CodeIn(request.parent(), "organisations/*", "parent"));
  RETURN_IF_ERROR(ReadStatusAndKind(request, scope));
  return scope;
}

// `party_kind` and `kind` are one parameter with two spellings.
template <typename Request>
absl::Status ReadOtherKind(const Request& request, MembershipScope& scope) {
  if (!v1::Party::Kind_IsValid(request.kind())) {
    return InvalidField("kind", std::to_string(request.kind()),
                        "is not a kind of party: STATE, IGO or NGO");
  }
  if (request.kind() == v1::Party::KIND_UNSPECIFIED) return absl::OkStatus();
  if (scope.kind != v1::Party::KIND_UNSPECIFIED && scope.kind != request.kind()) {
    return InvalidField("kind", v1::Party::Kind_Name(request.kind()),
                        absl::StrCat("contradicts party_kind, ", v1::Party::Kind_Name(scope.kind)));
  }
  scope.kind = request.kind();
  return absl::OkStatus();
}

// What a short form stands for.
absl::StatusOr<MembershipScope> ReadCollection(const std::string& collection) {
  if (collection == "memberStates") {
    return MembershipScope{kShortFormOrganisation, v1::Spell::MEMBER, v1::Party::STATE};
  }
  if (collection == "observers") {
    return MembershipScope{kShortFormOrganisation, v1::Spell::OBSERVER,
                           v1::Party::KIND_UNSPECIFIED};
  }
  return InvalidField("collection", collection, "is not a collection: memberStates or observers");
}

template <typename Request>
absl::StatusOr<MembershipScope> ReadScopeOrShortForm(const Request& request) {
  if (request.collection().empty()) {
    ASSIGN_OR_RETURN(MembershipScope scope, ReadPlainScope(request));
    RETURN_IF_ERROR(ReadOtherKind(request, scope));
    return scope;
  }
  ASSIGN_OR_RETURN(MembershipScope scope, ReadCollection(request.collection()));
  if (!request.parent().empty()) {
    return InvalidField("parent", request.parent(),
                        absl::StrCat("contradicts collection, ", request.collection()));
  }
  MembershipScope asked;
  RETURN_IF_ERROR(ReadStatusAndKind(request, asked));
  RETURN_IF_ERROR(ReadOtherKind(request, asked));
  if (asked.status != v1::Spell::STATUS_UNSPECIFIED && asked.status != scope.status) {
    return InvalidField("status", v1::Spell::Status_Name(asked.status),
                        absl::StrCat("contradicts collection, ", request.collection()));
  }
  if (asked.kind == v1::Party::KIND_UNSPECIFIED) return scope;
  if (scope.kind != v1::Party::KIND_UNSPECIFIED && asked.kind != scope.kind) {
    return InvalidField("kind", v1::Party::Kind_Name(asked.kind),
                        absl::StrCat("contradicts collection, ", request.collection()));
  }
  scope.kind = asked.kind;
  return scope;
}

}  // namespace

absl::StatusOr<MembershipScope> ReadScope(const v1::ListMembershipsRequest& request) {
  if (request.parent() != kEveryOrganisation || !request.collection().empty()) {
    return ReadScopeOrShortForm(request);
  }
  MembershipScope scope;
  RETURN_IF_ERROR(ReadStatusAndKind(request, scope));
  RETURN_IF_ERROR(ReadOtherKind(request, scope));
  return scope;
}

absl::StatusOr<MembershipScope> ReadScope(const v1::CountMembershipsRequest& request) {
  ASSIGN_OR_RETURN(MembershipScope scope, ReadScopeOrShortForm(request));
  if (scope.status == v1::Spell::STATUS_UNSPECIFIED) return MissingField("status");
  return scope;
}

absl::StatusOr<MembershipScope> ReadScope(const v1::ListMembershipChangesRequest& request) {
  return ReadPlainScope(request);
}

absl::StatusOr<MembershipScope> ReadScope(const v1::PanelMembershipsRequest& request) {
  ASSIGN_OR_RETURN(MembershipScope scope, ReadPlainScope(request));
  if (scope.status == v1::Spell::STATUS_UNSPECIFIED) scope.status = v1::Spell::MEMBER;
  return scope;
}

}  // namespace corridor::memberstates
