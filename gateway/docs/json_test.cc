#include "gateway/docs/json.h"

#include <gtest/gtest.h>

namespace corridor::gateway {
namespace {

TEST(JsonTest, MembersAreWrittenInTheOrderInWhichTheyWereSet) {
  Json json = Json::Object({{"z", Json::Number(-3)}, {"a", Json::Boolean(false)}});
  json.Set("m", Json::Array({Json::Text("x"), Json::Object()})).Set("b", Json::Raw("{\"c\": 1.5}"));
  json.Set("e", Json::Array());
  EXPECT_EQ(json.ToString(), R"({"z":-3,"a":false,"m":["x",{}],"b":{"c": 1.5},"e":[]})");
}

TEST(JsonTest, TextsAndNamesAreEscaped) {
  const Json json = Json::Object({{"a\"b", Json::Text("line\nnext \\ \xC3\xA9")}});
  EXPECT_EQ(json.ToString(), "{\"a\\\"b\":\"line\\nnext \\\\ \xC3\xA9\"}");
}

TEST(JsonTest, AMemberIsFoundByItsName) {
  Json json = Json::Object({{"a", Json::Object({{"b", Json::Number(1)}})}});
  ASSERT_NE(json.Find("a"), nullptr);
  EXPECT_EQ(json.Find("a")->Find("b")->ToString(), "1");
  EXPECT_EQ(json.Find("b"), nullptr);
  EXPECT_EQ(Json::Text("a").Find("a"), nullptr);
  json.Find("a")->Set("c", Json::Boolean(true));
  EXPECT_EQ(json.ToString(), R"({"a":{"b":1,"c":true}})");
}

}  // namespace
}  // namespace corridor::gateway
