// Which route a path takes; the real contract's routes are held to in transcoder_contract_test.cc.
#include "gateway/transcoding/routes.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// `GET /v1/areas` → a route; its owner is the text itself.
Routes::Route MakeRoute(const std::string& text) {
  const size_t space = text.find(' ');
  return {text.substr(0, space), *PathTemplate::Parse(text.substr(space + 1)), "Owner"};
}

class RoutesTest : public ::testing::Test {
 protected:
  static std::vector<std::string> Declared() {
    return {
        "GET /v1/areas",
        "POST /v1/areas",
        "POST /v1/areas:resolve",
        "GET /v1/areas:batchGet",
        "GET /v1/{name=areas/*}",
        "PATCH /v1/{area.name=areas/*}",
        "DELETE /v1/{name=areas/*}",
        "GET /v1/{parent=areas/*}/members",
        "DELETE /v1/{name=areas/*/members/*}",
        "GET /v1/{parent=organisations/*}/memberships",
        "POST /v1/{parent=organisations/*}/memberships",
        "GET /v1/{parent=organisations/*}/memberships:count",
        "POST /v1/{parent=organisations/*}/memberships:batchCheck",
        "GET /v1/{name=organisations/*/memberships/*}",
        "GET /v1/{collection=memberStates}",
        "GET /v1/{collection=memberStates}:count",
        "GET /v1/areas/special",
        "GET /v1/areas/special/deep/leaf",
        "GET /v1/{name=areas/*}/deep/*",
        "POST /v1/areas/posted",
        "GET /v1/{name=files/**}",
        "GET /v1/{name=files/*}",
        "POST /v1/{name=files/**}:purge",
        "HEAD /v1/probe",
        "GET /v1/probe",
        "* /v1/any",
        "PUT /v1/any",
        "GET /v1/{x}/cancel:now",
        "GET /v1/with%20space",
    };
  }

  RoutesTest() {
    std::vector<Routes::Route> routes;
    for (const std::string& text : Declared()) routes.push_back(MakeRoute(text));
    routes_ = *Routes::Create(routes);
  }

  // The template that answers, or `405 verbs…`, or `404`.
  std::string Answer(const std::string& verb, const std::string& path) const {
    Routes::Found found = routes_.Find(verb, path);
    if (found.route >= 0) return Declared()[static_cast<size_t>(found.route)];
    if (found.allowed_verbs.empty()) return "404";
    std::string answer = "405";
    for (const std::string& allowed : found.allowed_verbs) answer += " " + allowed;
    return answer;
  }

  Routes routes_ = *Routes::Create({});
};

TEST_F(RoutesTest, EveryPathTakesTheRouteThatTheRulesGiveIt) {
  constexpr struct {
    const char* verb;
    const char* path;
    const char* answer;
  } kCases[] = {
      {"GET", "/v1/areas", "GET /v1/areas"},
      {"POST", "/v1/areas", "POST /v1/areas"},
      {"GET", "/v1/areas/ARM", "GET /v1/{name=areas/*}"},
      {"PATCH", "/v1/areas/ARM", "PATCH /v1/{area.name=areas/*}"},
      {"GET", "/v1/areas/ARM/members", "GET /v1/{parent=areas/*}/members"},
      {"DELETE", "/v1/areas/A/members/B", "DELETE /v1/{name=areas/*/members/*}"},
      {"GET", "/v1/memberStates", "GET /v1/{collection=memberStates}"},
      {"GET", "/v1/memberStates:count", "GET /v1/{collection=memberStates}:count"},
      // A custom verb is one wherever a template has it.
      {"POST", "/v1/areas:resolve", "POST /v1/areas:resolve"},
      {"GET", "/v1/areas:resolve", "405 POST"},
      {"GET", "/v1/organisations/IOM/memberships:count",
       "GET /v1/{parent=organisations/*}/memberships:count"},
      {"POST", "/v1/organisations/IOM/memberships:count", "405 GET HEAD"},
      {"GET", "/v1/organisations/IOM/memberships:nothing", "404"},
      {"GET", "/v1/areas:nothing", "404"},
      {"GET", "/v1/areas:", "404"},
      // Elsewhere a colon belongs to the id.
      {"GET", "/v1/areas/ARM:resolve", "GET /v1/{name=areas/*}"},
      {"GET", "/v1/organisations/IOM/memberships/A:count",
       "GET /v1/{name=organisations/*/memberships/*}"},
      {"GET", "/v1/organisations/a:b/memberships:count",
       "GET /v1/{parent=organisations/*}/memberships:count"},
      // An encoded colon is data, never a verb.
      {"POST", "/v1/areas%3Aresolve", "404"},
      {"GET", "/v1/areas/x%3Aresolve", "GET /v1/{name=areas/*}"},
      // A literal goes first, and a dead end is left again.
      {"GET", "/v1/areas/special", "GET /v1/areas/special"},
      {"GET", "/v1/areas/special/members", "GET /v1/{parent=areas/*}/members"},
      {"GET", "/v1/areas/special/deep/leaf", "GET /v1/areas/special/deep/leaf"},
      {"GET", "/v1/areas/special/deep/other", "GET /v1/{name=areas/*}/deep/*"},
      // The literal has only POST: the variable answers GET, and both verbs are known.
      {"GET", "/v1/areas/posted", "GET /v1/{name=areas/*}"},
      {"PUT", "/v1/areas/posted", "405 DELETE GET HEAD PATCH POST"},
      // `*` before `**`; `**` takes any number of segments.
      {"GET", "/v1/files/a", "GET /v1/{name=files/*}"},
      {"GET", "/v1/files", "GET /v1/{name=files/**}"},
      {"GET", "/v1/files/", "GET /v1/{name=files/**}"},
      {"GET", "/v1/files/a/b/c", "GET /v1/{name=files/**}"},
      {"POST", "/v1/files/a/b:purge", "POST /v1/{name=files/**}:purge"},
      {"POST", "/v1/files:purge", "POST /v1/{name=files/**}:purge"},
      {"GET", "/v1/files/a:purge", "405 POST"},
      {"GET", "/v1/files/a:other", "GET /v1/{name=files/*}"},
      {"GET", "/v1/a/cancel:now", "GET /v1/{x}/cancel:now"},
      // HEAD is GET, but where it has its own.
      {"HEAD", "/v1/areas", "GET /v1/areas"},
      {"HEAD", "/v1/probe", "HEAD /v1/probe"},
      {"GET", "/v1/probe", "GET /v1/probe"},
      // Any verb, and a particular one before it.
      {"GET", "/v1/any", "* /v1/any"},
      {"BREW", "/v1/any", "* /v1/any"},
      {"PUT", "/v1/any", "PUT /v1/any"},
      {"PUT", "/v1/areas", "405 GET HEAD POST"},
      {"get", "/v1/areas", "405 GET HEAD POST"},
      // Escapes of what needs none are read as what they mean.
      {"GET", "/v1/%61reas", "GET /v1/areas"},
      {"GET", "/v1/with%20space", "GET /v1/with%20space"},
      {"GET", "/v1/%zzreas", "404"},
      // A variable is never empty, and nothing is cut off.
      {"GET", "/v1/areas/", "404"},
      {"GET", "/v1/areas//members", "404"},
      {"GET", "/v1/areas/ARM/", "404"},
      {"GET", "//v1/areas", "404"},
      {"GET", "/v2/areas", "404"},
      {"GET", "/V1/areas", "404"},
      {"GET", "/v1/Areas", "404"},
      {"GET", "/", "404"},
      {"GET", "", "404"},
      {"GET", "*", "404"},
      {"GET", "v1/areas", "404"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.verb) + " " + test.path);
    EXPECT_EQ(Answer(test.verb, test.path), test.answer);
  }
}

