#include "platform/request/nearest.h"

#include "gtest/gtest.h"

namespace corridor {
namespace {

const std::vector<std::string> kNames = {"page_size", "page_token", "known_at", "as_of"};

TEST(NearestTest, AMisspelledNameFindsTheRightOne) {
  EXPECT_EQ(Nearest("page_tokn", kNames), "page_token");
  EXPECT_EQ(Nearest("pagesise", kNames), "page_size");
  EXPECT_EQ(Nearest("knowAt", kNames), "known_at");
}

TEST(NearestTest, CaseAndSeparatorsDoNotCount) {
  EXPECT_EQ(Nearest("asOf", kNames), "as_of");
  EXPECT_EQ(Nearest("AS-OF", kNames), "as_of");
}

TEST(NearestTest, TheFirstOfEqualsIsAnswered) {
  EXPECT_EQ(Nearest("c", {"a", "b"}), "a");
  EXPECT_EQ(Nearest("", kNames), "as_of");
}

TEST(NearestTest, NoNamesGiveNone) { EXPECT_EQ(Nearest("x", {}), ""); }

TEST(NearestTest, ALongNameCostsNoMoreThanAHundredBytes) {
  EXPECT_EQ(Nearest(std::string(10'000'000, 'x'), kNames), "page_size");
}

}  // namespace
}  // namespace corridor
