#include "gateway/overload/concurrency_limit.h"

#include <algorithm>
#include <queue>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

constexpr absl::Time kBegin = absl::UnixEpoch();
constexpr char kMethod[] = "/a.B/Get";

TEST(ConcurrencyLimitTest, CallsRunUpToTheLimit) {
  ConcurrencyLimit limit({.first = 3}, kBegin);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.TryBegin(1));
  EXPECT_FALSE(limit.TryBegin(1));
  limit.End(1);
  EXPECT_TRUE(limit.TryBegin(1));
}

TEST(ConcurrencyLimitTest, AClientWithLessThanItsShareIsLetInBeyondTheLimit) {
  ConcurrencyLimit limit({.first = 4}, kBegin);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limit.TryBegin(1));
  EXPECT_TRUE(limit.TryBegin(2));
  EXPECT_TRUE(limit.TryBegin(2));
  EXPECT_FALSE(limit.TryBegin(2));  // Half of four are its share.
  EXPECT_FALSE(limit.TryBegin(1));
  EXPECT_TRUE(limit.TryBegin(3));
  EXPECT_TRUE(limit.TryBegin(4));
  EXPECT_FALSE(limit.TryBegin(5));  // Less than one call.
}

TEST(ConcurrencyLimitTest, AMethodWithoutAnAnswerHasNoTarget) {
  ConcurrencyLimit limit({.wait = absl::Milliseconds(100)}, kBegin);
  EXPECT_EQ(limit.TargetOf(kMethod), absl::InfiniteDuration());
  const auto answered_in = [&](const char* method, absl::Duration latency) {
    for (int i = 0; i < 20; ++i) limit.Answered(method, latency, kBegin + absl::Seconds(1));
  };
  answered_in(kMethod, absl::Milliseconds(5));
  EXPECT_EQ(limit.TargetOf(kMethod), absl::Milliseconds(105));
}

TEST(ConcurrencyLimitTest, WhatTakesLongByItselfMayTakeTwiceAsLong) {
  ConcurrencyLimit limit({.wait = absl::Milliseconds(100)}, kBegin);
  for (int i = 0; i < 20; ++i) limit.Answered(kMethod, absl::Seconds(3), kBegin + absl::Seconds(1));
  EXPECT_EQ(limit.TargetOf(kMethod), absl::Seconds(6));
}

// A service with workers that take their time, behind a queue; clients that ask at their rates,
// whatever happens; in time that passes only here.
class Service {
 public:
  struct Client {
    double rate;  // Calls a second.
    int asked = 0;
    int answered = 0;
    double latencies = 0;
    double longest = 0;
  };

  Service(int workers, double service_seconds) : idle_(workers), seconds_(service_seconds) {}

  // Runs for so long, with the same clients each time; what is counted begins after a tenth of it.
  void Run(ConcurrencyLimit& limit, std::vector<Client>& clients, double seconds) {
    const double end = now_ + seconds;
    const double counted_from = now_ + seconds / 10;
    if (events_.empty()) {
      for (size_t i = 0; i < clients.size(); ++i) Schedule(clients, i);
    }
    while (events_.top().at < end) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      Client& client = clients[event.client];
      if (event.began < 0) {
        Schedule(clients, event.client);
        if (now_ >= counted_from) ++client.asked;
        if (!limit.TryBegin(event.client)) continue;
        waiting_.push({now_, event.client, now_});
      } else {
        ++idle_;
        limit.End(event.client);
        const double latency = now_ - event.began;
        limit.Answered(kMethod, absl::Seconds(latency), kBegin + absl::Seconds(now_));
        if (now_ >= counted_from) {
          ++client.answered;
          client.latencies += latency;
          client.longest = std::max(client.longest, latency);
        }
      }
      for (; idle_ > 0 && !waiting_.empty(); --idle_) {
        const Event next = waiting_.front();
        waiting_.pop();
        std::uniform_real_distribution<double> spread(0.5, 1.5);
        events_.push({now_ + seconds_ * spread(random_), next.client, next.began});
      }
    }
  }

  void set_service_seconds(double seconds) { seconds_ = seconds; }

 private:
  struct Event {
    double at;
    size_t client;
    double began;  // Negative: the client asks.
    bool operator>(const Event& other) const { return at > other.at; }
  };

  void Schedule(const std::vector<Client>& clients, size_t i) {
    std::exponential_distribution<double> gap(clients[i].rate);
    events_.push({now_ + gap(random_), i, -1});
  }

  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::queue<Event> waiting_;
  std::mt19937 random_{1};
  int idle_;
  double seconds_;
  double now_ = 0;
};

