#include "platform/cache/validity.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "platform/cache/commit_feed.h"
#include "platform/cache/fake_commits.h"
#include "platform/testing/status_matchers.h"

namespace corridor::cache {
namespace {

using std::chrono::milliseconds;

class ValidityTest : public ::testing::Test {
 protected:
  void CatchUp() { ASSERT_OK(feed_.CatchUp(absl::InfiniteFuture())); }
  bool Holds(int64_t position, std::vector<Tag> tags, int64_t min_version = 0) {
    return validity_.Holds({.position = position, .version = position, .tags = std::move(tags)},
                           min_version, now_);
  }
  bool HoldsFixed(int64_t position) {
    return validity_.Holds({.position = position, .version = 1, .is_fixed = true}, 0, now_);
  }

  SteadyTime now_ = SteadyTime() + std::chrono::hours(1);
  FakeCommits store_;
  Validity validity_{16};
  int purges_ = 0;
  CommitFeed feed_{store_, validity_, [this] { ++purges_; }, [this] { return now_; }};
};

TEST_F(ValidityTest, NothingHoldsBeforeTheStoreWasAsked) {
  EXPECT_FALSE(Holds(0, {{"areas"}}));
  CatchUp();
  EXPECT_TRUE(Holds(0, {{"areas"}}));
}

TEST_F(ValidityTest, ACommitEndsWhatReadsItsResourcesAndNothingElse) {
  const int64_t before = store_.Commit({"indicators/POV"});
  CatchUp();
  store_.Commit({"areas/ARM", "organisations/IOM/memberships/ARM", "series/POV~ARM~A~WDI"});
  CatchUp();
  for (const Tag& touched :
       std::vector<Tag>{{"areas"},
                        {"areas", "areas/ARM"},
                        {"organisations/-/memberships"},
                        {"organisations/-/memberships", "organisations/IOM/memberships"},
                        {"series"},
                        {"series", "series/POV~"}}) {
    EXPECT_FALSE(Holds(before, {touched})) << touched.collection << " " << touched.part;
    EXPECT_TRUE(Holds(before + 1, {touched})) << touched.collection << " " << touched.part;
  }
  EXPECT_TRUE(Holds(before, {{"areas", "areas/GEO"},
                             {"organisations"},
                             {"organisations/-/memberships", "organisations/ILO/memberships"},
                             {"series", "series/POP~"}}));
}

TEST_F(ValidityTest, ACommitWithoutNamesEndsAllOfItsCollections) {
  CatchUp();
  store_.CommitInBulk({"areas"});
  CatchUp();
  EXPECT_FALSE(Holds(0, {{"areas", "areas/ARM"}}));
  EXPECT_FALSE(Holds(0, {{"areas"}}));
  EXPECT_TRUE(Holds(0, {{"organisations"}}));
}

TEST_F(ValidityTest, OnlyAPurgeEndsWhatIsFixed) {
  store_.Commit({"areas/ARM"});
  CatchUp();
  store_.Commit({"areas/ARM"});
  CatchUp();
  EXPECT_TRUE(HoldsFixed(1));
  EXPECT_EQ(purges_, 0);
  store_.Commit({"areas/GEO"}, /*purge=*/true);
  CatchUp();
  EXPECT_FALSE(HoldsFixed(2));
  EXPECT_TRUE(HoldsFixed(3));
  EXPECT_EQ(purges_, 1);
}

TEST_F(ValidityTest, TrustEndsAQuarterOfASecondAfterTheStoreWasAsked) {
  CatchUp();
  now_ += milliseconds(250);
  EXPECT_TRUE(Holds(0, {}));
  now_ += std::chrono::nanoseconds(1);
  EXPECT_FALSE(Holds(0, {}));
  store_.reachable = false;
  EXPECT_THAT(feed_.CatchUp(absl::InfiniteFuture()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(Holds(0, {}));
  store_.reachable = true;
  CatchUp();
  EXPECT_TRUE(Holds(0, {}));
}

TEST_F(ValidityTest, NothingIsFromBeforeTheVersionAskedFor) {
  store_.Commit({"areas/ARM"});
  store_.Commit({"areas/GEO"});
  CatchUp();
  EXPECT_TRUE(Holds(1, {{"organisations"}}, 1));
  EXPECT_FALSE(Holds(1, {{"organisations"}}, 2));
  EXPECT_TRUE(Holds(2, {{"organisations"}}, 2));
  EXPECT_FALSE(Holds(2, {{"organisations"}}, 3)) << "That is not known here yet.";
}

TEST_F(ValidityTest, ACommitThatIsKnownOtherwiseIsWaitedFor) {
  CatchUp();
  const int64_t own = store_.Commit({"areas/ARM"});
  validity_.Expect(own);
  EXPECT_FALSE(Holds(0, {{"organisations"}}));
  CatchUp();
  EXPECT_TRUE(Holds(0, {{"organisations"}}));
}

TEST_F(ValidityTest, WhatIsFromAfterTheLastCommitKnownDoesNotHold) {
  CatchUp();
  EXPECT_FALSE(Holds(1, {}));
}

TEST_F(ValidityTest, AStartKnowsTheLastCommits) {
  store_.Commit({"areas/ARM"});
  store_.Commit({"areas/GEO"});
  CatchUp();
  EXPECT_TRUE(Holds(0, {{"organisations"}}));
  EXPECT_TRUE(Holds(1, {{"areas", "areas/ARM"}}));
  EXPECT_FALSE(Holds(1, {{"areas", "areas/GEO"}}));
}

TEST_F(ValidityTest, AStartKnowsNothingBeforeTheLastTenThousandCommits) {
  for (int i = 0; i < CommitFeed::kReplayed + 5; ++i) store_.Commit({"areas/ARM"});
  CatchUp();
  EXPECT_FALSE(Holds(4, {{"organisations"}}));
  EXPECT_TRUE(Holds(5, {{"organisations"}}));
}

TEST_F(ValidityTest, AStartRemembersAsMuchAsItMay) {
  for (int i = 0; i < 100; ++i) store_.Commit({absl::StrCat("areas/A", i)});
  CatchUp();
  EXPECT_FALSE(Holds(50, {{"organisations"}}));
  EXPECT_TRUE(Holds(95, {{"organisations"}}));
}

TEST_F(ValidityTest, WhatIsForgottenDoesNotHold) {
  CatchUp();
  for (int i = 0; i < 20; ++i) store_.Commit({absl::StrCat("areas/A", i)});
  CatchUp();
  EXPECT_FALSE(Holds(1, {{"areas", "areas/A19"}}));
  EXPECT_FALSE(Holds(1, {{"organisations"}}));
  EXPECT_TRUE(Holds(19, {{"organisations"}}));
  EXPECT_TRUE(Holds(19, {{"areas", "areas/A0"}}));
  EXPECT_FALSE(Holds(19, {{"areas", "areas/A19"}}));
}

}  // namespace
}  // namespace corridor::cache
