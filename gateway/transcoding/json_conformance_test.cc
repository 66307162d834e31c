// The cases of protobuf's JSON conformance suite for proto3 (required and recommended), restated
// over a contract of ours: what JSON becomes, what a message is written as, and what is refused.
// Where we are stricter on purpose, the case stands in a table of its own, which says so.
#include <memory>
#include <string>

#include "gateway/transcoding/json_to_wire.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/testdata/reference_json.h"
#include "gateway/transcoding/wire_to_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Message;
using ::testing::HasSubstr;

const std::string kEverything = "transcoding.testdata.v1.Everything";

class JsonConformanceTest : public ::testing::Test {
 protected:
  // The message in text format.
  absl::StatusOr<std::unique_ptr<Message>> Read(const std::string& json) {
    ASSIGN_OR_RETURN(const std::string wire, JsonToWire(json, type_));
    std::unique_ptr<Message> message = contract_.New(kEverything);
    if (!message->ParseFromString(wire)) return absl::InternalError("no message");
    return message;
  }

  // From text format, defaults left out.
  absl::StatusOr<std::string> Write(const std::string& text) {
    JsonChoices choices;
    choices.omit_defaults = true;
    std::string json;
    const std::string wire = contract_.Parse(kEverything, text)->SerializeAsString();
    RETURN_IF_ERROR(AppendJson(type_, wire, choices, nullptr, json));
    return json;
  }

  ContractPool contract_{LibraryContract()};
  ReferenceJson reference_{contract_};
  MessageTables tables_{contract_.files()};
  const MessageTable& type_ = *tables_.Find(kEverything);
};

struct Accepted {
  const char* json;
  const char* message;
  const char* written = nullptr;  // When it is not as it was read.
};

