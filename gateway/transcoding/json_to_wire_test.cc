// Bodies into messages: every kind of field, each held against protobuf's own parser, and every
// error.
#include "gateway/transcoding/json_to_wire.h"

#include <memory>
#include <string>

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/testdata/reference_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Message;
using ::testing::HasSubstr;

const std::string kEverything = "transcoding.testdata.v1.Everything";

class JsonToWireTest : public ::testing::Test {
 protected:
  absl::Status Read(std::string_view json) { return Keep(JsonToWire(json, type_)); }

  absl::Status ReadField(const char* field, const char* json) {
    return Keep(JsonToWire(json, tables_.Of(*type_.descriptor->FindFieldByName(field))));
  }

  absl::Status Keep(const absl::StatusOr<std::string>& wire) {
    message_ = contract_.New(kEverything);
    if (wire.ok()) {
      EXPECT_TRUE(message_->ParseFromString(*wire));
    }
    return wire.status();
  }

  ContractPool contract_{LibraryContract()};
  ReferenceJson reference_{contract_};
  MessageTables tables_{contract_.files()};
  const MessageTable& type_ = *tables_.Find(kEverything);
  std::unique_ptr<Message> message_;
};

TEST_F(JsonToWireTest, ReadsEveryKindOfFieldAsProtobufDoes) {
  constexpr struct {
    const char* json;
    const char* message;
  } kCases[] = {
      {"{}", ""},
      {R"({"anInt32":-7,"aSint32":"5","anSfixed32":1e3})",
       "an_int32: -7 a_sint32: 5 an_sfixed32: 1000"},
      {R"({"an_int32":1.0})", "an_int32: 1"},
      {R"({"anInt64":"-9223372036854775808","aSint64":9223372036854775807})",
       "an_int64: -9223372036854775808 a_sint64: 9223372036854775807"},
      {R"({"aUint32":4294967295,"aUint64":"18446744073709551615"})",
       "a_uint32: 4294967295 a_uint64: 18446744073709551615"},
      {R"({"aFloat":1.5,"aDouble":"-2.5e-3"})", "a_float: 1.5 a_double: -0.0025"},
      {R"({"aFloat":"Infinity","aDouble":"-Infinity"})", "a_float: inf a_double: -inf"},
      {R"({"aDouble":0.1})", "a_double: 0.1"},
      {R"({"aBool":true})", "a_bool: true"},
      {R"({"aString":"a\n\u00e9\uD83D\uDE00"})", "a_string: 'a\\né😀'"},
      {R"({"aBytes":"AP-_"})", "a_bytes: '\\000\\377\\277'"},
      {R"({"aBytes":"AP+/"})", "a_bytes: '\\000\\377\\277'"},
      {R"({"aColour":"RED","colours":[2,"RED",77]})", "a_colour: RED colours: [GREEN, RED, 77]"},
      {R"({"int32s":[1,"2",3.0],"strings":["","a"],"bools":[true,false]})",
       "int32s: [1, 2, 3] strings: ['', 'a'] bools: [true, false]"},
      {R"({"maybeInt32":0,"maybeString":""})", "maybe_int32: 0 maybe_string: ''"},
      {R"({"anInt32":null,"inner":null,"strings":null,"labels":null,"aTimestamp":null,"aBoolValue":null})",
       ""},
      {R"({"aTimestamp":"2018-01-01T00:00:00.5Z","aDuration":"-1.5s"})",
       "a_timestamp { seconds: 1514764800 nanos: 500000000 } a_duration { seconds: -1 nanos: "
       "-500000000 }"},
      {R"({"aMask":"displayName,a.bC"})", "a_mask { paths: ['display_name', 'a.b_c'] }"},
      {R"({"aMask":""})", "a_mask { }"},
      {R"({"aBoolValue":false,"anInt32Value":1,"anInt64Value":"2","aUint32Value":3,"aUint64Value":4})",
       "a_bool_value { } an_int32_value { value: 1 } an_int64_value { value: 2 } a_uint32_value { "
       "value: 3 } "
       "a_uint64_value { value: 4 }"},
      {R"({"aFloatValue":1,"aDoubleValue":"2","aStringValue":"","aBytesValue":"AA=="})",
       "a_float_value { value: 1 } a_double_value { value: 2 } a_string_value { } "
       "a_bytes_value { value: '\\000' }"},
      {R"({"timestamps":["1970-01-01T00:00:01Z"],"stringValues":["a","b"]})",
       "timestamps { seconds: 1 } string_values { value: 'a' } string_values { value: 'b' }"},
      {R"({"choiceBook":{"title":"x","position":{"row":1,"column":0}}})",
       "choice_book { title: 'x' position { row: 1 column: 0 } }"},
      {R"({"choiceText":null,"choiceNumber":0})", "choice_number: 0"},
      {R"({"inner":{"inner":{"inner":{}}},"books":[{},{"name":"a"}]})",
       "inner { inner { inner { } } } books { } books { name: 'a' }"},
      {R"({"labels":{"a":"b","":""}})",
       "labels { key: 'a' value: 'b' } labels { key: '' value: '' }"},
      {R"({"booksByNumber":{"-1":{"name":"a"}},"counts":{"true":"5","false":6}})",
       "books_by_number { key: -1 value { name: 'a' } } counts { key: true value: 5 } "
       "counts { key: false value: 6 }"},
      {R"({"aStruct":{"a":[1,"b",null,true,{}]},"aList":[],"aValue":null})",
       "a_struct { fields { key: 'a' value { list_value { values { number_value: 1 } "
       "values { string_value: 'b' } values { null_value: NULL_VALUE } values { bool_value: true } "
       "values { struct_value { } } } } } } a_list { } a_value { null_value: NULL_VALUE }"},
      {R"({"aNull":null})", ""},
      {R"({"anAny":{"@type":"type.googleapis.com/transcoding.testdata.v1.Shelf","name":"x"}})",
       "an_any { type_url: 'type.googleapis.com/transcoding.testdata.v1.Shelf' value: '\\n\\001x' "
       "}"},
      {R"({"otherName":"x"})", "renamed: 'x'"},
      {R"({"renamed":"x"})", "renamed: 'x'"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.json);
    ASSERT_OK(Read(test.json));
    EXPECT_THAT(*message_, EqualsProto(test.message));
    std::unique_ptr<Message> reference = reference_.Read(kEverything, test.json);
    ASSERT_NE(reference, nullptr);
    EXPECT_THAT(*message_, EqualsProto(*reference));
  }
}

