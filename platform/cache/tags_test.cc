#include "platform/cache/tags.h"

#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

constexpr char kMemberships[] = "organisations/-/memberships";

TEST(TagsTest, ANameIsTheResourceOrItsParent) {
  EXPECT_EQ(TagOf("areas", "areas/ARM"), (Tag{"areas", "areas/ARM"}));
  EXPECT_EQ(TagOf(kMemberships, "organisations/IOM/memberships/ARM"),
            (Tag{kMemberships, "organisations/IOM/memberships/ARM"}));
  EXPECT_EQ(TagOf(kMemberships, "organisations/IOM"),
            (Tag{kMemberships, "organisations/IOM/memberships"}));
}

TEST(TagsTest, WhatNamesNothingThereMeansAllOfTheCollection) {
  for (const char* name : {"", "ARM", "areas", "areas/", "areas/-", "/", "//", "areas/ARM/members",
                           "sources/S", "areas/A\nB", "areas/ARM/members/GEO"}) {
    EXPECT_EQ(TagOf("areas", name), Tag{"areas"}) << name;
  }
  for (const char* name : {"", "organisations/-", "organisations/-/memberships/ARM", "IOM",
                           "organisations/IOM/memberships", "areas/ARM"}) {
    EXPECT_EQ(TagOf(kMemberships, name), Tag{kMemberships}) << name;
  }
}

TEST(TagsTest, ABeginningIsNamedByIdOrName) {
  EXPECT_EQ(TagOfBeginning("series", "POV_2USD"), (Tag{"series", "series/POV_2USD~"}));
  EXPECT_EQ(TagOfBeginning("series", "indicators/POV_2USD"), (Tag{"series", "series/POV_2USD~"}));
  for (const char* name : {"", "-", "indicators/", "A~B"}) {
    EXPECT_EQ(TagOfBeginning("series", name), Tag{"series"}) << name;
  }
}

}  // namespace
}  // namespace corridor::cache
