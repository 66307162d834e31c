#include "gateway/docs/schemas.h"

#include <gtest/gtest.h>

#include <string>

#include "gateway/docs/testdata/contracts.h"
#include "gateway/transcoding/testdata/contract_pool.h"

namespace corridor::gateway {
namespace {

TEST(SchemasTest, EveryTypeIsAsJsonWritesIt) {
  const ContractPool contract{LibraryContract()};
  const Comments comments{contract.files()};
  Schemas schemas(comments);
  const auto& everything =
      *contract.pool().FindMessageTypeByName("transcoding.testdata.v1.Everything");
  const std::string book = R"({"$ref":"#/components/schemas/transcoding.testdata.v1.Book"})";
  const std::string colour = R"({"$ref":"#/components/schemas/transcoding.testdata.v1.Colour"})";
  const struct {
    std::string field, schema;
  } cases[] = {
      {"an_int32", R"({"type":"integer","format":"int32"})"},
      {"a_sint32", R"({"type":"integer","format":"int32"})"},
      {"a_fixed32", R"({"type":"integer","format":"uint32","minimum":0})"},
      {"an_int64", R"({"type":"string","format":"int64","pattern":"^-?[0-9]+$"})"},
      {"a_uint64", R"({"type":"string","format":"uint64","pattern":"^[0-9]+$"})"},
      {"a_float", R"({"type":"number","format":"float"})"},
      {"a_double", R"({"type":"number","format":"double"})"},
      {"a_bool", R"({"type":"boolean"})"},
      {"a_string", R"({"type":"string"})"},
      {"a_bytes", R"({"type":"string","contentEncoding":"base64"})"},
      {"a_colour", colour},
      {"strings", R"({"type":"array","items":{"type":"string"}})"},
      {"colours", R"({"type":"array","items":)" + colour + "}"},
      {"maybe_int32",
       R"({"type":"integer","format":"int32","description":"Absent when it is not set."})"},
      {"a_timestamp", R"({"type":"string","format":"date-time"})"},
      {"a_duration",
       R"({"type":"string","format":"google-duration","pattern":"^-?[0-9]+(\\.[0-9]{1,9})?s$"})"},
      {"a_mask", R"({"type":"string","format":"google-fieldmask"})"},
      {"a_bool_value", R"({"type":["boolean","null"]})"},
      {"an_int32_value", R"({"type":["integer","null"],"format":"int32"})"},
      {"a_uint64_value", R"({"type":["string","null"],"format":"uint64","pattern":"^[0-9]+$"})"},
      {"a_bytes_value", R"({"type":["string","null"],"contentEncoding":"base64"})"},
      {"string_values", R"({"type":"array","items":{"type":["string","null"]}})"},
      {"choice_book", book},
      {"books", R"({"type":"array","items":)" + book + "}"},
      {"labels", R"({"type":"object","additionalProperties":{"type":"string"}})"},
      {"books_by_number",
       R"({"type":"object","propertyNames":{"pattern":"^-?[0-9]+$"},"additionalProperties":)" +
           book + "}"},
      {"counts",
       R"({"type":"object","propertyNames":{"enum":["true","false"]},"additionalProperties":)"
       R"({"type":"string","format":"int64","pattern":"^-?[0-9]+$"}})"},
      {"a_struct", R"({"type":"object","additionalProperties":true})"},
      {"a_value", "{}"},
      {"a_list", R"({"type":"array","items":{}})"},
      {"an_any",
       R"({"type":"object","properties":{"@type":{"type":"string"}},"required":["@type"],)"
       R"("additionalProperties":true})"},
      {"a_null", R"({"type":"null"})"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(schemas.OfField(*everything.FindFieldByName(c.field)).ToString(), c.schema)
        << c.field;
  }
}

class DocumentedSchemasTest : public ::testing::Test {
 protected:
  Json ComponentsOf(const std::string& message) {
    schemas_.OfMessage(*contract_.pool().FindMessageTypeByName("documented.shop.v1." + message));
    return schemas_.Components();
  }

  const ContractPool contract_{DocumentedContract()};
  const Comments comments_{contract_.files()};
  Schemas schemas_{comments_};
};

TEST_F(DocumentedSchemasTest, AMessageIsDescribedByItsCommentsAndBehaviours) {
  const Json components = ComponentsOf("Thing");
  EXPECT_EQ(
      At(components, {"documented.shop.v1.Thing"}),
      R"({"type":"object","description":"A thing.\n\nAt most one of `whole`, `brokenBy`. Its state.",)"
      R"("properties":{"name":{"type":"string","description":"Made of the key. Output only.",)"
      R"("readOnly":true},"shelfNumber":{"type":"integer","format":"int32",)"
      R"("description":"Where it is.\n\nAbsent when it is not set."},)"
      R"("weight":{"type":"string","format":"int64","pattern":"^-?[0-9]+$",)"
      R"("description":"What it weighs."},"count":{"type":"integer","format":"int32",)"
      R"("description":"When it was counted.","readOnly":true},"secret":{"type":"string",)"
      R"("description":"Never told.","writeOnly":true},"whole":{"type":"boolean",)"
      R"("description":"Whole."},"brokenBy":{"type":"string","description":"Broken."},)"
      R"("parts":{"type":"array","items":)"
      R"({"$ref":"#/components/schemas/documented.shop.v1.Thing"},)"
      R"("description":"What it is made of."}},"required":["weight"]})");
}

TEST_F(DocumentedSchemasTest, AnEnumIsDescribedByItsValues) {
  const Json components = ComponentsOf("CreateThingRequest");
  EXPECT_EQ(At(components, {"documented.shop.v1.Way"}),
            R"({"type":"string","description":"Ways to come here.\n\n)"
            R"(- `WAY_UNSPECIFIED`: Nobody knows.\n- `CARRIED`: By `shelfNumber`.",)"
            R"("enum":["WAY_UNSPECIFIED","CARRIED"]})");
}

TEST_F(DocumentedSchemasTest, WhatIsReferredToIsThereByName) {
  const Json components = ComponentsOf("CreateThingRequest");
  ASSERT_EQ(components.members().size(), 3u);
  EXPECT_EQ(components.members()[0].first, "documented.shop.v1.CreateThingRequest");
  EXPECT_EQ(components.members()[1].first, "documented.shop.v1.Thing");
  EXPECT_EQ(components.members()[2].first, "documented.shop.v1.Way");
}

}  // namespace
}  // namespace corridor::gateway
