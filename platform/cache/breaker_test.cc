#include "platform/cache/breaker.h"

#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

using State = Breaker::State;

TEST(BreakerTest, OpensAfterThreeFailuresInARow) {
  Breaker breaker;
  const absl::Time now = absl::UnixEpoch();
  breaker.Failed(now);
  breaker.Failed(now);
  breaker.Succeeded();
  breaker.Failed(now);
  breaker.Failed(now);
  EXPECT_EQ(breaker.state(), State::kClosed);
  breaker.Failed(now);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST(BreakerTest, IsTriedByOneAtATimeLaterEachTimeUntilItSucceeds) {
  Breaker breaker;
  absl::Time now = absl::UnixEpoch();
  for (int i = 0; i < Breaker::kFailures; ++i) breaker.Failed(now);
  absl::Duration pause = Breaker::kFirstPause;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(breaker.retry_at(), now + pause);
    EXPECT_FALSE(breaker.MayTry(breaker.retry_at() - absl::Nanoseconds(1)));
    now = breaker.retry_at();
    EXPECT_TRUE(breaker.MayTry(now));
    EXPECT_EQ(breaker.state(), State::kHalfOpen);
    EXPECT_FALSE(breaker.MayTry(now));
    breaker.Failed(now);
    EXPECT_EQ(breaker.state(), State::kOpen);
    pause = std::min(2 * pause, Breaker::kLongestPause);
  }
  EXPECT_TRUE(breaker.MayTry(breaker.retry_at()));
  breaker.Succeeded();
  EXPECT_EQ(breaker.state(), State::kClosed);
  for (int i = 0; i < Breaker::kFailures; ++i) breaker.Failed(now);
  EXPECT_EQ(breaker.retry_at(), now + Breaker::kFirstPause);
}

}  // namespace
}  // namespace corridor::cache
