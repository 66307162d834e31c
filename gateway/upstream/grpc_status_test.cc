#include "gateway/upstream/grpc_status.h"

#include <string>

#include "absl/strings/escaping.h"
#include "google/rpc/status.pb.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

TEST(GrpcTimeoutTest, HasAtMostEightDigitsAndIsNeverLonger) {
  EXPECT_EQ(GrpcTimeout(absl::Milliseconds(250)), "250000u");
  EXPECT_EQ(GrpcTimeout(absl::Seconds(100)), "100000m");
  EXPECT_EQ(GrpcTimeout(absl::Hours(100)), "360000S");
  EXPECT_EQ(GrpcTimeout(absl::InfiniteDuration()), "99999999S");
  EXPECT_EQ(GrpcTimeout(absl::ZeroDuration()), "1n");
  EXPECT_EQ(GrpcTimeout(-absl::Seconds(1)), "1n");
}

TEST(DecodeGrpcMessageTest, UndoesEscapesAndLeavesTheRest) {
  EXPECT_EQ(DecodeGrpcMessage("caf%C3%A9 100%25"), "café 100%");
  EXPECT_EQ(DecodeGrpcMessage("50% of %zz %"), "50% of %zz %");
  EXPECT_EQ(DecodeGrpcMessage("bad %FF"), "bad \\xff");
}

TEST(StatusOfTrailersTest, CarriesTheDetails) {
  const absl::Status sent = InvalidField("name", "areas/ärm", "is no code");
  const std::string bytes = ToRpcStatus(sent).SerializeAsString();
  const absl::Status got = StatusOfTrailers("3", "plain text", absl::Base64Escape(bytes));
  EXPECT_THAT(got, HasFieldViolation("name"));
  EXPECT_EQ(got.message(), sent.message());
}

TEST(StatusOfTrailersTest, ReadsDetailsWithoutPadding) {
  google::rpc::Status rpc;
  rpc.set_code(5);
  for (const std::string message : {"a", "ab", "abc"}) {
    rpc.set_message(message);
    std::string details = absl::Base64Escape(rpc.SerializeAsString());
    while (details.back() == '=') details.pop_back();
    EXPECT_EQ(StatusOfTrailers("5", "", details).message(), message);
  }
}

TEST(StatusOfTrailersTest, DetailsThatContradictOrDoNotParseAreDropped) {
  google::rpc::Status other;
  other.set_code(7);
  other.set_message("other");
  EXPECT_THAT(StatusOfTrailers("5", "gone", absl::Base64Escape(other.SerializeAsString())),
              StatusIs(absl::StatusCode::kNotFound, "gone"));
  EXPECT_THAT(StatusOfTrailers("5", "gone", "!!"), StatusIs(absl::StatusCode::kNotFound, "gone"));
}

TEST(StatusOfTrailersTest, UnknownCodesAreUnknownAndNoNumberIsInternal) {
  EXPECT_THAT(StatusOfTrailers("99", "x", ""), StatusIs(absl::StatusCode::kUnknown, "x"));
  EXPECT_THAT(StatusOfTrailers("x", "", ""), StatusIs(absl::StatusCode::kInternal));
  EXPECT_OK(StatusOfTrailers("0", "", ""));
}

TEST(CodesTest, FollowGrpcsTables) {
  EXPECT_EQ(CodeOfHttpStatus(503), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOfHttpStatus(404), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(CodeOfHttpStatus(418), absl::StatusCode::kUnknown);
  EXPECT_EQ(CodeOfReset(7), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOfReset(8), absl::StatusCode::kCancelled);
  EXPECT_EQ(CodeOfReset(2), absl::StatusCode::kInternal);
}

TEST(GrpcStatusTest, ATimeoutIsDigitsAndAUnit) {
  const std::pair<const char*, absl::Duration> cases[] = {
      {"1H", absl::Hours(1)},
      {"2M", absl::Minutes(2)},
      {"3S", absl::Seconds(3)},
      {"250m", absl::Milliseconds(250)},
      {"0u", absl::ZeroDuration()},
      {"99999999n", absl::Nanoseconds(99'999'999)},
      {"99999999H", absl::Hours(99'999'999)},
  };
  for (const auto& [text, timeout] : cases) {
    EXPECT_THAT(ParseGrpcTimeout(text), IsOkAndHolds(timeout)) << text;
  }
  for (const char* text : {"", "S", "1", "1s", "-1S", "+1S", " 1S", "1.5S", "123456789S"}) {
    EXPECT_THAT(ParseGrpcTimeout(text),
                StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("grpc-timeout")))
        << text;
  }
}

TEST(GrpcStatusTest, TheTrailersOfAStatusMeanThatStatus) {
  const absl::Status status = ErrorWithReason(absl::StatusCode::kAborted, "NO", "100 %, é\n");
  HttpHeaders trailers = TrailersOfStatus(ToRpcStatus(status));
  ASSERT_EQ(trailers.size(), 3u);
  EXPECT_EQ(trailers[0], std::pair(std::string("grpc-status"), std::string("10")));
  EXPECT_EQ(trailers[1].second, "100 %25, %C3%A9%0A");
  EXPECT_EQ(trailers[2].second.find('='), std::string::npos);
  EXPECT_EQ(StatusOfTrailers(trailers[0].second, trailers[1].second, trailers[2].second), status);
  EXPECT_EQ(TrailersOfStatus({}).size(), 1u);
}

}  // namespace
}  // namespace corridor::gateway
