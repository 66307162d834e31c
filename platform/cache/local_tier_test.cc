#include "platform/cache/local_tier.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

EntryPtr EntryOf(size_t bytes) {
  return std::make_shared<const Entry>(Entry{.stamp = {}, .answer = std::string(bytes, 'x')});
}
Key KeyOf(int i) { return Sha256(std::to_string(i)); }

TEST(LocalTierTest, GivesBackWhatWasPutLast) {
  LocalTier tier(1 << 20);
  EXPECT_EQ(tier.Find(KeyOf(1)), nullptr);
  const EntryPtr first = EntryOf(10), second = EntryOf(20);
  tier.Put(KeyOf(1), first);
  EXPECT_EQ(tier.Find(KeyOf(1)), first);
  tier.Put(KeyOf(1), second);
  EXPECT_EQ(tier.Find(KeyOf(1)), second);
  EXPECT_EQ(tier.Find(KeyOf(2)), nullptr);
}

TEST(LocalTierTest, StaysWithinItsBytes) {
  LocalTier tier(1 << 20);
  for (int i = 0; i < 10'000; ++i) {
    tier.Put(KeyOf(i), EntryOf(static_cast<size_t>(i)));
    ASSERT_LE(tier.bytes(), size_t{1} << 20);
  }
  EXPECT_GT(tier.bytes(), size_t{1} << 18);
  tier.Clear();
  EXPECT_EQ(tier.bytes(), 0u);
  EXPECT_EQ(tier.Find(KeyOf(9'999)), nullptr);
}

TEST(LocalTierTest, LetsGoOfWhatWasNotUsedForLongest) {
  LocalTier tier(1 << 20);
  tier.Put(KeyOf(0), EntryOf(100));
  for (int i = 1; i < 10'000; ++i) {
    tier.Put(KeyOf(i), EntryOf(1000));
    ASSERT_NE(tier.Find(KeyOf(0)), nullptr) << i;
  }
  EXPECT_EQ(tier.Find(KeyOf(1)), nullptr);
}

TEST(LocalTierTest, WhatIsTooLargeIsNotKeptAndEndsWhatWas) {
  LocalTier tier(1 << 20);
  tier.Put(KeyOf(1), EntryOf(100));
  tier.Put(KeyOf(1), EntryOf(1 << 18));
  EXPECT_EQ(tier.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(tier.bytes(), 0u);
}

}  // namespace
}  // namespace corridor::cache
