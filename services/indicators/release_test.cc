#include "services/indicators/release.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/dates/partial_date.h"
#include "platform/testing/status_matchers.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Each as `id` and the date of its publication, empty when it is not stated.
v1::Dataset DatasetOf(const std::vector<std::pair<std::string, std::string>>& releases) {
  v1::Dataset dataset;
  for (const auto& [id, published] : releases) {
    v1::Dataset::Release& release = *dataset.add_releases();
    release.set_release_id(id);
    if (published.empty()) continue;
    *release.mutable_published() = ToPartialDate(published, "published").value();
  }
  return dataset;
}

std::vector<std::string> Ids(const v1::Dataset& dataset, const ReleaseChoice& choice = {}) {
  std::vector<std::string> ids;
  for (const auto* release : ReleasesInOrder(dataset, choice)) ids.push_back(release->release_id());
  return ids;
}

TEST(ReleaseTest, TheLastPublishedComesFirstWhateverTheOrderOfTheDataset) {
  EXPECT_THAT(Ids(DatasetOf({{"b", "2008"}, {"c", "2010-01"}, {"a", "2009-07-01"}})),
              ElementsAre("c", "a", "b"));
}

TEST(ReleaseTest, ADateIsTheLatestDayThatItMayMean) {
  // 2008 may be its last day, 2007/2008 as well; of one day the greater id goes first.
  EXPECT_THAT(Ids(DatasetOf({{"day", "2008-06-01"}, {"year", "2008"}, {"years", "2007/2008"}})),
              ElementsAre("years", "year", "day"));
}

TEST(ReleaseTest, AReleaseOfUnknownDayComesAfterEveryDatedOne) {
  EXPECT_THAT(Ids(DatasetOf({{"z", ""}, {"old", "1950"}, {"open", "2020/.."}, {"a", ""}})),
              ElementsAre("old", "z", "open", "a"));
}

TEST(ReleaseTest, OnlyWhatWasCertainlyPublishedByADayMayAnswerThen) {
  const v1::Dataset dataset =
      DatasetOf({{"a", "2008"}, {"b", "2009-05-01"}, {"c", "../2010"}, {"undated", ""}});
  const auto by = [&dataset](const char* day) {
    return Ids(dataset, {.released_by = ParsePartialDate(day, "released_by").value().latest});
  };
  EXPECT_THAT(by("2008-12-30"), IsEmpty());
  EXPECT_THAT(by("2008-12-31"), ElementsAre("a"));
  EXPECT_THAT(by("2009-05-01"), ElementsAre("b", "a"));
  EXPECT_THAT(by("2010-12-31"), ElementsAre("c", "b", "a"));
}

TEST(ReleaseTest, ANamedReleaseAnswersAloneIfItWasPublishedInTime) {
  const v1::Dataset dataset = DatasetOf({{"a", "2008"}, {"b", "2009"}, {"undated", ""}});
  EXPECT_THAT(Ids(dataset, {.release = "a"}), ElementsAre("a"));
  EXPECT_THAT(Ids(dataset, {.release = "undated"}), ElementsAre("undated"));
  EXPECT_THAT(Ids(dataset, {.release = "none"}), IsEmpty());
  EXPECT_THAT(Ids(dataset, {.release = "b", .released_by = absl::CivilDay(2008, 12, 31)}),
              IsEmpty());
  EXPECT_THAT(Ids(dataset, {.release = "a", .released_by = absl::CivilDay(2008, 12, 31)}),
              ElementsAre("a"));
}

}  // namespace
}  // namespace corridor::indicators
