#include "platform/text/number_text.h"

#include <limits>

#include "gtest/gtest.h"

namespace corridor {
namespace {

TEST(NumberTextTest, ANumberIsWrittenInTheFewestDigitsAndWithoutAnExponent) {
  EXPECT_EQ(NumberText(120), "120");
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(NumberText(-1e21), "-1000000000000000000000");
  EXPECT_EQ(NumberText(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_LT(NumberText(std::numeric_limits<double>::denorm_min()).size(), 400U);
}

}  // namespace
}  // namespace corridor
