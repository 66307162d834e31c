#include "gateway/http/conditions.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kTag[] = "\"abc\"";

TEST(ConditionsTest, IfNoneMatchIsComparedWeakly) {
  for (const char* names : {"\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "\"x\",W/\"abc\" ", "*"}) {
    EXPECT_TRUE(NamesTag(names, kTag)) << names;
  }
  for (const char* names : {"", "abc", "\"abcd\"", "\"ABC\"", "w/\"abc\"", "\"x\", \"y\""}) {
    EXPECT_FALSE(NamesTag(names, kTag)) << names;
  }
}

// `whole`, `none`, or the first and last byte as `2-4`.
std::string Asked(const std::string& range, size_t size,
                  const std::optional<std::string>& if_range = std::nullopt) {
  const AskedRange asked = ReadRange(&range, if_range ? &*if_range : nullptr, kTag, size);
  if (asked.kind == RangeKind::kWhole) return "whole";
  if (asked.kind == RangeKind::kNone) return "none";
  EXPECT_EQ(asked.range.size, size);
  return absl::StrCat(asked.range.first, "-", asked.range.last);
}

TEST(ConditionsTest, ASingleRangeIsAPart) {
  struct Case {
    const char* range;
    const char* part;
  };
  for (const Case& c : std::vector<Case>{{"bytes=0-0", "0-0"},
                                         {"bytes=2-4", "2-4"},
                                         {"Bytes=2-4", "2-4"},
                                         {" bytes=2-4 ", "2-4"},
                                         {"bytes=2-", "2-9"},
                                         {"bytes=2-99", "2-9"},
                                         {"bytes=0-9", "0-9"},
                                         {"bytes=-3", "7-9"},
                                         {"bytes=-10", "0-9"},
                                         {"bytes=-99", "0-9"},
                                         {"bytes=10-", "none"},
                                         {"bytes=10-20", "none"},
                                         {"bytes=-0", "none"}}) {
    EXPECT_EQ(Asked(c.range, 10), c.part) << c.range;
  }
  EXPECT_EQ(Asked("bytes=0-", 0), "none");
  EXPECT_EQ(Asked("bytes=-5", 0), "none");
}

TEST(ConditionsTest, WhatIsNoRangeOrSeveralIsTheWhole) {
  for (const char* range : {"", "bytes", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "bytes=1-b",
                            "bytes=+1-2", "bytes=1- 2", "bytes=0-1,3-4", "lines=1-2", "bytes:0-1",
                            "bytes=0", "bytes=99999999999999999999-", "bytes=1-2-3"}) {
    EXPECT_EQ(Asked(range, 10), "whole") << range;
  }
}

TEST(ConditionsTest, IfRangeHoldsForTheSameBodyOnly) {
  EXPECT_EQ(Asked("bytes=2-4", 10, kTag), "2-4");
  EXPECT_EQ(Asked("bytes=2-4", 10, "\"other\""), "whole");
  // A weak tag cannot promise the same bytes, and no body here has a date.
  EXPECT_EQ(Asked("bytes=2-4", 10, "W/\"abc\""), "whole");
  EXPECT_EQ(Asked("bytes=2-4", 10, "Sat, 29 Oct 1994 19:43:31 GMT"), "whole");
}

TEST(ConditionsTest, APartSaysWhatPartItIs) {
  const std::string range = "bytes=2-4";
  const HttpResponse response =
      PartOf("0123456789", ReadRange(&range, nullptr, kTag, 10), {{"etag", kTag}});
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.body, "234");
  EXPECT_THAT(response.headers, Contains(Pair("etag", kTag)));
  EXPECT_THAT(response.headers, Contains(Pair("content-range", "bytes 2-4/10")));
}

TEST(ConditionsTest, ARangeBeyondTheEndIs416WithTheSize) {
  const std::string range = "bytes=10-";
  const HttpResponse response = PartOf("0123456789", ReadRange(&range, nullptr, kTag, 10), {});
  EXPECT_EQ(response.status, 416);
  EXPECT_THAT(response.headers, Contains(Pair("content-range", "bytes */10")));
  EXPECT_THAT(response.body, HasSubstr("\"status\":\"OUT_OF_RANGE\""));
}

}  // namespace
}  // namespace corridor::gateway
