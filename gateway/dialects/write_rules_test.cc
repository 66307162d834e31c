#include "gateway/dialects/write_rules.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

struct Row {
  const char* promise;
  HttpHeaders headers;
  std::string body;
  int status;  // 0: may pass.
  const char* reason = "";
};

TEST(CheckWriteTest, Judges) {
  const KnownHosts hosts("corridor.example, Other.example");
  const std::string json = "application/json";
  const Row rows[] = {
      {"JSON to localhost", {{"host", "localhost:8080"}, {"content-type", json}}, "{}", 0},
      {"with its charset",
       {{"host", "127.0.0.1"}, {"content-type", "Application/JSON; charset=UTF-8"}},
       "{}",
       0},
      {"with parameters that JSON does not have",
       {{"host", "localhost"}, {"content-type", "application/json; charset=\"utf-8\"; a=b;"}},
       "{}",
       0},
      {"to an IPv6 host", {{"host", "[::1]:80"}, {"content-type", json}}, "{}", 0},
      {"to a host that was named", {{"host", "OTHER.example"}, {"content-type", json}}, "{}", 0},
      {"from a page of ours",
       {{"host", "localhost"}, {"origin", "http://localhost:8080"}, {"content-type", json}},
       "{}",
       0},
      {"from a page of a named host",
       {{"host", "localhost"}, {"origin", "https://corridor.example"}, {"content-type", json}},
       "",
       0},

      {"without body or type", {{"host", "localhost"}}, "", 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"a rebound name",
       {{"host", "evil.example:8080"}, {"content-type", json}},
       "{}",
       403,
       "UNKNOWN_HOST"},
      {"a name that only begins as ours",
       {{"host", "localhost.evil.example"}},
       "",
       403,
       "UNKNOWN_HOST"},
      {"a port that is none", {{"host", "localhost:evil"}}, "", 403, "UNKNOWN_HOST"},
      {"no host", {}, "", 403, "UNKNOWN_HOST"},
      {"a page from elsewhere",
       {{"host", "localhost"}, {"origin", "https://evil.example"}},
       "",
       403,
       "UNKNOWN_ORIGIN"},
      {"a page from nowhere",
       {{"host", "localhost"}, {"origin", "null"}},
       "",
       403,
       "UNKNOWN_ORIGIN"},
      {"a page of another scheme",
       {{"host", "localhost"}, {"origin", "file://localhost"}},
       "",
       403,
       "UNKNOWN_ORIGIN"},
      {"an origin with a path",
       {{"host", "localhost"}, {"origin", "http://localhost/x"}},
       "",
       403,
       "UNKNOWN_ORIGIN"},
      {"a form",
       {{"host", "localhost"}, {"content-type", "application/x-www-form-urlencoded"}},
       "a=b",
       415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"a plain-text form",
       {{"host", "localhost"}, {"content-type", "text/plain"}},
       "{}",
       415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"no type", {{"host", "localhost"}}, "{}", 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"another charset",
       {{"host", "localhost"}, {"content-type", "application/json; charset=latin1"}},
       "{}",
       415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"another charset behind another parameter",
       {{"host", "localhost"}, {"content-type", "application/json; a=b; Charset=latin1"}},
       "{}",
       415,
       "UNSUPPORTED_MEDIA_TYPE"},
      {"another kind of JSON",
       {{"host", "localhost"}, {"content-type", "application/json-patch"}},
       "{}",
       415,
       "UNSUPPORTED_MEDIA_TYPE"},
  };
  for (const Row& row : rows) {
    HttpRequest request;
    request.headers = row.headers;
    request.body = row.body;
    const auto refused = CheckWrite(request, hosts);
    EXPECT_EQ(refused ? refused->status : 0, row.status) << row.promise;
    EXPECT_EQ(refused ? refused->reason : "", row.reason) << row.promise;
  }
}

TEST(CheckWriteTest, AConditionThatNobodyLooksAtIsRefused) {
  HttpRequest request;
  request.method = "PATCH";
  request.headers = {
      {"host", "localhost"}, {"content-type", "application/json"}, {"if-match", "\"a\""}};
  const auto refused = CheckWrite(request, KnownHosts(""), BodyType::kJson);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 400);
  EXPECT_THAT(refused->message, HasSubstr("if-match: \"\"a\"\""));
}

TEST(CheckWriteTest, OnlyADeleteWithoutABodyMayLackItsType) {
  HttpRequest request;
  request.headers = {{"host", "localhost"}};
  request.method = "DELETE";
  EXPECT_FALSE(CheckWrite(request, KnownHosts("")).has_value());
  request.method = "PATCH";
  EXPECT_EQ(CheckWrite(request, KnownHosts(""))->status, 415);
  request.method = "DELETE";
  request.body = "{}";
  EXPECT_EQ(CheckWrite(request, KnownHosts(""))->status, 415);
}

TEST(CheckWriteTest, APageThatIsListedMayWriteAndOneThatIsNotMayNot) {
  HttpRequest request;
  request.headers = {{"host", "localhost"},
                     {"content-type", "application/json"},
                     {"origin", "https://app.example"}};
  EXPECT_FALSE(
      CheckWrite(request, KnownHosts("", "http://a.example, https://App.example")).has_value());
  for (const char* origins : {"", "*", "http://app.example", "https://app.example:8443"}) {
    EXPECT_EQ(CheckWrite(request, KnownHosts("", origins))->reason, "UNKNOWN_ORIGIN") << origins;
  }
  // It lets in no other name of the gateway.
  request.headers[0].second = "app.example";
  EXPECT_EQ(CheckWrite(request, KnownHosts("", "https://app.example"))->reason, "UNKNOWN_HOST");
}

TEST(CheckWriteTest, BytesMayBeOfAnyTypeFromWhomTheRulesLetIn) {
  HttpRequest request;
  request.headers = {{"host", "localhost"}, {"content-type", "text/plain"}};
  EXPECT_FALSE(CheckWrite(request, KnownHosts(""), BodyType::kAny).has_value());
  request.headers.emplace_back("origin", "null");
  EXPECT_EQ(CheckWrite(request, KnownHosts(""), BodyType::kAny)->reason, "UNKNOWN_ORIGIN");
}

TEST(CheckWriteTest, TheRefusalNamesTheHost) {
  HttpRequest request;
  request.headers = {{"host", "evil.example"}};
  EXPECT_THAT(CheckWrite(request, KnownHosts(""))->message, HasSubstr("\"evil.example\""));
}

TEST(IsSafeVerbTest, KnowsTheSafeOnes) {
  EXPECT_TRUE(IsSafeVerb("GET"));
  EXPECT_TRUE(IsSafeVerb("HEAD"));
  EXPECT_FALSE(IsSafeVerb("POST"));
  EXPECT_FALSE(IsSafeVerb("get"));
}

}  // namespace
}  // namespace corridor::gateway
