#include "platform/process/json_line.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace corridor::process {
namespace {

TEST(JsonLineTest, MembersComeInOrder) {
  EXPECT_EQ(JsonLine().Text("a", "x").Integer("b", -7).Text("c", "").Finish(),
            R"({"a":"x","b":-7,"c":""})");
  EXPECT_EQ(JsonLine().Finish(), "{}");
}

TEST(JsonLineTest, NothingBreaksTheLine) {
  EXPECT_EQ(JsonLine().Text("a", "\"\\\n\r\t\x7f é").Finish(),
            R"({"a":"\"\\\u000a\u000d\u0009\u007f é"})");
  EXPECT_EQ(JsonLine().Text("a", std::string_view("\0", 1)).Finish(), R"({"a":"\u0000"})");
}

TEST(JsonLineTest, WhatNeedsEscapingIsSeenAtAnyPlace) {
  const std::pair<const char*, const char*> escapes[] = {{"\"", "\\\""},
                                                         {"\\", "\\\\"},
                                                         {"\x1f", "\\u001f"},
                                                         {"\x7f", "\\u007f"},
                                                         {"\xff", "\xEF\xBF\xBD"}};
  for (const auto& [raw, escaped] : escapes) {
    for (size_t before = 0; before < 20; ++before) {
      for (size_t after = 0; after < 20; ++after) {
        const std::string head(before, ' '), tail(after, '~');
        EXPECT_EQ(JsonLine().Text("a", head + raw + tail).Finish(),
                  "{\"a\":\"" + head + escaped + tail + "\"}");
      }
    }
  }
}

TEST(JsonLineTest, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(JsonLine().Text("a", "x\xff\xc3\xa9\xc3").Finish(),
            "{\"a\":\"x\xEF\xBF\xBDé\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace corridor::process
