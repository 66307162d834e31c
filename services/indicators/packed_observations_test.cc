#include "services/indicators/packed_observations.h"

#include <cstdlib>
#include <limits>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

PackedObservation Observation(std::string_view period, std::string_view value = "",
                              char status = 'A') {
  PackedObservation observation;
  if (!period.empty()) observation.period = ParsePeriod(period, "period").value();
  if (!value.empty()) observation.value = Decimal::Parse(value, "value_text").value();
  observation.status = status;
  return observation;
}

// A poverty series with a gap, a missing value and all texts.
std::vector<PackedObservation> Poverty() {
  std::vector<PackedObservation> series = {
      Observation("2005", "31.1"), Observation("2006", "25.30", 'E'), Observation("2008", "", 'O'),
      Observation("2009", "-2.5", 'E'), Observation("2010", "0", 'E')};
  series[0].rounded_to = Decimal(1, 1);
  series[1].rounded_to = Decimal(1, 1);
  series[1].published_text = "25,3%";
  series[2].missing_reason = "no survey was made";
  series[4].note = "as of the census";
  return series;
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

DayRange Within(std::string_view first, std::string_view last) {
  DayRange within;
  if (!first.empty()) within.earliest = FirstDay(ParsePeriod(first, "start_period").value());
  if (!last.empty()) within.latest = LastDay(ParsePeriod(last, "end_period").value());
  return within;
}

std::vector<std::string> Periods(const std::vector<PackedObservation>& observations) {
  std::vector<std::string> periods;
  for (const PackedObservation& observation : observations) {
    periods.push_back(observation.period ? FormatPeriod(*observation.period) : "");
  }
  return periods;
}

TEST(PackedObservationsTest, WhatIsPackedComesBack) {
  EXPECT_THAT(UnpackObservations(PackObservations(Poverty())),
              IsOkAndHolds(ElementsAreArray(Poverty())));
}

TEST(PackedObservationsTest, TheBytesAreThoseOfTheFormat) {
  EXPECT_EQ(PackObservations({}), Bytes({1, '_', 0, 0, 0, 0}));

  std::vector<PackedObservation> series = {Observation("2005-Q1", "25.3"),
                                           Observation("2005-Q3", "25.2", 'E'),
                                           Observation("2005-Q4", "", 'O')};
  series[0].rounded_to = series[1].rounded_to = Decimal(1, 1);
  series[2].missing_reason = "none";
  EXPECT_EQ(PackObservations(series),
            Bytes({1,    'Q',  3,                         // Head
                   0xD0, 0x3E, 1,    0,                   // 8016 quarters since 0001-Q1
                   'A',  1,    'E',  1,    'O', 1,        // Statuses
                   1,    2,    0xFA, 0x03, 1,   0xFF, 1,  // 253, then 1 less, then none
                   1,    2,    1,    0xFF, 1,             // 0.1, 0.1, not stated
                   0,    1,    2,    4,    'n', 'o',  'n', 'e', 0}));  // Texts
}

TEST(PackedObservationsTest, AnObservationOfNoStatedPeriodStandsAlone) {
  PackedObservation alone = Observation("", "25.3");
  alone.published_text = "25,3%";
  const std::string bytes = PackObservations({&alone, 1});
  EXPECT_THAT(UnpackObservations(bytes), IsOkAndHolds(ElementsAre(alone)));
  EXPECT_THAT(UnpackObservations(bytes, Within("2000", "")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(UnpackObservations(bytes, Within("", "2010")), IsOkAndHolds(IsEmpty()));
}

TEST(PackedObservationsTest, TheLargestAndSmallestNumbersSurvive) {
  std::vector<PackedObservation> series;
  for (const auto& [mantissa, scale] :
       {std::pair<int64_t, int>{kMax, 0}, {-kMax, 0}, {kMax, 18}, {-kMax, 18}, {0, 0}, {-1, 18}}) {
    PackedObservation& added = series.emplace_back();
    added.period = Period{Frequency::kMonthly, 9999, static_cast<int>(series.size())};
    added.value = Decimal(mantissa, scale);
    added.rounded_to = Decimal(kMax, scale);
  }
  series.front().period = Period{Frequency::kMonthly, 1, 1};
  EXPECT_THAT(UnpackObservations(PackObservations(series)), IsOkAndHolds(ElementsAreArray(series)));
}

TEST(PackedObservationsTest, RandomSeriesComeBackInWholeAndInPart) {
  std::mt19937_64 random(2009);
  const auto below = [&random](int end) {
    return static_cast<int>(random() % static_cast<unsigned>(end));
  };
  const std::string texts[] = {"", "", "", "25,3%", "no survey was made", std::string(300, 'x')};
  for (int round = 0; round < 2'000; ++round) {
    const auto frequency = static_cast<Frequency>(below(3));
    std::vector<PackedObservation> series;
    Period period = PeriodOf(absl::CivilDay(1950 + below(70), 1 + below(12), 1), frequency);
    for (int i = below(70); i > 0; --i) {
      for (int left_out = below(4) == 0 ? below(9) : 0; left_out > 0; --left_out) {
        period = Next(period);
      }
      PackedObservation& added = series.emplace_back();
      added.period = period;
      const auto mantissa = static_cast<int64_t>(random() >> (1 + below(63)));
      if (below(5) > 0) added.value = Decimal(below(2) == 0 ? mantissa : -mantissa, below(19));
      if (below(2) == 0) added.rounded_to = Decimal(1 + below(2), below(3));
      added.status = static_cast<char>('A' + below(3));
      added.published_text = texts[below(6)];
      added.missing_reason = texts[below(6)];
      added.note = texts[below(6)];
      period = Next(period);
    }
    const std::string bytes = PackObservations(series);
    ASSERT_THAT(UnpackObservations(bytes), IsOkAndHolds(ElementsAreArray(series))) << round;

    const DayRange within = {absl::CivilDay(1950 + below(90), 1 + below(12), 1 + below(28)),
                             absl::CivilDay(1950 + below(90), 1 + below(12), 1 + below(28))};
    std::vector<PackedObservation> part;
    for (const PackedObservation& observation : series) {
      if (LastDay(*observation.period) >= *within.earliest &&
          FirstDay(*observation.period) <= *within.latest) {
        part.push_back(observation);
      }
    }
    ASSERT_THAT(UnpackObservations(bytes, within), IsOkAndHolds(ElementsAreArray(part))) << round;
  }
}

TEST(PackedObservationsTest, APartIsOfThePeriodsThatHaveADayWithin) {
  struct Case {
    std::string_view first, last;
    std::vector<std::string> periods;
  };
  const std::string bytes = PackObservations(Poverty());
  for (const Case& c : std::initializer_list<Case>{
           {"", "", {"2005", "2006", "2008", "2009", "2010"}},
           {"2006", "2009", {"2006", "2008", "2009"}},
           {"2006-Q4", "2009-01", {"2006", "2008", "2009"}},
           {"2007", "2007", {}},
           {"2009", "2006", {}},
           {"2011", "", {}},
           {"", "2004", {}},
           {"2010", "", {"2010"}},
           {"", "2005", {"2005"}},
       }) {
    ASSERT_OK_AND_ASSIGN(const auto part, UnpackObservations(bytes, Within(c.first, c.last)));
    EXPECT_EQ(Periods(part), c.periods) << c.first << " " << c.last;
  }
}

TEST(PackedObservationsTest, BytesThatEndTooEarlyAreDamaged) {
  const std::string bytes = PackObservations(Poverty());
  for (size_t size = 0; size < bytes.size(); ++size) {
    for (const DayRange& within : {DayRange(), Within("2020", "")}) {
      EXPECT_THAT(
          UnpackObservations(std::string_view(bytes).substr(0, size), within),
          StatusIs(absl::StatusCode::kDataLoss, HasSubstr("packed observations, before byte")))
          << size;
    }
  }
}

TEST(PackedObservationsTest, OtherBytesAreDamagedAndSayHow) {
  struct Case {
    std::string bytes;
    std::string_view how;
  };
  const std::string year = Bytes({1, 'A', 1, 0});
  for (const Case& c : std::initializer_list<Case>{
           {Bytes({2, '_', 0, 0, 0, 0}), "before byte 1: they are of an unknown version"},
           {Bytes({1, 'D', 1}), "they are of an unknown frequency"},
           {Bytes({1, '_', 2}), "several observations are of no stated period"},
           {Bytes({1, 'A', 0, 0, 0, 0}), "there are none of a stated frequency"},
           {Bytes({1, 'A', 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0}), "there are fewer than they say"},
           {Bytes({1, '_', 0, 0, 0, 0, 0}), "something follows the end"},
           {Bytes({1, '_', 0x80, 0x00}), "a number is not in its shortest form"},
           {Bytes({1, '_', 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2}),
            "a number has more than 64 bits"},
           {Bytes({1, '_', 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0}),
            "a number has more than 64 bits"},
           {Bytes({1, 'A', 1, 0x8F, 0x4E}), "a period is after the year 9999"},
           {Bytes({1, 'A', 2, 0x8E, 0x4E, 0}), "a period is after the year 9999"},
           {year + Bytes({'a', 1}), "a status is no letter"},
           {year + Bytes({'A', 0}), "a run has an impossible length"},
           {year + Bytes({'A', 2}), "a run has an impossible length"},
           {Bytes({1, 'A', 2, 0, 0, 'A', 1, 'A', 1}), "two runs of statuses are one"},
           {year + Bytes({'A', 1, 19, 1, 2}), "a scale is too large"},
           {year + Bytes({'A', 1, 0x80, 1, 2}), "a scale is too large"},
           {Bytes({1, 'A', 2, 0, 0, 'A', 2, 1, 1, 2, 1, 1, 2}), "two runs of values are one"},
           {year + Bytes({'A', 1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1}),
            "a value is too large"},
           {year + Bytes({'A', 1, 0xFF, 1, 0, 1, 0}), "a rounding is impossible"},
           {year + Bytes({'A', 1, 0xFF, 1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                          0xFF, 1}),
            "a rounding is impossible"},
           {Bytes({1, 'A', 2, 0, 0, 'A', 2, 0xFF, 2, 0xFF, 1, 0xFF, 1}),
            "two runs of roundings are one"},
           {year + Bytes({'A', 1, 0xFF, 1, 0xFF, 1, 1, 1, 1, 'x'}), "a text is of no observation"},
           {year + Bytes({'A', 1, 0xFF, 1, 0xFF, 1, 2, 0, 1, 'x', 0, 1, 'x'}),
            "a text is of no observation"},
           {year + Bytes({'A', 1, 0xFF, 1, 0xFF, 1, 1, 0, 0}), "a text has an impossible length"},
           {year + Bytes({'A', 1, 0xFF, 1, 0xFF, 1, 1, 0, 2, 'x'}),
            "a text has an impossible length"},
       }) {
    EXPECT_THAT(UnpackObservations(c.bytes),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(std::string(c.how))))
        << c.how;
  }
}

TEST(PackedObservationsTest, AnyChangedByteIsDamageOrOtherObservations) {
  const std::string bytes = PackObservations(Poverty());
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int change = 1; change < 256; ++change) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const auto observations = UnpackObservations(changed);
      if (observations.ok()) {
        ASSERT_EQ(PackObservations(*observations), changed) << i << " " << change;
      } else {
        ASSERT_EQ(observations.status().code(), absl::StatusCode::kDataLoss) << i << " " << change;
      }
    }
  }
}

