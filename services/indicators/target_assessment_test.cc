#include "services/indicators/target_assessment.h"

#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/dates/partial_date.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::indicators {
namespace {

using Assessment = v1::TargetAssessment;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Poverty in Armenia at most 15.5 by 2015.
v1::Target Target(const std::string& due = "2015") {
  v1::Target target;
  target.set_name("targets/T");
  target.set_area("areas/ARM");
  target.set_indicator("indicators/POV");
  target.set_direction(v1::Target::AT_MOST);
  target.set_goal_value(15.5);
  *target.mutable_due() = ToPartialDate(due, "due").value();
  return target;
}

v1::Observation Observation(const std::string& period, const std::string& value,
                            const std::string& series = "A") {
  v1::Observation observation;
  observation.set_series("series/" + series);
  observation.set_source("sources/" + series);
  observation.set_period(period);
  observation.set_value_text(value);
  observation.set_status(value.empty() ? "O" : "A");
  return observation;
}

// What the only series says.
Assessment::BySeries Assessed(const v1::Target& target,
                              const std::vector<v1::Observation>& observations) {
  const Assessment assessment = AssessTarget(target, observations).value();
  EXPECT_THAT(assessment.by_series(), SizeIs(1));
  EXPECT_EQ(assessment.verdict(), assessment.by_series(0).verdict());
  EXPECT_EQ(assessment.reason(), assessment.by_series(0).reason());
  return assessment.by_series(0);
}

TEST(TargetAssessmentTest, TheValueOfThePeriodDueDecidesWithItsBounds) {
  EXPECT_THAT(AssessTarget(Target(), {Observation("2015", "15.2"), Observation("2000", "31.1"),
                                      Observation("2016", "20.0")}),
              IsOkAndHolds(EqualsProto(R"pb(
                target: "targets/T"
                verdict: MET
                reason: "The value of 2015, 15.2 (15.15 to 15.25 before rounding), is at most "
                        "the goal, 15.5."
                goal: 15.5
                by_series {
                  series: "series/A"
                  source: "sources/A"
                  period: "2015"
                  value: 15.2
                  verdict: MET
                  reason: "The value of 2015, 15.2 (15.15 to 15.25 before rounding), is at most "
                          "the goal, 15.5."
                })pb")));
}

TEST(TargetAssessmentTest, AVerdictFollowsFromWhereTheGoalLiesToTheBounds) {
  struct Case {
    v1::Target::Direction direction;
    std::string value;
    Assessment::Verdict verdict;
    std::string_view reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {v1::Target::AT_MOST, "15.45", Assessment::MET, "is at most the goal, 15.5."},
           {v1::Target::AT_MOST, "15", Assessment::MET,
            "15 (14.5 to 15.5 before rounding), is at most the goal, 15.5."},
           {v1::Target::AT_MOST, "15.5", Assessment::CANNOT_SAY,
            "is too coarse: the goal, 15.5, lies between its bounds."},
           {v1::Target::AT_MOST, "16", Assessment::CANNOT_SAY, "is too coarse"},
           {v1::Target::AT_MOST, "16.0", Assessment::NOT_MET, "is above the goal, 15.5."},
           {v1::Target::AT_LEAST, "15.6", Assessment::MET, "is at least the goal, 15.5."},
           {v1::Target::AT_LEAST, "16", Assessment::MET, "is at least the goal, 15.5."},
           {v1::Target::AT_LEAST, "15.5", Assessment::CANNOT_SAY, "is too coarse"},
           {v1::Target::AT_LEAST, "15", Assessment::CANNOT_SAY, "is too coarse"},
           {v1::Target::AT_LEAST, "15.4", Assessment::NOT_MET, "is below the goal, 15.5."},
       }) {
    v1::Target target = Target();
    target.set_direction(c.direction);
    const Assessment::BySeries said = Assessed(target, {Observation("2015", c.value)});
    EXPECT_EQ(said.verdict(), c.verdict) << c.value;
    EXPECT_THAT(said.reason(), HasSubstr(std::string(c.reason))) << c.value;
  }
}

TEST(TargetAssessmentTest, TheLastPeriodThatEndsByTheDayDueDecides) {
  struct Case {
    std::string due, period, value;
    Assessment::Verdict verdict;
    std::string_view reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"2015", "2010", "20.0", Assessment::CANNOT_SAY,
            "The last value is of 2010, before 2015; it does not show the goal, 15.5, reached"},
           {"2015", "2010", "15.5", Assessment::CANNOT_SAY, "The last value is of 2010, before"},
           {"2015", "2010", "12.0", Assessment::MET, "The value of 2010, 12.0"},
           {"2015", "2015-Q4", "20.0", Assessment::NOT_MET, "The value of 2015-Q4, 20.0"},
           {"2015", "2015-Q3", "20.0", Assessment::CANNOT_SAY, "of 2015-Q3, before 2015-Q4;"},
           {"2015", "2015-03", "12.0", Assessment::MET, "The value of 2015-03, 12.0"},
           {"2015-12-31", "2015", "20.0", Assessment::NOT_MET, "The value of 2015, 20.0"},
           {"2015-06-15", "2014", "20.0", Assessment::CANNOT_SAY, "of 2014, before 2015-06-15;"},
           {"2015-06", "2015-Q2", "20.0", Assessment::NOT_MET, "The value of 2015-Q2, 20.0"},
           {"../2015", "2015", "20.0", Assessment::NOT_MET, "The value of 2015, 20.0"},
           {"../2015", "2014", "20.0", Assessment::CANNOT_SAY, "of 2014, before 2015;"},
           {"2014/2016", "2016", "20.0", Assessment::NOT_MET, "The value of 2016, 20.0"},
           {"2014/2016", "2014", "20.0", Assessment::CANNOT_SAY, "of 2014, before 2016;"},
       }) {
    const Assessment::BySeries said =
        Assessed(Target(c.due), {Observation(c.period, c.value), Observation("2017", "1.0")});
    EXPECT_EQ(said.period(), c.period) << c.due;
    EXPECT_EQ(said.verdict(), c.verdict) << c.due << " " << c.period;
    EXPECT_THAT(said.reason(), HasSubstr(std::string(c.reason))) << c.due << " " << c.period;
  }
}

