#include "platform/cache/told_tags.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ToldTagsTest, WhatIsToldIsRead) {
  const std::string text = TellTags(17, {{"areas", "areas/ARM"}, {"organisations/-/memberships"}});
  EXPECT_EQ(text, "17,areas/ARM,organisations/-/memberships");
  const auto told = ReadToldTags(text);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->version, 17);
  EXPECT_THAT(told->tags, ElementsAre("areas/ARM", "organisations/-/memberships"));
  EXPECT_THAT(ReadToldTags("17")->tags, IsEmpty());
}

// A request may name anything, and metadata is ASCII.
TEST(ToldTagsTest, APartThatNothingIsCalledIsToldAsItsCollection) {
  EXPECT_EQ(TellTags(1, {{"series", "series/A,B~"}, {"areas", "areas/\xc3\xa9"}}),
            "1,series,areas");
}

TEST(ToldTagsTest, OtherTextSaysNothing) {
  for (const char* text : {"", "areas/ARM", ",areas", "-1,areas", "99999999999999999999"}) {
    EXPECT_FALSE(ReadToldTags(text).has_value()) << text;
  }
}

TEST(ToldTagsTest, ACommitTouchesItsResourcesAndWhatTheyArePartsOf) {
  EXPECT_THAT(TagsTouchedBy("areas/ARM"), ElementsAre("areas/ARM"));
  EXPECT_THAT(TagsTouchedBy("organisations/IOM/memberships/ARM"),
              ElementsAre("organisations/IOM/memberships/ARM", "organisations/IOM/memberships"));
  EXPECT_THAT(TagsTouchedBy("series/POV_2USD~GEO~A~WDI"),
              ElementsAre("series/POV_2USD~GEO~A~WDI", "series/POV_2USD~"));
}

}  // namespace
}  // namespace corridor::cache
