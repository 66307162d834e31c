#include "platform/areas/area_follower.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "platform/areas/area_copy_fixture.h"
#include "platform/areas/fake_area_source.h"

namespace corridor::areas {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStdout;

class AreaFollowerTest : public AreaCopyTest {
 protected:
  void SetUp() override {
    AreaCopyTest::SetUp();
    source_.Put(AreaOf("ARM", "Armenia"));
    directory_.emplace(*versions_, source_);
    telemetry_.emplace("area_follower_test");
  }
  void Follow() { follower_.emplace(*directory_, source_, *telemetry_); }
  void FollowUntilHead() {
    Follow();
    source_.WaitUntilHandled(source_.head().version);
  }

  FakeAreaSource source_;
  std::optional<telemetry::Telemetry> telemetry_;
  std::optional<AreaDirectory> directory_;
  std::optional<AreaFollower> follower_;
};

TEST_F(AreaFollowerTest, AFollowerMakesTheFirstCopyAndKeepsItUpToDate) {
  FollowUntilHead();
  EXPECT_TRUE(Knows("ARM"));
  source_.Put(AreaOf("SOUTH_CAUCASUS", "South Caucasus", memberstates::v1::Area::GROUP));
  source_.Put(MemberOf("SOUTH_CAUCASUS", "ARM"));
  source_.WaitUntilHandled(3);
  EXPECT_THAT(Within(*ReadAt(), "SOUTH_CAUCASUS", On("2024")),
              IsOkAndHolds(::testing::ElementsAre("SOUTH_CAUCASUS", "ARM")));
  EXPECT_EQ(Position(), source_.head());
}

TEST_F(AreaFollowerTest, ACommitThatTouchesNoAreaIsNotFetched) {
  FollowUntilHead();
  source_.CommitMembership();
  source_.WaitUntilHandled(2);
  EXPECT_EQ(source_.fetches(), 1);
  EXPECT_EQ(Head(), 1);
}

TEST_F(AreaFollowerTest, ACommitThatTheCopyCoversIsNotFetchedAgain) {
  FollowUntilHead();
  follower_->Stop();
  source_.Put(AreaOf("GEO", "Georgia"));
  source_.Put(AreaOf("AZE", "Azerbaijan"));
  ASSERT_OK(directory_->EnsureKnown("areas/GEO", "area", Soon()));
  source_.Put(AreaOf("XKX", "Kosovo"));
  FollowUntilHead();
  EXPECT_EQ(source_.fetches(), 3);
  EXPECT_EQ(Head(), 3);
}

TEST_F(AreaFollowerTest, AfterAnOutageAFollowerGoesOnFromWhereItWas) {
  CaptureStdout();
  FollowUntilHead();
  source_.Fail(absl::UnavailableError("connection refused"));
  source_.WaitUntilWatched(3);
  EXPECT_TRUE(Knows("ARM"));
  source_.Put(AreaOf("GEO", "Georgia"));
  source_.CommitMembership();
  source_.Fail(absl::OkStatus());
  source_.WaitUntilHandled(3);
  EXPECT_TRUE(Knows("GEO"));
  EXPECT_EQ(source_.fetches(), 2);

  follower_->Stop();
  telemetry_.reset();
  const std::string log = GetCapturedStdout();
  const auto times = [&log](std::string_view text) {
    int count = 0;
    for (size_t at = 0; (at = log.find(text, at)) != std::string::npos; ++at) ++count;
    return count;
  };
  EXPECT_EQ(times("memberstates is lost"), 1) << log;
  EXPECT_EQ(times("memberstates is back"), 1) << log;
  EXPECT_THAT(log, HasSubstr("connection refused"));
}

TEST_F(AreaFollowerTest, ACommitWhoseCopyFailedIsTriedAgain) {
  FollowUntilHead();
  source_.FailFetches(2, absl::UnavailableError("too busy"));
  source_.Put(AreaOf("GEO", "Georgia"));
  source_.WaitUntilHandled(2);
  EXPECT_TRUE(Knows("GEO"));
  EXPECT_EQ(source_.fetches(), 4);
}

TEST_F(AreaFollowerTest, ARestoredStoreIsCopiedAnewWithoutBeingLost) {
  CaptureStdout();
  source_.Put(AreaOf("GEO", "Georgia"));
  FollowUntilHead();
  follower_->Stop();
  for (const char* epoch : {"0123456789abcdef", "fedcba9876543210"}) {
    source_.Restore({{epoch, 1}, {AreaOf("FRA", "France")}, {}});
    Follow();
    source_.WaitUntilWatched(epoch[0] == '0' ? 3 : 5);
    source_.Put(AreaOf("DEU", "Germany"));
    source_.Put(AreaOf("ITA", "Italy"));
    source_.Put(AreaOf("AUT", "Austria"));
    source_.WaitUntilHandled(4);
    follower_->Stop();
    EXPECT_FALSE(Knows("GEO")) << epoch;
    EXPECT_TRUE(Knows("FRA")) << epoch;
    EXPECT_EQ(Position(), source_.head());
  }
  telemetry_.reset();
  EXPECT_THAT(GetCapturedStdout(), Not(HasSubstr("lost")));
}

TEST_F(AreaFollowerTest, StoppingEndsAFetchUnderWay) {
  source_.Hold(true);
  Follow();
  source_.WaitUntilAsking(1);
  follower_->Stop();
  EXPECT_FALSE(Knows("ARM"));
}

TEST_F(AreaFollowerTest, StoppingEndsAFollowerThatWaitsToTryAgain) {
  source_.Fail(absl::UnavailableError("down"));
  ASSERT_FALSE(directory_->CopyAnew(Soon(), {}).ok());
  Follow();
  follower_.reset();
  EXPECT_EQ(Position(), Cursor());
}

}  // namespace
}  // namespace corridor::areas
