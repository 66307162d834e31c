#include "gateway/response_cache/shards.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

std::shared_ptr<const Rendered> Make(size_t bytes, int64_t version = 1) {
  Rendered::Content content;
  content.body = std::string(bytes, 'x');
  content.sources = {{"s", nullptr, {"e", version}, {}}};
  return std::make_shared<const Rendered>(std::move(content));
}

TEST(ShardsTest, ASlotIsFoundByItsKeyAndByOthersThatLeadToIt) {
  Shards shards(1 << 20);
  EXPECT_EQ(shards.Find("key"), nullptr);
  const auto slot = shards.FindOrAdd("key");
  EXPECT_EQ(shards.FindOrAdd("key"), slot);
  shards.Alias("other", slot);
  EXPECT_EQ(shards.Find("other"), slot);
  const auto answer = Make(10);
  slot->Keep(answer);
  EXPECT_EQ(shards.Find("other")->kept(), answer);
}

TEST(ShardsTest, AnEarlierVersionDoesNotReplaceALaterOne) {
  Shards shards(1 << 20);
  const auto slot = shards.FindOrAdd("key");
  const auto later = Make(10, 7);
  slot->Keep(later);
  slot->Keep(Make(10, 6));
  EXPECT_EQ(slot->kept(), later);
  const auto latest = Make(10, 8);
  slot->Keep(latest);
  EXPECT_EQ(slot->kept(), latest);
}

TEST(ShardsTest, NoMoreIsKeptThanTheLimitVariantsAndKeysIncluded) {
  constexpr size_t kLimit = 1 << 20;
  Shards shards(kLimit);
  for (int i = 0; i < 5000; ++i) {
    const auto slot = shards.FindOrAdd(absl::StrCat("key", i));
    shards.Alias(absl::StrCat("alias", i), slot);
    const auto answer = Make(2000);
    slot->Keep(answer);
    answer->As(Coding::kIdentity);
    slot->Account(*answer);
    ASSERT_LE(shards.bytes(), static_cast<int64_t>(kLimit));
  }
  EXPECT_GT(shards.bytes(), static_cast<int64_t>(kLimit / 2));
  EXPECT_GT(shards.evictions(), 1000);
}

TEST(ShardsTest, WhatIsUsedStays) {
  Shards shards(1 << 20);
  shards.FindOrAdd("hot")->Keep(Make(1000));
  for (int i = 0; i < 5000; ++i) {
    shards.FindOrAdd(absl::StrCat("cold", i))->Keep(Make(1000));
    const auto hot = shards.Find("hot");
    ASSERT_NE(hot, nullptr) << i;
    ASSERT_NE(hot->kept(), nullptr) << i;
  }
}

TEST(ShardsTest, KeysWithoutAnswersAreForgottenToo) {
  Shards shards(100'000);
  for (int i = 0; i < 10'000; ++i) shards.FindOrAdd(absl::StrCat("key", i));
  EXPECT_LE(shards.bytes(), 100'000);
}

TEST(ShardsTest, ClearForgetsEveryAnswer) {
  Shards shards(1 << 20);
  const auto slot = shards.FindOrAdd("key");
  slot->Keep(Make(1000));
  shards.Clear();
  EXPECT_EQ(slot->kept(), nullptr);
  EXPECT_LT(shards.bytes(), 1000);
}

TEST(ShardsTest, WhatNobodyFindsAnyMoreIsNotCounted) {
  Shards shards(10'000);
  {
    const auto slot = shards.FindOrAdd("key");
    for (int i = 0; i < 100; ++i) shards.FindOrAdd(absl::StrCat("other", i));
    slot->Keep(Make(3000));
  }
  for (int i = 0; i < 200; ++i) shards.FindOrAdd(absl::StrCat("more", i));
  EXPECT_EQ(shards.Find("key"), nullptr);
  EXPECT_GE(shards.bytes(), 0);
  EXPECT_LE(shards.bytes(), 10'000);
}

TEST(ShardsTest, OneAsksForAllWhoWait) {
  Shards shards(1 << 20);
  const auto slot = shards.FindOrAdd("key");
  int told = 0;
  const auto tell = [&told](const OutcomePtr&) { ++told; };
  EXPECT_TRUE(slot->Ask(tell));
  EXPECT_FALSE(slot->Ask(tell));
  EXPECT_FALSE(slot->Ask(tell));
  EXPECT_FALSE(slot->Abandon()) << "two wait";
  slot->Settle(nullptr);
  EXPECT_EQ(told, 2);
  EXPECT_TRUE(slot->Ask(tell)) << "the next asks anew";
  EXPECT_TRUE(slot->Abandon());
  EXPECT_TRUE(slot->Ask(tell));
}

TEST(ShardsTest, ManyThreadsAtOnceKeepTheLimitAndAskOnceEach) {
  constexpr int kThreads = 4;
  Shards shards(200'000);
  std::atomic<int> asking{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) {
        const auto slot = shards.FindOrAdd(absl::StrCat("key", (i * 7 + t) % 300));
        if (slot->Ask([](const OutcomePtr&) {})) {
          ++asking;
          slot->Keep(Make(500, i));
          --asking;
          slot->Settle(nullptr);
        }
        if (i % 1000 == 0) shards.Clear();
        if (const auto kept = slot->kept()) kept->As(Coding::kIdentity);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(asking, 0);
  EXPECT_LE(shards.bytes(), 200'000);
  EXPECT_GE(shards.bytes(), 0);
}

}  // namespace
}  // namespace corridor::gateway
