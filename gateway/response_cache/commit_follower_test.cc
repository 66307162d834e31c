#include "gateway/response_cache/commit_follower.h"

#include <optional>

#include "gateway/changes/fake_alarm_clock.h"
#include "gateway/changes/fake_changes_service.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

class CommitFollowerTest : public ::testing::Test {
 protected:
  CommitFollowerTest() { service_.clock = &clock_; }

  std::optional<absl::Time> CurrentAt(int64_t version) {
    const auto head = validity_.head();
    return validity_.CurrentAt({head ? head->epoch : "", version}, {"areas/GEO"});
  }
  int64_t Head() { return validity_.head() ? validity_.head()->version : -1; }
  // Lets time pass as the service does, that says every 50 ms where it is.
  void Pass(absl::Duration time) {
    for (; time > absl::ZeroDuration(); time -= absl::Milliseconds(50)) {
      clock_.Advance(absl::Milliseconds(50));
      service_.Heartbeat();
    }
  }

  FakeAlarmClock clock_;
  FakeChangesService service_{"memberstates"};
  Validity validity_;
  int forgotten_ = 0;
  CommitFollower follower_{"memberstates", service_.upstream, clock_, validity_,
                           [this] { ++forgotten_; }};
};

TEST_F(CommitFollowerTest, BeginsAtTheHeadAndHearsOfEachCommit) {
  service_.Commit("areas/ARM");
  follower_.Begin();
  EXPECT_EQ(Head(), 1);
  EXPECT_EQ(CurrentAt(1), clock_.Now());
  service_.Commit("areas/ARM");
  EXPECT_EQ(Head(), 2);
  EXPECT_TRUE(CurrentAt(1)) << "areas/GEO was not touched";
  service_.Commit("areas/GEO");
  EXPECT_FALSE(CurrentAt(1));
  EXPECT_TRUE(CurrentAt(3));
}

TEST_F(CommitFollowerTest, WhatIsKnownIsAsOldAsTheServicesLastLook) {
  follower_.Begin();
  const absl::Time began = clock_.Now();
  clock_.Advance(absl::Milliseconds(40));
  EXPECT_EQ(CurrentAt(0), began);
  service_.Heartbeat();
  EXPECT_EQ(CurrentAt(0), began + absl::Milliseconds(40));
  clock_.Advance(absl::Seconds(9));
  EXPECT_EQ(CurrentAt(0), began + absl::Milliseconds(40)) << "the service says nothing";
}

TEST_F(CommitFollowerTest, ServicesAreAskedToSayOftenWhereTheyAre) {
  follower_.Begin();
  changes::v1::WatchRequest request;
  ASSERT_TRUE(request.ParseFromString(service_.Live().at(0)->call.message));
  EXPECT_LE(request.heartbeat_interval().nanos(), 50'000'000);
  EXPECT_GT(request.heartbeat_interval().nanos(), 0);
}

TEST_F(CommitFollowerTest, ClocksThatGoApartAreSetAnewEveryMinute) {
  follower_.Begin();
  Pass(absl::Minutes(5));
  EXPECT_GE(service_.upstream.streams.size(), 5u);
  EXPECT_LE(service_.upstream.streams.size(), 6u);
  EXPECT_EQ(service_.Live().size(), 1u);
  EXPECT_EQ(CurrentAt(0), clock_.Now());
}

TEST_F(CommitFollowerTest, GoesOnWhereItWasWhenTheServiceWasAway) {
  follower_.Begin();
  service_.Stop();
  clock_.Advance(absl::Seconds(3));
  service_.Start();
  service_.Commit("areas/GEO");
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Head(), 1);
  EXPECT_FALSE(CurrentAt(0));
  EXPECT_EQ(forgotten_, 1) << "at the beginning alone";
  EXPECT_TRUE(validity_.WasRight({validity_.head()->epoch, 0}));
}

TEST_F(CommitFollowerTest, AnotherStoreIsFollowedFromItsHeadAndEndsWhatWasKept) {
  service_.Commit();
  service_.Commit();
  follower_.Begin();
  const std::string epoch = validity_.head()->epoch;
  service_.Restore(1);
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(Head(), 1);
  EXPECT_NE(validity_.head()->epoch, epoch);
  EXPECT_FALSE(validity_.CurrentAt({epoch, 2}, {"areas"}));
  EXPECT_EQ(forgotten_, 2);
  service_.Commit();
  EXPECT_EQ(Head(), 2);
}

TEST_F(CommitFollowerTest, AServiceThatIsDownAtFirstIsFollowedOnceItIsUp) {
  service_.Stop();
  follower_.Begin();
  clock_.Advance(absl::Seconds(5));
  EXPECT_EQ(Head(), -1);
  service_.Start();
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Head(), 0);
  EXPECT_TRUE(CurrentAt(0));
}

}  // namespace
}  // namespace corridor::gateway