TEST_F(JsonToWireTest, AMaskMayBeInSnakeCase) {
  ASSERT_OK(Read(R"({"aMask":"display_name,a.b_c"})"));
  EXPECT_THAT(*message_, EqualsProto("a_mask { paths: ['display_name', 'a.b_c'] }"));
}

// protobuf's utility makes `b_cd` of it, whose JSON is another.
TEST_F(JsonToWireTest, EveryCapitalOfAMaskBeginsAWord) {
  ASSERT_OK(Read(R"({"aMask":"bCD"})"));
  EXPECT_THAT(*message_, EqualsProto("a_mask { paths: 'b_c_d' }"));
}

TEST_F(JsonToWireTest, RefusesWithPathAndValue) {
  constexpr struct {
    const char* json;
    const char* error;
  } kCases[] = {
      {"", "body: \"\" at line 1, column 1 is not the JSON expected: expected a value"},
      {"[]", "body: \"[]\" is not an object"},
      {"null", "body: \"null\" is not an object"},
      {"{}x", "body: \"x\" at line 1, column 3 is not the JSON expected: expected nothing more"},
      {R"({"anInt32":1)",
       "body: \"\" at line 1, column 13 is not the JSON expected: expected , or }"},
      // Unknown fields, with the nearest known one.
      {R"({"aStrin":1})",
       "aStrin: \"1\" is for a field that does not exist; the nearest is aString"},
      {R"({"inner":{"books":[{},{"tittle":"x"}]}})",
       "inner.books[1].tittle: \"x\" is for a field that does not exist; the nearest is "
       "inner.books[1].title"},
      {R"({"books_by_number":{"7":{"x":{}}}})",
       "booksByNumber[\"7\"].x: \"{}\" is for a field that does not exist; the nearest is "
       "booksByNumber[\"7\"].name"},
      // Wrong types.
      {R"({"anInt32":"x"})", "anInt32: \"x\" is not an integer"},
      {R"({"anInt32":1.5})", "anInt32: \"1.5\" is not an integer"},
      {R"({"anInt32":true})", "anInt32: \"true\" is not an integer"},
      {R"({"anInt32":[1]})", "anInt32: \"[1]\" is not an integer"},
      {R"({"anInt32":3e9})", "anInt32: \"3000000000\" is outside -2147483648 to 2147483647"},
      {R"({"anInt32":" 1"})", "anInt32: \" 1\" is not an integer"},
      {R"({"anInt64":1e300})", "anInt64: \"1e300\" is not an integer"},
      {R"({"aUint32":-1})", "aUint32: \"-1\" is outside 0 to 4294967295"},
      {R"({"aDouble":{}})", "aDouble: \"{}\" is not a number"},
      {R"({"aDouble":"x"})", "aDouble: \"x\" is not a number within range"},
      {R"({"aDouble":1e999})", "aDouble: \"1e999\" is not a number within range"},
      {R"({"aFloat":1e39})", "aFloat: \"1e39\" is out of range"},
      {R"({"aBool":"true"})", "aBool: \"true\" is not true or false"},
      {R"({"aBool":1})", "aBool: \"1\" is not true or false"},
      {R"({"aBoolValue":"true"})", "aBoolValue: \"true\" is not true or false"},
      {R"({"aString":1})", "aString: \"1\" is not a string"},
      {R"({"aBytes":"?"})", "aBytes: \"?\" is not base64"},
      {R"({"aBytes":"AP-_95"})", "aBytes: \"AP-_95\" is not base64"},
      {R"({"aBytes":"AP-+"})", "aBytes: \"AP-+\" is not base64"},
      {R"({"aBytes":"A A="})", "aBytes: \"A A=\" is not base64"},
      {R"({"aBytes":1})", "aBytes: \"1\" is not base64 in a string"},
      {R"({"aColour":"BLUE"})", "aColour: \"BLUE\" is not one of COLOUR_UNSPECIFIED, RED, GREEN"},
      {R"({"aColour":{}})", "aColour: \"{}\" is not the name of a Colour"},
      {R"({"strings":"a"})", "strings: \"a\" is not an array"},
      {R"({"strings":["a",1]})", "strings[1]: \"1\" is not a string"},
      {R"({"strings":[null]})", "strings[0]: \"null\" is not a string"},
      {R"({"books":[null]})", "books[0]: \"null\" is not an object"},
      {R"({"inner":{"inner":[]}})", "inner.inner: \"[]\" is not an object"},
      {R"({"inner":"x"})", "inner: \"x\" is not an object"},
      {R"({"labels":[]})", "labels: \"[]\" is not an object"},
      {R"({"labels":{"a":1}})", "labels[\"a\"]: \"1\" is not a string"},
      {R"({"booksByNumber":{"x":{}}})", "booksByNumber[\"x\"]: \"x\" is not an integer"},
      {R"({"counts":{"TRUE":1}})", "counts[\"TRUE\"]: \"TRUE\" is not true or false"},
      {R"({"aTimestamp":"2018"})", "aTimestamp: \"2018\" is not an RFC 3339 timestamp"},
      {R"({"aTimestamp":{"seconds":1}})", "aTimestamp: \"{\"seconds\":1}\" is not a string"},
      {R"({"aDuration":"1m"})", "aDuration: \"1m\" is not a duration in seconds"},
      {R"({"aMask":"a b"})", "aMask: \"a b\" is not a list of field names"},
      {R"({"anInt32Value":{"value":1}})", "is not an integer"},
      {R"({"aStruct":[]})", "aStruct: \"[]\" is no google.protobuf.Struct"},
      {R"({"anAny":{"@type":"type.googleapis.com/no.such.Type"}})", "is no google.protobuf.Any"},
      // Twice.
      {R"({"anInt32":1,"anInt32":1})", "anInt32: \"1\" is a second value for this field"},
      {R"({"anInt32":1,"an_int32":2})", "anInt32: \"2\" is a second value for this field"},
      {R"({"labels":{"a":"x","a":"y"}})", "labels[\"a\"]: \"y\" is a second value for this key"},
      {R"({"aStruct":{"a":1,"a":2}})", "the key a a second time"},
      {R"({"choiceText":"x","choiceNumber":1})",
       "choiceNumber: \"1\" excludes choiceText, which is given too"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.json);
    EXPECT_THAT(Read(test.json),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.error)));
  }
}

