#include "services/indicators/comparison.h"

#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "services/indicators/by_period.h"

namespace corridor::indicators {
namespace {

using Response = v1::CompareSourcesResponse;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// An observation of sources/{source}; an empty value is missing.
v1::Observation Observation(const std::string& source, const std::string& value,
                            const std::string& rounded_to = "") {
  v1::Observation observation;
  observation.set_series("series/" + source);
  observation.set_source("sources/" + source);
  observation.set_value_text(value);
  observation.set_rounded_to(rounded_to);
  if (value.empty()) observation.set_missing_reason("no survey");
  return observation;
}

v1::Observation In(const std::string& year, v1::Observation observation) {
  SetPeriod(ParsePeriod(year, "period").value(), observation);
  return observation;
}

v1::Source& Add(const std::string& name, SourcesByName& sources) {
  v1::Source& source = sources["sources/" + name];
  source.set_name("sources/" + name);
  return source;
}

TEST(ComparisonTest, TwoReportsOnGeorgiaAgreeWithinRoundingAndMayRestOnOneFigure) {
  SourcesByName sources;
  Add("UNDP_HDR", sources).set_cited_by("sources/PAGE");
  Add("GEORGIA_HDR", sources).set_cited_by("sources/PAGE");
  EXPECT_THAT(Compare(Observation("UNDP_HDR", "25.3", "0.1"), Observation("GEORGIA_HDR", "25", "1"),
                      sources),
              IsOkAndHolds(EqualsProto(R"pb(
                first: "series/UNDP_HDR"
                second: "series/GEORGIA_HDR"
                difference: "-0.3"
                relative_difference: -0.011857707509881422
                consistency: WITHIN_ROUNDING
                reason: "25.3 (25.25 to 25.35 before rounding) and 25 (24.5 to 25.5 before "
                        "rounding) may stand for the same number."
                independence: UNKNOWN
                independence_reason: "No source says whether they rest on the same figures. Both "
                                     "are known through sources/PAGE, which does not make their "
                                     "figures the same.")pb")));
}

TEST(ComparisonTest, ConsistencyFollowsFromTheNumbersAndTheirBounds) {
  struct Case {
    std::string first, first_rounded_to, second, second_rounded_to;
    Response::Consistency consistency;
    std::string_view difference, reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"25.3", "", "25.30", "", Response::EQUAL, "0.00", "are the same number."},
           {"0", "", "0.0", "", Response::EQUAL, "0.0", "are the same number."},
           {"25", "1", "25.49", "", Response::WITHIN_ROUNDING, "0.49",
            "25 (24.5 to 25.5 before rounding) and 25.49 (25.485 to 25.495 before rounding) may"},
           {"-25", "", "-25.3", "", Response::WITHIN_ROUNDING, "-0.3", "may stand for the same"},
           {"3500000", "100000", "3459999", "", Response::WITHIN_ROUNDING, "-40001", "may stand"},
           {"3500000", "100000", "3449999", "", Response::DIFFERENT, "-50001",
            "differ by more than rounding explains."},
           {"25", "", "26", "", Response::DIFFERENT, "1", "differ by more than rounding explains."},
           {"25.3", "", "-25.3", "", Response::DIFFERENT, "-50.6", "differ by more"},
       }) {
    ASSERT_OK_AND_ASSIGN(const auto pair,
                         Compare(Observation("A", c.first, c.first_rounded_to),
                                 Observation("B", c.second, c.second_rounded_to), {}));
    EXPECT_EQ(pair.consistency(), c.consistency) << c.first << " " << c.second;
    EXPECT_EQ(pair.difference(), c.difference);
    EXPECT_THAT(pair.reason(), HasSubstr(std::string(c.reason)));

    ASSERT_OK_AND_ASSIGN(const auto mirrored,
                         Compare(Observation("B", c.second, c.second_rounded_to),
                                 Observation("A", c.first, c.first_rounded_to), {}));
    EXPECT_EQ(mirrored.consistency(), c.consistency) << c.first << " " << c.second;
  }
}

TEST(ComparisonTest, WhatIsMissingComparesWithNothing) {
  const v1::Observation missing = Observation("A", "");
  const v1::Observation present = Observation("B", "25.3");
  struct Case {
    v1::Observation first, second;
    std::string_view reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {missing, present, "sources/A has no value (no survey)."},
           {present, missing, "sources/A has no value (no survey)."},
           {missing, Observation("C", ""),
            "sources/A has no value (no survey), and sources/C has no value (no survey)."}}) {
    ASSERT_OK_AND_ASSIGN(const auto pair, Compare(c.first, c.second, {}));
    EXPECT_EQ(pair.consistency(), Response::CANNOT_SAY);
    EXPECT_EQ(pair.reason(), c.reason);
    EXPECT_EQ(pair.difference(), "");
    EXPECT_FALSE(pair.has_relative_difference());
  }
}

TEST(ComparisonTest, NothingIsRelativeToZero) {
  ASSERT_OK_AND_ASSIGN(const auto pair, Compare(Observation("A", "0"), Observation("B", "3"), {}));
  EXPECT_EQ(pair.difference(), "3");
  EXPECT_FALSE(pair.has_relative_difference());
}

TEST(ComparisonTest, ADifferenceOfTooManyDigitsIsLeftOutAndTheConsistencyAnswered) {
  ASSERT_OK_AND_ASSIGN(const auto pair, Compare(Observation("A", "900000000000000000"),
                                                Observation("B", "0.25"), {}));
  EXPECT_EQ(pair.consistency(), Response::DIFFERENT);
  EXPECT_EQ(pair.difference(), "");
  EXPECT_FALSE(pair.has_relative_difference());
}

TEST(ComparisonTest, OneSourceConfirmsAnotherOnlyWhereNothingSaysThatTheyShareFigures) {
  SourcesByName sources;
  Add("ORIGIN", sources);
  Add("A", sources).add_derived_from("sources/ORIGIN");
  Add("B", sources).add_derived_from("sources/ORIGIN");
  Add("OF_A", sources).add_derived_from("sources/A");
  Add("ALONE", sources).set_cited_by("sources/A");
  v1::Source& circular = Add("CIRCULAR", sources);
  circular.add_derived_from("sources/CIRCULAR");
  circular.add_derived_from("sources/UNHEARD_OF");
  struct Case {
    std::string first, second;
    Response::Independence independence;
    std::string_view reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"A", "A", Response::NOT_INDEPENDENT, "Both are of sources/A."},
           {"A", "ORIGIN", Response::NOT_INDEPENDENT,
            "sources/A rests on figures of sources/ORIGIN."},
           {"ORIGIN", "OF_A", Response::NOT_INDEPENDENT,
            "sources/OF_A rests on figures of sources/ORIGIN."},
           {"A", "B", Response::NOT_INDEPENDENT, "Both rest on figures of sources/ORIGIN."},
           {"OF_A", "B", Response::NOT_INDEPENDENT, "Both rest on figures of sources/ORIGIN."},
           {"CIRCULAR", "UNHEARD_OF", Response::NOT_INDEPENDENT,
            "sources/CIRCULAR rests on figures of sources/UNHEARD_OF."},
           {"ALONE", "A", Response::UNKNOWN,
            "No source says whether they rest on the same figures."},
           {"ALONE", "B", Response::UNKNOWN,
            "No source says whether they rest on the same figures."},
           {"CIRCULAR", "A", Response::UNKNOWN,
            "No source says whether they rest on the same figures."},
           {"UNHEARD_OF", "ALONE", Response::UNKNOWN,
            "No source says whether they rest on the same figures."},
       }) {
    ASSERT_OK_AND_ASSIGN(const auto pair,
                         Compare(Observation(c.first, "1"), Observation(c.second, "1"), sources));
    EXPECT_EQ(pair.independence(), c.independence) << c.first << " " << c.second;
    EXPECT_EQ(pair.independence_reason(), c.reason);
  }
}

