// Paths into JSON, as the tables of tests use them.
#include "tests/e2e/json_text.h"

#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::e2e {
namespace {

constexpr char kJson[] =
    R"({"name": "areas/GEO", "certain": true, "share": 25.3, "people": 3500000, "none": [],
        "start": {"text": "2004", "earliest": "2004-01-01"}, "codes": ["a", "b"],
        "classes": [{"id": "III.1", "kind": "x", "notes": [1, 2]},
                    {"id": "III.2", "kind": "x", "notes": [3]}]})";

TEST(JsonTextTest, APathFindsItsMembersAsText) {
  struct Row {
    const char* path;
    const char* text;
  };
  ASSERT_OK_AND_ASSIGN(const auto json, ParseJson(kJson));
  for (const Row& row : {Row{"name", "areas/GEO"},
                         {"certain", "true"},
                         {"share", "25.3"},
                         {"people", "3500000"},
                         {"start", "{earliest: 2004-01-01, text: 2004}"},
                         {"start.text", "2004"},
                         {"codes", "[a, b]"},
                         {"codes[1]", "b"},
                         {"codes[#]", "2"},
                         {"none", "[]"},
                         {"none[#]", "0"},
                         {"classes[*].id", "III.1 | III.2"},
                         {"classes[id=III.2].notes[0]", "3"},
                         {"classes[kind=x][id=III.1].notes[#]", "2"}}) {
    EXPECT_EQ(TextAt(json, row.path), row.text) << row.path;
  }
}

TEST(JsonTextTest, WhatIsNotThereIsAbsent) {
  ASSERT_OK_AND_ASSIGN(const auto json, ParseJson(kJson));
  for (const char* path : {"end", "end.text", "name.text", "none[0]", "none[*]", "codes[2]",
                           "codes[-1]", "codes[x]", "classes[id=III.3].id"}) {
    EXPECT_EQ(TextAt(json, path), kAbsent) << path;
  }
}

TEST(JsonTextTest, OnlyAnObjectIsAnAnswer) {
  for (const char* text : {"", "[]", "{", "1"}) {
    EXPECT_THAT(ParseJson(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace corridor::e2e