TEST_F(RoutesTest, TemplatesThatDifferInVariablesOnlyCollide) {
  constexpr struct {
    const char* first;
    const char* second;
  } kCases[] = {
      {"GET /v1/areas", "GET /v1/areas"},
      {"GET /v1/{name=areas/*}", "GET /v1/areas/{id}"},
      {"GET /v1/{name}", "GET /v1/*"},
      {"GET /v1/{collection=memberStates}", "GET /v1/memberStates"},
      {"GET /v1/{a=**}", "GET /v1/**"},
      {"POST /v1/areas:resolve", "POST /v1/areas:resolve"},
      {"GET /v1/areas", "GET /v1/%61reas"},
      {"* /v1/areas", "* /v1/areas"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.second);
    EXPECT_THAT(
        Routes::Create({MakeRoute(test.first), MakeRoute(test.second)}).status(),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 std::string("Owner ") + test.second + " collides with Owner " + test.first));
  }
}

TEST_F(RoutesTest, TemplatesThatSharePathsButNotShapeDoNotCollide) {
  EXPECT_TRUE(Routes::Create({MakeRoute("GET /v1/areas"), MakeRoute("POST /v1/areas"),
                              MakeRoute("* /v1/areas"), MakeRoute("GET /v1/areas:count"),
                              MakeRoute("GET /v1/{x}"), MakeRoute("GET /v1/{x=**}")})
                  .ok());
}

TEST_F(RoutesTest, NamesUpToThreeRoutesNearAPathThatHasNone) {
  EXPECT_THAT(routes_.NearestTo("/v1/memberstats")[0], "/v1/{collection=memberStates}");
  EXPECT_THAT(routes_.NearestTo("/v1/memberStates:cuont")[0],
              "/v1/{collection=memberStates}:count");
  EXPECT_THAT(routes_.NearestTo("/v1/area/ARM/member")[0], "/v1/{parent=areas/*}/members");
  EXPECT_THAT(routes_.NearestTo("/v2/areas:resolve")[0], "/v1/areas:resolve");
  EXPECT_THAT(routes_.NearestTo("/organisations/IOM/memberships"),
              ElementsAre("/v1/{parent=organisations/*}/memberships", HasSubstr("/v1/{"),
                          HasSubstr("/v1/{")));
}

TEST_F(RoutesTest, NamesWhatIsAnsweredElsewhere) {
  for (const char* path : {"/", "/docs", "/openapi.json"}) routes_.AddToNearest(path);
  EXPECT_THAT(routes_.NearestTo("/docs/"), ElementsAre("/docs"));
  EXPECT_THAT(routes_.NearestTo("/doc"), ElementsAre("/docs"));
  EXPECT_THAT(routes_.NearestTo("/openapi.jsn"), ElementsAre("/openapi.json"));
  EXPECT_THAT(routes_.NearestTo("/wp-login.php"), IsEmpty());
  EXPECT_EQ(Answer("GET", "/docs"), "404");
}

TEST_F(RoutesTest, NamesNoRouteWhenNoneIsNear) {
  EXPECT_THAT(routes_.NearestTo("/wp-login.php"), IsEmpty());
  EXPECT_THAT(routes_.NearestTo(""), IsEmpty());
  EXPECT_THAT(routes_.NearestTo(std::string(10000, '/')), IsEmpty());
}

TEST_F(RoutesTest, HostilePathsCostNoMoreThanTheTrie) {
  EXPECT_EQ(Answer("GET", std::string(100000, '/')), "404");
  EXPECT_EQ(Answer("GET", "/v1/areas/" + std::string(100000, ':')), "GET /v1/{name=areas/*}");
}

}  // namespace
}  // namespace corridor::gateway
