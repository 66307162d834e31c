#include "platform/store/turnstile.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace corridor::store {
namespace {

TEST(TurnstileTest, AdmitsAsManyAsItHasPlaces) {
  Turnstile turnstile(2);
  Turnstile::Pass first = turnstile.Enter(absl::InfiniteFuture());
  const Turnstile::Pass second = turnstile.Enter(absl::InfiniteFuture());
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(turnstile.Enter(absl::Now() + absl::Milliseconds(5)));
  first = Turnstile::Pass();
  EXPECT_TRUE(turnstile.Enter(absl::InfiniteFuture()));
}

TEST(TurnstileTest, AdmitsNobodyAfterTheDeadline) {
  Turnstile turnstile(1);
  EXPECT_FALSE(turnstile.Enter(absl::InfinitePast()));
}

TEST(TurnstileTest, WhoGaveUpDoesNotHoldUpTheNext) {
  Turnstile turnstile(1);
  {
    const Turnstile::Pass held = turnstile.Enter(absl::InfiniteFuture());
    EXPECT_FALSE(turnstile.Enter(absl::Now() + absl::Milliseconds(1)));
  }
  EXPECT_TRUE(turnstile.Enter(absl::InfiniteFuture()));
}

TEST(TurnstileTest, EverybodyGetsATurnAndNeverTwoAtOnce) {
  Turnstile turnstile(1);
  int inside = 0;  // Guarded by the turnstile, which is what is tested.
  int turns = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 200; ++k) {
        const Turnstile::Pass pass = turnstile.Enter(absl::InfiniteFuture());
        EXPECT_EQ(++inside, 1);
        ++turns;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(turns, 8 * 200);
}

}  // namespace
}  // namespace corridor::store
