#include "platform/dates/period.h"

#include <vector>

#include "gtest/gtest.h"
#include "platform/dates/partial_date.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(PeriodTest, EveryNotationIsReadAndWrittenBack) {
  struct Case {
    std::string_view text, first, last, next, previous;
  };
  for (const Case& c : std::vector<Case>{
           {"2009", "2009-01-01", "2009-12-31", "2010", "2008"},
           {"2009-Q1", "2009-01-01", "2009-03-31", "2009-Q2", "2008-Q4"},
           {"2009-Q4", "2009-10-01", "2009-12-31", "2010-Q1", "2009-Q3"},
           {"2009-07", "2009-07-01", "2009-07-31", "2009-08", "2009-06"},
           {"2009-12", "2009-12-01", "2009-12-31", "2010-01", "2009-11"},
           {"2016-02", "2016-02-01", "2016-02-29", "2016-03", "2016-01"},
       }) {
    ASSERT_OK_AND_ASSIGN(const Period period, ParsePeriod(c.text, "period"));
    EXPECT_EQ(FormatPeriod(period), c.text);
    EXPECT_EQ(FormatDay(FirstDay(period)), c.first) << c.text;
    EXPECT_EQ(FormatDay(LastDay(period)), c.last) << c.text;
    EXPECT_EQ(FormatPeriod(Next(period)), c.next);
    EXPECT_EQ(FormatPeriod(Previous(period)), c.previous);
    EXPECT_EQ(PeriodOf(FirstDay(period), period.frequency), period);
    EXPECT_EQ(PeriodOf(LastDay(period), period.frequency), period);
  }
}

TEST(PeriodTest, NothingElseIsAPeriodAndTheErrorNamesFieldAndText) {
  for (const std::string_view text : {"", "209", "2009-Q0", "2009-Q5", "2009Q3", "2009-13",
                                      "2009-7", "2009-07-01", "2009/..", "../2009", "2009-q3"}) {
    EXPECT_THAT(ParsePeriod(text, "start_period"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("\"" + std::string(text) + "\" is not a period")),
                      HasFieldViolation("start_period")));
  }
}

TEST(PeriodTest, FrequenciesAreTheLettersOfSdmx) {
  EXPECT_THAT(ParseFrequency("A", "f"), IsOkAndHolds(Frequency::kAnnual));
  EXPECT_THAT(ParseFrequency("Q", "f"), IsOkAndHolds(Frequency::kQuarterly));
  EXPECT_THAT(ParseFrequency("M", "f"), IsOkAndHolds(Frequency::kMonthly));
  EXPECT_THAT(ParseFrequency("W", "frequency"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("frequency: \"W\" is not a frequency")));
}

TEST(PeriodTest, ASpanOfPeriodsCountsBothEnds) {
  const auto period = [](std::string_view text) { return ParsePeriod(text, "p").value(); };
  EXPECT_EQ(CountPeriods(period("1951"), period("2025")), 75);
  EXPECT_EQ(CountPeriods(period("2009-Q4"), period("2010-Q1")), 2);
  EXPECT_EQ(CountPeriods(period("2009-07"), period("2009-07")), 1);
  EXPECT_EQ(CountPeriods(period("2010"), period("2009")), 0);
}

}  // namespace
}  // namespace corridor
