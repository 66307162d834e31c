// Messages as JSON: defaults, what is absent, and bytes that are no message.
#include "gateway/transcoding/wire_to_json.h"

#include <string>

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPackage = "transcoding.testdata.v1.";

JsonChoices WithoutDefaults() {
  JsonChoices choices;
  choices.omit_defaults = true;
  return choices;
}

class WireToJsonTest : public ::testing::Test {
 protected:
  // `text`: a message in text format.
  absl::StatusOr<std::string> Write(const std::string& type, const std::string& text,
                                    const JsonChoices& choices = {}) {
    const std::string message = contract_.Parse(kPackage + type, text)->SerializeAsString();
    return WriteBytes(type, message, choices);
  }

  absl::StatusOr<std::string> WriteBytes(const std::string& type, std::string_view message,
                                         const JsonChoices& choices = {}) {
    const MessageTable& table = Type(type);
    ASSIGN_OR_RETURN(const auto selection, FieldSelection::Compile(choices.fields, &table));
    std::string json;
    RETURN_IF_ERROR(AppendJson(table, message, choices, selection.get(), json));
    return json;
  }

  const MessageTable& Type(const std::string& name) const { return *tables_.Find(kPackage + name); }

  ContractPool contract_{LibraryContract()};
  MessageTables tables_{contract_.files()};
};

TEST_F(WireToJsonTest, WritesDefaultsButNotWhatIsAbsent) {
  EXPECT_THAT(Write("Book", ""),
              IsOkAndHolds(std::string(R"({"name":"","title":"","authors":[]})")));
  EXPECT_THAT(Write("Position", ""), IsOkAndHolds(std::string(R"({"row":0})")));
  EXPECT_THAT(Write("Position", "column: 0"), IsOkAndHolds(std::string(R"({"row":0,"column":0})")));
  EXPECT_THAT(Write("Everything", ""),
              IsOkAndHolds(HasSubstr(R"("aColour":"COLOUR_UNSPECIFIED")")));
  EXPECT_THAT(Write("Everything", ""), IsOkAndHolds(HasSubstr(R"("labels":{})")));
  EXPECT_THAT(Write("Everything", ""), IsOkAndHolds(Not(HasSubstr("choiceNumber"))));
  EXPECT_THAT(Write("Everything", ""), IsOkAndHolds(Not(HasSubstr("aTimestamp"))));
  EXPECT_THAT(Write("Everything", "choice_number: 0"),
              IsOkAndHolds(HasSubstr(R"("choiceNumber":0)")));
}

TEST_F(WireToJsonTest, LeavesDefaultsOutWhenTold) {
  EXPECT_THAT(Write("Book", "title: 'x'", WithoutDefaults()),
              IsOkAndHolds(std::string(R"({"title":"x"})")));
}

TEST_F(WireToJsonTest, WritesValuesAsProto3MapsThem) {
  EXPECT_THAT(
      Write("Everything",
            "an_int64: -5 a_double: 25.3 a_bytes: '\\377\\277' a_colour: RED colours: 77 "
            "a_timestamp { seconds: 1 } a_duration { seconds: -1 nanos: -500000000 } "
            "a_mask { paths: 'display_name' } a_bool_value { } a_string: 'é\\n\\\"' "
            "counts { key: true value: 1 } renamed: 'x'",
            WithoutDefaults()),
      IsOkAndHolds(std::string(
          R"({"anInt64":"-5","aDouble":25.3,"aString":"é\n\"","aBytes":"/78=","aColour":"RED",)"
          R"("colours":[77],"aTimestamp":"1970-01-01T00:00:01Z","aDuration":"-1.500s",)"
          R"("aMask":"displayName","aBoolValue":false,"counts":{"true":"1"},"otherName":"x"})")));
}

TEST_F(WireToJsonTest, BytesThatAreNoMessageAreAnErrorOfOurs) {
  constexpr char kError[] =
      "the answer is no transcoding.testdata.v1.Book: its bytes are malformed";
  EXPECT_THAT(WriteBytes("Book", "\xff\xff"), StatusIs(absl::StatusCode::kInternal, kError));
  // A field that says it is longer than the message, and a name that is not UTF-8.
  EXPECT_THAT(WriteBytes("Book", "\x0a\x05x"), StatusIs(absl::StatusCode::kInternal, kError));
  EXPECT_THAT(WriteBytes("Book", "\x0a\x01\xff"), StatusIs(absl::StatusCode::kInternal, kError));
  EXPECT_THAT(
      Write("Everything", "an_any { type_url: 'type.googleapis.com/no.such.Type' value: 'x' }"),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("no.such.Type")));
}

