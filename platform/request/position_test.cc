#include "platform/request/position.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::MatchesRegex;

TEST(PositionTest, ATokenReadsBackAsThePosition) {
  const std::string token = EncodePosition("memberstates", "0123456789abcdef", 42);
  EXPECT_THAT(token, MatchesRegex("[A-Za-z0-9_-]+"));
  EXPECT_THAT(DecodePosition(token, "known_at"), IsOkAndHolds(EqualsProto(R"pb(
                parts {
                  key: "memberstates"
                  value { epoch: "0123456789abcdef" version: 42 }
                })pb")));
}

TEST(PositionTest, EqualPositionsGiveEqualTokens) {
  common::v1::Position one, other;
  for (const char* service : {"a", "b", "c", "d"}) {
    auto& part = (*one.mutable_parts())[service];
    part.set_epoch("e");
    part.set_version(1);
  }
  for (const char* service : {"d", "c", "b", "a"}) {
    auto& part = (*other.mutable_parts())[service];
    part.set_epoch("e");
    part.set_version(1);
  }
  EXPECT_EQ(EncodePosition(one), EncodePosition(other));
}

TEST(PositionTest, WhatIsNoTokenIsRefusedByName) {
  for (const std::string token : {"", "!", "AAAA", "Cg", "+/+/", "areas/ARM"}) {
    EXPECT_THAT(DecodePosition(token, "known_at"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                               "known_at: \"" + token + "\" is not a corridor-version token"),
                      HasFieldViolation("known_at")));
  }
  EXPECT_THAT(DecodePosition(EncodePosition("memberstates", "e", -1), "known_at"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(DecodePosition(std::string(5000, 'A'), "known_at"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace corridor
