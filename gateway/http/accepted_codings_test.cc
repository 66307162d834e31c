#include "gateway/http/accepted_codings.h"

#include <string>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

int Weight(const std::string& accepted, std::string_view coding) {
  return AcceptedCodings(&accepted).Weight(coding);
}

TEST(AcceptedCodingsTest, ACodingHasTheWeightThatTheClientGives) {
  const std::string accepted = "gzip;q=0.5, br , ZSTD; q=0.123,deflate;q=0,x;level=2;q=0.05";
  EXPECT_EQ(Weight(accepted, "gzip"), 500);
  EXPECT_EQ(Weight(accepted, "br"), 1000);
  EXPECT_EQ(Weight(accepted, "zstd"), 123);
  EXPECT_EQ(Weight(accepted, "deflate"), 0);
  EXPECT_EQ(Weight(accepted, "x"), 50);
  EXPECT_EQ(Weight(accepted, "compress"), 0);
}

TEST(AcceptedCodingsTest, AStarIsForAllThatAreNotNamed) {
  EXPECT_EQ(Weight("gzip;q=0, *;q=0.2", "gzip"), 0);
  EXPECT_EQ(Weight("*;q=0.2, gzip", "br"), 200);
  EXPECT_EQ(Weight("gzip, *;q=0", "identity"), 0);
  EXPECT_EQ(Weight("*", "identity"), 1000);
}

TEST(AcceptedCodingsTest, IdentityIsTheLastResortUnlessItIsRefused) {
  EXPECT_EQ(Weight("gzip", "identity"), 1);
  EXPECT_EQ(Weight("", "identity"), 1);
  EXPECT_EQ(Weight("", "gzip"), 0);
  EXPECT_EQ(Weight("identity;q=0", "identity"), 0);
  EXPECT_EQ(Weight("gzip;q=0.000", "gzip"), 0);
}

TEST(AcceptedCodingsTest, AClientThatSaysNothingTakesAny) {
  EXPECT_EQ(AcceptedCodings(nullptr).Weight("gzip"), 1000);
  EXPECT_TRUE(AcceptedCodings(nullptr).is_silent());
}

}  // namespace
}  // namespace corridor::gateway