// A field as it is on the wire; numbers below 16 and contents below 128 bytes.
std::string Varint(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}
std::string Bytes(int number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} +
         content;
}

TEST_F(WireToJsonTest, FieldsOutOfOrderAreWrittenInOrder) {
  EXPECT_THAT(WriteBytes("Book", Bytes(3, "a") + Bytes(1, "n") + Bytes(3, "b") + Bytes(2, "t")),
              IsOkAndHolds(std::string(R"({"name":"n","title":"t","authors":["a","b"]})")));
}

TEST_F(WireToJsonTest, TheLastScalarCountsAndMessagesAreMerged) {
  EXPECT_THAT(WriteBytes("Book",
                         Bytes(1, "a") + Bytes(4, Varint(1, 5)) + Bytes(1, "b") +
                             Bytes(4, Varint(2, 6)) + Bytes(4, Varint(1, 7)),
                         WithoutDefaults()),
              IsOkAndHolds(std::string(R"({"name":"b","position":{"row":7,"column":6}})")));
}

TEST_F(WireToJsonTest, TheLastMemberOfAOneofCounts) {
  // choice_number (60), choice_text (61), choice_book (62): tags of two bytes.
  const std::string number("\xe0\x03\x05", 3);
  const std::string text("\xea\x03\x01x", 4);
  const std::string book_name("\xf2\x03\x03\x0a\x01n", 6);
  const std::string book_title("\xf2\x03\x03\x12\x01t", 6);
  const struct {
    std::string wire;
    const char* json;
  } cases[] = {
      {number + text, R"({"choiceText":"x"})"},
      {text + number, R"({"choiceNumber":5})"},
      {book_name + book_title, R"({"choiceBook":{"name":"n","title":"t"}})"},
      {book_name + text + book_title, R"({"choiceBook":{"title":"t"}})"},
      {book_name + text, R"({"choiceText":"x"})"},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(WriteBytes("Everything", test.wire, WithoutDefaults()),
                IsOkAndHolds(std::string(test.json)));
  }
}

TEST_F(WireToJsonTest, ReadsPackedAndUnpackedAndSkipsWhatItDoesNotKnow) {
  const std::string unpacked("\xa0\x01\x01\xa0\x01\x02", 6);
  const std::string packed("\xa2\x01\x02\x03\x04", 5);
  EXPECT_THAT(WriteBytes("Everything", unpacked + packed + unpacked, WithoutDefaults()),
              IsOkAndHolds(std::string(R"({"int32s":[1,2,3,4,1,2]})")));
  EXPECT_THAT(WriteBytes("Everything", std::string("\xa2\x01\x00", 3), WithoutDefaults()),
              IsOkAndHolds(std::string("{}")));
  // Fields 9 of each wire type, groups in each other, and `name` as a number.
  EXPECT_THAT(WriteBytes("Book",
                         std::string("\x48\x01\x4a\x01x\x49"
                                     "12345678\x4d"
                                     "1234\x4b\x4b\x08\x01\x4c\x4c\x08\x01",
                                     27),
                         WithoutDefaults()),
              IsOkAndHolds(std::string("{}")));
}

TEST_F(WireToJsonTest, TheLastValueOfAKeyCounts) {
  EXPECT_THAT(
      Write("Everything",
            "labels { key: 'a' value: '1' } labels { key: 'b' } labels { key: 'a' value: '2' }",
            WithoutDefaults()),
      IsOkAndHolds(std::string(R"({"labels":{"b":"","a":"2"}})")));
}

