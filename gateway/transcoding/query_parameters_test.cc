// Queries as fields, over every kind of field that a query can set and those that it cannot.
#include "gateway/transcoding/query_parameters.h"

#include <memory>
#include <string>

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kEverything[] = "transcoding.testdata.v1.Everything";

class QueryParametersTest : public ::testing::Test {
 protected:
  absl::Status Set(std::string_view query, const std::vector<BoundField>& bound = {}) {
    message_ = contract_.New(kEverything);
    return SetFromQuery(query, bound, *message_);
  }

  const FieldDescriptor* Field(const std::string& name) {
    return contract_.pool().FindMessageTypeByName(kEverything)->FindFieldByName(name);
  }

  ContractPool contract_{LibraryContract()};
  std::unique_ptr<Message> message_;
};

TEST_F(QueryParametersTest, SetsEveryKindOfField) {
  constexpr struct {
    const char* query;
    const char* message;
  } kCases[] = {
      {"", ""},
      {"&&", ""},
      {"anInt32=-7", "an_int32: -7"},
      {"an_int32=2147483647", "an_int32: 2147483647"},
      {"aSint32=-2147483648", "a_sint32: -2147483648"},
      {"anSfixed32=5", "an_sfixed32: 5"},
      {"anInt64=-9223372036854775808", "an_int64: -9223372036854775808"},
      {"aSint64=9223372036854775807", "a_sint64: 9223372036854775807"},
      {"anSfixed64=5", "an_sfixed64: 5"},
      {"aUint32=4294967295", "a_uint32: 4294967295"},
      {"aFixed32=1", "a_fixed32: 1"},
      {"aUint64=18446744073709551615", "a_uint64: 18446744073709551615"},
      {"aFixed64=1", "a_fixed64: 1"},
      {"aFloat=1.5", "a_float: 1.5"},
      {"aFloat=Infinity", "a_float: inf"},
      {"aDouble=-1e3", "a_double: -1000"},
      {"aDouble=0.1", "a_double: 0.1"},
      {"aDouble=-Infinity", "a_double: -inf"},
      {"aBool=true", "a_bool: true"},
      {"aBool=false", ""},
      {"aString=", ""},
      {"aString", ""},
      {"aString=a+b%2Bc%20d", "a_string: 'a b+c d'"},
      {"aString=a=b=c", "a_string: 'a=b=c'"},
      {"aString=%C3%B4", "a_string: 'ô'"},
      {"aString=%00", "a_string: '\\000'"},
      {"a%53tring=x", "a_string: 'x'"},
      {"aBytes=AP-_", "a_bytes: '\\000\\377\\277'"},
      {"aBytes=AP%2B/", "a_bytes: '\\000\\377\\277'"},
      {"aBytes=AA==", "a_bytes: '\\000'"},
      {"aBytes=AA", "a_bytes: '\\000'"},
      {"aColour=RED", "a_colour: RED"},
      {"aColour=2", "a_colour: GREEN"},
      {"aColour=77", "a_colour: 77"},
      {"aLetter=KAPPA", "a_letter: KAPPA"},
      {"int32s=1&int32s=2&int32s=1", "int32s: [1, 2, 1]"},
      {"strings=a&strings=&strings=b,c", "strings: ['a', '', 'b,c']"},
      {"colours=RED&colours=2", "colours: [RED, GREEN]"},
      {"doubles=1&doubles=2.5", "doubles: [1, 2.5]"},
      {"many_bytes=AA&manyBytes=AQ", "many_bytes: ['\\000', '\\001']"},
      {"bools=true&bools=false", "bools: [true, false]"},
      {"maybeInt32=0", "maybe_int32: 0"},
      {"maybeString=", "maybe_string: ''"},
      {"aTimestamp=2018-01-01T00:00:00.5%2B01:00",
       "a_timestamp { seconds: 1514761200 nanos: 500000000 }"},
      {"aTimestamp=0001-01-01T00:00:00Z", "a_timestamp { seconds: -62135596800 }"},
      {"aDuration=-1.5s", "a_duration { seconds: -1 nanos: -500000000 }"},
      {"aDuration=315576000000s", "a_duration { seconds: 315576000000 }"},
      {"aMask=displayName,a.b_c", "a_mask { paths: ['display_name', 'a.b_c'] }"},
      {"aMask=*", "a_mask { paths: '*' }"},
      {"aMask=", "a_mask { }"},
      {"aBoolValue=false", "a_bool_value { }"},
      {"anInt32Value=1", "an_int32_value { value: 1 }"},
      {"anInt64Value=1", "an_int64_value { value: 1 }"},
      {"aUint32Value=1", "a_uint32_value { value: 1 }"},
      {"aUint64Value=1", "a_uint64_value { value: 1 }"},
      {"aFloatValue=1", "a_float_value { value: 1 }"},
      {"aDoubleValue=1", "a_double_value { value: 1 }"},
      {"aStringValue=", "a_string_value { }"},
      {"aBytesValue=AA", "a_bytes_value { value: '\\000' }"},
      {"timestamps=1970-01-01T00:00:01Z&timestamps=1970-01-01T00:00:02Z",
       "timestamps { seconds: 1 } timestamps { seconds: 2 }"},
      {"stringValues=a&stringValues=b",
       "string_values { value: 'a' } string_values { value: 'b' }"},
      {"choiceText=x", "choice_text: 'x'"},
      {"choiceBook.title=x&choice_book.position.row=3",
       "choice_book { title: 'x' position { row: 3 } }"},
      {"inner.inner.anInt32=1&inner.strings=a&inner.inner.a_uint32=2",
       "inner { strings: 'a' inner { an_int32: 1 a_uint32: 2 } }"},
      {"otherName=x", "renamed: 'x'"},
      {"renamed=x", "renamed: 'x'"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.query);
    ASSERT_TRUE(Set(test.query).ok()) << Set(test.query);
    EXPECT_THAT(*message_, EqualsProto(test.message));
  }
}

