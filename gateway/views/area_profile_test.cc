#include "gateway/views/area_profile.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "corridor/gateway/v1/profile.pb.h"
#include "gateway/http/message.h"
#include "gateway/upstream/fake_upstream.h"
#include "google/protobuf/text_format.h"
#include "platform/request/position.h"
#include "platform/status/status.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using v1::AreaProfile;

constexpr char kGetArea[] = "/corridor.memberstates.v1.Areas/GetArea";
constexpr char kListAreaGroups[] = "/corridor.memberstates.v1.Areas/ListAreaGroups";
constexpr char kListAreaMembers[] = "/corridor.memberstates.v1.Areas/ListAreaMembers";
constexpr char kListMemberships[] = "/corridor.memberstates.v1.Memberships/ListMemberships";
constexpr char kListObservations[] = "/corridor.indicators.v1.Observations/ListObservations";
constexpr char kListIndicators[] = "/corridor.indicators.v1.Indicators/ListIndicators";
constexpr char kListContextNotes[] = "/corridor.indicators.v1.ContextNotes/ListContextNotes";
constexpr char kListTargets[] = "/corridor.indicators.v1.Targets/ListTargets";
constexpr char kListProjects[] = "/corridor.programmes.v1.Projects/ListProjects";

constexpr char kCountryAsked[] = R"(area: "areas/ARM" as_of: "2018-01-01")";

// What an answer of a service is, from text format.
template <typename Message>
Message Parsed(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

absl::Status Down(const std::string& service) {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE",
                         service + " cannot be reached", {{"service", service}});
}

class AreaProfileTest : public ::testing::Test {
 protected:
  AreaProfileTest() {
    Let<memberstates::v1::Area>(memberstates_, kGetArea, R"(name: "areas/ARM" kind: COUNTRY)");
    Let<memberstates::v1::ListAreaGroupsResponse>(
        memberstates_, kListAreaGroups,
        R"(groups { group: "areas/SOUTH_CAUCASUS" } as_of { text: "2018-01-01" })");
    Let<memberstates::v1::ListAreaMembersResponse>(memberstates_, kListAreaMembers,
                                                   R"(members { member: "areas/ARM" })");
    Let<memberstates::v1::ListMembershipsResponse>(
        memberstates_, kListMemberships,
        R"(memberships { name: "organisations/IOM/memberships/ARM" } )"
        R"(as_of { text: "2018-01-01" })");
    Let<indicators::v1::ListObservationsResponse>(
        indicators_, kListObservations,
        R"(observations { indicator: "indicators/POV_2USD" value: 31.1 })");
    Let<indicators::v1::ListIndicatorsResponse>(
        indicators_, kListIndicators,
        R"(indicators { name: "indicators/POV_2USD" } indicators { name: "indicators/UNSEEN" })");
    Let<indicators::v1::ListContextNotesResponse>(indicators_, kListContextNotes,
                                                  R"(context_notes { name: "contextNotes/N" })");
    Let<indicators::v1::ListTargetsResponse>(indicators_, kListTargets,
                                             R"(targets { name: "targets/T" })");
    Let<programmes::v1::ListProjectsResponse>(programmes_, kListProjects,
                                              R"(projects { name: "projects/P" })");
  }

  // Lets a method answer so, from version 3.
  template <typename Message>
  void Let(FakeUpstream& service, const std::string& method, const std::string& answer) {
    service.replies[method] = {absl::OkStatus(),
                               Parsed<Message>(answer).SerializeAsString(),
                               {{"corridor-version", Version(NameOf(service), 3)}}};
  }
  void LetFail(FakeUpstream& service, const std::string& method, const absl::Status& status) {
    service.replies[method] = {status, "", {}};
  }
  void LetFail(FakeUpstream& service, const absl::Status& status) {
    service.replies.clear();
    service.reply = UnaryReply{status, "", {}};
  }
  // Lets the service leave every call waiting.
  static void LetHang(FakeUpstream& service) { service.replies.clear(); }

  std::string NameOf(const FakeUpstream& service) const {
    if (&service == &memberstates_) return "memberstates";
    return &service == &indicators_ ? "indicators" : "programmes";
  }
  static std::string Version(const std::string& service, int64_t version) {
    return EncodePosition(service, "epoch of " + service, version);
  }

