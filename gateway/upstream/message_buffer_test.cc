#include "gateway/upstream/message_buffer.h"

#include <random>
#include <string>
#include <vector>

#include "gateway/upstream/envelope.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

TEST(EnvelopeTest, AMessageIsBehindItsFlagAndItsLength) {
  const std::string message(0x10203, 'x');
  EXPECT_EQ(Enveloped(message), std::string("\0\0\1\2\3", 5) + message);
  EXPECT_EQ(Enveloped("", 0x80), std::string("\x80\0\0\0\0", 5));
}

TEST(MessageBufferTest, MessagesComeOutAsTheyWereWhateverThePieces) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> sent;
    std::string bytes;
    for (size_t i = 0; i < 20; ++i) {
      sent.emplace_back(random() % 300, static_cast<char>('a' + i));
      bytes += Enveloped(sent.back());
    }
    MessageBuffer buffer(300);
    std::vector<std::string> taken;
    size_t counted = 0;
    for (size_t at = 0; at < bytes.size();) {
      const size_t piece = 1 + random() % 200;
      buffer.Add(std::string_view(bytes).substr(at, piece));
      counted += buffer.CountFront();
      at += piece;
      while (buffer.has_message() && random() % 4 != 0) {
        taken.push_back(buffer.Take());
        counted += buffer.CountFront();
      }
    }
    while (buffer.has_message()) {
      taken.push_back(buffer.Take());
      counted += buffer.CountFront();
    }
    EXPECT_EQ(taken, sent);
    EXPECT_EQ(counted, bytes.size());
    EXPECT_TRUE(buffer.is_empty());
  }
}

TEST(MessageBufferTest, OnlyTheMessageAtTheFrontIsCountedAndOnce) {
  MessageBuffer buffer(100);
  buffer.Add(Enveloped("first").substr(0, 7));
  EXPECT_EQ(buffer.CountFront(), 7u);
  EXPECT_EQ(buffer.CountFront(), 0u);
  buffer.Add(Enveloped("first").substr(7) + Enveloped("second"));
  EXPECT_EQ(buffer.excess(), 11u);
  EXPECT_EQ(buffer.CountFront(), 3u);
  EXPECT_EQ(buffer.Take(), "first");
  EXPECT_EQ(buffer.CountFront(), 11u);
  EXPECT_EQ(buffer.Take(), "second");
  EXPECT_EQ(buffer.CountFront(), 0u);
}

TEST(MessageBufferTest, WhatIsCompressedOrTooLargeIsKnownByItsPrefix) {
  MessageBuffer buffer(10);
  buffer.Add(std::string("\1\0\0\0\1a", 6));
  EXPECT_THAT(buffer.Check(), StatusIs(absl::StatusCode::kInternal, HasSubstr("compressed")));
  EXPECT_FALSE(buffer.has_message());
  MessageBuffer large(10);
  large.Add(std::string("\0\0\0\0\x0B", 5));
  EXPECT_THAT(large.Check(), StatusIs(absl::StatusCode::kInternal,
                                      HasSubstr("11 bytes is larger than the limit of 10 bytes")));
}

TEST(MessageBufferTest, WhatWasCutOffIsDroppedAndSaid) {
  MessageBuffer buffer(10);
  buffer.Add(Enveloped("a") + Enveloped("b"));
  EXPECT_EQ(buffer.Take(), "a");
  EXPECT_OK(buffer.KeepWhole());
  buffer.Add(Enveloped("c").substr(0, 5));
  EXPECT_THAT(buffer.KeepWhole(), StatusIs(absl::StatusCode::kInternal, HasSubstr("truncated")));
  EXPECT_EQ(buffer.Take(), "b");
  EXPECT_TRUE(buffer.is_empty());
}

}  // namespace
}  // namespace corridor::gateway