TEST_F(QueryParametersTest, RefusesWithFieldAndValue) {
  constexpr struct {
    const char* query;
    const char* error;
  } kCases[] = {
      {"anInt32=x", "anInt32: \"x\" is not an integer"},
      {"anInt32=", "anInt32: \"\" is not an integer"},
      {"anInt32=1.0", "anInt32: \"1.0\" is not an integer"},
      {"anInt32=+1", "anInt32: \" 1\" is not an integer"},
      {"an_int32=2147483648", "anInt32: \"2147483648\" is outside -2147483648 to 2147483647"},
      {"aUint32=-1", "aUint32: \"-1\" is outside 0 to 4294967295"},
      {"aUint64=18446744073709551616",
       "aUint64: \"18446744073709551616\" is outside 0 to 18446744073709551615"},
      {"aDouble=1x", "aDouble: \"1x\" is not a number within range"},
      {"aDouble=nan", "aDouble: \"nan\" is not a number within range"},
      {"aDouble=1e999", "aDouble: \"1e999\" is not a number within range"},
      {"aFloat=1e39", "aFloat: \"1e39\" is out of range"},
      {"aBool=1", "aBool: \"1\" is not true or false"},
      {"aBool", "aBool: \"\" is not true or false"},
      {"aBytes=*", "aBytes: \"*\" is not base64"},
      {"aBytes=A", "aBytes: \"A\" is not base64"},
      {"aString=%FF", "aString: \"\\xff\" is not UTF-8"},
      {"aString=%4", "aString: \"%4\" has a bad percent-escape"},
      {"aStr%ing=x", "query: \"aStr%ing=x\" has a bad percent-escape in its name"},
      {"aColour=red", "aColour: \"red\" is not one of COLOUR_UNSPECIFIED, RED, GREEN"},
      {"aColour=", "aColour: \"\" is not one of COLOUR_UNSPECIFIED, RED, GREEN"},
      {"aLetter=KAPA", "aLetter: \"KAPA\" is no value of Letter; the nearest is KAPPA"},
      {"aTimestamp=2018-01-01",
       "aTimestamp: \"2018-01-01\" is not an RFC 3339 timestamp such as 2018-01-01T00:00:00Z"},
      {"aTimestamp=2018-02-30T00:00:00Z",
       "aTimestamp: \"2018-02-30T00:00:00Z\" is not an RFC 3339 timestamp such as "
       "2018-01-01T00:00:00Z"},
      {"aTimestamp=0001-01-01T00:00:00%2B01:00",
       "aTimestamp: \"0001-01-01T00:00:00+01:00\" is not an RFC 3339 timestamp such as "
       "2018-01-01T00:00:00Z"},
      {"aDuration=1m",
       "aDuration: \"1m\" is not a duration in seconds such as 1.5s, at most 10,000 years"},
      {"aDuration=--1s",
       "aDuration: \"--1s\" is not a duration in seconds such as 1.5s, at most 10,000 years"},
      {"aDuration=315576000001s",
       "aDuration: \"315576000001s\" is not a duration in seconds such as 1.5s, at most 10,000 "
       "years"},
      {"aMask=a,,b", "aMask: \"a,,b\" is not a list of field names parted by commas"},
      {"aMask=DisplayName", "aMask: \"DisplayName\" is not a list of field names parted by commas"},
      {"aMask=a.", "aMask: \"a.\" is not a list of field names parted by commas"},
      {"anInt32Value=x", "anInt32Value: \"x\" is not an integer"},
      // Unknown, with the nearest known one.
      {"aStrin=x", "aStrin: \"x\" is for a parameter that does not exist; the nearest is aString"},
      {"ASTRING=x",
       "ASTRING: \"x\" is for a parameter that does not exist; the nearest is aString"},
      {"inner.aStrin=x",
       "inner.aStrin: \"x\" is for a parameter that does not exist; the nearest is inner.aString"},
      {"=x", "\"x\" is for a parameter that does not exist; the nearest is aBool"},
      {"inner.=x",
       "inner.: \"x\" is for a parameter that does not exist; the nearest is inner.aBool"},
      {"inner=x", "inner: \"x\" is for a message: name one of its fields, such as inner.anInt32"},
      {"aString.x=1",
       "aString.x: \"1\" is for a part of aString, which has no parts to set in a query"},
      {"aTimestamp.seconds=1",
       "aTimestamp.seconds: \"1\" is for a part of aTimestamp, which has no parts to set in a "
       "query"},
      {"books.name=1",
       "books.name: \"1\" is for a part of books, which has no parts to set in a query"},
      {"books=x", "books: \"x\" is for a field that a query cannot set"},
      {"labels=x", "labels: \"x\" is for a field that a query cannot set"},
      {"labels.key=x",
       "labels.key: \"x\" is for a part of labels, which has no parts to set in a query"},
      // Twice.
      {"anInt32=1&anInt32=1", "anInt32: \"1\" is a second value for a field that takes one"},
      {"anInt32=1&an_int32=2", "anInt32: \"2\" is a second value for a field that takes one"},
      {"inner.anInt32=1&inner.an_int32=2",
       "inner.anInt32: \"2\" is a second value for a field that takes one"},
      {"aTimestamp=1970-01-01T00:00:01Z&aTimestamp=1970-01-01T00:00:01Z",
       "aTimestamp: \"1970-01-01T00:00:01Z\" is a second value for a field that takes one"},
      {"choiceText=x&choiceNumber=1", "choiceNumber: \"1\" excludes choiceText, which is set too"},
      {"choiceText=x&choiceBook.title=y",
       "choiceBook.title: \"y\" excludes choiceText, which is set too"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.query);
    EXPECT_THAT(Set(test.query),
                StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr(test.error)));
  }
}