TEST(ComparisonTest, EveryTwoOfDifferentSourcesAreComparedPeriodByPeriod) {
  v1::Observation second_of_a = In("2009", Observation("A", "7"));
  second_of_a.set_series("series/A2");
  ASSERT_OK_AND_ASSIGN(
      const auto comparisons,
      CompareByPeriod(
          {In("2009", Observation("A", "1")), second_of_a, In("2009", Observation("B", "2")),
           In("2008", Observation("B", "3")), Observation("C", "4"), Observation("D", "")},
          {}));
  ASSERT_THAT(comparisons, SizeIs(3));
  EXPECT_EQ(comparisons[0].period(), "");
  ASSERT_THAT(comparisons[0].pairs(), SizeIs(1));
  EXPECT_EQ(comparisons[0].pairs(0).consistency(), Response::CANNOT_SAY);
  EXPECT_EQ(comparisons[1].period(), "2008");
  EXPECT_THAT(comparisons[1].observations(), SizeIs(1));
  EXPECT_THAT(comparisons[1].pairs(), IsEmpty());
  EXPECT_EQ(comparisons[2].period(), "2009");
  EXPECT_THAT(comparisons[2].observations(), SizeIs(3));
  ASSERT_THAT(comparisons[2].pairs(), SizeIs(2));
  EXPECT_EQ(comparisons[2].pairs(0).first(), "series/A");
  EXPECT_EQ(comparisons[2].pairs(0).second(), "series/B");
  EXPECT_EQ(comparisons[2].pairs(1).first(), "series/A2");
}

TEST(ComparisonTest, AValueThatIsNoNumberIsNamed) {
  EXPECT_THAT(CompareByPeriod({Observation("A", "1"), Observation("B", "25,3")}, {}),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("25,3")),
                    HasFieldViolation("value_text")));
}

}  // namespace
}  // namespace corridor::indicators