TEST(TargetAssessmentTest, WhatDecidesNothingSaysWhy) {
  v1::Observation forecast = Observation("2015", "10.0");
  forecast.set_status("F");
  v1::Observation flow = Observation("2015", "10.0");
  flow.set_counterpart_area("areas/RUS");
  struct Case {
    std::vector<v1::Observation> observations;
    std::string_view period, reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {{Observation("", "10.0")}, "", "The source does not state the period of its value."},
           {{Observation("2015", ""), Observation("2010", "")}, "", "It has no value."},
           {{Observation("2016", "10.0")},
            "",
            "It has no value, forecasts aside, of a period that ends by 2015-12-31."},
           {{forecast},
            "",
            "It has no value, forecasts aside, of a period that ends by 2015-12-31."},
           {{forecast, Observation("2010", "20.0")},
            "2010",
            "The last value is of 2010, before 2015; it does not show the goal, 15.5, reached "
            "already."},
           {{Observation("2010", "20.0"), Observation("2015", "")},
            "2010",
            "The last value is of 2010, before 2015; it does not show the goal, 15.5, reached "
            "already."},
           {{flow}, "2015", "It is of one counterpart area only, areas/RUS."},
       }) {
    const Assessment::BySeries said = Assessed(Target(), c.observations);
    EXPECT_EQ(said.verdict(), Assessment::CANNOT_SAY) << c.reason;
    EXPECT_EQ(said.reason(), c.reason);
    EXPECT_EQ(said.period(), c.period);
    EXPECT_EQ(said.has_value(), !c.period.empty());
  }
}

TEST(TargetAssessmentTest, WhatWasSoBeforeTheTargetWasSetDoesNotMeetIt) {
  v1::Target target = Target();
  *target.mutable_adopted() = ToPartialDate("2000-09", "adopted").value();
  EXPECT_EQ(Assessed(target, {Observation("1999", "12.0")}).reason(),
            "The last value is of 1999, before the target was set, 2000-09.");
  EXPECT_EQ(Assessed(target, {Observation("2000", "12.0")}).verdict(), Assessment::MET);
}

TEST(TargetAssessmentTest, TheGoalIsExactlyTheFactorTimesTheBaseline) {
  struct Case {
    double factor, baseline;
    double goal;
  };
  for (const Case& c : std::initializer_list<Case>{
           {0.5, 31.1, 15.55}, {0.7, 31.1, 21.77}, {1.0 / 3, 33.4, 33.4 / 3}, {0, 31.1, 0}}) {
    v1::Target target = Target();
    target.clear_goal_value();
    target.set_factor(c.factor);
    target.set_baseline_value(c.baseline);
    ASSERT_OK_AND_ASSIGN(const Assessment assessment, AssessTarget(target, {}));
    EXPECT_DOUBLE_EQ(assessment.goal(), c.goal);
  }
}

