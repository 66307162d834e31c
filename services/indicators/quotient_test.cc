#include "services/indicators/quotient.h"

#include <limits>
#include <random>
#include <string_view>

#include "gtest/gtest.h"

namespace corridor::indicators {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

Decimal D(std::string_view text) { return Decimal::Parse(text, "value_text").value(); }

std::string Shown(const std::optional<Decimal>& number) { return number ? number->Text() : "-"; }

TEST(QuotientTest, DigitsAreRoundedInTheDirectionAskedFor) {
  struct Case {
    std::string_view part, whole;
    int places;
    std::string_view nearest, less, greater;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"317900", "3500000", 1, "9.1", "9.0", "9.1"},
           {"317899.5", "3550000", 2, "8.95", "8.95", "8.96"},
           {"1", "4", 0, "25", "25", "25"},
           {"1", "8", 0, "13", "12", "13"},
           {"-1", "8", 0, "-13", "-13", "-12"},
           {"1", "-8", 1, "-12.5", "-12.5", "-12.5"},
           {"-1", "-3", 2, "33.33", "33.33", "33.34"},
           {"0", "-3", 2, "0.00", "0.00", "0.00"},
           {"123456", "100", -4, "120000", "120000", "130000"},
           {"-123456", "100", -4, "-120000", "-130000", "-120000"},
           {"1", "3", -2, "0", "0", "100"},
           {"1", "3", -30, "0", "0", "-"},
           {"1", "3", 18, "-", "-", "-"},
           {"1", "3", 17, "33.33333333333333333", "33.33333333333333333", "33.33333333333333334"},
           {"0.000000000000000001", "1", 19, "-", "-", "-"},
       }) {
    const std::optional<Quotient> quotient = Quotient::Percentage(D(c.part), D(c.whole));
    ASSERT_TRUE(quotient.has_value());
    EXPECT_EQ(Shown(quotient->Rounded(c.places, RoundTowards::kNearest)), c.nearest) << c.part;
    EXPECT_EQ(Shown(quotient->Rounded(c.places, RoundTowards::kLess)), c.less) << c.part;
    EXPECT_EQ(Shown(quotient->Rounded(c.places, RoundTowards::kGreater)), c.greater) << c.part;
  }
}

TEST(QuotientTest, TheRoundedDigitsEncloseTheNumber) {
  constexpr int64_t kTens[] = {1, 10, 100, 1'000, 10'000};
  std::mt19937_64 random(2009);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal part(static_cast<int64_t>(random() % 2'000'000) - 1'000'000,
                       static_cast<int>(random() % 5));
    const Decimal whole(static_cast<int64_t>(1 + random() % 1'000'000),
                        static_cast<int>(random() % 5));
    const int places = static_cast<int>(random() % 10) - 4;
    const Quotient quotient = Quotient::Percentage(part, whole).value();
    const Decimal less = quotient.Rounded(places, RoundTowards::kLess).value();
    const Decimal greater = quotient.Rounded(places, RoundTowards::kGreater).value();
    // less × whole ≤ 100 × part ≤ greater × whole, exactly.
    const Decimal hundredfold = Multiply(part, D("100")).value();
    ASSERT_TRUE(Compare(Multiply(less, whole).value(), hundredfold) <= 0);
    ASSERT_TRUE(Compare(Multiply(greater, whole).value(), hundredfold) >= 0);
    const Decimal one_place = places < 0 ? Decimal(kTens[-places], 0) : Decimal(1, places);
    ASSERT_TRUE(Compare(Subtract(greater, less).value(), one_place) <= 0);
  }
}

TEST(QuotientTest, ADecimalIsAQuotientToo) {
  EXPECT_EQ(Quotient(D("-25.30")).ToDouble(), -25.3);
  EXPECT_EQ(Shown(Quotient(D("-25.30")).Rounded(0, RoundTowards::kLess)), "-26");
  EXPECT_EQ(Shown(Quotient(D("-25.30")).Rounded(3, RoundTowards::kLess)), "-25.300");
}

TEST(QuotientTest, WhatTakesMoreThan128BitsIsAbsent) {
  EXPECT_FALSE(Quotient::Percentage(Decimal(kMax, 0), Decimal(kMax - 1, 18)).has_value());
  EXPECT_FALSE(Quotient::Percentage(Decimal(kMax, 19), Decimal(kMax - 1, 0)).has_value());
  EXPECT_TRUE(Quotient::Percentage(Decimal(kMax, 0), Decimal(kMax - 1, 17)).has_value());
}

TEST(QuotientTest, TheDoubleOfAShareOfSmallNumbersIsTheNearest) {
  EXPECT_EQ(Quotient::Percentage(D("317900"), D("3500000"))->ToDouble(), 9.082857142857143);
  EXPECT_EQ(Quotient::Percentage(D("0"), D("-3"))->ToDouble(), 0.0);
}

}  // namespace
}  // namespace corridor::indicators
