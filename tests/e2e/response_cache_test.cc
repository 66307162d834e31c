// The gateway's cache of answers as clients meet it: what is kept, in what form it is sent, and
// that nobody is answered with what was changed.
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/described_area.h"
#include "tests/e2e/raw_grpc.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr char kStates[] = "/v1/memberStates?asOf=2018-01-01";
// What an answer may be behind.
constexpr absl::Duration kTrust = absl::Milliseconds(250);

class ResponseCacheTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite = new Suite({"memberstates"}, {.gateway_options = {"--loops=2"}});
  }
  static void TearDownTestSuite() {
    delete suite;
    suite = nullptr;
  }

  HttpResponse Ask(const std::string& target, std::vector<std::string> headers = {},
                   const std::string& verb = "GET") {
    HttpRequest request;
    request.verb = verb;
    request.target = target;
    request.headers = std::move(headers);
    return client_.Send(request);
  }
  // Asks until the gateway answers itself, which it does once it follows the service's commits.
  HttpResponse AskUntilKept(const std::string& target,
                            const std::vector<std::string>& headers = {}) {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    HttpResponse response = Ask(target, headers);
    while (response.Header("corridor-cache") != "gateway" && absl::Now() < limit) {
      response = Ask(target, headers);
    }
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.Header("corridor-cache"), "gateway");
    return response;
  }

  static Suite* suite;
  HttpClient client_ = suite->Client();
};
Suite* ResponseCacheTest::suite = nullptr;

TEST_F(ResponseCacheTest, WhatWasAnsweredIsAnsweredAgainByTheGateway) {
  const HttpResponse first = Ask(kStates, {"Cache-Control: no-cache"});
  EXPECT_THAT(first.Header("corridor-cache"), ::testing::AnyOf("fill", "l1"));
  const HttpResponse again = AskUntilKept(kStates);
  EXPECT_EQ(again.body, first.body);
  for (const char* header : {"etag", "corridor-version", "content-type", "vary", "cache-control"}) {
    EXPECT_NE(again.Header(header), "") << header;
    EXPECT_EQ(again.Header(header), first.Header(header));
  }
  EXPECT_EQ(again.Header("age"), "0");
  EXPECT_NE(again.Header("x-request-id"), first.Header("x-request-id"));
  // Other loops have it, too.
  for (int i = 0; i < 8; ++i) {
    HttpClient other = suite->Client();
    EXPECT_EQ(other.Get(kStates).body, first.body);
  }
}

TEST_F(ResponseCacheTest, AClientThatHasTheAnswerIsToldSo) {
  const std::string tag = AskUntilKept(kStates).Header("etag");
  EXPECT_THAT(tag, MatchesRegex("\"[-_A-Za-z0-9]{22}\""));
  for (const char* control : {"max-age=0", "no-cache"}) {
    for (const char* verb : {"GET", "HEAD"}) {
      const HttpResponse same = Ask(
          kStates, {absl::StrCat("If-None-Match: ", tag), absl::StrCat("Cache-Control: ", control)},
          verb);
      EXPECT_EQ(same.status, 304);
      EXPECT_EQ(same.body, "");
      EXPECT_EQ(same.Header("etag"), tag);
      EXPECT_NE(same.Header("corridor-version"), "");
      EXPECT_NE(same.Header("vary"), "");
      EXPECT_NE(same.Header("cache-control"), "");
    }
  }
  EXPECT_EQ(Ask(kStates, {"If-None-Match: \"other\""}).status, 200);
}

