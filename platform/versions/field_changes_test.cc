#include "platform/versions/field_changes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace corridor::versions {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Struct Object(const std::string& json) {
  Struct object;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &object).ok()) << json;
  return object;
}

std::string Text(const Value& value) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(value, &json).ok());
  return json;
}

// `path: before -> after`, a missing side as nothing.
std::vector<std::string> Changes(const std::string& before, const std::string& after) {
  std::vector<std::string> lines;
  for (const auto& change : FieldChanges(Object(before), Object(after))) {
    lines.push_back(absl::StrCat(change.path(), ": ",
                                 change.has_before() ? Text(change.before()) : "", " -> ",
                                 change.has_after() ? Text(change.after()) : ""));
  }
  return lines;
}

TEST(FieldChangesTest, TheSameHasNone) {
  EXPECT_THAT(Changes(R"({"a": 1, "b": {"c": [1, 2]}})", R"({"b": {"c": [1, 2]}, "a": 1})"),
              IsEmpty());
}

TEST(FieldChangesTest, AChangedFieldIsNamedByItsPath) {
  EXPECT_THAT(Changes(R"({"displayName": "A", "start": {"text": "2002"}})",
                      R"({"displayName": "B", "start": {"text": "2003"}})"),
              ElementsAre(R"(displayName: "A" -> "B")", R"(start.text: "2002" -> "2003")"));
}

TEST(FieldChangesTest, WhatCameHasNoBeforeAndWhatWentNoAfter) {
  EXPECT_THAT(Changes(R"({"a": null})", R"({"b": {"c": 1}})"),
              ElementsAre("a: null -> ", R"(b:  -> {"c":1})"));
}

TEST(FieldChangesTest, AnotherTypeIsAnotherValue) {
  EXPECT_THAT(Changes(R"({"a": {"b": 1}})", R"({"a": [1]})"), ElementsAre(R"(a: {"b":1} -> [1])"));
  EXPECT_THAT(Changes(R"({"a": 1})", R"({"a": "1"})"), ElementsAre(R"(a: 1 -> "1")"));
}

TEST(FieldChangesTest, EntriesOfListsAsLongAreComparedOneByOne) {
  EXPECT_THAT(Changes(R"({"spells": [{"s": 1}, {"s": 2, "e": 3}, {"s": 4}]})",
                      R"({"spells": [{"s": 1}, {"s": 2, "e": 9}, {"s": 4}]})"),
              ElementsAre("spells[1].e: 3 -> 9"));
}

TEST(FieldChangesTest, AnEntryThatCameInBetweenIsTheOnlyChange) {
  EXPECT_THAT(Changes(R"({"a": [1, 2, 3]})", R"({"a": [1, 7, 2, 3]})"), ElementsAre("a[1]:  -> 7"));
  EXPECT_THAT(Changes(R"({"a": [1, 2, 3]})", R"({"a": [1, 3]})"), ElementsAre("a[1]: 2 -> "));
  EXPECT_THAT(Changes(R"({"a": [1, 1]})", R"({"a": [1]})"), ElementsAre("a[1]: 1 -> "));
}

TEST(FieldChangesTest, ListsOfOtherLengthAndContentGoAndComeWhole) {
  EXPECT_THAT(Changes(R"({"a": [1, 2, 3, 9]})", R"({"a": [1, 4, 9]})"),
              ElementsAre("a[1]: 2 -> ", "a[1]:  -> 4", "a[2]: 3 -> "));
}

}  // namespace
}  // namespace corridor::versions