TEST_F(JsonToWireTest, NamesTheFieldToPrograms) {
  EXPECT_THAT(Read(R"({"inner":{"anInt32":"x"}})"), HasFieldViolation("inner.anInt32"));
  EXPECT_THAT(Read("{"), HasFieldViolation("body"));
}

TEST_F(JsonToWireTest, RefusesWhatIsNestedMoreThanAHundredDeep) {
  auto nested = [](int depth) {
    std::string json = "{}";
    for (int i = 1; i < depth; ++i) json = "{\"inner\":" + json + "}";
    return json;
  };
  EXPECT_OK(Read(nested(100)));
  EXPECT_THAT(Read(nested(101)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 100 objects")));
  const std::string list = "{\"aList\":" + std::string(99, '[') + std::string(99, ']') + "}";
  EXPECT_THAT(Read(list), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("aList: ")));
}

TEST_F(JsonToWireTest, ReadsTheValueOfOneField) {
  ASSERT_OK(ReadField("strings", R"(["a","b"])"));
  EXPECT_THAT(*message_, EqualsProto("strings: ['a', 'b']"));
  ASSERT_OK(ReadField("inner", R"({"anInt32":1})"));
  EXPECT_THAT(*message_, EqualsProto("inner { an_int32: 1 }"));
  ASSERT_OK(ReadField("a_string", R"("x")"));
  EXPECT_THAT(*message_, EqualsProto("a_string: 'x'"));
  ASSERT_OK(ReadField("labels", R"({"a":"b"})"));
  EXPECT_THAT(*message_, EqualsProto("labels { key: 'a' value: 'b' }"));
  EXPECT_THAT(
      ReadField("inner", R"({"anInt32":[]})"),
      StatusIs(absl::StatusCode::kInvalidArgument, "inner.anInt32: \"[]\" is not an integer"));
  EXPECT_THAT(ReadField("inner", "{} {}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nothing more")));
}

}  // namespace
}  // namespace corridor::gateway
