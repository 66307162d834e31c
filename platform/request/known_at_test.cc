#include "platform/request/known_at.h"

#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/request/position.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::VariantWith;

constexpr char kEpoch[] = "0123456789abcdef";

absl::StatusOr<store::KnownAt> Parse(std::string_view text) {
  return ParseKnownAt(text, "memberstates", kEpoch);
}

TEST(KnownAtTest, EmptyMeansTheHead) {
  EXPECT_THAT(Parse(""), IsOkAndHolds(VariantWith<std::monostate>(std::monostate())));
}

TEST(KnownAtTest, DigitsAreAVersion) {
  EXPECT_THAT(Parse("42"), IsOkAndHolds(VariantWith<int64_t>(42)));
  EXPECT_THAT(Parse("9223372036854775807"), IsOkAndHolds(VariantWith<int64_t>(INT64_MAX)));
}

TEST(KnownAtTest, Rfc3339IsATime) {
  const absl::Time day = absl::FromCivil(absl::CivilDay(2018, 1, 1), absl::UTCTimeZone());
  EXPECT_THAT(Parse("2018-01-01T00:00:00Z"), IsOkAndHolds(VariantWith<absl::Time>(day)));
  EXPECT_THAT(Parse("2018-01-01T02:00:00.25+02:00"),
              IsOkAndHolds(VariantWith<absl::Time>(day + absl::Milliseconds(250))));
}

TEST(KnownAtTest, ATokenOfThisStoreIsItsVersion) {
  EXPECT_THAT(Parse(EncodePosition("memberstates", kEpoch, 7)),
              IsOkAndHolds(VariantWith<int64_t>(7)));
}

TEST(KnownAtTest, ATokenOfAnotherEpochIsAborted) {
  EXPECT_THAT(Parse(EncodePosition("memberstates", "fedcba9876543210", 7)),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("known_at")));
}

TEST(KnownAtTest, ATokenWithoutThisServiceIsRefused) {
  EXPECT_THAT(Parse(EncodePosition("indicators", kEpoch, 7)),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("holds no version of memberstates")),
                    HasFieldViolation("known_at")));
}

TEST(KnownAtTest, WhatHasNoneOfTheFormsIsRefusedByFieldAndValue) {
  for (const std::string text : {"0", "00", "-1", "9223372036854775808", "yesterday", "2018-01-01",
                                 "12x", "2018-01-01T00:00:00", "2018-02-30T00:00:00Z",
                                 "2018-01-01T00:00:00Z ", " 1", "infinite-future", "+1"}) {
    EXPECT_THAT(Parse(text), AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("known_at: \"" + text + "\" ")),
                                   HasFieldViolation("known_at")));
  }
}

}  // namespace
}  // namespace corridor
