#include "services/indicators/observation_reader.h"

#include "services/indicators/selection.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// More series than are read at a time: of every area by code, three years each.
class ObservationReaderTest : public ServiceTest {
 protected:
  ObservationReaderTest() {
    std::string series;
    for (int i = 0; i < kAreas; ++i) {
      source_.Put(areas::AreaOf(Code(i), "Area"));
      series += Annual(Code(i), {"2005=1", "2006=2", "2007=3"});
    }
    EXPECT_OK(Write("ATLAS/2008", series));
  }
  static std::string Code(int i) { return absl::StrCat("X", 100 + i); }

  std::vector<std::string> Read(const ObservationQuery& query, const ObservationPosition& after,
                                size_t limit) {
    const auto reader = store_->ReadAt({}, Soon()).value();
    const auto read = ObservationReader(*reader).Read(query, after, limit);
    EXPECT_OK(read);
    std::vector<std::string> values;
    for (const v1::Observation& one : *read) values.push_back(InShort(one));
    return values;
  }
  static constexpr int kAreas = 150;
};

TEST_F(ObservationReaderTest, ReadsOnThroughAllSeriesUntilTheLimit) {
  std::vector<std::string> all;
  for (int i = 0; i < kAreas; ++i) {
    for (const char* value : {" 2005 1", " 2006 2", " 2007 3"}) all.push_back(Code(i) + value);
  }
  EXPECT_EQ(Read({}, {}, 1000), all);
  EXPECT_EQ(Read({}, {}, all.size()), all);
  EXPECT_EQ(Read({}, {}, 200), std::vector<std::string>(all.begin(), all.begin() + 200));
}

TEST_F(ObservationReaderTest, GoesOnAfterAPositionWhereverThatIs) {
  const auto after = [this](const std::string& code, const std::string& period) {
    return Read({}, {.series = absl::StrCat("POV~", code, "~A~ATLAS"), .period = period}, 2);
  };
  EXPECT_THAT(after("X100", "2005"), ElementsAre("X100 2006 2", "X100 2007 3"));
  EXPECT_THAT(after("X163", "2006"), ElementsAre("X163 2007 3", "X164 2005 1"));
  EXPECT_THAT(after("X163", "2007"), ElementsAre("X164 2005 1", "X164 2006 2"));
  EXPECT_THAT(after("X249", "2006"), ElementsAre("X249 2007 3"));
  EXPECT_THAT(after("X249", "2007"), IsEmpty());
}

TEST_F(ObservationReaderTest, SeriesThatHaveNothingOfWhatIsAskedAreReadPast) {
  ASSERT_OK(Write("ATLAS/2008", Annual("X240", {"1990=7"})));
  const ObservationQuery query = {.periods = ReadPeriods("1990", "1990").value()};
  EXPECT_THAT(Read(query, {}, 1), ElementsAre("X240 1990 7"));
}

TEST_F(ObservationReaderTest, ASeriesWithoutObservationsHasNoReleasesAndPeriods) {
  ASSERT_OK(Write("ATLAS/2008", "replace: true " + Annual("X100", {})));
  const auto series = GetSeries("POV~X100~A~ATLAS");
  ASSERT_OK(series);
  EXPECT_THAT(series->releases(), IsEmpty());
  EXPECT_EQ(series->first_period(), "");
}

}  // namespace
}  // namespace corridor::indicators