  // Asks with ten seconds; answers what cancels.
  std::function<void()> Begin(const std::string& request) {
    asked_at_ = absl::Now();
    UnaryCall call{"/corridor.gateway.v1.Views/GetAreaProfile",
                   Parsed<v1::GetAreaProfileRequest>(request).SerializeAsString(),
                   {{"x-request-id", "r"}},
                   asked_at_ + absl::Seconds(10),
                   true};
    return view_.Answer(std::move(call),
                        [this](const OwnReply& reply) { replies_.push_back(reply); });
  }
  absl::Status Error(const std::string& request) {
    replies_.clear();
    Begin(request);
    EXPECT_THAT(replies_, SizeIs(1));
    return replies_.at(0).status;
  }
  AreaProfile Answer(const std::string& request) {
    EXPECT_OK(Error(request));
    return Answered();
  }
  AreaProfile Answered() const {
    AreaProfile profile;
    EXPECT_TRUE(profile.ParseFromString(replies_.at(0).message));
    return profile;
  }

  template <typename Request>
  Request Asked(const FakeUpstream& service, const std::string& method) const {
    const auto call = std::find_if(service.calls.begin(), service.calls.end(),
                                   [&](const UnaryCall& made) { return made.method == method; });
    Request request;
    EXPECT_TRUE(call != service.calls.end() && request.ParseFromString(call->message)) << method;
    return request;
  }

  FakeUpstream memberstates_;
  FakeUpstream indicators_;
  FakeUpstream programmes_;
  AreaProfileView view_{{{"memberstates", &memberstates_},
                         {"indicators", &indicators_},
                         {"programmes", &programmes_}}};
  absl::Time asked_at_;
  std::vector<OwnReply> replies_;
};

std::vector<AreaProfile::Part> MissingParts(const AreaProfile& profile) {
  std::vector<AreaProfile::Part> parts;
  for (const auto& missing : profile.missing()) parts.push_back(missing.part());
  return parts;
}

constexpr char kWholeCountry[] = R"(
    name: "areas/ARM"
    area { name: "areas/ARM" kind: COUNTRY }
    groups { group: "areas/SOUTH_CAUCASUS" }
    memberships { name: "organisations/IOM/memberships/ARM" }
    headline_indicators { name: "indicators/POV_2USD" }
    headline_observations { indicator: "indicators/POV_2USD" value: 31.1 }
    context_notes { name: "contextNotes/N" }
    targets { name: "targets/T" }
    projects { name: "projects/P" }
    as_of { text: "2018-01-01" })";

TEST_F(AreaProfileTest, ThreeServicesMakeOneAnswer) {
  EXPECT_THAT(Answer(kCountryAsked), EqualsProto(kWholeCountry));
  EXPECT_EQ(replies_[0].http_status, 200);
}

TEST_F(AreaProfileTest, EveryServiceIsAskedForTheSameDayAndKnownTime) {
  Answer(R"(area: "areas/ARM" as_of: "2018" known_at: "2019-01-01T00:00:00Z")");
  EXPECT_THAT(Asked<memberstates::v1::GetAreaRequest>(memberstates_, kGetArea),
              EqualsProto(R"pb(name: "areas/ARM" view: FULL known_at: "2019-01-01T00:00:00Z")pb"));
  const std::string common = R"( as_of: "2018" known_at: "2019-01-01T00:00:00Z" page_size: 1000)";
  EXPECT_THAT(Asked<memberstates::v1::ListAreaGroupsRequest>(memberstates_, kListAreaGroups),
              EqualsProto(R"pb(parent: "areas/ARM")pb" + common));
  EXPECT_THAT(Asked<memberstates::v1::ListMembershipsRequest>(memberstates_, kListMemberships),
              EqualsProto(R"pb(parent: "organisations/-" area: "areas/ARM")pb" + common));
  EXPECT_THAT(Asked<indicators::v1::ListObservationsRequest>(indicators_, kListObservations),
              EqualsProto(R"pb(area: "areas/ARM" headline: true latest: true)pb" + common));
  EXPECT_THAT(Asked<indicators::v1::ListIndicatorsRequest>(indicators_, kListIndicators),
              EqualsProto(R"pb(filter: "headline = true" known_at: "2019-01-01T00:00:00Z")pb"
                          R"(page_size: 1000)"));
  EXPECT_THAT(Asked<indicators::v1::ListContextNotesRequest>(indicators_, kListContextNotes),
              EqualsProto(R"pb(area: "areas/ARM")pb" + common));
  EXPECT_THAT(Asked<indicators::v1::ListTargetsRequest>(indicators_, kListTargets),
              EqualsProto(R"pb(area: "areas/ARM")pb" + common));
  EXPECT_THAT(Asked<programmes::v1::ListProjectsRequest>(programmes_, kListProjects),
              EqualsProto(R"pb(area: "areas/ARM")pb" + common));
}

