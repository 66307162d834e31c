#include "gateway/dialects/connect_message.h"

#include <zlib.h>

#include <string>

#include "gateway/dialects/gunzip.h"
#include "gateway/upstream/envelope.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr size_t kMost = 1000;

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(ConnectMessageTest, AnErrorHasCodeMessageAndDetails) {
  const std::string json = ConnectErrorJson(InvalidField("name", "a\"b", "is none"));
  EXPECT_THAT(json, StartsWith(R"({"code":"invalid_argument","message":"name: \"a\"b\" is none",)"
                               R"("details":[{"type":"google.rpc.)"));
  EXPECT_THAT(json, HasSubstr(R"({"type":"google.rpc.BadRequest","value":")"));
  EXPECT_THAT(json, testing::Not(HasSubstr("=")));
  EXPECT_EQ(ConnectCode(absl::StatusCode::kCancelled), "canceled");
  EXPECT_EQ(ConnectCode(absl::StatusCode::kDeadlineExceeded), "deadline_exceeded");
}

TEST(ConnectMessageTest, TheEndOfAStreamHasErrorAndMetadataWhereThereAre) {
  EXPECT_EQ(ConnectEndJson(absl::OkStatus(), {}), "{}");
  EXPECT_EQ(ConnectEndJson(absl::OkStatus(), {{"a", "1"}, {"b-bin", "AQ"}, {"a", "2\""}}),
            R"({"metadata":{"a":["1","2\""],"b-bin":["AQ"]}})");
  const std::string json = ConnectEndJson(absl::AbortedError("x"), {{"a", "1"}});
  EXPECT_THAT(json, StartsWith(R"({"error":{"code":"aborted","message":"x","details":[)"));
  EXPECT_THAT(json, testing::EndsWith(R"(]},"metadata":{"a":["1"]}})"));
}

TEST(ConnectMessageTest, TimeoutsAreMilliseconds) {
  EXPECT_THAT(ConnectTimeout({}), IsOkAndHolds(absl::InfiniteDuration()));
  EXPECT_THAT(ConnectTimeout({{"connect-timeout-ms", "250"}}),
              IsOkAndHolds(absl::Milliseconds(250)));
  EXPECT_THAT(ConnectTimeout({{"connect-timeout-ms", "9999999999"}}),
              IsOkAndHolds(absl::Milliseconds(9999999999)));
  EXPECT_THAT(ConnectTimeout({{"connect-timeout-ms", "0"}}), IsOkAndHolds(absl::ZeroDuration()));
  for (const char* bad : {"", "-1", "1.5", "1s", " 1", "12345678901"}) {
    EXPECT_THAT(ConnectTimeout({{"connect-timeout-ms", bad}}).status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         std::string("connect-timeout-ms: \"") + bad +
                             "\" is not a number of at most ten digits"));
  }
}

TEST(ConnectMessageTest, AQueryHoldsARequest) {
  const struct {
    const char* query;
    ConnectCodec codec;
    std::string message;
  } rows[] = {
      {"connect=v1&encoding=json&message=%7B%22a%22%3A1%7D", ConnectCodec::kJson, R"({"a":1})"},
      {"message=&encoding=proto&connect=v1", ConnectCodec::kProto, ""},
      {"connect=v1&encoding=proto&base64=1&message=CgE_-w", ConnectCodec::kProto, "\n\1\x3f\xfb"},
      {"connect=v1&encoding=proto&base64=1&message=CgE/%2Bw%3D%3D", ConnectCodec::kProto,
       "\n\1\x3f\xfb"},
      {"connect=v1&encoding=json&message={}&compression=identity&utm=x&%zz", ConnectCodec::kJson,
       "{}"},
      // echo -n '{}' | gzip | base64url
      {"connect=v1&encoding=json&base64=1&compression=gzip&message=H4sIAAAAAAACA6uuBQBDv6ajAgAAAA",
       ConnectCodec::kJson, "{}"},
  };
  for (const auto& row : rows) {
    const auto request = ReadConnectQuery(row.query, kMost);
    ASSERT_OK(request) << row.query;
    EXPECT_EQ(request->codec, row.codec);
    EXPECT_EQ(request->message, row.message);
  }
}

