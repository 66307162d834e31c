// Services are killed while requests run: what needs the one that is down is 503 at once and comes
// back with it, without the gateway being started anew, while the others go on.
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "corridor/gateway/v1/status.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The gateway's own deadline is 10 s; what fails because nobody listens fails long before.
constexpr absl::Duration kDeadline = absl::Seconds(10);
constexpr int kClientsPerService = 2;

// What one service is asked without pause, and how often that was 503.
struct Read {
  std::string service;
  std::string target;
  std::atomic<int> unavailable = 0;
};

class Load {
 public:
  explicit Load(const Suite& suite) {
    for (Read& read : reads) {
      for (int i = 0; i < kClientsPerService; ++i) {
        Asker& asker = askers_.emplace_back(read);
        threads_.emplace_back([this, &asker, client = suite.Client()]() mutable {
          while (!stop_) Ask(client, asker);
        });
      }
    }
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  // These return when it is so, or the test has failed.
  void WaitUntilUnavailable(const Read& read) {
    const int goal = read.unavailable + kAnswers;
    WaitUntil([&] { return read.unavailable >= goal; });
  }
  // Every client, whichever loop of the gateway it is on, is answered 200 again and again.
  void WaitUntilAllAreOk() {
    for (Asker& asker : askers_) asker.ok_in_a_row = 0;
    WaitUntil([&] {
      return std::all_of(askers_.begin(), askers_.end(),
                         [](const Asker& asker) { return asker.ok_in_a_row >= kAnswers; });
    });
  }

  std::array<Read, 3> reads = {
      Read{"memberstates", "/v1/organisations/IOM/memberships/ARM"},
      Read{"indicators", "/v1/observations?indicator=POV_2USD&area=SOUTH_CAUCASUS"},
      Read{"programmes", "/v1/projects?area=ROU"}};

 private:
  // A client, by one thread.
  struct Asker {
    explicit Asker(Read& r) : read(r) {}
    Read& read;
    std::atomic<int> ok_in_a_row = 0;
  };

  static void Ask(HttpClient& client, Asker& asker) {
    const HttpResponse response = client.Get(asker.read.target);
    EXPECT_LT(response.took, kDeadline);
    if (response.status == 200) {
      ++asker.ok_in_a_row;
      return;
    }
    asker.ok_in_a_row = 0;
    ++asker.read.unavailable;
    EXPECT_EQ(response.status, 503) << response.transport_error << response.body;
    EXPECT_NE(response.Header("retry-after"), "");
    EXPECT_EQ(ErrorMetadata(ErrorOf(response), "service"), asker.read.service) << response.body;
  }

  template <typename Condition>
  void WaitUntil(const Condition& holds) {
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    while (!holds()) {
      ASSERT_LT(absl::Now(), limit);
      std::this_thread::yield();
    }
  }

  static constexpr int kAnswers = 20;

  std::atomic<bool> stop_ = false;
  std::deque<Asker> askers_;
  std::vector<std::thread> threads_;
};

TEST(KillTest, AKilledServiceIs503AtOnceAndBackWithoutAGatewayRestart) {
  // Else they are answered as they were before it went.
  Suite suite(AllServices(), {.gateway_options = {"--stale-if-error=0s"}});
  HttpClient probe = suite.Client();
  Load load(suite);
  ASSERT_NO_FATAL_FAILURE(load.WaitUntilAllAreOk());

  for (const Read& killed : load.reads) {
    SCOPED_TRACE(killed.service);
    std::map<std::string, int> before;
    for (const Read& read : load.reads) before[read.service] = read.unavailable;
    suite.Kill(killed.service);
    ASSERT_NO_FATAL_FAILURE(load.WaitUntilUnavailable(killed));

    const auto readiness = Answer<gateway::v1::Readiness>(probe.Get("/readyz"));
    EXPECT_EQ(readiness.state(), gateway::v1::Readiness::READY);
    EXPECT_THAT(readiness.missing(), ElementsAre(killed.service));
    EXPECT_EQ(probe.Get("/healthz").status, 200);

    suite.Restart(killed.service);
    ASSERT_NO_FATAL_FAILURE(load.WaitUntilAllAreOk());
    suite.WaitUntilNothingIsMissing(probe);
    // The others, whose areas are a copy of their own, did not notice.
    for (const Read& read : load.reads) {
      if (&read == &killed) continue;
      EXPECT_EQ(read.unavailable, before[read.service]) << read.service;
    }
  }
}

TEST(KillTest, AnAnswerThatNeedsNoServiceIsGivenWhileTheyAreDown) {
  Suite suite;
  for (const std::string& service : AllServices()) suite.Kill(service);
  HttpClient client = suite.Client();
  EXPECT_EQ(client.Get("/").status, 200);
  EXPECT_EQ(client.Get("/v1/nowhere").status, 404);
  const HttpResponse response = client.Get("/v1/areas?pageSizes=1");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(ErrorOf(response),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pageSizes")));
}

}  // namespace
}  // namespace corridor::e2e