const Accepted kAccepted[] = {
    // Names.
    {R"({"anInt32":1,"an_int64":"2"})", "an_int32: 1 an_int64: 2",
     R"({"anInt32":1,"anInt64":"2"})"},
    {R"({"otherName":"a"})", "renamed: 'a'"},
    {R"({"an\u0049nt32":1})", "an_int32: 1", R"({"anInt32":1})"},
    {"{ }", "", "{}"},
    {"\n{\t\"anInt32\" :\r1 }\n", "an_int32: 1", R"({"anInt32":1})"},
    // Integers: limits, strings, other notations of the same number.
    {R"({"anInt32":2147483647})", "an_int32: 2147483647"},
    {R"({"anInt32":-2147483648})", "an_int32: -2147483648"},
    {R"({"aUint32":4294967295})", "a_uint32: 4294967295"},
    {R"({"anInt64":"9223372036854775807"})", "an_int64: 9223372036854775807"},
    {R"({"anInt64":"-9223372036854775808"})", "an_int64: -9223372036854775808"},
    {R"({"aUint64":"18446744073709551615"})", "a_uint64: 18446744073709551615"},
    {R"({"anInt64":123,"aFixed64":4,"anSfixed64":-5})",
     "an_int64: 123 a_fixed64: 4 an_sfixed64: -5",
     R"({"anInt64":"123","anSfixed64":"-5","aFixed64":"4"})"},
    {R"({"aSint32":-3,"aSint64":"-4","anSfixed32":-5,"aFixed32":6})",
     "a_sint32: -3 a_sint64: -4 an_sfixed32: -5 a_fixed32: 6",
     R"({"aSint32":-3,"anSfixed32":-5,"aSint64":"-4","aFixed32":6})"},
    {R"({"anInt32":"2147483647"})", "an_int32: 2147483647", R"({"anInt32":2147483647})"},
    {R"({"anInt32":1e5})", "an_int32: 100000", R"({"anInt32":100000})"},
    {R"({"anInt32":100000.000})", "an_int32: 100000", R"({"anInt32":100000})"},
    {R"({"anInt32":2.147483647e9})", "an_int32: 2147483647", R"({"anInt32":2147483647})"},
    {R"({"anInt32":-0})", "", "{}"},
    // Reals.
    {R"({"aDouble":0.1,"aFloat":0.5})", "a_double: 0.1 a_float: 0.5",
     R"({"aFloat":0.5,"aDouble":0.1})"},
    {R"({"aDouble":1.7976931348623157e+308})", "a_double: 1.7976931348623157e308"},
    {R"({"aDouble":2.22507e-308})", "a_double: 2.22507e-308"},
    {R"({"aFloat":3.4028235e+38})", "a_float: 3.4028235e38"},
    {R"({"aFloat":1.17549e-38})", "a_float: 1.17549e-38"},
    {R"({"aDouble":"NaN"})", "a_double: nan"},
    {R"({"aDouble":"Infinity","aFloat":"-Infinity"})", "a_double: inf a_float: -inf",
     R"({"aFloat":"-Infinity","aDouble":"Infinity"})"},
    {R"({"aDouble":"1.5","aFloat":"-2"})", "a_double: 1.5 a_float: -2",
     R"({"aFloat":-2,"aDouble":1.5})"},
    {R"({"aDouble":1e21,"aFloat":1})", "a_double: 1e21 a_float: 1",
     R"({"aFloat":1,"aDouble":1e+21})"},
    // Booleans, strings, bytes.
    {R"({"aBool":true})", "a_bool: true"},
    {R"({"aBool":false})", "", "{}"},
    {R"({"aString":"\"\\\/\b\f\n\r\t\u0001\u00e9\u8C37\ud83d\ude01"})",
     "a_string: '\\\"\\\\/\\b\\f\\n\\r\\t\\001é谷😁'",
     "{\"aString\":\"\\\"\\\\/\\u0008\\u000c\\n\\u000d\\u0009\\u0001é谷😁\"}"},
    {R"({"aBytes":"AQI="})", "a_bytes: '\\001\\002'"},
    {R"({"aBytes":"AQI"})", "a_bytes: '\\001\\002'", R"({"aBytes":"AQI="})"},
    // Enums: by name, by number, numbers that have no name.
    {R"({"aColour":"GREEN"})", "a_colour: GREEN"},
    {R"({"aColour":1})", "a_colour: RED", R"({"aColour":"RED"})"},
    {R"({"aColour":1.0})", "a_colour: RED", R"({"aColour":"RED"})"},
    {R"({"aColour":"1"})", "a_colour: RED", R"({"aColour":"RED"})"},
    {R"({"aColour":0})", "", "{}"},
    {R"({"aColour":123,"colours":[-1]})", "a_colour: 123 colours: -1"},
    // Null is absent.
    {R"({"anInt32":null,"aString":null,"aBytes":null,"aBool":null,"aColour":null,"aDouble":null,)"
     R"("inner":null,"int32s":null,"labels":null,"maybeInt32":null,"aTimestamp":null,)"
     R"("anInt32Value":null,"anAny":null,"aStruct":null,"aList":null})",
     "", "{}"},
    // Presence.
    {R"({"maybeInt32":0,"maybeString":""})", "maybe_int32: 0 maybe_string: ''"},
    {R"({"choiceNumber":0})", "choice_number: 0"},
    {R"({"choiceText":""})", "choice_text: ''"},
    {R"({"choiceBook":{}})", "choice_book { }"},
    {R"({"choiceNumber":null,"choiceText":"a"})", "choice_text: 'a'", R"({"choiceText":"a"})"},
    {R"({"choiceText":"a","choiceNumber":null})", "choice_text: 'a'", R"({"choiceText":"a"})"},
    {R"({"inner":{}})", "inner { }"},
    // Repeated fields and maps.
    {R"({"int32s":[1,2,-3],"doubles":[1.5],"bools":[true,false],"manyBytes":["AQ==",""]})",
     "int32s: [1, 2, -3] doubles: 1.5 many_bytes: ['\\001', ''] bools: [true, false]",
     R"({"int32s":[1,2,-3],"doubles":[1.5],"manyBytes":["AQ==",""],"bools":[true,false]})"},
    {R"({"int32s":[],"labels":{}})", "", "{}"},
    {R"({"labels":{"a":"b"},"booksByNumber":{"-7":{"name":"c"}},"counts":{"false":"1"}})",
     "labels { key: 'a' value: 'b' } books_by_number { key: -7 value { name: 'c' } } "
     "counts { key: false value: 1 }"},
    {R"({"labels":{"\u0061":"b"}})", "labels { key: 'a' value: 'b' }", R"({"labels":{"a":"b"}})"},
    // Wrappers.
    {R"({"aBoolValue":false,"anInt32Value":0,"anInt64Value":"0","aUint32Value":0,)"
     R"("aUint64Value":"0","aFloatValue":0,"aDoubleValue":0,"aStringValue":"","aBytesValue":""})",
     "a_bool_value { } an_int32_value { } an_int64_value { } a_uint32_value { } "
     "a_uint64_value { } a_float_value { } a_double_value { } a_string_value { } "
     "a_bytes_value { }"},
    {R"({"aBoolValue":true,"anInt32Value":"1","anInt64Value":2,"aDoubleValue":"NaN"})",
     "a_bool_value { value: true } an_int32_value { value: 1 } an_int64_value { value: 2 } "
     "a_double_value { value: nan }",
     R"({"aBoolValue":true,"anInt32Value":1,"anInt64Value":"2","aDoubleValue":"NaN"})"},
    {R"({"stringValues":["","a"]})", "string_values { } string_values { value: 'a' }"},
    // Timestamp.
    {R"({"aTimestamp":"0001-01-01T00:00:00Z"})", "a_timestamp { seconds: -62135596800 }"},
    {R"({"aTimestamp":"9999-12-31T23:59:59.999999999Z"})",
     "a_timestamp { seconds: 253402300799 nanos: 999999999 }"},
    {R"({"aTimestamp":"1970-01-01T08:00:01+08:00"})", "a_timestamp { seconds: 1 }",
     R"({"aTimestamp":"1970-01-01T00:00:01Z"})"},
    {R"({"aTimestamp":"1969-12-31T16:00:01-08:00"})", "a_timestamp { seconds: 1 }",
     R"({"aTimestamp":"1970-01-01T00:00:01Z"})"},
    {R"({"aTimestamp":"1970-01-01T00:00:00Z"})", "a_timestamp { }"},
    {R"({"aTimestamp":"1970-01-01T00:00:00.010Z"})", "a_timestamp { nanos: 10000000 }"},
    {R"({"aTimestamp":"1970-01-01T00:00:00.000010Z"})", "a_timestamp { nanos: 10000 }"},
    {R"({"aTimestamp":"1970-01-01T00:00:00.000000010Z"})", "a_timestamp { nanos: 10 }"},
    {R"({"aTimestamp":"1970-01-01T00:00:00.1Z"})", "a_timestamp { nanos: 100000000 }",
     R"({"aTimestamp":"1970-01-01T00:00:00.100Z"})"},
    // Duration.
    {R"({"aDuration":"315576000000s"})", "a_duration { seconds: 315576000000 }"},
    {R"({"aDuration":"-315576000000s"})", "a_duration { seconds: -315576000000 }"},
    {R"({"aDuration":"1.5s"})", "a_duration { seconds: 1 nanos: 500000000 }",
     R"({"aDuration":"1.500s"})"},
    {R"({"aDuration":"-0.500s"})", "a_duration { nanos: -500000000 }"},
    {R"({"aDuration":"1.000000001s"})", "a_duration { seconds: 1 nanos: 1 }"},
    {R"({"aDuration":"0s"})", "a_duration { }"},
    // FieldMask.
    {R"({"aMask":"foo,barBaz"})", "a_mask { paths: ['foo', 'bar_baz'] }"},
    {R"({"aMask":""})", "a_mask { }"},
    {R"({"aMask":"a.bC.d"})", "a_mask { paths: 'a.b_c.d' }"},
    // Struct, Value, ListValue.
    {R"({"aStruct":{}})", "a_struct { }"},
    {R"({"aList":[]})", "a_list { }"},
    {R"({"aStruct":{"a":[1234,true,0.5,"x",null,{"v":0}]}})",
     "a_struct { fields { key: 'a' value { list_value { values { number_value: 1234 } "
     "values { bool_value: true } values { number_value: 0.5 } values { string_value: 'x' } "
     "values { null_value: NULL_VALUE } values { struct_value { fields { key: 'v' "
     "value { number_value: 0 } } } } } } } }"},
    {R"({"aValue":1})", "a_value { number_value: 1 }"},
    {R"({"aValue":"a"})", "a_value { string_value: 'a' }"},
    {R"({"aValue":false})", "a_value { bool_value: false }"},
    {R"({"aValue":null})", "a_value { null_value: NULL_VALUE }"},
    {R"({"aValue":{"a":0}})",
     "a_value { struct_value { fields { key: 'a' value { number_value: 0 } } } }"},
    {R"({"aValue":[0,"a",null]})",
     "a_value { list_value { values { number_value: 0 } values { string_value: 'a' } "
     "values { null_value: NULL_VALUE } } }"},
    {R"({"aList":[[1],{}]})",
     "a_list { values { list_value { values { number_value: 1 } } } values { struct_value { } } }"},
    // NullValue.
    {R"({"aNull":null})", "", "{}"},
    {R"({"aNull":"NULL_VALUE"})", "", "{}"},
    // Any: an ordinary type, a type after its fields, one of each that has a form of its own, an
    // Any in an Any, and none at all.
    {R"({"anAny":{"@type":"type.googleapis.com/transcoding.testdata.v1.Book","name":"a"}})",
     "an_any { [type.googleapis.com/transcoding.testdata.v1.Book] { name: 'a' } }"},
    {R"({"anAny":{"name":"a","@type":"type.googleapis.com/transcoding.testdata.v1.Book"}})",
     "an_any { [type.googleapis.com/transcoding.testdata.v1.Book] { name: 'a' } }",
     R"({"anAny":{"@type":"type.googleapis.com/transcoding.testdata.v1.Book","name":"a"}})"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Int32Value","value":12345}})",
     "an_any { [type.googleapis.com/google.protobuf.Int32Value] { value: 12345 } }"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.500s"}})",
     "an_any { [type.googleapis.com/google.protobuf.Duration] { seconds: 1 nanos: 500000000 } }"},
    {R"({"anAny":{"value":"1970-01-01T00:00:01Z","@type":"type.googleapis.com/google.protobuf.Timestamp"}})",
     "an_any { [type.googleapis.com/google.protobuf.Timestamp] { seconds: 1 } }",
     R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"1970-01-01T00:00:01Z"}})"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.FieldMask","value":"foo,barBaz"}})",
     "an_any { [type.googleapis.com/google.protobuf.FieldMask] { paths: ['foo', 'bar_baz'] } }"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"foo":1}}})",
     "an_any { [type.googleapis.com/google.protobuf.Struct] { fields { key: 'foo' value { "
     "number_value: 1 } } } }"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Value","value":"foo"}})",
     "an_any { [type.googleapis.com/google.protobuf.Value] { string_value: 'foo' } }"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Any","value":)"
     R"({"@type":"type.googleapis.com/transcoding.testdata.v1.Shelf","name":"a"}}})",
     "an_any { [type.googleapis.com/google.protobuf.Any] { "
     "[type.googleapis.com/transcoding.testdata.v1.Shelf] { name: 'a' } } }"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Empty"}})",
     "an_any { [type.googleapis.com/google.protobuf.Empty] { } }"},
    {R"({"anAny":{}})", "an_any { }"},
};

