#include "platform/cache/read_cache.h"

#include <atomic>
#include <thread>
#include <vector>

#include "corridor/memberstates/v1/area.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/cache/fake_commits.h"
#include "platform/cache/fake_shared_tier.h"
#include "platform/testing/status_matchers.h"
#include "prometheus/registry.h"

namespace corridor::cache {
namespace {

constexpr char kGet[] = "/corridor.memberstates.v1.Areas/GetArea";     // LOCAL
constexpr char kList[] = "/corridor.memberstates.v1.Areas/ListAreas";  // SHARED

class ReadCacheTest : public ::testing::Test {
 protected:
  // A process of the service on the same store and Redis.
  std::unique_ptr<ReadCache> Process(std::string secret = "sixteen bytes it is") {
    return std::make_unique<ReadCache>(
        ReadCacheOptions{.origin = {"test", "memberstates", store_.epoch(), "1.0"},
                         .secret = std::move(secret),
                         .max_bytes = 1 << 20,
                         .now = [this] { return now_; }},
        store_, &redis_, metrics_);
  }
  static std::optional<Question> Get(ReadCache& cache, const std::string& name,
                                     int64_t min_version = 0) {
    memberstates::v1::GetAreaRequest request;
    request.set_name(name);
    return cache.Ask(kGet, request, min_version, absl::UnixEpoch());
  }
  static std::optional<Question> List(ReadCache& cache) {
    return cache.Ask(kList, memberstates::v1::ListAreasRequest(), 0, absl::UnixEpoch());
  }
  // As unary calls do it, from a store that answers `answer`.
  EntryPtr Fill(ReadCache& cache, Question question, const std::string& answer) {
    cache.Pin(question);
    EntryPtr kept = cache.Keep(question, store_.head(), answer);
    if (kept != nullptr) cache.Share(question, *kept);
    return kept;
  }
  double Refused() {
    for (const auto& family : registry_.Collect()) {
      if (family.name == "corridor_cache_refused_total") return family.metric[0].counter.value;
    }
    return -1;
  }

