// What is JSON and what is not, and where it stops being it.
#include "gateway/transcoding/json_scanner.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

absl::Status Scan(std::string_view text) {
  JsonScanner scanner(text);
  absl::Status read = scanner.Skip();
  return read.ok() ? scanner.End() : read;
}

// The string that `text` is.
std::string String(std::string_view text) {
  JsonScanner scanner(text);
  std::string_view string;
  EXPECT_OK(scanner.ReadString(string));
  return std::string(string);
}

TEST(JsonScannerTest, TakesEveryFormOfJson) {
  for (const char* text : {
           "{}",
           "[]",
           " [ ] ",
           "\"\"",
           "0",
           "-0",
           "-1.5e+10",
           "1E2",
           "true",
           "false",
           "null",
           R"({"a":[1,{"b":null}],"c":{}})",
           "\t{\r\n\"a\" : 1 , \"b\" : [ 2 , 3 ] }\n",
           R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")",
           "\"é😀\"",
       }) {
    EXPECT_OK(Scan(text)) << text;
  }
}

TEST(JsonScannerTest, RefusesEverythingElseAndSaysWhere) {
  const struct {
    std::string text;
    const char* error;
  } cases[] = {
      {"", "body: \"\" at line 1, column 1 is not the JSON expected: expected a value"},
      {"{", "at line 1, column 2 is not the JSON expected: expected a key in double quotes"},
      {"{\"a\"}", "column 5 is not the JSON expected: expected :"},
      {"{\"a\":}", "column 6 is not the JSON expected: expected a value"},
      {"{\"a\":1,}", "column 8 is not the JSON expected: expected a key in double quotes"},
      {"{\"a\":1 \"b\":2}", "column 8 is not the JSON expected: expected , or }"},
      {"{a:1}", "column 2 is not the JSON expected: expected a key in double quotes"},
      {"{'a':1}", "column 2 is not the JSON expected: expected a key in double quotes"},
      {"[1,]", "column 4 is not the JSON expected: expected a value"},
      {"[1 2]", "column 4 is not the JSON expected: expected , or ]"},
      {"[1}", "column 3 is not the JSON expected: expected , or ]"},
      {"{\n  \"a\": 1,\n  \"b\": x\n}", "body: \"x\\x0a}\" at line 3, column 8 is not"},
      {"{\"a\":1,\"a\":2}", "the key a a second time"},
      {"{\"a\":1,\"\\u0061\":2}", "the key a a second time"},
      {"01", "column 2 is not the JSON expected: expected nothing more"},
      {"1.", "column 3 is not the JSON expected: expected a digit"},
      {".5", "column 1 is not the JSON expected: expected a value"},
      {"-", "column 2 is not the JSON expected: expected a digit"},
      {"+1", "column 1 is not the JSON expected: expected a value"},
      {"1e", "column 3 is not the JSON expected: expected a digit"},
      {"0x1", "column 2 is not the JSON expected: expected nothing more"},
      {"NaN", "column 1 is not the JSON expected: expected a value"},
      {"tru", "column 1 is not the JSON expected: expected a value"},
      {"nulll", "column 5 is not the JSON expected: expected nothing more"},
      {"{} {}", "column 4 is not the JSON expected: expected nothing more"},
      {"\"a", "a string has no end"},
      {"\"a\nb\"", "a control character in a string"},
      {std::string("\"a\0\"", 4), "a control character in a string"},
      {"\"\\x\"", "an unknown escape"},
      {"\"\\", "an unknown escape"},
      {"\"\\u12g4\"", "expected four hex digits"},
      {"\"\\ud800\"", "half of a surrogate pair"},
      {"\"\\ud800\\u0041\"", "half of a surrogate pair"},
      {"\"\\udc00\"", "half of a surrogate pair"},
      {"\"\xff\"", "not UTF-8"},
      {"\"\xc0\x80\"", "not UTF-8"},
      {"\"\xed\xa0\x80\"", "not UTF-8"},
      {"\"\xf4\x90\x80\x80\"", "not UTF-8"},
      {"// x\n1", "expected a value"},
      {"\xef\xbb\xbf{}", "expected a value"},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(Scan(test.text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.error)))
        << test.text;
  }
}

TEST(JsonScannerTest, ReadsStringsWithoutTheirEscapes) {
  EXPECT_EQ(String(R"("\"\\\/\b\f\n\r\t\u00e9\u20AC\uD83D\uDE00é")"), "\"\\/\b\f\n\r\té€😀é");
  EXPECT_EQ(String("\"long enough for whole words é and\\nwhat comes after\""),
            "long enough for whole words é and\nwhat comes after");
}

TEST(JsonScannerTest, NestsAHundredDeepAndNoDeeper) {
  EXPECT_OK(Scan(std::string(100, '[') + std::string(100, ']')));
  EXPECT_THAT(
      Scan(std::string(101, '[') + std::string(101, ']')),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("column 101 is not the JSON expected: more than 100 objects and arrays")));
  EXPECT_THAT(Scan(std::string(1000000, '[')), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonScannerTest, WritesStringsThatItReadsBack) {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "é€😀";
  std::string json;
  AppendJsonString(all, json);
  EXPECT_EQ(String(json), all);
  std::string replaced;
  AppendJsonString("a\xff", replaced);
  EXPECT_EQ(replaced, "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace corridor::gateway