TEST_F(JsonConformanceTest, AcceptedJsonIsReadAndWrittenAsTheSuiteHasIt) {
  for (const Accepted& test : kAccepted) {
    SCOPED_TRACE(test.json);
    absl::StatusOr<std::unique_ptr<Message>> message = Read(test.json);
    ASSERT_OK(message);
    const std::unique_ptr<Message> expected = contract_.Parse(kEverything, test.message);
    EXPECT_EQ(MessageDifferences(*expected, **message), "");
    EXPECT_THAT(Write(test.message),
                IsOkAndHolds(std::string(test.written == nullptr ? test.json : test.written)));
    const std::unique_ptr<Message> reference = reference_.Read(kEverything, test.json);
    ASSERT_NE(reference, nullptr);
    EXPECT_EQ(MessageDifferences(*reference, **message), "");
  }
}

struct Refused {
  const char* json;
  const char* error;
};

const Refused kRefused[] = {
    // Not JSON.
    {R"({"anInt32":1,})", "expected a key in double quotes"},
    {R"({"int32s":[1,2,]})", "expected a value"},
    {R"({"int32s":[1,,2]})", "expected a value"},
    {R"({"anInt32":1 "aBool":true})", "expected , or }"},
    {R"({anInt32:1})", "expected a key in double quotes"},
    {R"({'anInt32':1})", "expected a key in double quotes"},
    {R"({"aString":'a'})", "expected a value"},
    {R"({"anInt32":01})", "expected , or }"},
    {R"({"anInt32":+1})", "expected a value"},
    {R"({"anInt32":0x1})", "expected , or }"},
    {R"({"aDouble":.5})", "expected a value"},
    {R"({"aDouble":1.})", "expected a digit"},
    {R"({"aDouble":NaN})", "expected a value"},
    {R"({"aDouble":Infinity})", "expected a value"},
    {R"({"aBool":True})", "expected a value"},
    {"{\"aString\":\"a\nb\"}", "a control character in a string"},
    {R"({"aString":"\x41"})", "an unknown escape"},
    {R"({"aString":"\U00e9"})", "an unknown escape"},
    {R"({"aString":"\u00"})", "expected four hex digits"},
    {R"({"aString":"\ud800"})", "half of a surrogate pair"},
    {R"({"aString":"\udc00\ud800"})", "half of a surrogate pair"},
    {R"({"aString":"\ud800\ud800"})", "half of a surrogate pair"},
    {"{\"aString\":\"\xff\"}", "not UTF-8"},
    {R"({"anInt32":1}})", "expected nothing more"},
    {"// a\n{}", "expected a value"},
    // Names.
    {R"({"unknown":1})", "is for a field that does not exist"},
    {R"({"AnInt32":1})", "is for a field that does not exist"},
    {R"({"anInt32":1,"an_int32":2})", "is a second value for this field"},
    // Integers.
    {R"({"anInt32":2147483648})", "is outside"},
    {R"({"anInt32":-2147483649})", "is outside"},
    {R"({"aUint32":4294967296})", "is outside"},
    {R"({"aUint32":-1})", "is outside"},
    {R"({"anInt64":"9223372036854775808"})", "is outside"},
    {R"({"aUint64":18446744073709551616})", "is outside"},
    {R"({"anInt32":0.5})", "is not an integer"},
    {R"({"aUint32":0.5})", "is not an integer"},
    {R"({"anInt64":"0.5"})", "is not an integer"},
    {R"({"anInt32":" 1"})", "is not an integer"},
    {R"({"anInt32":"1 "})", "is not an integer"},
    {R"({"anInt32":"12abc"})", "is not an integer"},
    {R"({"anInt32":""})", "is not an integer"},
    {R"({"anInt32":true})", "is not an integer"},
    // Reals.
    {R"({"aDouble":1.89769e+308})", "is not a number within range"},
    {R"({"aDouble":-1.89769e+308})", "is not a number within range"},
    {R"({"aFloat":3.502823e+38})", "is out of range"},
    {R"({"aFloat":"-3.502823e+38"})", "is out of range"},
    {R"({"aDouble":"nan"})", "is not a number"},
    {R"({"aDouble":"inf"})", "is not a number"},
    {R"({"aDouble":""})", "is not a number"},
    {R"({"aDouble":"0x1p3"})", "is not a number"},
    // Of another type.
    {R"({"aString":12345})", "is not a string"},
    {R"({"aString":[1]})", "is not a string"},
    {R"({"aString":{}})", "is not a string"},
    {R"({"aBool":0})", "is not true or false"},
    {R"({"aBytes":"!"})", "is not base64"},
    {R"({"aBytes":"A"})", "is not base64"},
    {R"({"inner":1})", "is not an object"},
    {R"({"int32s":{}})", "is not an array"},
    {R"({"int32s":12345})", "is not an array"},
    {R"({"int32s":["a"]})", "is not an integer"},
    {R"({"strings":[12345]})", "is not a string"},
    {R"({"books":[1]})", "is not an object"},
    {R"({"labels":[1]})", "is not an object"},
    {R"({"booksByNumber":{"a":{}}})", "is not an integer"},
    {R"({"counts":{"yes":1}})", "is not true or false"},
    {R"({"aColour":"red"})", "is not one of"},
    {R"({"aColour":1.5})", "is not one of"},
    {R"({"aColour":"182"})", "is not one of"},
    {R"({"aColour":true})", "is not the name of a Colour"},
    // Null within.
    {R"({"int32s":[null]})", "is not an integer"},
    {R"({"books":[{},null]})", "is not an object"},
    {R"({"timestamps":[null]})", "is not a string"},
    {R"({"labels":{"a":null}})", "is not a string"},
    {R"({"booksByNumber":{"1":null}})", "is not an object"},
    // Oneof.
    {R"({"choiceNumber":1,"choiceText":"a"})", "excludes choiceNumber"},
    // Timestamp.
    {R"({"aTimestamp":"0000-01-01T00:00:00Z"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":"10000-01-01T00:00:00Z"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":"0001-01-01T00:00:00"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":"1970-01-01 00:00:00Z"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":"1970-01-01t00:00:00Z"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":"1970-01-01T00:00:00z"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":"1970-13-01T00:00:00Z"})", "is not an RFC 3339 timestamp"},
    {R"({"aTimestamp":1})", "is not a string"},
    // Duration.
    {R"({"aDuration":"1"})", "is not a duration"},
    {R"({"aDuration":"-315576000001s"})", "is not a duration"},
    {R"({"aDuration":"315576000001s"})", "is not a duration"},
    {R"({"aDuration":"1.0000000001s"})", "is not a duration"},
    {R"({"aDuration":"s"})", "is not a duration"},
    {R"({"aDuration":1})", "is not a string"},
    // FieldMask.
    {R"({"aMask":"foo bar"})", "is not a list of field names"},
    {R"({"aMask":"foo,,bar"})", "is not a list of field names"},
    {R"({"aMask":["foo"]})", "is not a string"},
    // Struct, ListValue, Any.
    {R"({"aStruct":[]})", "is no google.protobuf.Struct"},
    {R"({"aStruct":"a"})", "is no google.protobuf.Struct"},
    {R"({"aList":{}})", "is no google.protobuf.ListValue"},
    {R"({"anAny":[]})", "is no google.protobuf.Any"},
    {R"({"anAny":{"name":"a"}})", "is no google.protobuf.Any: it has no @type"},
    {R"({"anAny":{"@type":1}})", "is no google.protobuf.Any: it has no @type"},
    {R"({"anAny":{"@type":"transcoding.testdata.v1.Book"}})", "the contract has no type"},
    {R"({"anAny":{"@type":"type.googleapis.com/no.Type"}})", "the contract has no type"},
    {R"({"anAny":{"@type":"type.googleapis.com/transcoding.testdata.v1.Book","x":1}})",
     "anAny.x: \"1\" is for a field that does not exist"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Duration","value":1}})",
     "is not a string"},
};

