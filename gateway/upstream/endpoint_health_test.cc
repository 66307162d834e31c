#include "gateway/upstream/endpoint_health.h"

#include <string>

#include "gtest/gtest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using Retry = GrpcSession::Retry;

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

GrpcSession::Outcome Answer(absl::Status status) {
  GrpcSession::Outcome outcome;
  outcome.reply.status = std::move(status);
  return outcome;
}

TEST(CallVerdictTest, AnAnswerOfTheServiceIsWellWhateverItSays) {
  for (const absl::Status& status :
       {absl::OkStatus(), NoSuchResource("areas/X"), InvalidField("name", "x", "is wrong"),
        absl::UnimplementedError("no such method")}) {
    EXPECT_EQ(VerdictOf(Answer(status), absl::Seconds(10)), CallVerdict::kWell) << status;
  }
}

TEST(CallVerdictTest, WhatAClientCanBringAboutSaysNothing) {
  const absl::Status not_yet =
      ErrorWithReason(absl::StatusCode::kUnavailable, "VERSION_NOT_REACHED", "not yet", {});
  for (const absl::Status& status :
       {not_yet, absl::InternalError("it broke on this"), absl::CancelledError("draining"),
        absl::ResourceExhaustedError("too large")}) {
    EXPECT_EQ(VerdictOf(Answer(status), absl::Seconds(10)), CallVerdict::kNothing) << status;
  }
  GrpcSession::Outcome cut_off = Answer(absl::InvalidArgumentError("the body is cut off"));
  cut_off.from_service = false;
  EXPECT_EQ(VerdictOf(cut_off, absl::Seconds(10)), CallVerdict::kNothing);
  // As grpc++ answers a message that says it is compressed, and is not.
  GrpcSession::Outcome reset = Answer(absl::InternalError("the service reset the call"));
  reset.from_service = false;
  reset.was_reset = true;
  EXPECT_EQ(VerdictOf(reset, absl::Seconds(10)), CallVerdict::kNothing);
}

TEST(CallVerdictTest, AnInstanceThatCannotServeFails) {
  EXPECT_EQ(VerdictOf(Answer(absl::UnavailableError("the store's disk failed")), absl::Seconds(10)),
            CallVerdict::kFailed);
  GrpcSession::Outcome garbage = Answer(absl::InternalError("the service does not speak gRPC"));
  garbage.from_service = false;
  EXPECT_EQ(VerdictOf(garbage, absl::Seconds(10)), CallVerdict::kFailed);
  GrpcSession::Outcome lost = Answer(absl::UnavailableError("connection reset"));
  lost.connection_lost = true;
  lost.retry = Retry::kRead;
  EXPECT_EQ(VerdictOf(lost, absl::Seconds(10)), CallVerdict::kFailed);
}

TEST(CallVerdictTest, WhatTheServiceHasNotLookedAtSaysNothing) {
  GrpcSession::Outcome refused = Answer(absl::UnavailableError("refused"));
  refused.from_service = false;
  refused.retry = Retry::kAlways;
  EXPECT_EQ(VerdictOf(refused, absl::Seconds(10)), CallVerdict::kNothing);
}

TEST(CallVerdictTest, OnlyATimeoutOfACallWithTimeEnoughIsAFailure) {
  EXPECT_EQ(VerdictOfTimeout(absl::Milliseconds(999)), CallVerdict::kNothing);
  EXPECT_EQ(VerdictOfTimeout(absl::Seconds(1)), CallVerdict::kFailed);
  EXPECT_EQ(VerdictOf(Answer(absl::DeadlineExceededError("")), absl::Milliseconds(1)),
            CallVerdict::kNothing);
}

class EndpointHealthTest : public ::testing::Test {
 protected:
  // Whether the last of so many failures ejects it.
  bool Fail(int times, bool may_eject = true) {
    bool is_ejected = false;
    for (int i = 0; i < times; ++i) is_ejected = health_.OnFailed(now_, may_eject);
    return is_ejected;
  }
  void Wait(absl::Duration duration) { now_ += duration; }
  // How long it is left out from now on.
  absl::Duration left() const { return health_.ejected_until() - now_; }

  absl::Time now_ = kStart;
  EndpointHealth health_{HealthOptions()};
};

TEST_F(EndpointHealthTest, FiveFailuresInARowEjectAndFourWithAnAnswerBetweenDoNot) {
  for (int round = 0; round < 10; ++round) {
    EXPECT_FALSE(Fail(4));
    health_.OnWell(now_);
  }
  EXPECT_FALSE(Fail(4));
  EXPECT_FALSE(health_.is_ejected(now_));
  EXPECT_TRUE(Fail(1));
  EXPECT_TRUE(health_.is_ejected(now_));
  EXPECT_EQ(left(), absl::Seconds(5));
}

TEST_F(EndpointHealthTest, TheTimeDoublesUpToTheLongestAndBeginsAnewAfterThat) {
  Fail(4);
  for (const int seconds : {5, 10, 20, 40, 80, 120, 120}) {
    EXPECT_TRUE(Fail(1));
    EXPECT_EQ(left(), absl::Seconds(seconds));
    Wait(left());
    EXPECT_FALSE(health_.is_ejected(now_));
  }
  health_.OnWell(now_);
  Wait(absl::Minutes(2) + absl::Seconds(1));
  EXPECT_TRUE(Fail(5));
  EXPECT_EQ(left(), absl::Seconds(5));
}

TEST_F(EndpointHealthTest, OneThatAnswersAfterItsReturnIsTrustedAgain) {
  Fail(5);
  Wait(left());
  health_.OnWell(now_);
  EXPECT_FALSE(Fail(4));
  EXPECT_TRUE(Fail(1));
  EXPECT_EQ(left(), absl::Seconds(10));
}

TEST_F(EndpointHealthTest, WhatEndsWhileItIsEjectedDoesNotCount) {
  Fail(5);
  Wait(absl::Seconds(1));
  EXPECT_FALSE(Fail(100));
  health_.OnWell(now_);
  EXPECT_EQ(left(), absl::Seconds(4));
  Wait(left());
  EXPECT_TRUE(Fail(1)) << "its return is on probation, whatever ended meanwhile";
}

TEST_F(EndpointHealthTest, TheLastOneStaysAndIsEjectedAsSoonAsThereIsAnother) {
  EXPECT_FALSE(Fail(100, /*may_eject=*/false));
  EXPECT_FALSE(health_.is_ejected(now_));
  EXPECT_TRUE(Fail(1, /*may_eject=*/true));
}

TEST_F(EndpointHealthTest, ItComesBackSlowly) {
  EXPECT_EQ(health_.share(now_), 1);
  Fail(5);
  Wait(left());
  EXPECT_DOUBLE_EQ(health_.share(now_), 0.1);
  Wait(absl::Seconds(5));
  EXPECT_DOUBLE_EQ(health_.share(now_), 0.5);
  Wait(absl::Seconds(6));
  EXPECT_EQ(health_.share(now_), 1);
}

TEST_F(EndpointHealthTest, EjectingCanBeTurnedOff) {
  HealthOptions never;
  never.eject_after = 0;
  EndpointHealth health(never);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(health.OnFailed(now_, true));
}

}  // namespace
}  // namespace corridor::gateway
