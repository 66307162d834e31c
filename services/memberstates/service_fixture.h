// The handlers on a store of a test's own, and the few records that tests speak of.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "memberstates_schema.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/proto_text.h"
#include "platform/testing/service_test.h"
#include "platform/testing/status_matchers.h"
#include "services/memberstates/handlers.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {

class MemberstatesStore : public TestStore<SqlStore> {
 public:
  MemberstatesStore()
      : TestStore("memberstates", {{store::kServiceSeries, memberstates_schema}}, Tables()) {}
};

class ServiceTest : public ::testing::Test, protected HandlerCaller {
 protected:
  void AddArea(std::string_view code, std::string_view name, std::string_view more = "") {
    const std::string kind = absl::StrContains(std::string(more), "kind:") ? "" : "kind: COUNTRY";
    ASSERT_OK(Call(areas_, &AreaHandler::CreateArea,
                   absl::StrCat("area { name: 'areas/", std::string(code), "' display_name: '",
                                std::string(name), "' ", kind, " ", std::string(more),
                                " citations { source: 'S' kind: OFFICIAL } }")));
  }
  void AddMember(std::string_view group, std::string_view member, std::string_view dates = "") {
    ASSERT_OK(Call(areas_, &AreaHandler::CreateAreaMember,
                   absl::StrCat("parent: 'areas/", std::string(group), "' member { member: 'areas/",
                                std::string(member), "' ", std::string(dates),
                                " citations { source: 'S' kind: OFFICIAL } }")));
  }
  void AddOrganisation(std::string_view id, std::string_view more = "") {
    ASSERT_OK(Call(organisations_, &OrganisationHandler::CreateOrganisation,
                   absl::StrCat("organisation_id: '", std::string(id),
                                "' organisation { kind: IGO display_name: 'Organisation' ",
                                std::string(more), " citations { source: 'S' kind: OFFICIAL } }")));
  }
  // `spells` in text format, each without evidence and with confidence HIGH unless it has one.
  absl::StatusOr<v1::Membership> Join(std::string_view organisation, std::string_view party,
                                      std::string_view membership) {
    auto request = Proto<v1::CreateMembershipRequest>(
        absl::StrCat("membership { ", std::string(membership), " }"));
    request.set_parent(absl::StrCat("organisations/", std::string(organisation)));
    request.set_membership_id(std::string(party));
    if (!request.membership().has_party()) {
      request.mutable_membership()->mutable_party()->set_kind(v1::Party::STATE);
    }
    for (v1::Spell& spell : *request.mutable_membership()->mutable_spells()) {
      if (spell.confidence() == common::v1::CONFIDENCE_UNSPECIFIED) {
        spell.set_confidence(common::v1::HIGH);
      }
      if (spell.evidence().empty()) {
        *spell.add_evidence() = Proto<common::v1::Citation>("source: 'S' kind: OFFICIAL");
      }
    }
    return Call(memberships_, &MembershipHandler::CreateMembership, request);
  }

  MemberstatesStore store_;
  Handlers handlers_{*store_};
  AreaHandler& areas_ = handlers_.areas;
  OrganisationHandler& organisations_ = handlers_.organisations;
  MembershipHandler& memberships_ = handlers_.memberships;
};

}  // namespace corridor::memberstates
