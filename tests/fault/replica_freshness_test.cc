// Two replicas of memberstates that keep answers, on one PostgreSQL and one Redis, of one version
// of the binary or of two: what either answers is never older than what the caller may expect. The
// simulation of it is platform/cache/freshness_simulation_test.cc.
#include <array>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "platform/testing/postgres_server.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/fault/memberstates_process.h"
#include "tests/fault/number_of.h"
#include "tests/fault/redis_process.h"

namespace corridor::e2e {
namespace {

constexpr size_t kReplicas = 2;
// What nobody may be answered from, unless it names no version and the answer is younger.
constexpr absl::Duration kOldest = absl::Milliseconds(250);

// A description that was acknowledged, by whom, and when that was known here.
struct Write {
  int64_t number;
  size_t replica;
  absl::Time acknowledged;
  std::string token;
};

class ReplicaFreshnessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(store_, PostgresServer::Start());
    std::ofstream(folder_.File("key")) << "a secret of sixteen bytes and more";
    Start(0);
    ASSERT_OK(replicas_[0]->Create("B"));
    ASSERT_OK(replicas_[0]->Create("A", "0"));
    Start(1);
    ASSERT_OK(replicas_[1]->Get("A", "", replicas_[0]->token()));
    writes_.push_back({0, 0, absl::Now(), replicas_[0]->token()});
  }
  // Starts a replica, again if it runs, while the other goes on to be written to and read.
  void Start(size_t i, const std::string& binary = "memberstates") {
    std::atomic<bool> stop = false;
    std::thread meanwhile([&, other = replicas_[(i + 1) % kReplicas].get()] {
      for (int n = 0; !stop && other != nullptr; ++n) {
        ASSERT_OK(other->Describe("B", absl::StrCat(n)));
        ASSERT_OK_AND_ASSIGN(const auto area, other->Get("B"));
        ASSERT_EQ(area.description(), absl::StrCat(n));
      }
    });
    const absl::Cleanup join = [&] {
      stop = true;
      meanwhile.join();
    };
    replicas_[i] = nullptr;
    replicas_[i] = std::make_unique<MemberstatesProcess>(
        folder_.File(absl::StrCat("replica", i)), store_->Uri(),
        std::vector<std::string>{"--redis=" + redis_.address(),
                                 "--cache-key-file=" + folder_.File("key")},
        binary);
  }

  size_t Any(size_t below) { return random_() % below; }

  void WriteOnce() {
    const size_t i = Any(kReplicas);
    const int64_t number = writes_.back().number + 1;
    ASSERT_OK(replicas_[i]->Describe("A", absl::StrCat(number)));
    writes_.push_back({number, i, absl::Now(), replicas_[i]->token()});
  }

  // The least that a read of replica `i` may answer which is asked for now, from what is
  // acknowledged.
  int64_t Least(size_t i, absl::Time now) const {
    int64_t least = 0;
    for (const Write& write : writes_) {
      if (write.replica == i || write.acknowledged <= now - kOldest) least = write.number;
    }
    return least;
  }

  void ReadOnce() {
    const size_t i = Any(kReplicas);
    const bool names_version = Any(4) == 0;
    const int64_t least = names_version ? writes_.back().number : Least(i, absl::Now());
    const std::string token = names_version ? writes_.back().token : "";
    std::string description;
    if (Any(2) == 0) {
      ASSERT_OK_AND_ASSIGN(const auto area, replicas_[i]->Get("A", "", token));
      description = area.description();
    } else {
      ASSERT_OK_AND_ASSIGN(const auto list, replicas_[i]->List(token));
      ASSERT_EQ(list.areas_size(), 2);
      description = list.areas(0).description();
    }
    ++answered_[replicas_[i]->tier()];
    int64_t number = -1;
    ASSERT_TRUE(absl::SimpleAtoi(description, &number)) << description;
    EXPECT_GE(number, least) << "of replica " << i << " by " << replicas_[i]->tier();
    EXPECT_LE(number, writes_.back().number);
  }

  // Some hundred steps of all kinds; `restart` is one of them.
  void Take(int steps, const std::function<void()>& restart) {
    for (int step = 0; step < steps && !HasFailure(); ++step) {
      SCOPED_TRACE(absl::StrCat("step ", step));
      const size_t what = Any(1000);
      if (what < 3) {
        restart();
      } else if (what < 6) {
        EXPECT_EQ(redis_.Ask("FLUSHALL"), "+OK\r\n");
      } else if (what < 60) {
        WriteOnce();
      } else {
        ReadOnce();
      }
    }
    for (const char* tier : {cache::kFromProcess, cache::kFromRedis, cache::kFilled}) {
      EXPECT_GT(answered_[tier], 0) << tier;
    }
  }

  TempDir folder_;
  RedisProcess redis_{folder_.path()};
  std::unique_ptr<PostgresServer> store_;
  std::unique_ptr<MemberstatesProcess> replicas_[kReplicas];
  std::vector<Write> writes_;
  std::map<std::string, int> answered_;
  std::mt19937 random_{20261128};
};

TEST_F(ReplicaFreshnessTest, NoAnswerIsOlderThanItMayBe) {
  Take(NumberOf("CORRIDOR_STEPS", 2000), [this] { Start(Any(kReplicas)); });
}

TEST_F(ReplicaFreshnessTest, NorWhileOneVersionOfTheBinaryReplacesAnother) {
  const std::array<std::string, 2> binaries = {"next_memberstates", "memberstates"};
  size_t replaced = 0;
  Take(NumberOf("CORRIDOR_STEPS", 2000), [&] {
    // Both replicas to the next version, then both back.
    const size_t i = replaced++;
    Start(i % kReplicas, binaries[i / kReplicas % 2]);
  });
  EXPECT_GE(replaced, 2 * kReplicas);
}

}  // namespace
}  // namespace corridor::e2e
