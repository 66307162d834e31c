#include "services/indicators/selection.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

TEST(PeriodsTest, ReachFromTheFirstDayOfTheFirstToTheLastDayOfTheLast) {
  ASSERT_OK_AND_ASSIGN(const DayRange days, ReadPeriods("2009-Q3", "2010"));
  EXPECT_THAT(days.earliest, Optional(Eq(absl::CivilDay(2009, 7, 1))));
  EXPECT_THAT(days.latest, Optional(Eq(absl::CivilDay(2010, 12, 31))));
}

TEST(PeriodsTest, AreUnboundedWhereNoneIsGiven) {
  ASSERT_OK_AND_ASSIGN(const DayRange any, ReadPeriods("", ""));
  EXPECT_EQ(any.earliest, std::nullopt);
  EXPECT_EQ(any.latest, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const DayRange until, ReadPeriods("", "2009-02"));
  EXPECT_EQ(until.earliest, std::nullopt);
  EXPECT_THAT(until.latest, Optional(Eq(absl::CivilDay(2009, 2, 28))));
}

TEST(PeriodsTest, MayNotEndBeforeTheyStart) {
  EXPECT_OK(ReadPeriods("2009-Q3", "2009-07"));
  EXPECT_THAT(ReadPeriods("2009-Q3", "2009-06"),
              Refuses("end_period", "\"2009-06\" ends before 2009-Q3 begins"));
  EXPECT_THAT(ReadPeriods("2009-Q5", ""), Refuses("start_period", "\"2009-Q5\""));
  EXPECT_THAT(ReadPeriods("", "yesterday"), Refuses("end_period", "\"yesterday\""));
}

TEST(ReleaseChoiceTest, TakesADayThatTheDateMayMeanAtTheLatest) {
  ASSERT_OK_AND_ASSIGN(const ReleaseChoice any, ReadRelease("", ""));
  EXPECT_EQ(any.release, "");
  EXPECT_EQ(any.released_by, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const ReleaseChoice choice, ReadRelease("2008", "2009"));
  EXPECT_EQ(choice.release, "2008");
  EXPECT_THAT(choice.released_by, Optional(Eq(absl::CivilDay(2009, 12, 31))));
  EXPECT_THAT(ReadRelease("", "2009/.."), Refuses("released_by", "has no last day"));
  EXPECT_THAT(ReadRelease("", "soon"), Refuses("released_by", "\"soon\""));
  EXPECT_THAT(ReadRelease("a b", ""), Refuses("release", "\"a b\""));
}

using SelectionTest = ServiceTest;

TEST_F(SelectionTest, AReleaseIsOneThatSomeDatasetHasAtTheVersionRead) {
  const auto check = [this](const std::string& release, const store::KnownAt& known_at = {}) {
    const auto reader = store_->ReadAt(known_at, Soon()).value();
    return CheckReleaseExists(release, *reader);
  };
  for (const char* release : {"", "2008", "draft", "1"}) EXPECT_OK(check(release)) << release;
  EXPECT_THAT(check("2011"), Refuses("release", "\"2011\" is no release of any dataset"));
  EXPECT_THAT(check("2008", 1), Refuses("release", "\"2008\""));
}

TEST_F(SelectionTest, NothingIsAskedOfAColumnForAnEmptyText) {
  resources::Query query;
  AddEqual("source", "", query);
  EXPECT_THAT(query.conditions, IsEmpty());
  AddEqual("source", "sources/A", query);
  ASSERT_THAT(query.conditions, SizeIs(1));
  EXPECT_EQ(query.conditions[0].column, "source");
}

}  // namespace
}  // namespace corridor::indicators