TEST(TargetAssessmentTest, WhatTheTargetDoesNotStateIsNamedAllOfIt) {
  v1::Target halving = Target();
  halving.clear_indicator();
  halving.clear_goal_value();
  halving.set_factor(0.5);
  EXPECT_THAT(AssessTarget(halving, {}), IsOkAndHolds(EqualsProto(R"pb(
                target: "targets/T"
                verdict: CANNOT_SAY
                reason: "By which indicator it is measured is not stated. "
                        "The baseline is not stated.")pb")));

  struct Case {
    void (*change)(v1::Target&);
    std::string_view reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {[](v1::Target& t) { t.clear_direction(); },
            "Whether the figure is to fall or to rise is not stated."},
           {[](v1::Target& t) { t.clear_goal_value(); }, "The goal is not stated."},
           {[](v1::Target& t) {
              t.clear_goal_value();
              t.set_baseline_value(31.1);
            },
            "The goal is not stated."},
           {[](v1::Target& t) {
              t.clear_goal_value();
              t.set_factor(0.5);
              t.set_baseline_period("1990");
            },
            "The value of the baseline, of 1990, is not stated."},
           {[](v1::Target& t) { t.set_goal_value(1e300); },
            "The goal has more digits than can be computed with."},
           {[](v1::Target& t) { t.clear_due(); }, "The last day by which it is due is not stated."},
           {[](v1::Target& t) { *t.mutable_due() = ToPartialDate("2015/..", "due").value(); },
            "The last day by which it is due is not stated."},
       }) {
    v1::Target target = Target();
    c.change(target);
    const Assessment::BySeries said = Assessed(target, {Observation("2015", "10.0")});
    EXPECT_EQ(said.verdict(), Assessment::CANNOT_SAY) << c.reason;
    EXPECT_EQ(said.reason(), c.reason);
  }
}

TEST(TargetAssessmentTest, SeriesThatCanSayDecideTogether) {
  const v1::Observation met = Observation("2015", "10.0", "MET");
  const v1::Observation met_too = Observation("2014", "11.0", "MET_TOO");
  const v1::Observation missed = Observation("2015", "20.0", "MISSED");
  const v1::Observation early = Observation("2010", "20.0", "EARLY");
  const v1::Observation unstated = Observation("", "20.0", "UNSTATED");
  const v1::Observation unstated_too = Observation("", "21.0", "UNSTATED_TOO");
  struct Case {
    std::vector<v1::Observation> observations;
    Assessment::Verdict verdict;
    std::string_view reason;
  };
  for (const Case& c : std::initializer_list<Case>{
           {{}, Assessment::CANNOT_SAY, "No value of indicators/POV is held for areas/ARM."},
           {{met, met_too, early}, Assessment::MET, "Of 3 series 2 can say, and show it met."},
           {{missed, early}, Assessment::NOT_MET, "Of 2 series 1 can say, and show it not met."},
           {{missed, early, met, met_too},
            Assessment::SOURCES_DISAGREE,
            "Of 4 series 2 show it met, 1 not met, and 1 cannot say."},
           {{early, unstated}, Assessment::CANNOT_SAY, "None of 2 series can say."},
           {{unstated, unstated_too},
            Assessment::CANNOT_SAY,
            "The source does not state the period of its value."},
       }) {
    ASSERT_OK_AND_ASSIGN(const Assessment assessment, AssessTarget(Target(), c.observations));
    EXPECT_EQ(assessment.verdict(), c.verdict) << c.reason;
    EXPECT_EQ(assessment.reason(), c.reason);
    EXPECT_EQ(assessment.by_series_size(), static_cast<int>(c.observations.size()));
  }
}

TEST(TargetAssessmentTest, AMalformedObservationIsNamed) {
  EXPECT_THAT(AssessTarget(Target(), {Observation("2015", "10,0")}),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10,0")),
                    HasFieldViolation("value_text")));
  EXPECT_THAT(AssessTarget(Target(), {Observation("in 2015", "10.0")}),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("in 2015")),
                    HasFieldViolation("period")));
}

}  // namespace
}  // namespace corridor::indicators
