#include "gateway/dialects/cors.h"

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gateway/fake_call.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

class CorsTest : public ::testing::Test {
 protected:
  CorsTest() {
    inner_.serve = [this](const std::shared_ptr<Call>& call) {
      ++served_;
      call->Answer({}, "OK");
    };
  }

  HttpResponse Answer(const std::string& verb, const std::string& path, const HttpHeaders& headers,
                      const std::string& origins = "https://app.example, http://localhost:3000") {
    const CorsOrigins parsed = *CorsOrigins::Parse(origins);
    Cors cors(parsed, *transcoder_, inner_);
    connection_->responses.clear();
    HttpRequest request{verb, path, "", headers, ""};
    cors.Serve(std::make_shared<Call>(std::move(request), "", absl::Now(), connection_, log_));
    EXPECT_THAT(connection_->responses, SizeIs(1));
    return connection_->responses.at(0);
  }
  static HttpHeaders Preflight(const std::string& origin) {
    return {{"origin", origin}, {"access-control-request-method", "POST"}};
  }

  FakeLog log_;
  FakeDialect inner_;
  int served_ = 0;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  std::unique_ptr<Transcoder> transcoder_ = *Transcoder::Create(LibraryContract());
};

TEST_F(CorsTest, APageThatIsListedMayReadTheAnswer) {
  const HttpResponse response = Answer("GET", "/v1/shelves/a", {{"origin", "https://app.example"}});
  EXPECT_THAT(response.headers,
              Contains(Pair("access-control-allow-origin", "https://app.example")));
  EXPECT_THAT(response.headers, Contains(Pair("vary", "Origin")));
  EXPECT_THAT(response.headers,
              Contains(Pair("access-control-expose-headers",
                            AllOf(HasSubstr("corridor-version"), HasSubstr("grpc-status"),
                                  HasSubstr("etag"), HasSubstr("x-request-id")))));
  EXPECT_EQ(served_, 1);
}

TEST_F(CorsTest, OthersGetTheAnswerThatTheirBrowserKeepsFromThem) {
  for (const HttpHeaders& headers :
       {HttpHeaders{{"origin", "https://evil.example"}}, HttpHeaders{},
        HttpHeaders{{"origin", "null"}}, HttpHeaders{{"origin", "https://app.example.evil"}}}) {
    const HttpResponse response = Answer("GET", "/v1/shelves/a", headers);
    EXPECT_THAT(response.headers, Not(Contains(Key("access-control-allow-origin"))));
    // A cache must not give one the answer of the other.
    EXPECT_THAT(response.headers, Contains(Pair("vary", "Origin")));
  }
}

TEST_F(CorsTest, AllMayReadWhereTheOptionSaysSo) {
  const HttpResponse response =
      Answer("GET", "/v1/shelves/a", {{"origin", "https://any.example"}}, "*");
  EXPECT_THAT(response.headers, Contains(Pair("access-control-allow-origin", "*")));
  EXPECT_THAT(response.headers, Not(Contains(Key("vary"))));
}

TEST_F(CorsTest, NothingIsSaidWhereNoneMay) {
  const HttpResponse response =
      Answer("GET", "/v1/shelves/a", {{"origin", "https://app.example"}}, "");
  EXPECT_THAT(response.headers, Not(Contains(Key("access-control-allow-origin"))));
  EXPECT_THAT(response.headers, Not(Contains(Key("vary"))));
  Answer("OPTIONS", "/v1/shelves/a", Preflight("https://app.example"), "");
  EXPECT_EQ(served_, 2);
}

TEST_F(CorsTest, APreflightIsAnsweredWithWhatThePathHas) {
  const struct {
    const char* path;
    const char* methods;
  } rows[] = {
      {"/v1/shelves/a/books/b", "DELETE, GET, HEAD, LINK, PATCH, PUT"},
      {"/v1/shelves/a", "GET, HEAD"},
      {"/v1/ping", "DELETE, GET, HEAD, PATCH, POST, PUT"},
      {"/transcoding.testdata.v1.Library/GetShelf", "GET, POST"},
      {"/explorer/api.js", "GET, HEAD"},
  };
  for (const auto& row : rows) {
    const HttpResponse response = Answer("OPTIONS", row.path, Preflight("http://localhost:3000"));
    EXPECT_EQ(response.status, 204);
    EXPECT_THAT(response.headers, Contains(Pair("access-control-allow-methods", row.methods)));
    EXPECT_THAT(response.headers,
                Contains(Pair("access-control-allow-origin", "http://localhost:3000")));
    EXPECT_THAT(response.headers,
                Contains(Pair("access-control-allow-headers",
                              AllOf(HasSubstr("connect-protocol-version"), HasSubstr("x-grpc-web"),
                                    HasSubstr("content-type"), HasSubstr("corridor-json")))));
    EXPECT_THAT(response.headers, Contains(Pair("access-control-max-age", "7200")));
  }
  EXPECT_EQ(served_, 0);
}

TEST_F(CorsTest, OptionsOfOthersAreNoPreflight) {
  Answer("OPTIONS", "/v1/shelves/a", Preflight("https://evil.example"));
  Answer("OPTIONS", "/v1/shelves/a", {{"origin", "https://app.example"}});
  EXPECT_EQ(served_, 2);
}

TEST_F(CorsTest, WhatHttpRefusesMayBeReadToo) {
  const CorsOrigins origins = *CorsOrigins::Parse("https://app.example");
  const Cors cors(origins, *transcoder_, inner_);
  const HttpResponse response = cors.Refusal(
      {"POST", "/v1/x", "", {{"origin", "https://app.example"}}, ""}, {413, "TOO_LARGE", "", {}});
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.headers,
              Contains(Pair("access-control-allow-origin", "https://app.example")));
}

TEST(CorsOriginsTest, WhatIsNoOriginIsNamed) {
  for (const char* text : {"app.example", "https://", "https://app.example/", "https://App.example",
                           "ftp://app.example", "null", "https://*.example"}) {
    EXPECT_THAT(CorsOrigins::Parse(text).status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(std::string("--cors-origins: \"") + text +
                                   "\" is neither * nor an origin")));
  }
  EXPECT_TRUE(CorsOrigins::Parse("")->are_none());
  EXPECT_TRUE(CorsOrigins::Parse("https://a.example,*")->are_all());
  EXPECT_TRUE(CorsOrigins::Parse("http://[::1]:3000")->Have("http://[::1]:3000"));
}

}  // namespace
}  // namespace corridor::gateway