// protobuf's own parser takes these, and the suite says nothing of them or leaves them open.
const Refused kStricter[] = {
    {R"({"aBool":"true"})", "is not true or false"},
    {R"({"counts":{"true":1,"true":2}})", "is a second value for this key"},
    {R"({"labels":{"a":"1","\u0061":"2"}})", "is a second value for this key"},
    {R"({"aStruct":{"a":1,"a":2}})", "the key a a second time"},
    {R"({"anInt32":1,"anInt32":1})", "is a second value for this field"},
    {R"({"anInt32":null,"anInt32":1})", "is a second value for this field"},
    {R"({"aBytes":"AR=="})", "is not base64"},  // Bits after the last byte.
    {R"({"aBytes":"-_"})", "is not base64"},    // So here: the suite's own base64url.
    {R"({"aBytes":"A Q=="})", "is not base64"},
    {R"({"aMask":"Foo"})", "is not a list of field names"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Duration","v":"1s"}})",
     "anAny.v: \"1s\" is not @type or value"},
    {R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Empty","@type":"x"}})",
     "the key @type a second time"},
};

TEST_F(JsonConformanceTest, RefusedJsonSaysWhy) {
  for (const Refused& test : kRefused) {
    EXPECT_THAT(Read(test.json),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.error)))
        << test.json;
  }
}

