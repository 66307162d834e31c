#include "services/indicators/by_period.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;

v1::Observation Observation(const std::string& series, const std::string& period) {
  v1::Observation observation;
  observation.set_series(series);
  if (!period.empty()) SetPeriod(ParsePeriod(period, "period").value(), observation);
  return observation;
}

TEST(ByPeriodTest, PeriodsAreInOrderOfTimeThoseNotStatedFirstAndLongerOnesBeforeTheirParts) {
  std::vector<v1::Observation> observations;
  for (const std::string period :
       {"2010", "2009-Q4", "2009-01", "2009", "", "2009-Q1", "2009-12", "2008"}) {
    observations.push_back(Observation("series/S", period));
  }
  std::vector<std::string> periods;
  for (const auto& [key, of_period] : ByPeriod(observations)) periods.push_back(key.period);
  EXPECT_THAT(periods,
              ElementsAre("", "2008", "2009", "2009-Q1", "2009-01", "2009-Q4", "2009-12", "2010"));
}

TEST(ByPeriodTest, ThoseOfOnePeriodStayInTheirOrder) {
  const auto by_period = ByPeriod({Observation("series/B", "2009"), Observation("series/C", "2008"),
                                   Observation("series/A", "2009")});
  ASSERT_EQ(by_period.size(), 2u);
  const std::vector<v1::Observation>& of_2009 = by_period.rbegin()->second;
  ASSERT_EQ(of_2009.size(), 2u);
  EXPECT_EQ(of_2009[0].series(), "series/B");
  EXPECT_EQ(of_2009[1].series(), "series/A");
}

}  // namespace
}  // namespace corridor::indicators
