// A service is killed: what it answered before is answered still, and says so; what would be wrong
// is not. Once it is back, on its store or on a new one, answers are fresh again.
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
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

class StaleAnswersTest : public ::testing::Test {
 protected:
  HttpResponse Ask(std::vector<std::string> headers = {}, const std::string& target = kArea) {
    HttpRequest request;
    request.target = target;
    request.headers = std::move(headers);
    return client_.Send(request);
  }
  // Asks until the answer is by `who`: every answer on the way is a 200.
  HttpResponse AskUntilBy(const std::string& who) {
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    HttpResponse response;
    do {
      response = Ask();
      EXPECT_EQ(response.status, 200) << response.body;
    } while (response.Header("corridor-cache") != who && absl::Now() < limit && !HasFailure());
    EXPECT_EQ(response.Header("corridor-cache"), who);
    return response;
  }

  Suite suite_{{"memberstates"}};
  HttpClient client_ = suite_.Client();
};

TEST_F(StaleAnswersTest, WhileAServiceIsDownItsLastAnswersAreSentMarked) {
  const std::string version = Describe(client_, "before");
  ASSERT_EQ(DescriptionIn(Ask({"corridor-min-version: " + version})), "before");
  suite_.Kill("memberstates");
  const HttpResponse stale = AskUntilBy("stale");
  EXPECT_EQ(DescriptionIn(stale), "before");
  EXPECT_EQ(stale.Header("corridor-stale"), "memberstates");
  EXPECT_EQ(stale.Header("corridor-version"), version);
  int age = -1;
  EXPECT_TRUE(absl::SimpleAtoi(stale.Header("age"), &age)) << stale.Header("age");
  EXPECT_GE(age, 0);
  EXPECT_NE(stale.Header("warning"), "");

  EXPECT_EQ(Ask({"corridor-min-version: " + version}).Header("corridor-cache"), "stale");
  EXPECT_EQ(Ask({"Cache-Control: no-cache"}).status, 503);
  EXPECT_EQ(Ask({}, "/v1/areas/CENTRAL_ASIA").status, 503) << "it was never asked for";
  EXPECT_EQ(Ask({absl::StrCat("If-None-Match: ", stale.Header("etag"))}).status, 304);
}

TEST_F(StaleAnswersTest, OnceTheServiceIsBackAnswersAreFresh) {
  Describe(client_, "before");
  AskUntilBy("gateway");
  suite_.Kill("memberstates");
  AskUntilBy("stale");
  suite_.Restart("memberstates");
  suite_.WaitUntilNothingIsMissing(client_);
  // Whether or not it has to be asked for again: the store is the same.
  AskUntilBy("gateway");
  const std::string version = Describe(client_, "after");
  EXPECT_EQ(DescriptionIn(Ask({"corridor-min-version: " + version})), "after");
}

TEST_F(StaleAnswersTest, AnAnswerOfAWipedStoreIsGoneWithIt) {
  const std::string version = Describe(client_, "of the old store");
  AskUntilBy("gateway");
  suite_.Kill("memberstates");
  AskUntilBy("stale");
  suite_.Wipe("memberstates");
  suite_.Restart("memberstates");
  suite_.WaitUntilNothingIsMissing(client_);
  AskUntilBy("fill");
  const HttpResponse kept = AskUntilBy("gateway");
  EXPECT_NE(DescriptionIn(kept), "of the old store");
  EXPECT_NE(kept.Header("corridor-version"), version);
  const HttpResponse asked = Ask({"corridor-min-version: " + version});
  EXPECT_EQ(asked.status, 409) << asked.body;
  EXPECT_THAT(ErrorOf(asked), StatusIs(absl::StatusCode::kAborted));

  // Neither is it there when the new one goes.
  suite_.Kill("memberstates");
  EXPECT_EQ(DescriptionIn(AskUntilBy("stale")), DescriptionIn(kept));
}

TEST_F(StaleAnswersTest, AWriteThatTheGatewayHeardOfIsNotForgottenWhenTheServiceIsKilled) {
  for (int i = 0; i < 5; ++i) {
    AskUntilBy("gateway");
    const std::string text = absl::StrCat("written ", i);
    const std::string version = Describe(client_, text);
    suite_.Kill("memberstates");
    // From before the write it may be, but never for who names it.
    const HttpResponse named = Ask({"corridor-min-version: " + version});
    if (named.status == 200) {
      EXPECT_EQ(DescriptionIn(named), text);
    } else {
      EXPECT_EQ(named.status, 503) << named.body;
    }
    suite_.Restart("memberstates");
    HttpResponse after = Ask({"corridor-min-version: " + version});
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    while (after.status == 503 && absl::Now() < limit) {
      std::this_thread::yield();
      after = Ask({"corridor-min-version: " + version});
    }
    EXPECT_EQ(DescriptionIn(after), text);
  }
}

}  // namespace
}  // namespace corridor::e2e
