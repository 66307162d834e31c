#include "platform/store/backoff.h"

#include "gtest/gtest.h"

namespace corridor::store {
namespace {

TEST(BackoffTest, WaitsDoubleUpToASecondWithAtMostHalfLeftOut) {
  Backoff backoff;
  for (int round = 0; round < 2; ++round) {
    for (const int longest_ms : {50, 100, 200, 400, 800, 1000, 1000}) {
      const absl::Duration wait = backoff.Next();
      EXPECT_GE(wait, absl::Milliseconds(longest_ms) / 2);
      EXPECT_LE(wait, absl::Milliseconds(longest_ms));
    }
    backoff.Reset();
  }
}

}  // namespace
}  // namespace corridor::store