TEST_F(JsonConformanceTest, StricterThanProtobufOnPurpose) {
  for (const Refused& test : kStricter) {
    EXPECT_THAT(Read(test.json),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.error)))
        << test.json;
  }
}

TEST_F(JsonConformanceTest, WhatHasNoJsonIsNotWritten) {
  constexpr struct {
    const char* message;
    const char* error;
  } kCases[] = {
      {"a_timestamp { seconds: -62135596801 }", "a Timestamp out of range"},
      {"a_timestamp { seconds: 253402300800 }", "a Timestamp out of range"},
      {"a_timestamp { nanos: -1 }", "a Timestamp out of range"},
      {"a_timestamp { nanos: 1000000000 }", "a Timestamp out of range"},
      {"a_duration { seconds: -315576000001 }", "a Duration out of range"},
      {"a_duration { seconds: 315576000001 }", "a Duration out of range"},
      {"a_duration { seconds: 1 nanos: -1 }", "a Duration out of range"},
      {"a_duration { seconds: -1 nanos: 1 }", "a Duration out of range"},
      {"a_duration { nanos: 1000000000 }", "a Duration out of range"},
      {"a_mask { paths: 'fooBar' }", "a path that is not in snake_case"},
      {"a_mask { paths: 'foo__bar' }", "a path that is not in snake_case"},
      {"a_mask { paths: 'foo_3_bar' }", "a path that is not in snake_case"},
      {"a_mask { paths: 'foo_' }", "a path that is not in snake_case"},
      {"a_value { number_value: nan }", "a Value that is NaN or infinite"},
      {"a_value { number_value: -inf }", "a Value that is NaN or infinite"},
      {"an_any { type_url: 'type.googleapis.com/no.Type' }", "that the contract does not have"},
      {"an_any { value: 'x' }", "that the contract does not have"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Write(test.message), StatusIs(absl::StatusCode::kInternal, HasSubstr(test.error)))
        << test.message;
  }
}

// protobuf's own parser makes 0 of it.
TEST_F(JsonConformanceTest, NegativeZeroKeepsItsSign) {
  EXPECT_THAT(Write("a_double: -0.0"), IsOkAndHolds(std::string(R"({"aDouble":-0})")));
  absl::StatusOr<std::unique_ptr<Message>> message = Read(R"({"aDouble":-0})");
  ASSERT_OK(message);
  EXPECT_THAT(**message, EqualsProto("a_double: -0.0"));
}

// No kind is set: other parsers leave it out, or refuse it.
TEST_F(JsonConformanceTest, AValueOfNoKindIsNull) {
  EXPECT_THAT(Write("a_value { } a_list { values { } }"),
              IsOkAndHolds(std::string(R"({"aValue":null,"aList":[null]})")));
}

}  // namespace
}  // namespace corridor::gateway
