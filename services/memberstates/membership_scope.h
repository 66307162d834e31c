// Whom a question about memberships is about: an organisation, a status, a kind of party.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/membership.pb.h"

namespace corridor::memberstates {

struct MembershipScope {
  std::string organisation;                                  // Empty: every one.
  v1::Spell::Status status = v1::Spell::STATUS_UNSPECIFIED;  // Unspecified: any.
  v1::Party::Kind kind = v1::Party::KIND_UNSPECIFIED;        // Unspecified: any.
};

// Reads `parent`, `collection` (the short form: `memberStates` or `observers` of IOM), `status`,
// `party_kind` and `kind`. Errors: INVALID_ARGUMENT naming the field and the value: malformed,
// unknown, or two that contradict. Only lists may be of `organisations/-`.
absl::StatusOr<MembershipScope> ReadScope(const v1::ListMembershipsRequest& request);
absl::StatusOr<MembershipScope> ReadScope(const v1::CountMembershipsRequest& request);

// The same of questions that have `parent`, `status` and `party_kind` only.
absl::StatusOr<MembershipScope> ReadScope(const v1::ListMembershipChangesRequest& request);
absl::StatusOr<MembershipScope> ReadScope(const v1::PanelMembershipsRequest& request);

}  // namespace corridor::memberstates
