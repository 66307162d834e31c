// The profile of an area while services are down: the parts that they would have answered are named
// as missing, the rest is as it was, and nobody starts the gateway anew.
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "corridor/gateway/v1/profile.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using gateway::v1::AreaProfile;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kProfile[] = "/v1/areas/ARM/profile?asOf=2018-01-01";
constexpr int kAnswers = 20;

using Parts = std::set<AreaProfile::Part>;

const std::map<std::string, Parts>& PartsByService() {
  static const auto* parts = new std::map<std::string, Parts>{
      {"memberstates",
       {AreaProfile::AREA, AreaProfile::GROUPS, AreaProfile::MEMBERS, AreaProfile::MEMBERSHIPS}},
      {"indicators",
       {AreaProfile::HEADLINE_INDICATORS, AreaProfile::CONTEXT_NOTES, AreaProfile::TARGETS}},
      {"programmes", {AreaProfile::PROJECTS}}};
  return *parts;
}

void Clear(AreaProfile::Part part, AreaProfile& profile) {
  switch (part) {
    case AreaProfile::AREA:
      return profile.clear_area();
    case AreaProfile::GROUPS:
      return profile.clear_groups();
    case AreaProfile::MEMBERS:
      return profile.clear_members();
    case AreaProfile::MEMBERSHIPS:
      return profile.clear_memberships();
    case AreaProfile::HEADLINE_INDICATORS:
      profile.clear_headline_indicators();
      return profile.clear_headline_observations();
    case AreaProfile::CONTEXT_NOTES:
      return profile.clear_context_notes();
    case AreaProfile::TARGETS:
      return profile.clear_targets();
    case AreaProfile::PROJECTS:
      return profile.clear_projects();
    default:
      ADD_FAILURE() << "no part: " << part;
  }
}

Parts MissingOf(const AreaProfile& profile) {
  Parts parts;
  for (const auto& missing : profile.missing()) parts.insert(missing.part());
  return parts;
}

// `whole` without what is missing of `profile`.
AreaProfile RestOf(AreaProfile whole, const AreaProfile& profile) {
  const Parts missing = MissingOf(profile);
  for (const AreaProfile::Part part : missing) Clear(part, whole);
  // The day is known from either.
  if (missing.count(AreaProfile::GROUPS) + missing.count(AreaProfile::MEMBERSHIPS) == 2) {
    whole.clear_as_of();
  }
  *whole.mutable_missing() = profile.missing();
  return whole;
}

class ProfileTest : public ::testing::Test {
 protected:
  // With a project, so that no part of the profile is empty but the members that a country has not.
  void SetUp() override {
    const HttpResponse created =
        client_.SendJson("POST", "/v1/projects?projectId=TEST",
                         R"({"displayName":"Test","countries":[{"area":"areas/ARM"}],
                             "citations":[{"source":"TEST","kind":"INFERRED","claimant":"test",
                                           "title":"t","reasoning":"r"}]})");
    ASSERT_EQ(created.status, 200) << created.body;
    whole_ = Ask();
    ASSERT_EQ(whole_.missing_size(), 0) << whole_.missing(0).ShortDebugString();
    ASSERT_NE(whole_.area().display_name(), "");
    ASSERT_GT(whole_.groups_size(), 0);
    ASSERT_GT(whole_.memberships_size(), 0);
    ASSERT_GT(whole_.headline_observations_size(), 0);
    ASSERT_GT(whole_.context_notes_size(), 0);
    ASSERT_GT(whole_.targets_size(), 0);
    ASSERT_GT(whole_.projects_size(), 0);
  }

  // Within 2 s, also while a service hangs.
  AreaProfile Ask() {
    HttpRequest request;
    request.target = kProfile;
    request.headers = {"corridor-timeout: 2s"};
    return Answer<AreaProfile>(client_.Send(request));
  }

  // Asks until so many answers in a row miss exactly these parts. All answers are right, those on
  // the way too: what is missing is a part of one of `services`, and what is not is as it was.
  void AskUntilMissing(const Parts& parts, const std::vector<std::string>& services, int answers) {
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    for (int in_a_row = 0; in_a_row < answers;) {
      ASSERT_LT(absl::Now(), limit);
      const AreaProfile profile = Ask();
      ASSERT_FALSE(HasFailure());
      for (const auto& missing : profile.missing()) {
        ASSERT_THAT(services, Contains(missing.service()));
        EXPECT_THAT(PartsByService().at(missing.service()), Contains(missing.part()));
        EXPECT_NE(missing.reason(), "");
        EXPECT_NE(missing.code(), "");
      }
      ASSERT_THAT(profile, EqualsProto(RestOf(whole_, profile)));
      in_a_row = MissingOf(profile) == parts ? in_a_row + 1 : 0;
    }
  }

  // What is kept would be answered as it was before the services went.
  Suite suite_{AllServices(), {.gateway_options = {"--response-cache-bytes=0"}}};
  HttpClient client_ = suite_.Client();
  AreaProfile whole_;
};

TEST_F(ProfileTest, WhatAKilledServiceKnowsIsNamedMissingAndTheRestIsAsBefore) {
  for (const auto& [service, parts] : PartsByService()) {
    SCOPED_TRACE(service);
    // Killed while the profile is asked for.
    std::thread killer([this, &name = service] { suite_.Kill(name); });
    AskUntilMissing(parts, {service}, kAnswers);
    killer.join();
    if (HasFailure()) return;

    suite_.Restart(service);
    AskUntilMissing({}, {service}, kAnswers);
    if (HasFailure()) return;
  }
}

TEST_F(ProfileTest, AServiceThatHangsCostsItsPartsAndNotTheProfile) {
  suite_.Suspend("indicators");
  AskUntilMissing(PartsByService().at("indicators"), {"indicators"}, 1);
  suite_.Resume("indicators");
  AskUntilMissing({}, {"indicators"}, 1);
}

TEST_F(ProfileTest, WithoutAnyServiceItIs503NamingThemAll) {
  for (const std::string& service : AllServices()) suite_.Kill(service);
  const HttpResponse response = client_.Get(kProfile);
  EXPECT_EQ(response.status, 503) << response.body;
  EXPECT_NE(response.Header("retry-after"), "");
  EXPECT_THAT(ErrorOf(response), StatusIs(absl::StatusCode::kUnavailable,
                                          AllOf(HasSubstr("memberstates"), HasSubstr("indicators"),
                                                HasSubstr("programmes"))));

  for (const std::string& service : AllServices()) suite_.Restart(service);
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (client_.Get(kProfile).status == 503 && absl::Now() < limit) std::this_thread::yield();
  AskUntilMissing({}, AllServices(), kAnswers);
}

}  // namespace
}  // namespace corridor::e2e
