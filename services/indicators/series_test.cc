#include "services/indicators/series.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

constexpr char kKey[] =
    "indicator: 'indicators/POV_2USD' area: 'areas/GEO' frequency: '_U' dataset: 'datasets/D.1' ";

TEST(SeriesTest, ANameIsMadeOfTheKey) {
  EXPECT_EQ(SeriesName(Proto<v1::Series>(kKey)), "series/POV_2USD~GEO~_U~D.1");
  EXPECT_EQ(SeriesName(Proto<v1::Series>(absl::StrCat(kKey, "counterpart_area: 'areas/ARM'"))),
            "series/POV_2USD~GEO~_U~D.1~ARM");
}

TEST(SeriesTest, TheLongestKeyMakesAnIdThatMayBeAskedFor) {
  const std::string longest(64, 'X');
  auto series = Proto<v1::Series>("frequency: '_U'");
  series.set_indicator("indicators/" + longest);
  series.set_area("areas/" + longest);
  series.set_counterpart_area("areas/" + longest);
  series.set_dataset("datasets/" + longest);
  EXPECT_OK(CheckSeriesKey(series, "series"));
  EXPECT_LE(AllSeries().Id(SeriesName(series)).size(), AllSeries().max_id_bytes);
}

TEST(SeriesTest, AKeyNamesAResourceOfEachCollection) {
  EXPECT_OK(CheckSeriesKey(Proto<v1::Series>(kKey), "series"));
  struct Case {
    const char* field;
    const char* value;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"indicator", "", "is required"},
           {"indicator", "datasets/D", "\"datasets/D\""},
           {"area", "areas/georgia", "\"areas/georgia\""},
           {"area", "areas/GEO/members/X", "\"areas/GEO/members/X\""},
           {"counterpart_area", "X", "\"X\""},
           {"dataset", "D", "\"D\""},
           {"frequency", "", "is required"},
           {"frequency", "S", "\"S\" is not a frequency: A, Q, M or _U"},
       }) {
    auto series = Proto<v1::Series>(kKey);
    series.GetReflection()->SetString(&series, v1::Series::descriptor()->FindFieldByName(c.field),
                                      c.value);
    EXPECT_THAT(CheckSeriesKey(series, "series"),
                Refuses(absl::StrCat("series.", c.field), c.message));
  }
}

TEST(SeriesTest, AllFrequenciesOfPeriodsAndThatOfNoneAreKnown) {
  for (const char* frequency : {"A", "Q", "M", "_U"}) EXPECT_OK(CheckFrequency(frequency, "f"));
  EXPECT_THAT(CheckFrequency("a", "f"), Refuses("f", "\"a\" is not a frequency"));
  EXPECT_THAT(CheckFrequency("", "f"), Refuses("f", "is required"));
}

}  // namespace
}  // namespace corridor::indicators
