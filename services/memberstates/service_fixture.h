// The handlers on a store of a test's own, and the few records that tests speak of.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "memberstates_schema.h"
#include "platform/store/sqlite_database.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "services/memberstates/area_handler.h"
#include "services/memberstates/membership_handler.h"
#include "services/memberstates/organisation_handler.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {

// A message from text format.
template <typename Message>
Message Proto(std::string_view text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &message)) << text;
  return message;
}

// The store in a file, opened anew by Reopen().
class TestStore {
 public:
  TestStore() { Open(); }

  void Reopen() {
    store_.reset();
    versions_.reset();
    Open();
  }
  store::VersionedStore& versions() { return *versions_; }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }

 private:
  void Open() {
    auto database = store::OpenSqlite(dir_.File("memberstates.db"));
    ASSERT_OK(database);
    auto versions = store::VersionedStore::Open(*std::move(database), memberstates_schema,
                                                store::Migrate::kAuto, Tables(), absl::Now);
    ASSERT_OK(versions);
    versions_ = *std::move(versions);
    store_ = std::make_unique<SqlStore>(*versions_);
  }

  TempDir dir_;
  std::unique_ptr<store::VersionedStore> versions_;
  std::unique_ptr<SqlStore> store_;
};

// Tests ask at noon of 1 March 2024.
inline absl::Time TestNow() {
  return absl::FromCivil(absl::CivilSecond(2024, 3, 1, 12, 0, 0), absl::UTCTimeZone());
}

class ServiceTest : public ::testing::Test {
 protected:
  // Calls `method` of `handler`, as a client of the given method name would.
  template <typename Handler, typename Request, typename Response>
  absl::StatusOr<Response> Call(Handler& handler,
                                absl::StatusOr<Response> (Handler::*method)(const Request&,
                                                                            CallContext&),
                                const Request& request) {
    CallContext call("/test/" + Request::descriptor()->name(), "tester",
                     absl::Now() + absl::Minutes(1), now_);
    absl::StatusOr<Response> response = (handler.*method)(request, call);
    answered_version_ = call.version();
    answered_epoch_ = call.epoch();
    return response;
  }
  template <typename Handler, typename Request, typename Response>
  absl::StatusOr<Response> Call(Handler& handler,
                                absl::StatusOr<Response> (Handler::*method)(const Request&,
                                                                            CallContext&),
                                std::string_view request) {
    return Call(handler, method, Proto<Request>(request));
  }

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

  absl::Time now_ = TestNow();
  TestStore store_;
  AreaHandler areas_{*store_};
  OrganisationHandler organisations_{*store_};
  MembershipHandler memberships_{*store_};
  int64_t answered_version_ = 0;
  std::string answered_epoch_;
};

}  // namespace corridor::memberstates
