#include "services/indicators/derivation.h"

#include <random>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "services/indicators/by_period.h"

namespace corridor::indicators {
namespace {

using Request = v1::DeriveObservationsRequest;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::SizeIs;

v1::Observation Observation(const std::string& value, const std::string& rounded_to = "",
                            const std::string& unit = "PERSONS") {
  v1::Observation observation;
  observation.set_indicator("indicators/I");
  observation.set_value_text(value);
  observation.set_rounded_to(rounded_to);
  observation.set_unit(unit);
  if (value.empty()) observation.set_missing_reason("no survey was made");
  return observation;
}

v1::Observation In(const std::string& year, v1::Observation observation) {
  SetPeriod(ParsePeriod(year, "period").value(), observation);
  return observation;
}

TEST(DerivationTest, TheShareOfMoldovansAbroadHasTheBoundsOfThreeAndAHalfMillion) {
  ASSERT_OK_AND_ASSIGN(Derived derived, Derive(Request::SHARE, Observation("317900", "1"),
                                               Observation("3500000", "100000")));
  derived.clear_observation();
  derived.clear_base();
  EXPECT_THAT(derived, EqualsProto(R"pb(
                value: 9.082857142857143
                low: 8.9549154929577465
                high: 9.2145072463768116
                unit: "PERCENT"
                text: "9.1 (8.96–9.21)"
                formula: "100 × 317900 / 3500000")pb"));
}

struct Case {
  v1::Observation observation, base;
  double value, low, high;
  std::string_view text, formula;
};

void ExpectDerived(Request::Operation operation, const Case& c) {
  ASSERT_OK_AND_ASSIGN(const Derived derived, Derive(operation, c.observation, c.base));
  ASSERT_TRUE(derived.has_value()) << c.formula;
  ASSERT_TRUE(derived.has_low() && derived.has_high()) << c.formula;
  EXPECT_THAT(derived.value(), DoubleNear(c.value, 1e-7)) << c.formula;
  EXPECT_THAT(derived.low(), DoubleNear(c.low, 1e-7)) << c.formula;
  EXPECT_THAT(derived.high(), DoubleNear(c.high, 1e-7)) << c.formula;
  EXPECT_EQ(derived.text(), c.text) << c.formula;
  EXPECT_EQ(derived.formula(), c.formula);
  EXPECT_EQ(derived.missing_reason(), "");
}

TEST(DerivationTest, SharesHaveTheirBoundsWhateverTheSigns) {
  for (const Case& c : std::initializer_list<Case>{
           {Observation("1"), Observation("4"), 25, 100 * .5 / 4.5, 100 * 1.5 / 3.5, "30 (12–42)",
            "100 × 1 / 4"},
           {Observation("-1"), Observation("4"), -25, -100 * 1.5 / 3.5, -100 * .5 / 4.5,
            "-30 (-42 to -12)", "100 × (-1) / 4"},
           {Observation("1"), Observation("-4"), -25, -100 * 1.5 / 3.5, -100 * .5 / 4.5,
            "-30 (-42 to -12)", "100 × 1 / (-4)"},
           {Observation("-1"), Observation("-4"), 25, 100 * .5 / 4.5, 100 * 1.5 / 3.5, "30 (12–42)",
            "100 × (-1) / (-4)"},
           {Observation("0"), Observation("4"), 0, -100 * .5 / 3.5, 100 * .5 / 3.5, "0 (-14 to 14)",
            "100 × 0 / 4"},
           {Observation("0"), Observation("-4"), 0, -100 * .5 / 3.5, 100 * .5 / 3.5,
            "0 (-14 to 14)", "100 × 0 / (-4)"},
           {Observation("0.25", "0.5"), Observation("2", "2"), 12.5, 0, 50, "10 (0–50)",
            "100 × 0.25 / 2"},
           {Observation("1234567"), Observation("1", "0.001"), 123456700, 100 * 1234566.5 / 1.0005,
            100 * 1234567.5 / .9995, "123460000 (123395000–123518000)", "100 × 1234567 / 1"},
       }) {
    ExpectDerived(Request::SHARE, c);
  }
}

TEST(DerivationTest, AValueIsShownWithMoreDigitsWhereFewerWouldLeaveTheBounds) {
  ExpectDerived(Request::SHARE, {Observation("1", "0.02"), Observation("0.6", "1.18"), 100 / 0.6,
                                 99 / 1.19, 10100, "200 (90–10100)", "100 × 1 / 0.6"});
}

TEST(DerivationTest, DifferencesReachFromTheLeastToTheMost) {
  for (const Case& c : std::initializer_list<Case>{
           {Observation("25.3"), Observation("25"), 0.3, -0.25, 0.85, "0.3 (-0.25 to 0.85)",
            "25.3 − 25"},
           {Observation("33.4"), Observation("25.3"), 8.1, 8.0, 8.2, "8.1 (8.00–8.20)",
            "33.4 − 25.3"},
           {Observation("25.3"), Observation("-3"), 28.3, 27.75, 28.85, "28.3 (27.75–28.85)",
            "25.3 − (-3)"},
           {Observation("317900"), Observation("3500000", "100000"), -3182100, -3232100.5,
            -3132099.5, "-3180000 (-3232000 to -3133000)", "317900 − 3500000"},
       }) {
    ExpectDerived(Request::DIFFERENCE, c);
  }
}

TEST(DerivationTest, EveryBoundThatIsNamedCanBe) {
  std::mt19937_64 random(2009);
  const auto number = [&random](int end) {
    return std::to_string(static_cast<int>(random() % static_cast<unsigned>(end)) - end / 3);
  };
  for (int i = 0; i < 5'000; ++i) {
    for (const auto operation : {Request::SHARE, Request::DIFFERENCE}) {
      ASSERT_OK_AND_ASSIGN(
          const Derived derived,
          Derive(operation, Observation(number(100'000), "1"), Observation(number(10'000), "10")));
      if (!derived.has_low()) continue;
      const std::string& text = derived.text();
      const size_t open = text.find(" (");
      const bool in_words = text.find(" to ") != std::string::npos;
      const std::string_view between = in_words ? " to " : "–";
      const size_t middle = text.find(between);
      ASSERT_NE(middle, std::string::npos) << text;
      const double value = std::stod(text.substr(0, open));
      const double low = std::stod(text.substr(open + 2));
      const double high = std::stod(text.substr(middle + between.size()));
      ASSERT_LE(derived.low(), low + 1e-9) << text;
      ASSERT_LE(low, value) << text;
      ASSERT_LE(value, high) << text;
      ASSERT_LE(high, derived.high() + 1e-9) << text;
    }
  }
}

TEST(DerivationTest, ABaseThatMayBeZeroLeavesNoBounds) {
  for (const auto& [base, text] : std::initializer_list<std::pair<v1::Observation, std::string>>{
           {Observation("0.3", "1"), "1000 (without bounds"},
           {Observation("-0.3", "1"), "-1000 (without bounds"},
           {Observation("0.5", "1"), "600 (without bounds"}}) {
    ASSERT_OK_AND_ASSIGN(const Derived derived, Derive(Request::SHARE, Observation("3"), base));
    EXPECT_TRUE(derived.has_value());
    EXPECT_FALSE(derived.has_low());
    EXPECT_FALSE(derived.has_high());
    EXPECT_THAT(derived.text(), HasSubstr(text));
    EXPECT_EQ(derived.missing_reason(), "");
  }
}

TEST(DerivationTest, WhatCannotBeComputedSaysWhy) {
  struct MissingCase {
    Request::Operation operation;
    v1::Observation observation, base;
    std::string_view reason;
  };
  for (const MissingCase& c : std::initializer_list<MissingCase>{
           {Request::SHARE, Observation(""), Observation("4"),
            "The observation has no value: no survey was made"},
           {Request::SHARE, Observation("4"), Observation(""),
            "The base has no value: no survey was made"},
           {Request::DIFFERENCE, Observation(""), Observation(""),
            "The observation has no value: no survey was made"},
           {Request::SHARE, Observation("4"), Observation("0"),
            "The base is 0, and nothing is a share of it."},
           {Request::DIFFERENCE, Observation("900000000000000000"), Observation("0.25"),
            "The two have more digits than can be computed with exactly."},
           {Request::SHARE, Observation("9223372036854775801", "2"),
            Observation("0.000000000000000007", "0.000000000000000002"),
            "The two have more digits than can be computed with exactly."},
       }) {
    ASSERT_OK_AND_ASSIGN(const Derived derived, Derive(c.operation, c.observation, c.base));
    EXPECT_FALSE(derived.has_value());
    EXPECT_FALSE(derived.has_low());
    EXPECT_FALSE(derived.has_high());
    EXPECT_EQ(derived.text(), "");
    EXPECT_EQ(derived.missing_reason(), c.reason);
  }
}

TEST(DerivationTest, UnitsDecideWhetherAndInWhatADifferenceIs) {
  struct UnitCase {
    std::string unit, unit_of_difference;
  };
  for (const UnitCase& c : std::initializer_list<UnitCase>{
           {"PERCENT", "PERCENTAGE_POINTS"}, {"PERSONS", "PERSONS"}, {"USD", "USD"}}) {
    ASSERT_OK_AND_ASSIGN(
        const Derived derived,
        Derive(Request::DIFFERENCE, Observation("2", "", c.unit), Observation("1", "", c.unit)));
    EXPECT_EQ(derived.unit(), c.unit_of_difference);
  }
  EXPECT_THAT(
      Derive(Request::DIFFERENCE, Observation("2", "", "PERCENT"), Observation("1", "", "USD")),
      AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                     HasSubstr("is in USD and cannot be subtracted from PERCENT")),
            HasFieldViolation("base_indicator")));
}

TEST(DerivationTest, AnOperationIsNeeded) {
  EXPECT_THAT(Derive(Request::OPERATION_UNSPECIFIED, Observation("2"), Observation("1")),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("SHARE or DIFFERENCE")),
                    HasFieldViolation("operation")));
}

