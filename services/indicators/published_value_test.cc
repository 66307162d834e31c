#include "services/indicators/published_value.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::indicators {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

v1::Observation Observation(const std::string& text) {
  v1::Observation observation;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &observation));
  return observation;
}

TEST(PublishedValueTest, TheTextCountsAndItsLastDigitIsWhereItWasRounded) {
  struct Case {
    std::string observation;
    std::string_view value, rounded_to, with_bounds;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"value_text: '25.30'", "25.30", "0.01", "25.30 (25.295 to 25.305 before rounding)"},
           {"value: 25.3 value_text: '25.30'", "25.30", "0.01",
            "25.30 (25.295 to 25.305 before rounding)"},
           {"value: 25.3", "25.3", "0.1", "25.3 (25.25 to 25.35 before rounding)"},
           {"value: 0", "0", "1", "0 (-0.5 to 0.5 before rounding)"},
           {"value: 3500000 rounded_to: '100000'", "3500000", "100000",
            "3500000 (3450000 to 3550000 before rounding)"},
       }) {
    ASSERT_OK_AND_ASSIGN(const auto published, ReadPublishedValue(Observation(c.observation)));
    ASSERT_TRUE(published.has_value()) << c.observation;
    EXPECT_EQ(published->value.Text(), c.value);
    EXPECT_EQ(published->rounded_to.Text(), c.rounded_to);
    EXPECT_EQ(WithBounds(*published), c.with_bounds);
  }
}

TEST(PublishedValueTest, NoValueIsNoZero) {
  EXPECT_THAT(ReadPublishedValue(Observation("missing_reason: 'no survey'")),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST(PublishedValueTest, WhatIsMalformedIsRefusedNamingTheField) {
  struct Case {
    std::string observation;
    std::string_view field, message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"value_text: '25,3'", "value_text", "\"25,3\" is not a decimal number"},
           {"value: inf", "value", "\"inf\" is not a number"},
           {"value: 1e300", "value", "\"1e+300\" has too many digits"},
           {"value: 25.4 value_text: '25.3'", "value_text", "is another number than `value`"},
           {"value: 25.3 rounded_to: '0,1'", "rounded_to", "is not a decimal number"},
           {"value: 25.3 rounded_to: '0.0'", "rounded_to", "\"0.0\" is not more than 0"},
           {"value: 25.3 rounded_to: '-0.1'", "rounded_to", "\"-0.1\" is not more than 0"},
           {"rounded_to: '0.1'", "rounded_to", "has no value that it rounds"},
           {"value_text: '9223372036854775807'", "rounded_to",
            "\"1\" leaves bounds of too many digits for 9223372036854775807"},
       }) {
    const auto published = ReadPublishedValue(Observation(c.observation));
    EXPECT_THAT(published,
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(c.message))));
    EXPECT_THAT(published, HasFieldViolation(std::string(c.field)));
  }
}

TEST(PublishedValueTest, WhatIsSetIsWhatIsRead) {
  ASSERT_OK_AND_ASSIGN(const auto published,
                       ReadPublishedValue(Observation("value_text: '25.30' rounded_to: '0.1'")));
  v1::Observation observation;
  SetPublishedValue(*published, observation);
  EXPECT_THAT(observation, EqualsProto("value: 25.3 value_text: '25.30' rounded_to: '0.1' "
                                       "low: 25.25 high: 25.35"));
}

}  // namespace
}  // namespace corridor::indicators
