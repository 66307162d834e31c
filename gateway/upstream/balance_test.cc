// Instances that fail, simulated: calls come at a fixed rate by a clock of the test's own, and go
// where the pool would send them.
#include "gateway/upstream/balance.h"

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "gateway/upstream/retry_budget.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);
constexpr absl::Duration kBetweenCalls = absl::Milliseconds(5);

class Simulation {
 public:
  // Of each instance, whether it answers so long after the start.
  using Answers = std::function<bool(absl::Duration since_start)>;
  explicit Simulation(std::vector<Answers> instances)
      : answers_(std::move(instances)),
        healths_(answers_.size(), EndpointHealth(HealthOptions())),
        calls(answers_.size(), 0) {}

  // Calls that may be sent again once, elsewhere, as reads are.
  void Run(absl::Duration length) {
    for (const absl::Time end = now_ + length; now_ < end; now_ += kBetweenCalls) {
      retries.OnCall();
      ++asked;
      const size_t first = Send(answers_.size());
      if (Answered(first)) continue;
      if (!retries.Take(now_)) {
        ++refused;
        ++failed;
        continue;
      }
      ++retried;
      if (!Answered(Send(first))) ++failed;
    }
  }
  bool is_ejected(size_t instance) const { return healths_[instance].is_ejected(now_); }
  size_t ejected() const {
    size_t count = 0;
    for (const EndpointHealth& health : healths_) count += health.is_ejected(now_) ? 1 : 0;
    return count;
  }
  void Forget() {
    std::fill(calls.begin(), calls.end(), 0);
    asked = failed = retried = refused = 0;
  }

 private:
  std::vector<Candidate> All(size_t avoid) const {
    std::vector<Candidate> all;
    for (size_t i = 0; i < healths_.size(); ++i) {
      all.push_back(
          {.is_up = i != avoid, .takes_calls = i != avoid, .load = 0, .health = &healths_[i]});
    }
    return all;
  }
  size_t Send(size_t avoid) {
    const auto picked = PickOf(All(avoid), now_, random_);
    // As the pool does where nobody else takes it.
    const size_t instance = picked ? *picked : avoid;
    ++calls[instance];
    return instance;
  }
  bool Answered(size_t instance) {
    EXPECT_LT(ejected(), healths_.size());
    if (answers_[instance](now_ - kStart)) {
      healths_[instance].OnWell(now_);
      return true;
    }
    healths_[instance].OnFailed(now_, MayEject(All(healths_.size()), instance, now_));
    return false;
  }

  const std::vector<Answers> answers_;
  std::vector<EndpointHealth> healths_;
  absl::Time now_ = kStart;
  std::mt19937_64 random_{1};

 public:
  RetryBudget retries{/*at_once=*/100, kStart};
  std::vector<int> calls;  // Of each instance.
  int asked = 0;
  int failed = 0;
  int retried = 0;
  int refused = 0;
};

bool Always(absl::Duration) { return true; }
bool Never(absl::Duration) { return false; }

TEST(BalanceTest, InstancesThatAnswerShareTheCalls) {
  Simulation three({Always, Always, Always});
  three.Run(absl::Minutes(1));
  for (const int calls : three.calls) EXPECT_NEAR(calls, three.asked / 3, three.asked / 30);
  EXPECT_EQ(three.failed, 0);
}

TEST(BalanceTest, OneOfThreeThatNeverAnswersGetsACallNowAndThen) {
  Simulation three({Always, Never, Always});
  three.Run(absl::Minutes(1));
  EXPECT_EQ(three.failed, 0);
  EXPECT_LT(three.calls[1], 5 + 10) << "of " << three.asked;
  three.Forget();
  three.Run(absl::Minutes(60));
  EXPECT_EQ(three.failed, 0);
  // Every two minutes by now.
  EXPECT_LT(three.calls[1], 40) << "of " << three.asked;
  EXPECT_GE(three.calls[1], 20);
  EXPECT_NEAR(three.calls[0], three.calls[2], three.asked / 30);
}

TEST(BalanceTest, OneThatFlapsIsLeftOutLongerAndLongerAndTakenBackWhenItStays) {
  Simulation three({Always, Always, [](absl::Duration since) {
                      const bool is_early = since < absl::Minutes(30);
                      return !is_early || absl::ToInt64Seconds(since) / 10 % 2 == 0;
                    }});
  three.Run(absl::Minutes(15));
  three.Forget();
  three.Run(absl::Minutes(15));
  EXPECT_EQ(three.failed, 0);
  EXPECT_LT(three.calls[2], three.asked / 12) << "of " << three.asked;
  three.Run(absl::Minutes(3));
  EXPECT_FALSE(three.is_ejected(2));
  three.Forget();
  three.Run(absl::Minutes(1));
  EXPECT_NEAR(three.calls[2], three.asked / 3, three.asked / 30);
}