v1::Observation OfBase(v1::Observation observation) {
  observation.set_series("series/BASE");
  return observation;
}

TEST(DerivationTest, OnlyObservationsAndBasesOfOnePeriodMeet) {
  ASSERT_OK_AND_ASSIGN(
      const auto derived,
      DeriveByPeriod(Request::SHARE,
                     {In("2010", Observation("1")), In("2009", Observation("2")),
                      In("2009", Observation("3")), Observation("4"), In("2007", Observation("5"))},
                     {OfBase(In("2009", Observation("10"))), OfBase(In("2009", Observation("20"))),
                      OfBase(In("2010", Observation("30"))), OfBase(Observation("40")),
                      OfBase(In("2008", Observation("50")))}));
  ASSERT_THAT(derived, SizeIs(6));
  const std::string_view formulas[] = {"100 × 4 / 40", "100 × 2 / 10", "100 × 2 / 20",
                                       "100 × 3 / 10", "100 × 3 / 20", "100 × 1 / 30"};
  for (size_t i = 0; i < derived.size(); ++i) EXPECT_EQ(derived[i].formula(), formulas[i]);
  EXPECT_EQ(derived[0].period(), "");
  EXPECT_EQ(derived[5].period(), "2010");
}

TEST(DerivationTest, NothingFollowsFromASeriesAndItself) {
  const auto twice = {OfBase(In("2009", Observation("10")))};
  EXPECT_THAT(DeriveByPeriod(Request::DIFFERENCE, twice, twice), IsOkAndHolds(SizeIs(0)));
}

TEST(DerivationTest, AShareNeedsOneUnit) {
  EXPECT_THAT(Derive(Request::SHARE, Observation("2", "", "PERCENT"), Observation("1", "", "USD")),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("is in USD, and has no share in PERCENT")),
                    HasFieldViolation("base_indicator")));
}

}  // namespace
}  // namespace corridor::indicators