TEST_F(AreaProfileTest, TodayIsOneDayForAllServices) {
  Answer(R"(area: "areas/ARM")");
  const auto groups =
      Asked<memberstates::v1::ListAreaGroupsRequest>(memberstates_, kListAreaGroups);
  const auto projects = Asked<programmes::v1::ListProjectsRequest>(programmes_, kListProjects);
  EXPECT_THAT(groups.as_of(), ::testing::MatchesRegex("....-..-.."));
  EXPECT_EQ(groups.as_of(), projects.as_of());
}

TEST_F(AreaProfileTest, ReadsCarryTheCallsMetadataAndLeaveTimeToAnswer) {
  Answer(kCountryAsked);
  for (const FakeUpstream* service : {&memberstates_, &indicators_, &programmes_}) {
    for (const UnaryCall& call : service->calls) {
      EXPECT_TRUE(call.is_read) << call.method;
      EXPECT_THAT(call.metadata, ElementsAre(Pair("x-request-id", "r"))) << call.method;
      EXPECT_LT(call.deadline, asked_at_ + absl::Milliseconds(9500)) << call.method;
      EXPECT_GT(call.deadline, asked_at_ + absl::Milliseconds(8500)) << call.method;
    }
  }
}

TEST_F(AreaProfileTest, AGroupIsAnsweredWithItsMembers) {
  Let<memberstates::v1::Area>(memberstates_, kGetArea,
                              R"(name: "areas/SOUTH_CAUCASUS" kind: GROUP)");
  const AreaProfile profile = Answer(R"(area: "areas/SOUTH_CAUCASUS" as_of: "2018-01-01")");
  EXPECT_THAT(profile.members(), ElementsAre(EqualsProto(R"pb(member: "areas/ARM")pb")));
  EXPECT_THAT(
      Asked<memberstates::v1::ListAreaMembersRequest>(memberstates_, kListAreaMembers),
      EqualsProto(R"pb(parent: "areas/SOUTH_CAUCASUS" as_of: "2018-01-01" page_size: 1000)pb"));
}

TEST_F(AreaProfileTest, WithMemberstatesDownTheOthersAnswer) {
  LetFail(memberstates_, Down("memberstates"));
  const AreaProfile profile = Answer(kCountryAsked);
  EXPECT_THAT(MissingParts(profile), ElementsAre(AreaProfile::AREA, AreaProfile::GROUPS,
                                                 AreaProfile::MEMBERS, AreaProfile::MEMBERSHIPS));
  for (const auto& missing : profile.missing()) {
    EXPECT_EQ(missing.service(), "memberstates");
    EXPECT_EQ(missing.reason(), "memberstates cannot be reached");
    EXPECT_EQ(missing.code(), "UNAVAILABLE");
  }
  EXPECT_FALSE(profile.has_as_of());
  EXPECT_THAT(profile.headline_observations(), SizeIs(1));
  EXPECT_THAT(profile.projects(), SizeIs(1));
}

TEST_F(AreaProfileTest, WithIndicatorsDownTheOthersAnswer) {
  LetFail(indicators_, Down("indicators"));
  AreaProfile whole_but = Parsed<AreaProfile>(kWholeCountry);
  whole_but.clear_headline_indicators();
  whole_but.clear_headline_observations();
  whole_but.clear_context_notes();
  whole_but.clear_targets();
  AreaProfile profile = Answer(kCountryAsked);
  EXPECT_THAT(MissingParts(profile), ElementsAre(AreaProfile::HEADLINE_INDICATORS,
                                                 AreaProfile::CONTEXT_NOTES, AreaProfile::TARGETS));
  profile.clear_missing();
  EXPECT_THAT(profile, EqualsProto(whole_but));
}

