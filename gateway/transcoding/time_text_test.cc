// Times and durations at and beyond their limits.
#include "gateway/transcoding/time_text.h"

#include <string>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

// `seconds+nanos`, or `none`.
std::string Text(std::optional<SecondsAndNanos> time) {
  return time ? std::to_string(time->seconds) + "+" + std::to_string(time->nanos) : "none";
}

TEST(TimeTextTest, TimestampsAreReadToTheNanosecondAndWithinTheirYears) {
  constexpr struct {
    const char* text;
    const char* time;
  } kCases[] = {
      {"1970-01-01T00:00:00Z", "0+0"},
      {"1969-12-31T23:59:59.999999999Z", "-1+999999999"},
      {"2018-01-01T00:00:00.5+01:00", "1514761200+500000000"},
      {"2018-01-01T00:00:00-00:30", "1514766600+0"},
      {"2000-02-29T12:00:00.000000001Z", "951825600+1"},
      {"0001-01-01T00:00:00Z", "-62135596800+0"},
      {"9999-12-31T23:59:59.999999999Z", "253402300799+999999999"},
      {"0001-01-01T00:00:00+00:01", "none"},
      {"9999-12-31T23:59:59-00:01", "none"},
      {"0000-12-31T00:00:00Z", "none"},
      {"2001-02-29T00:00:00Z", "none"},
      {"2001-00-01T00:00:00Z", "none"},
      {"2001-13-01T00:00:00Z", "none"},
      {"2001-01-32T00:00:00Z", "none"},
      {"2001-01-01T24:00:00Z", "none"},
      {"2001-01-01T00:60:00Z", "none"},
      {"2001-01-01T00:00:60Z", "none"},
      {"2001-01-01T00:00:00.Z", "none"},
      {"2001-01-01T00:00:00.0000000001Z", "none"},
      {"2001-01-01T00:00:00", "none"},
      {"2001-01-01T00:00:00+1:00", "none"},
      {"2001-01-01T00:00:00+0100", "none"},
      {"2001-01-01T00:00:00+24:00", "none"},
      {"2001-01-01 00:00:00Z", "none"},
      {"2001-01-01T00:00:00Z ", "none"},
      {"2001-1-01T00:00:00Z", "none"},
      {"-001-01-01T00:00:00Z", "none"},
      {"2001-01-01", "none"},
      {"", "none"},
  };
  for (const auto& test : kCases)
    EXPECT_EQ(Text(ParseTimestamp(test.text)), test.time) << test.text;
}

TEST(TimeTextTest, DurationsAreReadToTheNanosecondAndWithinTenThousandYears) {
  constexpr struct {
    const char* text;
    const char* time;
  } kCases[] = {
      {"0s", "0+0"},
      {"-0.000000001s", "0+-1"},
      {"1.5s", "1+500000000"},
      {"-1.05s", "-1+-50000000"},
      {"315576000000s", "315576000000+0"},
      {"-315576000000s", "-315576000000+0"},
      {"315576000000.000000001s", "none"},
      {"315576000001s", "none"},
      {"99999999999999999999s", "none"},
      {"1", "none"},
      {"1.s", "none"},
      {".5s", "none"},
      {"--1s", "none"},
      {"+1s", "none"},
      {"1.0000000001s", "none"},
      {"1s ", "none"},
      {"s", "none"},
      {"", "none"},
  };
  for (const auto& test : kCases) EXPECT_EQ(Text(ParseDuration(test.text)), test.time) << test.text;
}

TEST(TimeTextTest, TimesAreWrittenAsTheyAreReadAndNotBeyondTheirLimits) {
  const auto timestamp = [](int64_t seconds, int32_t nanos) {
    char buffer[kLongestTime];
    char* end = WriteTimestamp({seconds, nanos}, buffer);
    return end == nullptr ? "none" : std::string(buffer, end);
  };
  EXPECT_EQ(timestamp(0, 0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(-1, 999999999), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(timestamp(951825600, 120000000), "2000-02-29T12:00:00.120Z");
  EXPECT_EQ(timestamp(-62135596800, 1000), "0001-01-01T00:00:00.000001Z");
  EXPECT_EQ(timestamp(253402300799, 0), "9999-12-31T23:59:59Z");
  EXPECT_EQ(timestamp(-62135596801, 0), "none");
  EXPECT_EQ(timestamp(253402300800, 0), "none");
  EXPECT_EQ(timestamp(0, -1), "none");
  EXPECT_EQ(timestamp(0, 1000000000), "none");
  const auto duration = [](int64_t seconds, int32_t nanos) {
    char buffer[kLongestTime];
    char* end = WriteDuration({seconds, nanos}, buffer);
    return end == nullptr ? "none" : std::string(buffer, end);
  };
  EXPECT_EQ(duration(0, 0), "0s");
  EXPECT_EQ(duration(0, -500000000), "-0.500s");
  EXPECT_EQ(duration(-1, -1), "-1.000000001s");
  EXPECT_EQ(duration(315576000000, 0), "315576000000s");
  EXPECT_EQ(duration(-315576000000, 0), "-315576000000s");
  EXPECT_EQ(duration(315576000000, 1), "none");
  EXPECT_EQ(duration(-315576000001, 0), "none");
  EXPECT_EQ(duration(1, -1), "none");
  EXPECT_EQ(duration(-1, 1), "none");
}

}  // namespace
}  // namespace corridor::gateway