TEST(BalanceTest, OneThatReturnsGetsItsCallsLittleByLittle) {
  Simulation two({Always, [](absl::Duration since) { return since > absl::Seconds(2); }});
  two.Run(absl::Seconds(2));
  EXPECT_TRUE(two.is_ejected(1));
  while (two.is_ejected(1)) two.Run(kBetweenCalls);
  two.Forget();
  two.Run(absl::Seconds(2));
  EXPECT_GT(two.calls[1], 0);
  EXPECT_LT(two.calls[1], two.asked / 8);
  two.Run(absl::Seconds(10));
  two.Forget();
  two.Run(absl::Seconds(10));
  EXPECT_NEAR(two.calls[1], two.asked / 2, two.asked / 20);
}

TEST(BalanceTest, WhereAllFailOneStaysAndCallsAreSentAgainWithinTheBudget) {
  Simulation three({Never, Never, Never});
  three.Run(absl::Minutes(10));
  EXPECT_EQ(three.failed, three.asked);
  EXPECT_EQ(three.ejected(), 2u);
  EXPECT_LE(three.retried, 100 + 0.2 * three.asked + 10 * 600);
  EXPECT_GE(three.retried, 0.2 * three.asked);
  EXPECT_EQ(three.refused + three.retried, three.asked);
}

TEST(BalanceTest, WhereAllFailedAndOneAnswersAgainItIsFound) {
  const auto later = [](absl::Duration since) { return since > absl::Minutes(10); };
  Simulation three({Never, later, Never});
  three.Run(absl::Minutes(10));
  EXPECT_EQ(three.failed, three.asked);
  // The longest that it may be left out.
  three.Run(absl::Minutes(2) + absl::Seconds(10));
  three.Forget();
  three.Run(absl::Minutes(5));
  EXPECT_EQ(three.failed, 0);
}

// `health` of one that was ejected at kStart.
EndpointHealth Ejected() {
  EndpointHealth health{HealthOptions()};
  for (int i = 0; i < 5; ++i) health.OnFailed(kStart, true);
  return health;
}

TEST(BalanceTest, EjectedOnesTakeCallsOnlyWhileNobodyElseIsUp) {
  const EndpointHealth well{HealthOptions()}, ejected = Ejected();
  std::mt19937_64 random{1};
  const Candidate out{.is_up = true, .takes_calls = true, .load = 0, .health = &ejected};
  const Candidate down{.health = &well};
  const Candidate full{.is_up = true, .takes_calls = false, .load = 9, .health = &well};
  const Candidate busy{.is_up = true, .takes_calls = true, .load = 9, .health = &well};
  EXPECT_EQ(PickOf({out, down}, kStart, random), 0u);
  EXPECT_EQ(PickOf({out, full}, kStart, random), std::nullopt);
  EXPECT_EQ(PickOf({out, busy}, kStart, random), 1u);
  EXPECT_EQ(PickOf({down, full}, kStart, random), std::nullopt);
  EXPECT_EQ(PickOf({}, kStart, random), std::nullopt);
}

TEST(BalanceTest, OnlyOneBesideWhichAnotherServesMayBeEjected) {
  const EndpointHealth well{HealthOptions()}, ejected = Ejected();
  const Candidate up{.is_up = true, .takes_calls = true, .load = 0, .health = &well};
  const Candidate down{.health = &well};
  const Candidate out{.is_up = true, .takes_calls = true, .load = 0, .health = &ejected};
  EXPECT_TRUE(MayEject({up, up}, 0, kStart));
  EXPECT_FALSE(MayEject({up}, 0, kStart));
  EXPECT_FALSE(MayEject({up, down}, 0, kStart));
  EXPECT_FALSE(MayEject({up, out}, 0, kStart));
}

TEST(BalanceTest, TheLessLoadedOfTwoIsTaken) {
  const EndpointHealth well{HealthOptions()};
  std::mt19937_64 random{1};
  const Candidate idle{.is_up = true, .takes_calls = true, .load = 0, .health = &well};
  const Candidate busy{.is_up = true, .takes_calls = true, .load = 1, .health = &well};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(PickOf({busy, idle}, kStart, random), 1u);
}

TEST(RetryBudgetTest, OneLostConnectionWithAllOfItsCallsFitsAndTroubleThatLastsDoesNot) {
  RetryBudget budget(/*at_once=*/1000, kStart);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(budget.Take(kStart));
  EXPECT_FALSE(budget.Take(kStart));
  for (int i = 0; i < 5; ++i) budget.OnCall();
  EXPECT_TRUE(budget.Take(kStart)) << "a fifth of the calls";
  EXPECT_FALSE(budget.Take(kStart));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(budget.Take(kStart + absl::Seconds(1)));
  EXPECT_FALSE(budget.Take(kStart + absl::Seconds(1)));
}

}  // namespace
}  // namespace corridor::gateway