TEST_F(AreaProfileTest, WithProgrammesDownTheOthersAnswerAndRecoveryNeedsNothing) {
  FakeUpstream healthy = programmes_;
  LetFail(programmes_, Down("programmes"));
  EXPECT_THAT(Answer(kCountryAsked).missing(), ElementsAre(EqualsProto(R"pb(
                part: PROJECTS
                service: "programmes"
                reason: "programmes cannot be reached"
                code: "UNAVAILABLE")pb")));
  programmes_ = healthy;
  EXPECT_THAT(Answer(kCountryAsked), EqualsProto(kWholeCountry));
}

TEST_F(AreaProfileTest, AServiceThatTheGatewayWasStartedWithoutIsMissing) {
  AreaProfileView view({{"memberstates", &memberstates_}, {"indicators", &indicators_}});
  view.Answer({"",
               Parsed<v1::GetAreaProfileRequest>(kCountryAsked).SerializeAsString(),
               {},
               absl::Now() + absl::Seconds(10),
               true},
              [this](const OwnReply& reply) { replies_.push_back(reply); });
  ASSERT_THAT(Answered().missing(), SizeIs(1));
  EXPECT_EQ(Answered().missing(0).reason(),
            "this gateway was started without the service programmes");
}

TEST_F(AreaProfileTest, HalfAPartIsMissingWhole) {
  for (const char* method : {kListObservations, kListIndicators}) {
    const UnaryReply good = indicators_.replies[method];
    LetFail(indicators_, method, Down("indicators"));
    const AreaProfile profile = Answer(kCountryAsked);
    EXPECT_THAT(MissingParts(profile), ElementsAre(AreaProfile::HEADLINE_INDICATORS));
    EXPECT_THAT(profile.headline_observations(), IsEmpty());
    EXPECT_THAT(profile.headline_indicators(), IsEmpty());
    indicators_.replies[method] = good;
  }
}

TEST_F(AreaProfileTest, ASlowServiceIsMissingAtTheDeadline) {
  LetHang(indicators_);
  Begin(kCountryAsked);
  EXPECT_THAT(replies_, IsEmpty());
  while (indicators_.waiting() > 0) {
    indicators_.Reply({absl::DeadlineExceededError("indicators did not answer in time"), "", {}});
  }
  const AreaProfile profile = Answered();
  EXPECT_THAT(profile.missing(), SizeIs(3));
  EXPECT_EQ(profile.missing(0).code(), "DEADLINE_EXCEEDED");
  EXPECT_THAT(profile.projects(), SizeIs(1));
}

TEST_F(AreaProfileTest, AnAnswerThatCannotBeReadIsMissing) {
  programmes_.replies[kListProjects].message = "\xFF";
  const AreaProfile profile = Answer(kCountryAsked);
  ASSERT_THAT(profile.missing(), SizeIs(1));
  EXPECT_EQ(profile.missing(0).code(), "INTERNAL");
  EXPECT_THAT(profile.missing(0).reason(), HasSubstr("ListProjectsResponse"));
}

TEST_F(AreaProfileTest, WithoutAnyServiceItIsUnavailableNamingThem) {
  LetFail(memberstates_, Down("memberstates"));
  LetFail(indicators_, Down("indicators"));
  LetFail(programmes_, Down("programmes"));
  EXPECT_THAT(Error(kCountryAsked),
              StatusIs(absl::StatusCode::kUnavailable,
                       "no service answers: indicators: indicators cannot be reached; "
                       "memberstates: memberstates cannot be reached; "
                       "programmes: programmes cannot be reached"));
}

TEST_F(AreaProfileTest, AnUnknownAreaIsNotFoundWhateverElseIsWrong) {
  LetFail(memberstates_, NoSuchResource("areas/XYZ"));
  LetFail(indicators_, InvalidField("as_of", "soon", "is not a date"));
  LetHang(programmes_);
  EXPECT_THAT(Error(R"(area: "areas/XYZ" as_of: "soon")"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/XYZ")));
  EXPECT_EQ(programmes_.cancelled, 1);
}

TEST_F(AreaProfileTest, TheClientsErrorIsOfTheWhole) {
  const absl::Status errors[] = {
      InvalidField("as_of", "soon", "is not a date"),
      InvalidField("known_at", "2019-13", "is not an RFC 3339 timestamp"),
      absl::OutOfRangeError("known_at: before the first commit"),
  };
  for (const absl::Status& error : errors) {
    LetFail(programmes_, kListProjects, error);
    EXPECT_THAT(Error(kCountryAsked), Eq(error));
  }
}

TEST_F(AreaProfileTest, AnErrorOfWhatTheViewItselfAskedIsAMissingPart) {
  LetFail(programmes_, kListProjects, InvalidField("page_size", "1000", "is too much"));
  EXPECT_THAT(MissingParts(Answer(kCountryAsked)), ElementsAre(AreaProfile::PROJECTS));
  // Its copy of the areas may be behind: memberstates knows this one.
  LetFail(programmes_, kListProjects, InvalidField("area", "areas/ARM", "is no area"));
  EXPECT_THAT(MissingParts(Answer(kCountryAsked)), ElementsAre(AreaProfile::PROJECTS));
}

TEST_F(AreaProfileTest, AMalformedRequestIsRefusedByFieldBeforeAnybodyIsAsked) {
  constexpr struct {
    const char* request;
    const char* field;
    const char* message;
  } kCases[] = {
      {"", "area", "area"},
      {R"(area: "areas/arm")", "area", "areas/arm"},
      {R"(area: "ARM")", "area", "ARM"},
      {R"(area: "areas/ARM" known_at: "42")", "known_at", "each service has its own"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.request);
    const absl::Status error = Error(test.request);
    EXPECT_THAT(error, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)));
    EXPECT_THAT(error, HasFieldViolation(test.field));
  }
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(AreaProfileTest, ALongPartSaysWhereTheRestIs) {
  Let<programmes::v1::ListProjectsResponse>(
      programmes_, kListProjects, R"(projects { name: "projects/P" } next_page_token: "t")");
  Let<memberstates::v1::ListMembershipsResponse>(memberstates_, kListMemberships,
                                                 R"(next_page_token: "t")");
  const AreaProfile profile = Answer(kCountryAsked);
  const std::string pinned = "area=ARM&asOf=2018-01-01&knownAt=";
  ASSERT_THAT(profile.truncated(), SizeIs(2));
  EXPECT_EQ(profile.truncated(0).part(), AreaProfile::MEMBERSHIPS);
  EXPECT_EQ(profile.truncated(0).rest(),
            "/v1/organisations/-/memberships?" + pinned + Version("memberstates", 3));
  EXPECT_EQ(profile.truncated(1).part(), AreaProfile::PROJECTS);
  EXPECT_EQ(profile.truncated(1).rest(), "/v1/projects?" + pinned + Version("programmes", 3));
  EXPECT_THAT(profile.projects(), SizeIs(1));
}

TEST_F(AreaProfileTest, TheVersionIsThatOfAllServicesThatAnswered) {
  memberstates_.replies[kListAreaGroups].headers = {{kVersionHeader, Version("memberstates", 4)}};
  LetFail(programmes_, Down("programmes"));
  Answer(kCountryAsked);
  const std::string* token = FindHeader(replies_[0].headers, kVersionHeader);
  ASSERT_NE(token, nullptr);
  EXPECT_THAT(DecodePosition(*token, kVersionHeader), IsOkAndHolds(EqualsProto(R"pb(
                parts {
                  key: "memberstates"
                  value { epoch: "epoch of memberstates" version: 4 }
                }
                parts {
                  key: "indicators"
                  value { epoch: "epoch of indicators" version: 3 }
                })pb")));
}

TEST_F(AreaProfileTest, TheVersionOfAnEarlierProfileLeadsToItsParts) {
  LetFail(programmes_, Down("programmes"));
  Answer(kCountryAsked);
  const std::string token = *FindHeader(replies_[0].headers, kVersionHeader);
  programmes_.calls.clear();
  const AreaProfile profile = Answer(R"(area: "areas/ARM" known_at: ")" + token + "\"");
  EXPECT_THAT(profile.missing(), ElementsAre(EqualsProto(R"pb(
                part: PROJECTS
                service: "programmes"
                code: "FAILED_PRECONDITION"
                reason: "known_at: the token holds no version of programmes")pb")));
  EXPECT_THAT(programmes_.calls, IsEmpty());
}

TEST_F(AreaProfileTest, AClientThatLeavesCancelsEveryRead) {
  for (FakeUpstream* service : {&memberstates_, &indicators_, &programmes_}) LetHang(*service);
  const std::function<void()> cancel = Begin(kCountryAsked);
  cancel();
  EXPECT_EQ(memberstates_.cancelled, 3);
  EXPECT_EQ(indicators_.cancelled, 4);
  EXPECT_EQ(programmes_.cancelled, 1);
  EXPECT_THAT(replies_, IsEmpty());
  cancel();
}

}  // namespace
}  // namespace corridor::gateway
