// Whatever happens to services and reader, in whatever order: the reader gets every commit of every
// service once and in order.
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "corridor/gateway/v1/changes.pb.h"
#include "gateway/changes/fake_alarm_clock.h"
#include "gateway/changes/fake_changes_service.h"
#include "gateway/changes/watch_changes.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

constexpr int kRounds = 400;
constexpr int kSteps = 200;

class World {
 public:
  World(unsigned seed, bool from_now) : random_(seed), from_now_(from_now) {
    for (const char* name : {"indicators", "memberstates", "programmes"}) {
      services_[name] = std::make_unique<FakeChangesService>(name);
      upstreams_[name] = &services_[name]->upstream;
      for (size_t i = Below(4); i > 0; --i) services_[name]->Commit();
      next_[name] = from_now ? services_[name]->head() + 1 : 1;
    }
    method_ = std::make_unique<WatchChanges>(upstreams_, clock_);
    Connect();
    // Until the heads are known, nobody can say what is new.
    if (from_now) Take(1);
  }

  void Step() {
    FakeChangesService& service = *std::next(services_.begin(), Index(services_.size()))->second;
    switch (Below(10)) {
      case 0:
        return service.Stop(/*loses=*/Below(2) == 0);
      case 1:
      case 2:
        return service.Start();
      case 3:
      case 4:
      case 5:
        return service.Commit();
      case 6:
        return service.Heartbeat();
      case 7:
        return clock_.Advance(absl::Milliseconds(Below(3000)));
      case 8:
        if (Below(3) == 0) Connect();
        return;
      default:
        return Take(Below(10));
    }
  }

  // Lets everything come, and checks that it did.
  void Settle() {
    for (const auto& [name, service] : services_) service->Start();
    // A reader that lags finds only now that a watch has ended.
    Take(10'000);
    clock_.Advance(absl::Seconds(2));
    Take(10'000);
    for (const auto& [name, service] : services_) EXPECT_EQ(next_[name], service->head() + 1);
  }

 private:
  size_t Below(size_t limit) { return random_() % limit; }
  ptrdiff_t Index(size_t size) { return static_cast<ptrdiff_t>(Below(size)); }

  // The reader is back with the last id that it got.
  void Connect() {
    v1::WatchChangesRequest request;
    request.set_since(from_now_ ? "" : "0");
    StreamingCall call{"/corridor.gateway.v1.Changes/WatchChanges",
                       request.SerializeAsString(),
                       {},
                       absl::InfiniteFuture(),
                       true};
    if (!last_id_.empty()) call.metadata.emplace_back(OwnStream::kLastEventId, last_id_);
    auto opened = method_->Open(std::move(call), [this] { is_told_ = true; });
    ASSERT_TRUE(opened.ok()) << opened.status();
    reader_ = *std::move(opened);
    is_told_ = true;
  }

  // Looks only when told to, as readers do.
  void Take(size_t most) {
    if (!is_told_) return;
    for (size_t i = 0; i < most; ++i) {
      const std::optional<OwnEvent> event = reader_->Take();
      if (!event) {
        is_told_ = false;
        ASSERT_EQ(reader_->End(), std::nullopt);
        return;
      }
      v1::ChangeEvent change;
      ASSERT_TRUE(change.ParseFromString(event->message));
      last_id_ = event->id;
      if (change.has_commit()) {
        ASSERT_EQ(change.commit().version(), next_[change.service()]++) << change.service();
      }
    }
  }

  std::mt19937 random_;
  const bool from_now_;
  FakeAlarmClock clock_;
  std::map<std::string, std::unique_ptr<FakeChangesService>> services_;
  std::map<std::string, Upstream*> upstreams_;
  std::unique_ptr<WatchChanges> method_;
  std::unique_ptr<OwnEvents> reader_;
  bool is_told_ = false;
  std::string last_id_;
  std::map<std::string, int64_t> next_;  // Version that comes next, by service.
};

TEST(FeedPropertyTest, EveryCommitComesOnceAndInOrder) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed, /*from_now=*/seed % 2 == 1);
    for (int i = 0; i < kSteps && !::testing::Test::HasFailure(); ++i) world.Step();
    if (::testing::Test::HasFailure()) return;
    world.Settle();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace corridor::gateway
