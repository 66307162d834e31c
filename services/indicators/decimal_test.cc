#include "services/indicators/decimal.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::indicators {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

Decimal D(std::string_view text) { return Decimal::Parse(text, "value_text").value(); }

TEST(DecimalTest, EveryDigitIsKept) {
  struct Case {
    std::string_view text;
    int64_t mantissa;
    int scale;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"0", 0, 0},
           {"0.00", 0, 2},
           {"25.3", 253, 1},
           {"25.30", 2530, 2},
           {"-25.30", -2530, 2},
           {"-0.05", -5, 2},
           {"3500000", 3500000, 0},
           {"9223372036854775807", kMax, 0},
           {"-9223372036854775807", -kMax, 0},
           {"-9.223372036854775807", -kMax, 18},
           {"0.000000000000000001", 1, 18},
       }) {
    ASSERT_OK_AND_ASSIGN(const Decimal decimal, Decimal::Parse(c.text, "value_text"));
    EXPECT_EQ(decimal, Decimal(c.mantissa, c.scale)) << c.text;
    EXPECT_EQ(decimal.Text(), c.text);
  }
}

TEST(DecimalTest, ZeroHasNoSign) {
  EXPECT_EQ(D("-0").Text(), "0");
  EXPECT_EQ(D("-0.0").Text(), "0.0");
}

TEST(DecimalTest, WhatIsNoPlainDecimalNumberIsRefusedNamingFieldAndText) {
  struct Case {
    std::string_view text, why;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", "is not a decimal number"},
           {"-", "is not a decimal number"},
           {"+1", "is not a decimal number"},
           {"--1", "is not a decimal number"},
           {".5", "is not a decimal number"},
           {"5.", "is not a decimal number"},
           {"-.", "is not a decimal number"},
           {"1.2.3", "is not a decimal number"},
           {"1e6", "is not a decimal number"},
           {"0x10", "is not a decimal number"},
           {"25,3", "is not a decimal number"},
           {" 25", "is not a decimal number"},
           {"25 ", "is not a decimal number"},
           {"nan", "is not a decimal number"},
           {"٣", "is not a decimal number"},
           {"025", "begins with a zero too many"},
           {"-00.5", "begins with a zero too many"},
           {"0.0000000000000000001", "more than 18 digits after the point"},
           {"9223372036854775808", "beyond 9223372036854775807"},
           {"-9223372036854775808", "beyond 9223372036854775807"},
           {"922337203685477580.8", "beyond 9223372036854775807"},
           {"100000000000000000000", "beyond 9223372036854775807"},
       }) {
    const absl::StatusOr<Decimal> decimal = Decimal::Parse(c.text, "value_text");
    EXPECT_THAT(decimal, StatusIs(absl::StatusCode::kInvalidArgument,
                                  AllOf(HasSubstr(std::string(c.text)), HasSubstr(c.why.data()))))
        << c.text;
    EXPECT_THAT(decimal, HasFieldViolation("value_text")) << c.text;
  }
}

TEST(DecimalTest, ADoubleBecomesTheFewestDigitsThatReadBackAsIt) {
  struct Case {
    double number;
    std::string_view text;
  };
  for (const Case& c : std::initializer_list<Case>{
           {0.0, "0"},
           {-0.0, "0"},
           {25.3, "25.3"},
           {0.1 + 0.2, "0.30000000000000004"},
           {-1e-18, "-0.000000000000000001"},
           {3.5e6, "3500000"},
           {1e18, "1000000000000000000"},
           {9007199254740993.0, "9007199254740992"},
       }) {
    ASSERT_OK_AND_ASSIGN(const Decimal decimal, Decimal::FromDouble(c.number, "value"));
    EXPECT_EQ(decimal.Text(), c.text);
  }
}

TEST(DecimalTest, ADoubleWithoutSuchDigitsIsRefusedNamingTheField) {
  struct Case {
    double number;
    std::string_view shown, why;
  };
  for (const Case& c : std::initializer_list<Case>{
           {std::nan(""), "nan", "is not a number"},
           {std::numeric_limits<double>::infinity(), "inf", "is not a number"},
           {1e19, "1e+19", "has too many digits"},
           {-1.7976931348623157e308, "-1.7976931348623157e+308", "has too many digits"},
           {1.5e-18, "1.5e-18", "has too many digits"},
           {-5e-324, "-5e-324", "has too many digits"},
       }) {
    const absl::StatusOr<Decimal> decimal = Decimal::FromDouble(c.number, "value");
    EXPECT_THAT(decimal, StatusIs(absl::StatusCode::kInvalidArgument,
                                  AllOf(HasSubstr(std::string(c.shown)), HasSubstr(c.why.data()))));
    EXPECT_THAT(decimal, HasFieldViolation("value"));
  }
}

