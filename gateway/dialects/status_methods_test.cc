#include "gateway/dialects/status_methods.h"

#include "corridor/gateway/v1/status.pb.h"
#include "gateway/upstream/fake_upstream.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;

template <typename Message>
Message Ask(OwnMethod& method, int http_status) {
  Message message;
  method.Answer({}, [&](const OwnReply& reply) {
    EXPECT_OK(reply.status);
    EXPECT_EQ(reply.http_status, http_status);
    EXPECT_TRUE(message.ParseFromString(reply.message));
  });
  return message;
}

TEST(HealthMethodTest, NamesTheVersion) {
  HealthMethod method("1.2.3");
  const auto health = Ask<v1::Health>(method, 200);
  EXPECT_EQ(health.status(), "ok");
  EXPECT_EQ(health.version(), "1.2.3");
}

class ReadinessMethodTest : public ::testing::Test {
 protected:
  v1::Readiness Readiness(int http_status) { return Ask<v1::Readiness>(method_, http_status); }

  FakeUpstream memberstates_;
  std::atomic<Stage> stage_{Stage::kReady};
  ReadinessMethod method_{stage_, {{"memberstates", &memberstates_}}};
};

TEST_F(ReadinessMethodTest, ReadyWithEveryService) {
  const v1::Readiness readiness = Readiness(200);
  EXPECT_EQ(readiness.state(), v1::Readiness::READY);
  EXPECT_TRUE(readiness.services(0).available());
  EXPECT_EQ(readiness.missing_size(), 0);
}

TEST_F(ReadinessMethodTest, StaysReadyAndListsWhatIsMissing) {
  memberstates_.available = absl::UnavailableError("connection refused");
  const v1::Readiness readiness = Readiness(200);
  EXPECT_EQ(readiness.state(), v1::Readiness::READY);
  EXPECT_THAT(readiness.missing(), ElementsAre("memberstates"));
  EXPECT_FALSE(readiness.services(0).available());
  EXPECT_EQ(readiness.services(0).reason(), "connection refused");
}

TEST_F(ReadinessMethodTest, IsUnreadyOnlyWhileStartingOrDraining) {
  stage_ = Stage::kStarting;
  EXPECT_EQ(Readiness(503).state(), v1::Readiness::STARTING);
  stage_ = Stage::kDraining;
  EXPECT_EQ(Readiness(503).state(), v1::Readiness::DRAINING);
}

}  // namespace
}  // namespace corridor::gateway
