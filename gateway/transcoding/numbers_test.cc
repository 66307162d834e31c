// Numbers at the edges of the exact path and of fixed notation, and many at random.
#include "gateway/transcoding/numbers.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

template <typename Real>
std::string Text(Real value) {
  char buffer[kLongestNumber];
  return std::string(buffer, WriteNumber(value, buffer));
}

TEST(NumbersTest, WritesTheFewestDigitsWithoutAnExponentWherePeopleReadThem) {
  const struct {
    double value;
    const char* text;
  } cases[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {-25.3, "-25.3"},
      {0.5, "0.5"},
      {12.0625, "12.0625"},
      {0.0001, "0.0001"},
      {0.00001, "0.00001"},
      {100.05, "100.05"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1e-6, "0.000001"},
      {9.9e-7, "9.9e-07"},
      {100000, "100000"},
      {99999999999.9999, "99999999999.9999"},
      {1e15, "1000000000000000"},
      {9007199254740992, "9007199254740992"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1e300, "1e+300"},
      {5e-324, "5e-324"},
      {std::numeric_limits<double>::quiet_NaN(), "\"NaN\""},
      {std::numeric_limits<double>::infinity(), "\"Infinity\""},
      {-std::numeric_limits<double>::infinity(), "\"-Infinity\""},
  };
  for (const auto& test : cases) EXPECT_EQ(Text(test.value), test.text);
  EXPECT_EQ(Text(0.1F), "0.1");
  EXPECT_EQ(Text(16777216.0F), "16777216");
  EXPECT_EQ(Text(3.4e38F), "3.4e+38");
}

TEST(NumbersTest, WhatIsWrittenIsAsShortAsCanBeAndReadBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    // Half of them decimals as statistics have them.
    if (i % 2 == 0) value = static_cast<double>(random() % 10'000'000) / 1000;
    const std::string text = Text(value);
    ASSERT_EQ(ReadNumber(text), value) << text;
    char shortest[64];
    const auto end = std::to_chars(shortest, shortest + sizeof shortest, value).ptr;
    const auto digits = [](std::string_view number) {
      std::string all;
      for (const char c : number.substr(0, number.find('e'))) {
        if (c >= '0' && c <= '9' && (c != '0' || !all.empty())) all += c;
      }
      return all.substr(0, all.find_last_not_of('0') + 1);
    };
    if (std::fabs(value) < 9e15) {
      ASSERT_EQ(digits(text), digits(std::string(shortest, end))) << text;
    }
  }
}

TEST(NumbersTest, ReadsWhatIsNearest) {
  EXPECT_EQ(ReadNumber("0.3"), 0.3);
  EXPECT_EQ(ReadNumber("-12.5e-1"), -1.25);
  EXPECT_EQ(ReadNumber("123456789012345678"), 123456789012345678.0);
  EXPECT_EQ(ReadNumber("0.000000000000001"), 1e-15);
  EXPECT_EQ(ReadNumber("0.0000000000000000000001"), 1e-22);
  EXPECT_TRUE(std::signbit(*ReadNumber("-0")));
  EXPECT_EQ(ReadNumber("1e999"), std::nullopt);
  EXPECT_EQ(ReadNumber("1e-999"), std::nullopt);
}

TEST(NumbersTest, RefusesWhatIsNoDecimal) {
  for (const char* text : {"", "-", ".", "-.", "+1", "--1", "1.2.3", "1..2", "1e", "1 ", " 1",
                           "0x1", "nan", "NaN", "inf", "-inf", "Infinity", "1e1.5", "1,5"}) {
    EXPECT_EQ(ReadNumber(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace corridor::gateway