  SteadyTime now_ = SteadyTime() + std::chrono::hours(1);
  FakeCommits store_;
  FakeSharedTier redis_;
  prometheus::Registry registry_;
  CacheMetrics metrics_{registry_};
};

TEST_F(ReadCacheTest, AnAnswerIsGivenAgainUntilItsResourceChanges) {
  const auto cache = Process();
  const auto question = Get(*cache, "areas/ARM");
  ASSERT_TRUE(question);
  EXPECT_EQ(cache->FindLocal(*question), nullptr);
  ASSERT_NE(Fill(*cache, *question, "Armenia"), nullptr);
  cache->Wrote(store_.Commit({"areas/GEO"}));
  ASSERT_NE(cache->FindLocal(*question), nullptr);
  EXPECT_EQ(cache->FindLocal(*question)->answer, "Armenia");
  cache->Wrote(store_.Commit({"areas/ARM"}));
  EXPECT_EQ(cache->FindLocal(*question), nullptr);
}

TEST_F(ReadCacheTest, OwnWritesAreAppliedAtOnce) {
  const auto cache = Process();
  Fill(*cache, *Get(*cache, "areas/ARM"), "Armenia");
  const int64_t own = store_.Commit({"areas/ARM"});
  cache->Wrote(own);
  EXPECT_EQ(cache->FindLocal(*Get(*cache, "areas/ARM")), nullptr);
  EXPECT_TRUE(Get(*cache, "areas/ARM", own));
}

TEST_F(ReadCacheTest, AWriteThatCannotBeFollowedStopsEverything) {
  const auto cache = Process();
  const auto question = Get(*cache, "areas/ARM");
  Fill(*cache, *question, "Armenia");
  const int64_t own = store_.Commit({"areas/GEO"});
  store_.reachable = false;
  cache->Wrote(own);
  EXPECT_EQ(cache->FindLocal(*question), nullptr);
  store_.reachable = true;
  ASSERT_OK(cache->CatchUp(absl::InfiniteFuture()));
  EXPECT_NE(cache->FindLocal(*question), nullptr);
}

TEST_F(ReadCacheTest, WhatTheStoreAnswersFromBeyondWhatIsKnownIsKeptOnceThatIsKnown) {
  const auto cache = Process();
  store_.Commit({"areas/ARM"});  // By another process.
  const auto question = Get(*cache, "areas/ARM");
  EXPECT_NE(Fill(*cache, *question, "Armenia"), nullptr);
  EXPECT_NE(cache->FindLocal(*question), nullptr);
}

TEST_F(ReadCacheTest, ACommitDuringTheReadLeavesNothingUntrueBehind) {
  const auto cache = Process();
  Question question = *Get(*cache, "areas/ARM");
  cache->Pin(question);
  const int64_t read_at = store_.head();
  cache->Wrote(store_.Commit({"areas/ARM"}));
  EXPECT_EQ(cache->Keep(question, read_at, "Armenia"), nullptr);
  EXPECT_EQ(cache->FindLocal(question), nullptr);
}

TEST_F(ReadCacheTest, ProcessesShareWhatIsShared) {
  const auto one = Process(), other = Process();
  Fill(*one, *List(*one), "areas");
  Fill(*one, *Get(*one, "areas/ARM"), "Armenia");
  EXPECT_EQ(redis_.values.size(), 1u);
  ASSERT_NE(other->FindShared(*List(*other)), nullptr);
  EXPECT_NE(other->FindLocal(*List(*other)), nullptr);
  EXPECT_EQ(other->FindShared(*Get(*other, "areas/ARM")), nullptr);
  EXPECT_EQ(redis_.gets, 1) << "Redis was asked for what is local.";
}

TEST_F(ReadCacheTest, WhatAnotherProcessKeptIsUntrueAfterItsCommits) {
  const auto one = Process(), other = Process();
  Fill(*one, *List(*one), "areas");
  other->Wrote(store_.Commit({"areas/ARM"}));
  EXPECT_EQ(other->FindShared(*List(*other)), nullptr);
  EXPECT_EQ(Refused(), 0);
}

TEST_F(ReadCacheTest, WhatIsNotSealedByUsIsRefusedAndCounted) {
  const auto cache = Process(), stranger = Process("the secret of strangers");
  Fill(*stranger, *List(*stranger), "forged");
  EXPECT_EQ(cache->FindShared(*List(*cache)), nullptr);
  EXPECT_EQ(Refused(), 1);
  redis_.values.begin()->second = "no entry at all";
  EXPECT_EQ(cache->FindShared(*List(*cache)), nullptr);
  EXPECT_EQ(Refused(), 2);
}

TEST_F(ReadCacheTest, WithoutRedisTheProcessKeepsOn) {
  redis_.reachable = false;
  const auto cache = Process();
  EXPECT_EQ(cache->FindShared(*List(*cache)), nullptr);
  Fill(*cache, *List(*cache), "areas");
  EXPECT_NE(cache->FindLocal(*List(*cache)), nullptr);
}

TEST_F(ReadCacheTest, AVersionToComeIsAskedOfTheStore) {
  const auto cache = Process();
  EXPECT_FALSE(Get(*cache, "areas/ARM", 1));
}

TEST_F(ReadCacheTest, APurgeEmptiesTheProcess) {
  const auto cache = Process();
  Fill(*cache, *Get(*cache, "areas/ARM"), "Armenia");
  cache->Wrote(store_.Commit({"areas/GEO"}, /*purge=*/true));
  EXPECT_EQ(cache->FindLocal(*Get(*cache, "areas/ARM")), nullptr);
}

TEST_F(ReadCacheTest, OfManyWhoAskAtOnceOneFillsForAll) {
  const auto cache = Process();
  const Question question = *List(*cache);
  constexpr int kCallers = 64;
  std::atomic<int> leaders = 0, answered = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      if (cache->Join(question, [&](const EntryPtr& entry) {
            if (entry != nullptr && entry->answer == "areas") ++answered;
          })) {
        ++leaders;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(leaders, 1);
  cache->Land(question, Fill(*cache, question, "areas"));
  EXPECT_EQ(answered, kCallers - 1);
  EXPECT_TRUE(cache->Join(question, [](const EntryPtr&) {})) << "The next flight.";
}

}  // namespace
}  // namespace corridor::cache