constexpr int kWorkers = 4;
constexpr double kServiceSeconds = 0.002;
constexpr double kCapacity = kWorkers / kServiceSeconds;  // 2,000 calls a second.

TEST(ConcurrencyLimitTest, BelowCapacityNobodyIsTurnedAway) {
  ConcurrencyLimit limit({}, kBegin);
  Service service(kWorkers, kServiceSeconds);
  std::vector<Service::Client> clients(10, {.rate = 0.08 * kCapacity});
  service.Run(limit, clients, 60);
  for (const auto& client : clients) EXPECT_GE(client.answered, client.asked - 20);
}

TEST(ConcurrencyLimitTest, AtThreeTimesCapacityAsMuchIsDoneAndAnswersAreNotLate) {
  ConcurrencyLimit limit({}, kBegin);
  Service service(kWorkers, kServiceSeconds);
  std::vector<Service::Client> clients(10, {.rate = 0.3 * kCapacity});
  service.Run(limit, clients, 60);
  double answered = 0;
  double latencies = 0;
  for (const auto& client : clients) {
    answered += client.answered;
    latencies += client.latencies;
    EXPECT_LT(client.longest, 0.5);
  }
  EXPECT_GE(answered, 0.97 * kCapacity * 54);
  EXPECT_THAT(latencies / answered, AllOf(Ge(0.01), Le(0.2)));
}

TEST(ConcurrencyLimitTest, AClientThatAsksForMuchTakesNothingFromTheOthers) {
  ConcurrencyLimit limit({}, kBegin);
  Service service(kWorkers, kServiceSeconds);
  std::vector<Service::Client> clients(5, {.rate = 0.1 * kCapacity});
  clients.push_back({.rate = 5 * kCapacity});
  service.Run(limit, clients, 60);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_GE(clients[i].answered, 0.99 * clients[i].asked) << i;
  }
  EXPECT_GE(clients[5].answered, 0.45 * kCapacity * 54);
}

TEST(ConcurrencyLimitTest, AServiceThatBecomesSlowerIsFoundOut) {
  ConcurrencyLimit limit({}, kBegin);
  Service service(kWorkers, kServiceSeconds);
  std::vector<Service::Client> clients(10, {.rate = 0.3 * kCapacity});
  service.Run(limit, clients, 20);
  service.set_service_seconds(0.3);  // More than the target was.
  service.Run(limit, clients, 120);
  for (auto& client : clients) client.answered = client.asked = 0;
  service.Run(limit, clients, 60);
  double answered = 0;
  for (const auto& client : clients) answered += client.answered;
  EXPECT_GE(answered, 0.9 * kWorkers / 0.3 * 54);
  EXPECT_LE(limit.limit(), 40);
}

TEST(ConcurrencyLimitTest, WhatNobodyReachesDoesNotGrow) {
  ConcurrencyLimit limit({.first = 200}, kBegin);
  Service service(kWorkers, kServiceSeconds);
  std::vector<Service::Client> clients(1, {.rate = 0.1 * kCapacity});
  service.Run(limit, clients, 60);
  EXPECT_EQ(limit.limit(), 200);
}

}  // namespace
}  // namespace corridor::gateway
