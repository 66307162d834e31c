// A pool before several instances of a service, real grpc++ servers, some of which do not serve.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "gateway/loop.h"
#include "gateway/upstream/pool.h"
#include "gateway/upstream/upstream_metrics.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "prometheus/registry.h"

namespace corridor::gateway {
namespace {

namespace ms = ::corridor::memberstates::v1;

// Answers every call with one status.
class Instance : private ms::Areas::CallbackService {
 public:
  explicit Instance(grpc::Status answer) : answer_(std::move(answer)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Instance() override { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  int calls() const { return calls_; }
  Target target() const { return {"127.0.0.1", static_cast<uint16_t>(port_)}; }

 private:
  grpc::ServerUnaryReactor* GetArea(grpc::CallbackServerContext* context, const ms::GetAreaRequest*,
                                    ms::Area*) override {
    ++calls_;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(answer_);
    return reactor;
  }

  const grpc::Status answer_;
  std::atomic<int> calls_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

const grpc::Status kBroken = {grpc::StatusCode::UNAVAILABLE, "the store's disk failed"};

class PoolBalanceTest : public ::testing::Test {
 protected:
  void TearDown() override {
    loop_.Stop();
    pool_.reset();
  }

  void StartPool(const std::vector<const Instance*>& instances) {
    options_.service = "memberstates";
    options_.metrics = &metrics_;
    for (const Instance* instance : instances) options_.targets.push_back(instance->target());
    pool_ = std::make_unique<Pool>(loop_, options_);
    loop_.Start();
    // So that each of them could take the first call.
    for (const Instance* instance : instances) {
      while (instance->calls() == 0) Get().IgnoreError();
    }
  }

  std::future<absl::Status> Send() {
    auto answered = std::make_shared<std::promise<absl::Status>>();
    loop_.Post([this, answered] {
      pool_->Unary({"/corridor.memberstates.v1.Areas/GetArea",
                    "",
                    {},
                    absl::Now() + absl::Seconds(10),
                    /*is_read=*/true},
                   [answered](const UnaryReply& reply) { answered->set_value(reply.status); });
    });
    return answered->get_future();
  }
  absl::Status Get() { return Send().get(); }

  // The sum of a family of metrics.
  int Metric(const std::string& name) const {
    double sum = 0;
    for (const auto& family : registry_.Collect()) {
      if (family.name != "corridor_upstream_" + name) continue;
      for (const auto& metric : family.metric) sum += metric.gauge.value + metric.counter.value;
    }
    return static_cast<int>(sum);
  }

  prometheus::Registry registry_;
  UpstreamMetrics metrics_{registry_};
  PoolOptions options_;
  Loop loop_;
  std::unique_ptr<Pool> pool_;
};

TEST_F(PoolBalanceTest, AnInstanceThatDoesNotServeGetsNoMoreCallsAndNoneFails) {
  const Instance well(grpc::Status::OK), broken(kBroken);
  options_.endpoint.health.first_ejection = absl::Hours(1);
  StartPool({&well, &broken});
  while (Metric("endpoint_ejected") == 0) EXPECT_OK(Get());
  const int before = broken.calls();
  for (int i = 0; i < 100; ++i) EXPECT_OK(Get());
  EXPECT_EQ(broken.calls(), before);
  EXPECT_EQ(Metric("endpoint_ejections_total"), 1);
  EXPECT_GE(Metric("endpoint_retries_total"), 4);
  EXPECT_EQ(Metric("retries_refused_total"), 0);
}

TEST_F(PoolBalanceTest, AnInstanceComesBackAfterAWhile) {
  const Instance well(grpc::Status::OK), broken(kBroken);
  options_.endpoint.health.first_ejection = absl::Milliseconds(20);
  options_.endpoint.health.longest_ejection = absl::Milliseconds(20);
  StartPool({&well, &broken});
  while (Metric("endpoint_ejections_total") < 3) EXPECT_OK(Get());
  EXPECT_LE(Metric("endpoint_ejected"), 1);
}

TEST_F(PoolBalanceTest, TheLastInstanceIsNotLeftOut) {
  const Instance broken(kBroken), broken_too(kBroken);
  StartPool({&broken, &broken_too});
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(Get(), StatusIs(absl::StatusCode::kUnavailable,
                                ::testing::HasSubstr("the store's disk failed")));
  }
  EXPECT_EQ(Metric("endpoint_ejected"), 1);
}

TEST_F(PoolBalanceTest, NoMoreCallsAreSentAgainThanTheBudgetHas) {
  const Instance broken(kBroken);
  options_.retries_at_once = 3;
  StartPool({&broken});
  const absl::Time began = absl::Now();
  const int sent_before = broken.calls();
  constexpr int kCalls = 100;
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_THAT(Get(), StatusIs(absl::StatusCode::kUnavailable));
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  const int most = static_cast<int>(3 + 0.2 * kCalls + 10 * seconds) + 1;
  EXPECT_LE(broken.calls() - sent_before, kCalls + most);
}

TEST_F(PoolBalanceTest, ACallThatTheBudgetDoesNotLetBeSentAgainIsCounted) {
  const Instance broken(kBroken);
  options_.retries_at_once = 0;
  StartPool({&broken});
  const int refused = Metric("retries_refused_total");
  EXPECT_GE(refused, 1);
  const int sent_before = broken.calls();
  EXPECT_THAT(Get(), StatusIs(absl::StatusCode::kUnavailable,
                              ::testing::HasSubstr("the store's disk failed")));
  EXPECT_EQ(Metric("retries_refused_total"), refused + 1);
  EXPECT_EQ(broken.calls(), sent_before + 1);
}

}  // namespace
}  // namespace corridor::gateway
