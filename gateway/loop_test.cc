#include "gateway/loop.h"

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

TEST(LoopTest, SyncRunsOnTheLoopsThread) {
  Loop loop;
  loop.Start();
  std::thread::id ran_on;
  loop.Sync([&] { ran_on = std::this_thread::get_id(); });
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(LoopTest, PostedTasksRunInOrder) {
  Loop loop;
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) loop.Post([&order, i] { order.push_back(i); });
  loop.Start();
  loop.Sync([] {});
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(TimerTest, FiresInOrderOfTimeNotOfSetting) {
  Loop loop;
  std::string order;
  std::promise<void> last;
  Timer late(loop, [&] {
    order += "late";
    last.set_value();
  });
  Timer early(loop, [&] { order += "early "; });
  late.Set(absl::Milliseconds(20));
  early.Set(absl::Milliseconds(1));
  loop.Start();
  last.get_future().wait();
  EXPECT_EQ(order, "early late");
}

TEST(TimerTest, FiresAtTheTimeSetLastAndOnce) {
  Loop loop;
  int fired = 0;
  std::promise<void> after;
  Timer moved(loop, [&] { ++fired; });
  Timer check(loop, [&] { after.set_value(); });
  moved.Set(absl::Milliseconds(1));
  moved.Set(absl::Milliseconds(10));
  moved.Set(absl::Milliseconds(5));
  check.Set(absl::Milliseconds(30));
  loop.Start();
  after.get_future().wait();
  EXPECT_EQ(fired, 1);
}

TEST(TimerTest, AClearedOrDestroyedTimerDoesNotFire) {
  Loop loop;
  std::promise<void> after;
  Timer cleared(loop, [] { FAIL() << "was cleared"; });
  cleared.Set(absl::Milliseconds(1));
  cleared.Clear();
  {
    Timer destroyed(loop, [] { FAIL() << "was destroyed"; });
    destroyed.Set(absl::Milliseconds(1));
  }
  Timer check(loop, [&] { after.set_value(); });
  check.Set(absl::Milliseconds(10));
  loop.Start();
  after.get_future().wait();
  EXPECT_FALSE(cleared.is_set());
}

TEST(TimerTest, MayDestroyItselfAndSetOthersWhenItFires) {
  Loop loop;
  std::promise<void> after;
  Timer other(loop, [&] { after.set_value(); });
  std::unique_ptr<Timer> self;
  self = std::make_unique<Timer>(loop, [&] {
    self.reset();
    other.Set(absl::ZeroDuration());
  });
  self->Set(absl::ZeroDuration());
  loop.Start();
  after.get_future().wait();
  EXPECT_EQ(self, nullptr);
}

}  // namespace
}  // namespace corridor::gateway