TEST_F(WireToJsonTest, MalformedBytesAreInternalWhereverTheyAre) {
  const struct {
    const char* type;
    std::string wire;
  } cases[] = {
      {"Book", std::string("\x00", 1)},                              // Field 0.
      {"Book", "\x0a"},                                              // No length,
      {"Book", "\x0a\xff\xff\xff\xff\x7f"},                          // one above 2 GB,
      {"Book", "\x0a\xff\xff\xff\xff\xff\x01"},                      // and one of six bytes.
      {"Book", "\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},  // A varint of eleven bytes.
      {"Book",
       "\x49"
       "1234567"},                                 // Too few bytes.
      {"Book", "\x4b\x08\x01"},                    // A group without an end,
      {"Book", "\x4c"},                            // an end without a group,
      {"Book", "\x4b\x54"},                        // the end of another group.
      {"Book", "\x4e"},                            // No wire type.
      {"Book", "\x22\x01\x08"},                    // In a message.
      {"Everything", "\xa2\x01\x01\x80"},          // In packed values.
      {"Everything", "\xc2\x04\x03\x0a\x01\xff"},  // In a map's key.
  };
  for (const auto& test : cases) {
    EXPECT_THAT(WriteBytes(test.type, test.wire),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("its bytes are malformed")))
        << ::testing::PrintToString(test.wire);
    EXPECT_EQ(ReasonOf(WriteBytes(test.type, test.wire).status()), "MALFORMED_ANSWER");
  }
}

TEST_F(WireToJsonTest, NestsAHundredDeepAndNoDeeper) {
  auto nested = [this](int depth) {
    auto message = contract_.New(kPackage + "Everything");
    google::protobuf::Message* innermost = message.get();
    for (int i = 0; i < depth; ++i) {
      innermost = innermost->GetReflection()->MutableMessage(
          innermost, innermost->GetDescriptor()->FindFieldByName("inner"));
    }
    return message->SerializeAsString();
  };
  EXPECT_OK(WriteBytes("Everything", nested(100), WithoutDefaults()));
  EXPECT_THAT(
      WriteBytes("Everything", nested(101), WithoutDefaults()),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("messages are nested more than 100 deep")));
  EXPECT_THAT(WriteBytes("Everything", std::string(200, '\x4b')),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("malformed")));
}

TEST_F(WireToJsonTest, WritesNumbersAsChosen) {
  const std::string text =
      "an_int64: -5 a_colour: GREEN counts { key: true value: 7 } an_int64_value { value: 8 }";
  JsonChoices choices;
  choices.omit_defaults = true;
  choices.int64_as_number = true;
  EXPECT_THAT(Write("Everything", text, choices),
              IsOkAndHolds(std::string(
                  R"({"anInt64":-5,"aColour":"GREEN","anInt64Value":8,"counts":{"true":7}})")));
  choices.enums_as_numbers = true;
  choices.omit_defaults = false;
  choices.fields = {"aColour", "aLetter", "anInt64", "aUint64"};
  EXPECT_THAT(Write("Everything", text, choices),
              IsOkAndHolds(std::string(R"({"anInt64":-5,"aUint64":0,"aColour":2,"aLetter":0})")));
}

TEST_F(WireToJsonTest, WritesTheFieldsThatAreChosen) {
  JsonChoices choices;
  const auto books = [&](const std::vector<std::string>& fields) {
    choices.fields = fields;
    return Write("ListBooksResponse",
                 "books { name: 'a' position { column: 1 } } books { title: 't' } newest { }",
                 choices);
  };
  EXPECT_THAT(books({"books.name"}),
              IsOkAndHolds(std::string(R"({"books":[{"name":"a"},{"name":""}]})")));
  EXPECT_THAT(books({"books.position.column", "newest.title"}),
              IsOkAndHolds(std::string(
                  R"({"books":[{"position":{"column":1}},{}],"newest":{"title":""}})")));
  EXPECT_THAT(books({"newest.title", "newest", "newest.name"}),
              IsOkAndHolds(std::string(R"({"newest":{"name":"","title":"","authors":[]}})")));
}

TEST_F(WireToJsonTest, WritesOneMember) {
  const MessageTable& type = Type("ListBooksResponse");
  auto member = [&](const std::string& text, const char* name) -> absl::StatusOr<std::string> {
    const std::string message =
        contract_.Parse(kPackage + "ListBooksResponse", text)->SerializeAsString();
    std::string json;
    RETURN_IF_ERROR(AppendMemberJson(*type.ByName(name), message, {}, nullptr, json));
    return json;
  };
  EXPECT_THAT(member("books { title: 'a' }", "books"),
              IsOkAndHolds(std::string(R"([{"name":"","title":"a","authors":[]}])")));
  EXPECT_THAT(member("", "books"), IsOkAndHolds(std::string("[]")));
  EXPECT_THAT(member("", "newest"), IsOkAndHolds(std::string("null")));
}

}  // namespace
}  // namespace corridor::gateway
