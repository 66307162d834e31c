#include "gateway/changes/feed_position.h"

#include "absl/strings/escaping.h"
#include "platform/request/position.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<std::string> kServices = {"indicators", "memberstates"};

TEST(FeedPositionTest, NothingGivenSaysNothing) {
  EXPECT_THAT(ReadSince("", "since", kServices), IsOkAndHolds(EqualsProto("")));
}

TEST(FeedPositionTest, ZeroIsTheBeginningOfEveryService) {
  EXPECT_THAT(ReadSince("0", "since", kServices), IsOkAndHolds(EqualsProto(R"pb(
                parts {
                  key: "indicators"
                  value {}
                }
                parts {
                  key: "memberstates"
                  value {}
                })pb")));
}

TEST(FeedPositionTest, ABeginningThatWasNotReachedYetIsReadBack) {
  const auto beginning = ReadSince("0", "since", kServices);
  ASSERT_OK(beginning);
  EXPECT_THAT(ReadSince(EncodePosition(*beginning), "since", kServices),
              IsOkAndHolds(EqualsProto(*beginning)));
}

TEST(FeedPositionTest, OfATokenTheKnownServicesCount) {
  common::v1::Position position;
  (*position.mutable_parts())["memberstates"].set_epoch("e");
  (*position.mutable_parts())["memberstates"].set_version(3);
  (*position.mutable_parts())["another"].set_epoch("e");
  EXPECT_THAT(ReadSince(EncodePosition(position), "since", kServices),
              IsOkAndHolds(EqualsProto(R"pb(
                parts {
                  key: "memberstates"
                  value { epoch: "e" version: 3 }
                })pb")));
}

TEST(FeedPositionTest, WhatIsNoPositionIsRefusedByFieldAndValue) {
  common::v1::Position without_epoch;
  (*without_epoch.mutable_parts())["memberstates"].set_version(3);
  common::v1::Position negative;
  (*negative.mutable_parts())["memberstates"].set_epoch("e");
  (*negative.mutable_parts())["memberstates"].set_version(-1);
  common::v1::Position nameless;
  (*nameless.mutable_parts())[""].set_epoch("e");
  const std::string kTokens[] = {"1",
                                 "yesterday",
                                 "AA",
                                 "_",
                                 std::string(5000, 'A'),
                                 EncodePosition(without_epoch),
                                 EncodePosition(negative),
                                 EncodePosition(nameless)};
  for (const std::string& token : kTokens) {
    SCOPED_TRACE(token);
    EXPECT_THAT(ReadSince(token, "Last-Event-ID", kServices).status(),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("Last-Event-ID: \"" + token.substr(0, 100))),
                      HasFieldViolation("Last-Event-ID")));
  }
}

}  // namespace
}  // namespace corridor::gateway
