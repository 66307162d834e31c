// The service is killed while requests run: its parts are 503 at once, and come back with it,
// without the gateway being started anew.
#include <atomic>
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

constexpr char kRead[] = "/v1/organisations/IOM/memberships/ARM";
// The gateway's own deadline is 10 s; what fails because nobody listens fails long before.
constexpr absl::Duration kDeadline = absl::Seconds(10);
constexpr int kClients = 4;

// Clients that ask without pause and count what they are answered.
class Load {
 public:
  explicit Load(const Suite& suite) {
    for (int i = 0; i < kClients; ++i) {
      threads_.emplace_back([this, client = suite.Client()]() mutable { Ask(client); });
    }
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  // Returns when at least `count` more answers with `status` have come, or the test has failed.
  void WaitFor(std::atomic<int>& counter, int count) {
    const int goal = counter + count;
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    while (counter < goal) {
      ASSERT_LT(absl::Now(), limit) << ok << " were 200, " << unavailable << " were 503";
      std::this_thread::yield();
    }
  }

  std::atomic<int> ok = 0;
  std::atomic<int> unavailable = 0;

 private:
  void Ask(HttpClient& client) {
    while (!stop_) {
      const HttpResponse response = client.Get(kRead);
      EXPECT_LT(response.took, kDeadline);
      if (response.status == 200) {
        ++ok;
      } else {
        EXPECT_EQ(response.status, 503) << response.transport_error << response.body;
        EXPECT_NE(response.Header("retry-after"), "");
        EXPECT_EQ(ErrorMetadata(ErrorOf(response), "service"), "memberstates") << response.body;
        ++unavailable;
      }
    }
  }

  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

TEST(KillTest, AKilledServiceIs503AtOnceAndBackWithoutAGatewayRestart) {
  Suite suite;
  HttpClient probe = suite.Client();
  Load load(suite);
  ASSERT_NO_FATAL_FAILURE(load.WaitFor(load.ok, 20));

  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    suite.KillMemberstates();
    ASSERT_NO_FATAL_FAILURE(load.WaitFor(load.unavailable, 20));

    const auto readiness = Answer<gateway::v1::Readiness>(probe.Get("/readyz"));
    EXPECT_EQ(readiness.state(), gateway::v1::Readiness::READY);
    EXPECT_THAT(readiness.missing(), ElementsAre("memberstates"));
    EXPECT_EQ(probe.Get("/healthz").status, 200);

    suite.RestartMemberstates();
    ASSERT_NO_FATAL_FAILURE(load.WaitFor(load.ok, 20));
    suite.WaitUntilNothingIsMissing();
  }
}

TEST(KillTest, AnAnswerThatNeedsNoServiceIsGivenWhileItIsDown) {
  Suite suite;
  suite.KillMemberstates();
  HttpClient client = suite.Client();
  EXPECT_EQ(client.Get("/v1/nowhere").status, 404);
  const HttpResponse response = client.Get("/v1/areas?pageSizes=1");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(ErrorOf(response),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pageSizes")));
}

}  // namespace
}  // namespace corridor::e2e
