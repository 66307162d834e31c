#include "platform/cache/entry.h"

#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

constexpr char kSecret[] = "sixteen bytes it is";

Entry SomeEntry() {
  return {.stamp = {.position = 7,
                    .version = 5,
                    .is_fixed = true,
                    .tags = {{"areas", "areas/ARM"}, {"series"}}},
          .answer = std::string("bytes\0 of an answer", 19)};
}

TEST(EntryTest, WhatIsSealedIsUnsealed) {
  const Key key = Sha256("a question");
  const std::optional<Entry> entry = Unseal(Seal(SomeEntry(), key, kSecret), key, kSecret);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->stamp.position, 7);
  EXPECT_EQ(entry->stamp.version, 5);
  EXPECT_TRUE(entry->stamp.is_fixed);
  EXPECT_EQ(entry->stamp.tags, SomeEntry().stamp.tags);
  EXPECT_EQ(entry->answer, SomeEntry().answer);
}

TEST(EntryTest, NoChangedByteGoesUnnoticed) {
  const Key key = Sha256("a question");
  const std::string sealed = Seal(SomeEntry(), key, kSecret);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Unseal(changed, key, kSecret)) << i;
    EXPECT_FALSE(Unseal(sealed.substr(0, i), key, kSecret)) << i;
  }
  EXPECT_FALSE(Unseal(sealed + "x", key, kSecret));
}

TEST(EntryTest, TheAnswerToAnotherQuestionIsRefused) {
  const std::string sealed = Seal(SomeEntry(), Sha256("a question"), kSecret);
  EXPECT_FALSE(Unseal(sealed, Sha256("another"), kSecret));
}

TEST(EntryTest, WhatOthersSealedIsRefused) {
  const Key key = Sha256("a question");
  EXPECT_FALSE(Unseal(Seal(SomeEntry(), key, "the secret of others"), key, kSecret));
}

}  // namespace
}  // namespace corridor::cache
