#include "platform/cache/rendezvous.h"

#include <map>

#include "gtest/gtest.h"

namespace corridor::cache {
namespace {

constexpr int kKeys = 10'000;

TEST(RendezvousTest, EachPlaceHasItsShare) {
  const std::vector<std::string> places = {"a:6379", "b:6379", "c:6379", "d:6379"};
  std::map<size_t, int> keys;
  for (int i = 0; i < kKeys; ++i) ++keys[PlaceOf(std::to_string(i), places)];
  for (size_t place = 0; place < places.size(); ++place) {
    EXPECT_NEAR(keys[place], kKeys / 4, kKeys / 40) << place;
  }
}

TEST(RendezvousTest, OneLostCostsOnlyItsShare) {
  const std::vector<std::string> places = {"a:6379", "b:6379", "c:6379"};
  const std::vector<std::string> left = {"a:6379", "c:6379"};
  for (int i = 0; i < kKeys; ++i) {
    const std::string& before = places[PlaceOf(std::to_string(i), places)];
    if (before == "b:6379") continue;
    EXPECT_EQ(left[PlaceOf(std::to_string(i), left)], before) << i;
  }
}

}  // namespace
}  // namespace corridor::cache
