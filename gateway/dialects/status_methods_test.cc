#include "gateway/dialects/status_methods.h"

#include "corridor/gateway/v1/status.pb.h"
#include "gateway/upstream/fake_upstream.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StatusMethodsTest : public ::testing::Test {
 protected:
  v1::Readiness Readiness(int http_status) {
    const auto reply = methods_.Answer("/corridor.gateway.v1.Status/GetReadiness");
    EXPECT_OK(reply);
    EXPECT_EQ(reply->http_status, http_status);
    EXPECT_EQ(reply->message_type, "corridor.gateway.v1.Readiness");
    v1::Readiness readiness;
    EXPECT_TRUE(readiness.ParseFromString(reply->message));
    return readiness;
  }

  FakeUpstream memberstates_;
  std::atomic<Stage> stage_{Stage::kReady};
  StatusMethods methods_{"1.2.3", stage_, {{"memberstates", &memberstates_}}};
};

TEST_F(StatusMethodsTest, HealthNamesTheVersion) {
  ASSERT_OK_AND_ASSIGN(const OwnReply reply,
                       methods_.Answer("/corridor.gateway.v1.Status/GetHealth"));
  v1::Health health;
  ASSERT_TRUE(health.ParseFromString(reply.message));
  EXPECT_EQ(health.status(), "ok");
  EXPECT_EQ(health.version(), "1.2.3");
}

TEST_F(StatusMethodsTest, ReadyWithEveryService) {
  const v1::Readiness readiness = Readiness(200);
  EXPECT_EQ(readiness.state(), v1::Readiness::READY);
  EXPECT_TRUE(readiness.services(0).available());
  EXPECT_EQ(readiness.missing_size(), 0);
}

TEST_F(StatusMethodsTest, StaysReadyAndListsWhatIsMissing) {
  memberstates_.available = absl::UnavailableError("connection refused");
  const v1::Readiness readiness = Readiness(200);
  EXPECT_EQ(readiness.state(), v1::Readiness::READY);
  EXPECT_THAT(readiness.missing(), ElementsAre("memberstates"));
  EXPECT_FALSE(readiness.services(0).available());
  EXPECT_EQ(readiness.services(0).reason(), "connection refused");
}

TEST_F(StatusMethodsTest, IsUnreadyOnlyWhileStartingOrDraining) {
  stage_ = Stage::kStarting;
  EXPECT_EQ(Readiness(503).state(), v1::Readiness::STARTING);
  stage_ = Stage::kDraining;
  EXPECT_EQ(Readiness(503).state(), v1::Readiness::DRAINING);
}

TEST_F(StatusMethodsTest, OtherMethodsAreUnimplemented) {
  EXPECT_THAT(methods_.Answer("/corridor.gateway.v1.Status/Other"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("Status/Other")));
}

}  // namespace
}  // namespace corridor::gateway