TEST_F(ResponseCacheTest, HeadHasTheHeadersOfGet) {
  const HttpResponse get = AskUntilKept(kStates);
  const HttpResponse head = Ask(kStates, {}, "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.Header("content-length"), absl::StrCat(get.body.size()));
  EXPECT_EQ(head.Header("etag"), get.Header("etag"));
  const HttpResponse made = Ask(kStates, {"Cache-Control: no-cache"}, "HEAD");
  EXPECT_EQ(made.Header("content-length"), absl::StrCat(get.body.size()));
}

TEST_F(ResponseCacheTest, EveryCodingIsSentToWhoTakesIt) {
  const HttpResponse plain = AskUntilKept(kStates);
  std::set<std::string> tags = {plain.Header("etag")};
  const std::vector<std::pair<std::string, std::string>> magic = {
      {"gzip", "\x1f\x8b"}, {"zstd", "\x28\xb5\x2f\xfd"}, {"br", ""}};
  for (const auto& [coding, begin] : magic) {
    SCOPED_TRACE(coding);
    const std::vector<std::string> headers = {"Accept-Encoding: " + coding};
    const HttpResponse coded = AskUntilKept(kStates, headers);
    EXPECT_EQ(coded.Header("content-encoding"), coding);
    EXPECT_LT(coded.body.size(), plain.body.size() / 3);
    EXPECT_THAT(coded.body, StartsWith(begin));
    EXPECT_TRUE(tags.insert(coded.Header("etag")).second);
    EXPECT_EQ(
        Ask(kStates, {headers[0], absl::StrCat("If-None-Match: ", coded.Header("etag"))}).status,
        304);
  }
}

TEST_F(ResponseCacheTest, ARangeIsAPartOfTheAnswer) {
  const HttpResponse whole = AskUntilKept(kStates);
  EXPECT_EQ(whole.Header("accept-ranges"), "bytes");
  const HttpResponse part = Ask(kStates, {"Range: bytes=5-14"});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, whole.body.substr(5, 10));
  EXPECT_EQ(part.Header("content-range"), absl::StrCat("bytes 5-14/", whole.body.size()));
  EXPECT_EQ(part.Header("content-length"), "10");
  EXPECT_EQ(
      Ask(kStates, {"Range: bytes=5-14", absl::StrCat("If-Range: ", whole.Header("etag"))}).status,
      206);
  EXPECT_EQ(Ask(kStates, {"Range: bytes=5-14", "If-Range: \"other\""}).body, whole.body);
  const HttpResponse beyond = Ask(kStates, {"Range: bytes=99999999-"});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.Header("content-range"), absl::StrCat("bytes */", whole.body.size()));
  // Files as well.
  const HttpResponse file = Ask("/", {"Range: bytes=0-14"});
  EXPECT_EQ(file.status, 206);
  EXPECT_EQ(file.body, "<!DOCTYPE html>");
}

TEST_F(ResponseCacheTest, AReadThatNamesItsWriteNeverGetsWhatWasBefore) {
  HttpClient other = suite->Client();
  for (int i = 0; i < 150; ++i) {
    const std::string text = absl::StrCat("named ", i);
    const std::string version = Describe(client_, text);
    HttpRequest read;
    read.target = kArea;
    read.headers = {"corridor-min-version: " + version};
    for (HttpClient* client : {&client_, &other}) {
      ASSERT_EQ(DescriptionIn(client->Send(read)), text);
    }
  }
}

TEST_F(ResponseCacheTest, AnyReadIsFreshAQuarterOfASecondAfterAWrite) {
  HttpClient other = suite->Client();
  int from_cache = 0;
  for (int i = 0; i < 60; ++i) {
    AskUntilKept(kArea);
    const std::string text = absl::StrCat("plain ", i);
    Describe(client_, text);
    const absl::Time written = absl::Now();
    while (true) {
      const absl::Time asked = absl::Now();
      const HttpResponse response = other.Get(kArea);
      if (DescriptionIn(response) == text) break;
      ++from_cache;
      ASSERT_LE(asked - written, kTrust);
    }
  }
  RecordProperty("reads_from_before", from_cache);
}