TEST(ConnectMessageTest, AQueryThatHoldsNoneNamesParameterAndValue) {
  const struct {
    const char* query;
    absl::StatusCode code;
    const char* error;
  } rows[] = {
      {"", absl::StatusCode::kInvalidArgument, "connect: \"\" is not v1"},
      {"connect=v2", absl::StatusCode::kInvalidArgument, "connect: \"v2\" is not v1"},
      {"connect=v1", absl::StatusCode::kInvalidArgument,
       "encoding: \"\" is neither json nor proto"},
      {"connect=v1&encoding=xml", absl::StatusCode::kInvalidArgument,
       "encoding: \"xml\" is neither"},
      {"connect=v1&encoding=json", absl::StatusCode::kInvalidArgument, "message"},
      {"connect=v1&encoding=json&message=%7", absl::StatusCode::kInvalidArgument,
       "message: \"%7\" has a bad percent-escape"},
      {"connect=v1&encoding=json&message=a&message=b", absl::StatusCode::kInvalidArgument,
       "message: \"b\" is a second value"},
      {"connect=v1&encoding=proto&base64=1&message=!", absl::StatusCode::kInvalidArgument,
       "message: \"!\" is not base64"},
      {"connect=v1&encoding=json&message={}&base64=yes", absl::StatusCode::kInvalidArgument,
       "base64: \"yes\" is not 1"},
      {"connect=v1&encoding=json&message={}&compression=br", absl::StatusCode::kUnimplemented,
       "compression: \"br\" is not taken; there are gzip and identity"},
      {"connect=v1&encoding=json&message={}&compression=gzip", absl::StatusCode::kInvalidArgument,
       "is said to be gzip"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(ReadConnectQuery(row.query, kMost).status(),
                StatusIs(row.code, HasSubstr(row.error)))
        << row.query;
  }
}

TEST(ConnectMessageTest, ARequestToAStreamIsOneEnvelope) {
  std::string plain;
  AppendEnvelope(0, "{}", plain);
  std::string zipped;
  AppendEnvelope(1, Gzip("{\"a\":1}"), zipped);
  std::string end;
  AppendEnvelope(2, "{}", end);
  EXPECT_THAT(ReadConnectStream(plain, "", kMost), IsOkAndHolds(std::string("{}")));
  EXPECT_THAT(ReadConnectStream(plain, "gzip", kMost), IsOkAndHolds(std::string("{}")));
  EXPECT_THAT(ReadConnectStream(zipped, "gzip", kMost), IsOkAndHolds(std::string("{\"a\":1}")));
  const struct {
    std::string body;
    const char* encoding;
    absl::StatusCode code;
    const char* error;
  } rows[] = {
      {"", "", absl::StatusCode::kInvalidArgument, "body: \"0 bytes\" are no whole message"},
      {plain.substr(0, 4), "", absl::StatusCode::kInvalidArgument, "\"4 bytes\" are no whole"},
      {plain.substr(0, 6), "", absl::StatusCode::kInvalidArgument, "\"6 bytes\" are no whole"},
      {plain + plain, "", absl::StatusCode::kInvalidArgument, "\"7 bytes\" follow the one message"},
      {plain + "x", "", absl::StatusCode::kInvalidArgument, "\"1 bytes\" follow"},
      {end, "", absl::StatusCode::kInvalidArgument, "\"flags 2\" are none that a request's"},
      {zipped, "", absl::StatusCode::kInvalidArgument, "connect-content-encoding names nothing"},
      {zipped, "identity", absl::StatusCode::kInvalidArgument, "names nothing"},
      {zipped, "zstd", absl::StatusCode::kUnimplemented,
       "connect-content-encoding: \"zstd\" is not taken; there are gzip and identity"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(ReadConnectStream(row.body, row.encoding, kMost).status(),
                StatusIs(row.code, HasSubstr(row.error)));
  }
}

TEST(GunzipTest, MakesNoMoreThanIsAllowed) {
  EXPECT_THAT(Gunzip(Gzip(std::string(1000, 'x')), 1000), IsOkAndHolds(std::string(1000, 'x')));
  EXPECT_THAT(Gunzip(Gzip(""), 0), IsOkAndHolds(std::string()));
  EXPECT_THAT(Gunzip(Gzip(std::string(1001, 'x')), 1000).status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "the message is larger than the limit of 1000 bytes"));
  EXPECT_THAT(Gunzip(Gzip(std::string(10 << 20, 'x')), 200 << 10).status(),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(GunzipTest, RefusesWhatIsNotGzipAllThrough) {
  const std::string whole = Gzip("hello");
  for (const std::string& bad :
       {std::string(), std::string("hello"), whole.substr(0, whole.size() - 1), whole + "x",
        whole.substr(0, 12)}) {
    EXPECT_THAT(Gunzip(bad, kMost).status(), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(EnvelopeTest, IsTakenWholeOrNotAtAll) {
  std::string bytes;
  AppendEnvelope(3, std::string(70000, 'x'), bytes);
  EXPECT_EQ(bytes.substr(0, 5), std::string("\x03\x00\x01\x11\x70", 5));
  std::string_view cut = std::string_view(bytes).substr(0, bytes.size() - 1);
  EXPECT_FALSE(TakeEnvelope(cut).has_value());
  std::string_view left = bytes;
  EXPECT_EQ(TakeEnvelope(left)->flags, 3);
  EXPECT_EQ(left, "");
  left = std::string_view("\0\xff\xff\xff\xff", 5);
  EXPECT_FALSE(TakeEnvelope(left).has_value());
}

TEST(IsWireFormatTest, KnowsTagsAndLengths) {
  EXPECT_TRUE(IsWireFormat(""));
  EXPECT_TRUE(IsWireFormat("\n\1x\x10\x05"));
  EXPECT_FALSE(IsWireFormat("\n\2x"));
  EXPECT_FALSE(IsWireFormat("\xff"));
  EXPECT_FALSE(IsWireFormat(std::string_view("\0", 1)));
  EXPECT_FALSE(IsWireFormat("{}"));
}

}  // namespace
}  // namespace corridor::gateway
