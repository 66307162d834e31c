// What wrong requests are answered through the gateway: the status, and an error that names field
// and value.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr char kMembers[] = "/v1/organisations/IOM/memberships";

class BadInputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { suite_ = new Suite; }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }
  static Suite* suite_;
  HttpClient client_ = suite_->Client();
};
Suite* BadInputTest::suite_ = nullptr;

// A GET, and what the message of its error names.
struct Row {
  std::string target;
  std::vector<std::string> named;
};

TEST_F(BadInputTest, AnUnknownNameIs404) {
  for (const Row& row :
       std::vector<Row>{{"/v1/areas/XYZ", {"areas/XYZ"}},
                        {"/v1/organisations/NATO", {"organisations/NATO"}},
                        {absl::StrCat(kMembers, "/XYZ"), {"organisations/IOM/memberships/XYZ"}},
                        {"/v1/organisations/NATO/memberships", {"organisations/NATO"}},
                        {"/v1/memberstates", {"/v1/memberstates", "memberStates"}},
                        {"/v2/areas", {"/v2/areas"}}}) {
    SCOPED_TRACE(row.target);
    const HttpResponse response = client_.Get(row.target);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.Header("content-type"), "application/json");
    for (const std::string& name : row.named) {
      EXPECT_THAT(ErrorOf(response), StatusIs(StatusCode::kNotFound, HasSubstr(name)));
    }
  }
}

TEST_F(BadInputTest, AMalformedValueIs400NamingFieldAndValue) {
  for (const Row& row : std::vector<Row>{
           {absl::StrCat(kMembers, "?asOf=2018-13-01"), {"asOf", "2018-13-01"}},
           {absl::StrCat(kMembers, "?asOf=2018-02-30"), {"asOf", "2018-02-30"}},
           {absl::StrCat(kMembers, ":count?status=MEMBER&asOf=yesterday"), {"asOf", "yesterday"}},
           {absl::StrCat(kMembers, ":changes?from=2019&to=2018"), {"to", "2018"}},
           {absl::StrCat(kMembers, ":count?status=MEMBERS"), {"status", "MEMBERS"}},
           {absl::StrCat(kMembers, "?pageToken=garbage"), {"pageToken", "garbage"}},
           {absl::StrCat(kMembers, "?pageSize=1001"), {"pageSize", "1001"}},
           {absl::StrCat(kMembers, "?pageSize=many"), {"many"}},
           {absl::StrCat(kMembers, "?pageSize=-1"), {"pageSize", "-1"}},
           {absl::StrCat(kMembers, "?knownAt=tomorrow"), {"knownAt", "tomorrow"}},
           {absl::StrCat(kMembers, "?filter=nothing%20%3D%201"), {"filter", "nothing"}},
           {"/v1/areas/arm", {"name", "areas/arm"}},
           {"/v1/areas/ar%24m", {"name", "areas/ar$m"}},
           {"/v1/areas?kind=CONTINENT", {"kind", "CONTINENT"}}}) {
    SCOPED_TRACE(row.target);
    const HttpResponse response = client_.Get(row.target);
    EXPECT_EQ(response.status, 400);
    for (const std::string& name : row.named) {
      EXPECT_THAT(ErrorOf(response), StatusIs(StatusCode::kInvalidArgument, HasSubstr(name)));
    }
  }
}

TEST_F(BadInputTest, ATimeBeforeTheFirstCommitIsAnErrorThatNamesIt) {
  const HttpResponse early = client_.Get("/v1/areas/ARM?knownAt=1999-01-01T00:00:00Z");
  EXPECT_EQ(early.status, 400);
  EXPECT_THAT(ErrorOf(early), StatusIs(StatusCode::kOutOfRange,
                                       HasSubstr("before the first commit, version 1 of")));
}

TEST_F(BadInputTest, AVersionNotYetReachedIsAnErrorThatNamesTheLast) {
  const HttpResponse late = client_.Get("/v1/areas/ARM?knownAt=99999");
  EXPECT_EQ(late.status, 503);
  EXPECT_THAT(ErrorOf(late),
              StatusIs(StatusCode::kUnavailable,
                       HasSubstr("version 99999 is not reached yet, the last one is ")));
}

