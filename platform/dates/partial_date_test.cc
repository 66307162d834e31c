#include "platform/dates/partial_date.h"

#include <vector>

#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

DayRange Read(std::string_view text) { return ParsePartialDate(text, "date").value(); }

std::optional<DayRange> Maybe(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return Read(text);
}

TEST(PartialDateTest, EveryFormMeansTheDaysItNames) {
  struct Case {
    std::string_view text, earliest, latest;
  };
  for (const Case& c : std::vector<Case>{
           {"2018", "2018-01-01", "2018-12-31"},
           {"2018-02", "2018-02-01", "2018-02-28"},
           {"2016-02", "2016-02-01", "2016-02-29"},
           {"2018-12", "2018-12-01", "2018-12-31"},
           {"2018-01-01", "2018-01-01", "2018-01-01"},
           {"2000-02-29", "2000-02-29", "2000-02-29"},
           {"0001", "0001-01-01", "0001-12-31"},
           {"9999-12-31", "9999-12-31", "9999-12-31"},
           {"2002/2003", "2002-01-01", "2003-12-31"},
           {"1951-12-05/1956-12-31", "1951-12-05", "1956-12-31"},
           {"1990-01-02/1991-01-01", "1990-01-02", "1991-01-01"},
           {"2002/2002-05", "2002-01-01", "2002-05-31"},
           {"../2015", "", "2015-12-31"},
           {"1995/..", "1995-01-01", ""},
       }) {
    ASSERT_OK_AND_ASSIGN(const common::v1::PartialDate date, ToPartialDate(c.text, "date"));
    EXPECT_EQ(date.text(), c.text);
    EXPECT_EQ(date.earliest(), c.earliest) << c.text;
    EXPECT_EQ(date.latest(), c.latest) << c.text;
    EXPECT_EQ(date.has_earliest(), !c.earliest.empty()) << c.text;
    EXPECT_EQ(date.has_latest(), !c.latest.empty()) << c.text;
    EXPECT_EQ(Days(date).earliest.has_value(), date.has_earliest());
  }
}

TEST(PartialDateTest, NoOtherFormIsADateAndTheErrorNamesFieldAndText) {
  for (const std::string_view text : {"",
                                      "18",
                                      "0000",
                                      "10000",
                                      "2018-",
                                      "2018-1",
                                      "2018-13",
                                      "2018-00",
                                      "2018-02-29",
                                      "2018-04-31",
                                      "2018-01-00",
                                      "2018-01-1",
                                      "2018-01-01T00:00:00Z",
                                      "2018/",
                                      "/2018",
                                      "../..",
                                      "..",
                                      "2018/2019/2020",
                                      "+018",
                                      " 2018",
                                      "2018 ",
                                      "2018-1-01",
                                      "2018-01/",
                                      "20180101",
                                      "-001",
                                      "2018_01"}) {
    EXPECT_THAT(ParsePartialDate(text, "as_of"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("as_of: \"" + std::string(text) + "\" is not a date")),
                      HasFieldViolation("as_of")))
        << text;
  }
}

TEST(PartialDateTest, ASpanThatEndsBeforeItBeginsIsRefused) {
  EXPECT_THAT(ParsePartialDate("2003/2002", "start"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("start: \"2003/2002\" ends before it begins")));
}

TEST(PartialDateTest, DaysAreWrittenWithFourDigitsOfTheYear) {
  EXPECT_EQ(FormatDay(absl::CivilDay(2018, 1, 2)), "2018-01-02");
  EXPECT_EQ(FormatDay(absl::CivilDay(51, 12, 5)), "0051-12-05");
}

TEST(PartialDateDeathTest, AMessageThatWasNeverParsedIsABug) {
  common::v1::PartialDate date;
  date.set_text("soon");
  EXPECT_DEATH(Days(date), "never parsed");
}

TEST(HoldsOnTest, SpansAreHalfOpenAndImprecisionIsKept) {
  struct Case {
    std::string_view start, end, asked;
    Holds holds;
  };
  for (const Case& c : std::vector<Case>{
           // Exact days: who leaves on a day does not hold it on that day.
           {"2001-06-07", "", "2001-06-06", Holds::kNo},
           {"2001-06-07", "", "2001-06-07", Holds::kCertainly},
           {"2001-06-07", "2005-03-01", "2005-02-28", Holds::kCertainly},
           {"2001-06-07", "2005-03-01", "2005-03-01", Holds::kNo},
           // A year: possible on every day of it, certain from its last.
           {"2012", "", "2011-12-31", Holds::kNo},
           {"2012", "", "2012-01-01", Holds::kPossibly},
           {"2012", "", "2012-12-30", Holds::kPossibly},
           {"2012", "", "2012-12-31", Holds::kCertainly},
           {"1951", "1990", "1989-12-31", Holds::kCertainly},
           {"1951", "1990", "1990-01-01", Holds::kPossibly},
           {"1951", "1990", "1990-12-30", Holds::kPossibly},
           {"1951", "1990", "1990-12-31", Holds::kNo},
           // Not after 2015: no earliest day, certain from the last.
           {"../2015", "", "1700", Holds::kPossibly},
           {"../2015", "", "2015-12-30", Holds::kPossibly},
           {"../2015", "", "2015-12-31", Holds::kCertainly},
           // Not before 1995: never certain.
           {"1995/..", "", "1994-12-31", Holds::kNo},
           {"1995/..", "", "2020-01-01", Holds::kPossibly},
           // No start at all: at best possibly.
           {"", "", "2018-01-01", Holds::kPossibly},
           {"", "2017-11-28", "2017-11-27", Holds::kPossibly},
           {"", "2017-11-28", "2017-11-28", Holds::kNo},
           // Ended at some unknown time before or after.
           {"2001", "../2015", "2015-12-30", Holds::kPossibly},
           {"2001", "../2015", "2015-12-31", Holds::kNo},
           {"2001", "2010/..", "2009-12-31", Holds::kCertainly},
           {"2001", "2010/..", "2030-01-01", Holds::kPossibly},
           // An imprecise question: certain when it held on every day asked, possible on some.
           {"2018-01-01", "", "2018", Holds::kCertainly},
           {"2018-01-02", "", "2018", Holds::kPossibly},
           {"2017", "", "2018", Holds::kCertainly},
           {"2018", "", "2018", Holds::kPossibly},
           {"2017", "2019-01-01", "2018", Holds::kCertainly},
           {"2017", "2018-12-31", "2018", Holds::kPossibly},
           {"2017", "2018-01-01", "2018", Holds::kNo},
           {"2019", "", "2018", Holds::kNo},
           {"2001", "", "../2015", Holds::kPossibly},
           {"2001", "", "2002/..", Holds::kCertainly},
           {"2001", "2010", "2002/..", Holds::kPossibly},
       }) {
    EXPECT_EQ(HoldsOn(Maybe(c.start), Maybe(c.end), Read(c.asked)), c.holds)
        << "start " << c.start << ", end " << c.end << ", asked " << c.asked;
  }
}

}  // namespace
}  // namespace corridor