TEST_F(ResponseCacheTest, OtherAnswersStayWhenOneIsChangedAndQuestionsOfOtherFormAreOthers) {
  const HttpResponse plain = AskUntilKept(kArea);
  const std::vector<std::string> shorter = {"corridor-fields: name"};
  const HttpResponse fields = AskUntilKept(kArea, shorter);
  EXPECT_LT(fields.body.size(), plain.body.size());
  EXPECT_EQ(AskUntilKept(absl::StrCat(kArea, "?$fields=name")).body, fields.body);
  EXPECT_EQ(AskUntilKept(kArea).body, plain.body);
}

// Whatever they write by, and without naming the version.
TEST_F(ResponseCacheTest, WhoWroteThroughTheGatewayReadsThat) {
  memberstates::v1::UpdateAreaRequest request;
  request.mutable_area()->set_name(std::string(kArea).substr(std::string("/v1/").size()));
  request.mutable_update_mask()->add_paths("description");
  const auto channel =
      grpc::CreateChannel(suite->address("gateway"), grpc::InsecureChannelCredentials());
  constexpr char kUpdate[] = "/corridor.memberstates.v1.Areas/UpdateArea";
  for (int i = 0; i < 30; ++i) {
    AskUntilKept(kArea);
    const std::string text = absl::StrCat("by one or the other ", i);
    request.mutable_area()->set_description(text);
    if (i % 3 == 0) {
      Describe(client_, text);
    } else if (i % 3 == 1) {
      CallRaw(channel, kUpdate, request.SerializeAsString());
    } else {
      HttpRequest connect;
      connect.verb = "POST";
      connect.target = kUpdate;
      connect.headers = {"Content-Type: application/proto"};
      connect.body = request.SerializeAsString();
      ASSERT_EQ(client_.Send(connect).status, 200);
    }
    EXPECT_EQ(DescriptionIn(Ask(kArea)), text);
  }
}

TEST_F(ResponseCacheTest, AWriteEndsWhatItConcernsAndNothingElse) {
  constexpr char kOther[] = "/v1/organisations/IOM";
  const std::string version = AskUntilKept(kOther).Header("corridor-version");
  AskUntilKept(kArea);
  // Not by the gateway, which hears of it by the feed.
  memberstates::v1::UpdateAreaRequest request;
  request.mutable_area()->set_name(std::string(kArea).substr(std::string("/v1/").size()));
  request.mutable_area()->set_description("of no concern to others");
  request.mutable_update_mask()->add_paths("description");
  CallRaw(grpc::CreateChannel(suite->address("memberstates"), grpc::InsecureChannelCredentials()),
          "/corridor.memberstates.v1.Areas/UpdateArea", request.SerializeAsString());
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (DescriptionIn(AskUntilKept(kArea)) != request.area().description()) {
    ASSERT_LT(absl::Now(), limit);
  }
  const HttpResponse other = Ask(kOther);
  EXPECT_EQ(other.Header("corridor-cache"), "gateway");
  EXPECT_EQ(other.Header("corridor-version"), version);
}

TEST_F(ResponseCacheTest, ErrorsAndWhatHasNoVersionAreNotKept) {
  for (int i = 0; i < 3; ++i) {
    const HttpResponse missing = Ask("/v1/areas/ATLANTIS");
    EXPECT_EQ(missing.status, 404);
    EXPECT_NE(missing.Header("corridor-cache"), "gateway");
    EXPECT_EQ(missing.Header("cache-control"), "no-store");
    const HttpResponse health = Ask("/healthz");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(health.Header("corridor-cache"), "");
    EXPECT_EQ(health.Header("cache-control"), "no-store");
  }
}

TEST_F(ResponseCacheTest, APageThatIsPinnedIsKeptUntilSomethingChanges) {
  const std::string version = Describe(client_, "pinned");
  const std::string target = absl::StrCat(kArea, "?knownAt=", version);
  const HttpResponse before = AskUntilKept(target);
  Describe(client_, "changed");
  const HttpResponse after = AskUntilKept(target);
  EXPECT_EQ(after.body, before.body);
  EXPECT_THAT(after.body, HasSubstr("pinned"));
}

}  // namespace
}  // namespace corridor::e2e