TEST(PackedObservationsTest, TheLastWithAValueIsFound) {
  std::vector<PackedObservation> series = Poverty();
  EXPECT_EQ(LastWithValue(series), &series[4]);
  series.resize(3);
  EXPECT_EQ(LastWithValue(series), &series[1]);
  EXPECT_EQ(LastWithValue(std::span(series).subspan(2)), nullptr);
  EXPECT_EQ(LastWithValue({}), nullptr);
}

TEST(PackedObservationsDeathTest, WhatNoCallerMayAskForAborts) {
  std::vector<PackedObservation> twice = {Observation("2005"), Observation("2005")};
  std::vector<PackedObservation> backwards = {Observation("2006"), Observation("2005")};
  std::vector<PackedObservation> mixed = {Observation("2005"), Observation("2006-Q1")};
  std::vector<PackedObservation> unstated = {Observation(""), Observation("")};
  std::vector<PackedObservation> no_status = {Observation("2005", "1", '?')};
  std::vector<PackedObservation> not_rounded = {Observation("2005", "1")};
  not_rounded[0].rounded_to = Decimal(0, 0);
  for (const auto* series : {&twice, &backwards, &mixed, &unstated, &no_status, &not_rounded}) {
    EXPECT_EXIT(PackObservations(*series), ::testing::KilledBySignal(SIGABRT), "");
  }
}

}  // namespace
}  // namespace corridor::indicators