TEST_F(QueryParametersTest, WhatPathOrBodySetIsNoParameter) {
  const std::vector<BoundField> bound = {{{Field("a_string")}, "path"}, {{Field("inner")}, "body"}};
  EXPECT_THAT(
      Set("a_string=x", bound),
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          "aString: \"x\" is given as a parameter, but the path of the request sets this field"));
  EXPECT_THAT(
      Set("inner.inner.anInt32=1", bound),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "inner.inner.anInt32: \"1\" is given as a parameter, but the body of the request "
               "sets this field"));
  // Nor is it the nearest one to anything.
  EXPECT_THAT(Set("aStrin=x", bound), StatusIs(absl::StatusCode::kInvalidArgument,
                                               ::testing::Not(::testing::HasSubstr("aString"))));
}

TEST_F(QueryParametersTest, ABodyThatIsTheMessageLeavesNoParameters) {
  const std::vector<BoundField> bound = {{{}, "body"}};
  EXPECT_THAT(
      Set("anInt32=1", bound),
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          "anInt32: \"1\" is given as a parameter, but the body of the request sets this field"));
  EXPECT_THAT(
      Set("nothing=1", bound),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "nothing: \"1\" is for a parameter that does not exist; this method takes none"));
}

TEST_F(QueryParametersTest, BoundsTheNumberOfParametersAndTheirDepth) {
  std::string most;
  for (int i = 0; i < 4096; ++i) most += "strings=x&";
  EXPECT_TRUE(Set(most).ok());
  EXPECT_THAT(Set(most + "strings=x"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                ::testing::HasSubstr("4096 parameters")));
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "inner.";
  EXPECT_THAT(Set(deep + "anInt32=1"),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("does not exist")));
}

}  // namespace
}  // namespace corridor::gateway