TEST(DecimalTest, RandomDoublesSurviveTheWayThroughDecimalAndText) {
  std::mt19937_64 random(20091);
  std::uniform_real_distribution<double> exponent(-1, 15);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::pow(10, exponent(random)) * (random() % 2 == 0 ? 1 : -1);
    ASSERT_OK_AND_ASSIGN(const Decimal decimal, Decimal::FromDouble(number, "value"));
    ASSERT_EQ(decimal.ToDouble(), number) << decimal.Text();
    ASSERT_EQ(D(decimal.Text()), decimal);
  }
}

TEST(DecimalTest, TheDoubleIsTheNearestWhateverTheDigits) {
  std::mt19937_64 random(20092);
  for (int i = 0; i < 20'000; ++i) {
    const auto mantissa = static_cast<int64_t>(random() >> (1 + random() % 40));
    const Decimal decimal(mantissa, static_cast<int>(random() % 20));
    const std::string text = decimal.Text();
    double nearest = 0;
    std::from_chars(text.data(), text.data() + text.size(), nearest);
    ASSERT_EQ(decimal.ToDouble(), nearest) << text;
  }
}

TEST(DecimalTest, NumbersOfAnyScalesAreInOrder) {
  const std::string_view ascending[] = {"-9223372036854775807",
                                        "-25.3",
                                        "-0.000000000000000001",
                                        "0",
                                        "0.000000000000000001",
                                        "25.29",
                                        "25.3",
                                        "25.30000000000000001",
                                        "9223372036854775806",
                                        "9223372036854775807"};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(Compare(D(ascending[i]), D(ascending[j])) < 0, i < j) << i << " " << j;
      EXPECT_EQ(Compare(D(ascending[i]), D(ascending[j])) == 0, i == j) << i << " " << j;
    }
  }
  EXPECT_TRUE(Compare(D("25.3"), D("25.300")) == 0);
  EXPECT_NE(D("25.3"), D("25.300"));
}

TEST(DecimalTest, SumsDifferencesAndProductsAreExact) {
  struct Case {
    std::string_view a, b, sum, difference, product;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"25.3", "25", "50.3", "0.3", "632.5"},
           {"25.30", "25.3", "50.60", "0.00", "640.090"},
           {"0.1", "0.2", "0.3", "-0.1", "0.02"},
           {"-1", "0.000000000000000001", "-0.999999999999999999", "-1.000000000000000001",
            "-0.000000000000000001"},
           {"5000000000000000000", "0.00", "5000000000000000000", "5000000000000000000", "0.00"},
       }) {
    EXPECT_EQ(Add(D(c.a), D(c.b)).value().Text(), c.sum);
    EXPECT_EQ(Subtract(D(c.a), D(c.b)).value().Text(), c.difference);
    EXPECT_EQ(Multiply(D(c.a), D(c.b)).value().Text(), c.product);
  }
}

TEST(DecimalTest, AResultOfTooManyDigitsIsAnError) {
  const auto overflows = StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("more digits"));
  EXPECT_THAT(Add(Decimal(kMax, 0), D("1")), overflows);
  EXPECT_THAT(Subtract(Decimal(-kMax, 0), D("1")), overflows);
  EXPECT_THAT(Add(Decimal(kMax, 0), Decimal(1, Decimal::kMaxScale)), overflows);
  EXPECT_THAT(Multiply(Decimal(kMax, 0), Decimal(kMax, 0)), overflows);
  EXPECT_THAT(Multiply(D("0.0000000001"), D("0.0000000001")), overflows);
}

TEST(DecimalTest, RoundingReachesHalfAUnitToBothSides) {
  struct Case {
    std::string_view value, rounded_to, low, high;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"25.3", "0.1", "25.25", "25.35"},
           {"25", "1", "24.5", "25.5"},
           {"3500000", "100000", "3450000", "3550000"},
           {"0", "1", "-0.5", "0.5"},
           {"-25.3", "0.1", "-25.35", "-25.25"},
           {"25.30", "0.5", "25.05", "25.55"},
           {"0.000000000000000001", "0.000000000000000001", "0.0000000000000000005",
            "0.0000000000000000015"},
           {"25.3", "0", "25.3", "25.3"},
       }) {
    ASSERT_OK_AND_ASSIGN(const Rounding rounding, RoundingOf(D(c.value), D(c.rounded_to)));
    EXPECT_EQ(rounding.low.Text(), c.low);
    EXPECT_EQ(rounding.high.Text(), c.high);
  }
  EXPECT_THAT(RoundingOf(Decimal(kMax, 0), D("1")),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("more digits")));
}

TEST(DecimalTest, TheLastPlaceIsThatOfTheLastDigit) {
  EXPECT_EQ(LastPlace(D("25.30")).Text(), "0.01");
  EXPECT_EQ(LastPlace(D("317900")).Text(), "1");
}

}  // namespace
}  // namespace corridor::indicators
