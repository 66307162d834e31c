// Messages as JSON: defaults, what is absent, and bytes that are no message.
#include "gateway/transcoding/json_writer.h"

#include <string>

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class JsonWriterTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Write(const std::string& type, const std::string& text,
                                    Defaults defaults = Defaults::kWritten) {
    const std::string full = "transcoding.testdata.v1." + type;
    return writer_.Write(Type(type), contract_.Parse(full, text)->SerializeAsString(), defaults);
  }

  const google::protobuf::Descriptor& Type(const std::string& name) const {
    return *contract_.pool().FindMessageTypeByName("transcoding.testdata.v1." + name);
  }

  ContractPool contract_{LibraryContract()};
  JsonWriter writer_{contract_.pool(), contract_.files()};
};

TEST_F(JsonWriterTest, WritesDefaultsButNotWhatIsAbsent) {
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

TEST_F(JsonWriterTest, LeavesDefaultsOutWhenTold) {
  EXPECT_THAT(Write("Book", "title: 'x'", Defaults::kLeftOut),
              IsOkAndHolds(std::string(R"({"title":"x"})")));
}

TEST_F(JsonWriterTest, WritesValuesAsProto3MapsThem) {
  EXPECT_THAT(
      Write("Everything",
            "an_int64: -5 a_double: 25.3 a_bytes: '\\377\\277' a_colour: RED colours: 77 "
            "a_timestamp { seconds: 1 } a_duration { seconds: -1 nanos: -500000000 } "
            "a_mask { paths: 'display_name' } a_bool_value { } a_string: 'é\\n\\\"' "
            "counts { key: true value: 1 } renamed: 'x'",
            Defaults::kLeftOut),
      IsOkAndHolds(std::string(
          R"({"anInt64":"-5","aDouble":25.3,"aString":"é\n\"","aBytes":"/78=","aColour":"RED",)"
          R"("colours":[77],"aTimestamp":"1970-01-01T00:00:01Z","aDuration":"-1.500s",)"
          R"("aMask":"displayName","aBoolValue":false,"counts":{"true":"1"},"otherName":"x"})")));
}

TEST_F(JsonWriterTest, BytesThatAreNoMessageAreAnErrorOfOurs) {
  constexpr char kError[] =
      "the answer is no transcoding.testdata.v1.Book: its bytes are malformed";
  EXPECT_THAT(writer_.Write(Type("Book"), "\xff\xff", Defaults::kWritten),
              StatusIs(absl::StatusCode::kInternal, kError));
  // A field that says it is longer than the message, and a name that is not UTF-8.
  EXPECT_THAT(writer_.Write(Type("Book"), "\x0a\x05x", Defaults::kWritten),
              StatusIs(absl::StatusCode::kInternal, kError));
  EXPECT_THAT(writer_.Write(Type("Book"), "\x0a\x01\xff", Defaults::kWritten),
              StatusIs(absl::StatusCode::kInternal, kError));
  EXPECT_THAT(
      Write("Everything", "an_any { type_url: 'type.googleapis.com/no.such.Type' value: 'x' }"),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("no.such.Type")));
}

TEST_F(JsonWriterTest, WritesOneMember) {
  const std::string type = "transcoding.testdata.v1.ListBooksResponse";
  auto member = [&](const std::string& text, const std::string& name) {
    return writer_.WriteMember(*Type("ListBooksResponse").FindFieldByName(name),
                               contract_.Parse(type, text)->SerializeAsString());
  };
  EXPECT_THAT(member("books { title: 'a' }", "books"),
              IsOkAndHolds(std::string(R"([{"name":"","title":"a","authors":[]}])")));
  EXPECT_THAT(member("", "books"), IsOkAndHolds(std::string("[]")));
  EXPECT_THAT(member("", "newest"), IsOkAndHolds(std::string("null")));
}

}  // namespace
}  // namespace corridor::gateway