TEST_F(BadInputTest, AnUnknownParameterIs400WithTheNearestKnownOne) {
  const HttpResponse response = client_.Get(absl::StrCat(kMembers, "?asFo=2018-01-01"));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(ErrorOf(response),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("asFo"), AnyOf(HasSubstr("asOf"), HasSubstr("as_of")))));
}

TEST_F(BadInputTest, ParametersAreTakenInCamelAndSnakeCaseAlike) {
  EXPECT_EQ(client_.Get(absl::StrCat(kMembers, "?asOf=2018-01-01&pageSize=1")).status, 200);
  EXPECT_EQ(client_.Get(absl::StrCat(kMembers, "?as_of=2018-01-01&page_size=1")).status, 200);
}

TEST_F(BadInputTest, AMalformedBodyIs400NamingFieldAndValue) {
  struct Body {
    std::string json;
    std::vector<std::string> named;
  };
  for (const Body& row : std::vector<Body>{{R"({"queries":["ARM")", {}},
                                           {R"(queries)", {}},
                                           {R"({"querries":["ARM"]})", {"querries"}},
                                           {R"({"queries":"ARM"})", {"queries"}},
                                           {R"({"queries":[]})", {"queries"}},
                                           {"{\"queries\":[\"\xff\"]}", {}}}) {
    SCOPED_TRACE(row.json);
    const HttpResponse response = client_.SendJson("POST", "/v1/areas:resolve", row.json);
    EXPECT_EQ(response.status, 400);
    const absl::Status error = ErrorOf(response);
    EXPECT_THAT(error, StatusIs(StatusCode::kInvalidArgument));
    for (const std::string& name : row.named) {
      EXPECT_THAT(error, StatusIs(StatusCode::kInvalidArgument, HasSubstr(name)));
    }
  }
}

TEST_F(BadInputTest, AWriteThatBreaksARuleNamesTheField) {
  const HttpResponse response = client_.SendJson(
      "POST", absl::StrCat(kMembers, "?membershipId=NOBODY"),
      R"({"party":{"kind":"NGO","displayName":"Nobody"},"spells":[{"status":"OBSERVER","confidence":"LOW","start":{"text":"2018-99"}}]})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(ErrorOf(response),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("spells[0].start"), HasSubstr("2018-99"))));
}

TEST_F(BadInputTest, AnotherMethodIs405WithThoseAllowed) {
  HttpRequest request;
  request.verb = "DELETE";
  request.target = "/v1/memberStates";
  HttpResponse response = client_.Send(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.Header("allow"), HasSubstr("GET"));
  EXPECT_FALSE(ErrorOf(response).ok());

  request.verb = "PUT";
  request.target = "/v1/areas/ARM";
  response = client_.Send(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.Header("allow"),
              AllOf(HasSubstr("GET"), HasSubstr("PATCH"), HasSubstr("DELETE")));
}

TEST_F(BadInputTest, ABodyTooLargeIs413) {
  const HttpResponse response =
      client_.SendJson("POST", "/v1/areas:resolve", std::string(size_t{32} << 20, ' '));
  EXPECT_EQ(response.status, 413) << response.transport_error;
}

TEST_F(BadInputTest, HeadersTooLargeAre431) {
  HttpRequest request;
  request.target = "/v1/areas/ARM";
  request.headers = {absl::StrCat("X-Padding: ", std::string(200'000, 'a'))};
  EXPECT_EQ(client_.Send(request).status, 431);
}

TEST_F(BadInputTest, AWriteNeedsAJsonContentTypeAndAKnownHost) {
  HttpRequest request;
  request.verb = "POST";
  request.target = "/v1/areas:resolve";
  request.body = R"({"queries":["ARM"]})";
  request.headers = {"Content-Type: text/plain"};
  EXPECT_EQ(client_.Send(request).status, 415);

  request.headers = {"Content-Type: application/json", "Host: attacker.example"};
  EXPECT_THAT(client_.Send(request).status, AnyOf(403, 421));

  request.headers = {"Content-Type: application/json"};
  EXPECT_EQ(client_.Send(request).status, 200);
}

TEST_F(BadInputTest, TheGatewayStaysWellThroughAllOfThis) {
  EXPECT_EQ(client_.Get("/healthz").status, 200);
  EXPECT_EQ(client_.Get("/v1/areas/ARM").status, 200);
}

}  // namespace
}  // namespace corridor::e2e
