#include "platform/cache/last_touched.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

TEST(LastTouchedTest, TheLastVersionOfANameCounts) {
  LastTouched touched;
  touched.Touch("areas/ARM", 3);
  touched.Touch("areas/ARM", 2);
  EXPECT_EQ(touched.Of("areas/ARM"), 3);
  EXPECT_EQ(touched.Of("areas/GEO"), 0);
  touched.Clear();
  EXPECT_EQ(touched.Of("areas/ARM"), 0);
}

TEST(LastTouchedTest, WhatWasTouchedFirstIsForgottenAndTheFloorSaysUpToWhere) {
  LastTouched touched;
  for (int version = 1; version <= 10; ++version)
    touched.Touch(absl::StrCat("n", version), version);
  touched.Touch("n1", 11);
  const int64_t floor = touched.ForgetTheOlderHalf();
  EXPECT_EQ(floor, 7);
  EXPECT_EQ(touched.size(), 4u);
  EXPECT_EQ(touched.Of("n7"), 0);
  EXPECT_EQ(touched.Of("n8"), 8);
  EXPECT_EQ(touched.Of("n1"), 11);
}

TEST(LastTouchedTest, NamesOfOneCommitAreForgottenTogether) {
  LastTouched touched;
  EXPECT_EQ(touched.ForgetTheOlderHalf(), 0);
  for (int i = 0; i < 10; ++i) touched.Touch(absl::StrCat("n", i), 5);
  EXPECT_EQ(touched.ForgetTheOlderHalf(), 5);
  EXPECT_EQ(touched.size(), 0u);
}

}  // namespace
}  // namespace corridor::cache
