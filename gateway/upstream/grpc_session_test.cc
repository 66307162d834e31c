#include "gateway/upstream/grpc_session.h"

#include <string>
#include <vector>

#include "gateway/upstream/envelope.h"
#include "gateway/upstream/scripted_service_fixture.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using Retry = GrpcSession::Retry;
class GrpcSessionTest : public ::testing::Test {
 protected:
  int32_t Start() {
    return session_.Start(
        {"/a.B/C", "hello", {{"x-request-id", "r1"}}, absl::InfiniteFuture()}, absl::Seconds(1),
        [this](const GrpcSession::Outcome& outcome) { outcomes_.push_back(outcome); });
  }
  absl::Status Exchange() { return service_.Exchange(session_); }

  GrpcSession session_{"service:1", {.message_bytes = 200, .header_bytes = 1000, .streams = 2}};
  ScriptedService service_;
  std::vector<GrpcSession::Outcome> outcomes_;
};

TEST_F(GrpcSessionTest, CarriesACallAndItsAnswer) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  EXPECT_TRUE(session_.is_settled());
  EXPECT_THAT(service_.requests[id], Contains(Pair(":path", "/a.B/C")));
  EXPECT_THAT(service_.requests[id], Contains(Pair(":authority", "service:1")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("te", "trailers")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("grpc-timeout", "1000000u")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("x-request-id", "r1")));
  EXPECT_EQ(service_.bodies[id], Enveloped("hello"));

  service_.Answer(id, Enveloped("world"), {{"grpc-status", "0"}, {"corridor-version", "v"}});
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_OK(outcomes_[0].reply.status);
  EXPECT_EQ(outcomes_[0].reply.message, "world");
  EXPECT_THAT(outcomes_[0].reply.headers, Contains(Pair("corridor-version", "v")));
  EXPECT_EQ(session_.active(), 0u);
}

struct BadAnswer {
  const char* promise;
  std::string body;
  Fields trailers;
  absl::StatusCode code;
  const char* message;
};

TEST_F(GrpcSessionTest, AnswersThatAreNotGrpcsAreErrors) {
  const std::vector<BadAnswer> rows = {
      {"no status", Enveloped("x"), {}, absl::StatusCode::kInternal, "without a status"},
      {"no message", "", {{"grpc-status", "0"}}, absl::StatusCode::kInternal, "truncated"},
      {"half a message",
       std::string("\0\0\0\0\5ab", 7),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "truncated"},
      {"two messages",
       Enveloped("a") + Enveloped("b"),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "more than one answer"},
      {"a compressed message",
       std::string("\1\0\0\0\1a", 6),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "compressed"},
      {"a large message",
       std::string("\0\0\1\0\0", 5),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "limit of 200 bytes"},
      {"large trailers",
       Enveloped("a"),
       {{"grpc-status", "0"}, {"x", std::string(2000, 'y')}},
       absl::StatusCode::kInternal,
       "1000 bytes of headers"}};
  for (const BadAnswer& row : rows) {
    outcomes_.clear();
    const int32_t id = Start();
    ASSERT_OK(Exchange());
    service_.Answer(id, row.body, row.trailers);
    ASSERT_OK(Exchange());
    ASSERT_EQ(outcomes_.size(), 1u) << row.promise;
    EXPECT_THAT(outcomes_[0].reply.status, StatusIs(row.code, HasSubstr(row.message)))
        << row.promise;
    EXPECT_FALSE(outcomes_[0].from_service) << row.promise;
  }
}

TEST_F(GrpcSessionTest, AnHttpErrorIsMappedToACode) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  service_.Headers(id, {{":status", "503"}}, true);
  ASSERT_OK(Exchange());
  EXPECT_THAT(outcomes_.at(0).reply.status,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("HTTP status 503")));
}

TEST_F(GrpcSessionTest, ReadsMayBeRepeatedWhenTurnedAwayTrailersOnly) {
  for (const auto& [code, retry] : std::vector<std::pair<std::string, Retry>>{
           {"14", Retry::kRead}, {"1", Retry::kRead}, {"5", Retry::kNever}}) {
    outcomes_.clear();
    const int32_t id = Start();
    ASSERT_OK(Exchange());
    Fields headers = kOkHeaders;
    headers.emplace_back("grpc-status", code);
    headers.emplace_back("grpc-message", "so%20it%20is");
    service_.Headers(id, headers, true);
    ASSERT_OK(Exchange());
    ASSERT_EQ(outcomes_.size(), 1u);
    EXPECT_EQ(outcomes_[0].retry, retry) << code;
    EXPECT_EQ(outcomes_[0].reply.status.message(), "so it is");
  }
}

TEST_F(GrpcSessionTest, NothingIsRepeatedOnceHeadersCame) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  service_.Headers(id, kOkHeaders, false);
  ASSERT_OK(Exchange());
  session_.Lose(absl::UnavailableError("connection reset"));
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].retry, Retry::kNever);
  EXPECT_THAT(outcomes_[0].reply.status,
              StatusIs(absl::StatusCode::kUnavailable, "connection reset"));
}

TEST_F(GrpcSessionTest, ALostConnectionLetsReadsBeRepeated) {
  Start();
  ASSERT_OK(Exchange());
  session_.Lose(absl::UnavailableError("connection reset"));
  EXPECT_EQ(outcomes_.at(0).retry, Retry::kRead);
  EXPECT_TRUE(outcomes_[0].connection_lost);
}

TEST_F(GrpcSessionTest, WhatWasNeverSentMayAlwaysBeRepeated) {
  Start();
  session_.Lose(absl::UnavailableError("connection refused"));
  EXPECT_EQ(outcomes_.at(0).retry, Retry::kAlways);
}

TEST_F(GrpcSessionTest, ARefusedStreamMayAlwaysBeRepeated) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  nghttp2_submit_rst_stream(service_.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  ASSERT_OK(Exchange());
  EXPECT_EQ(outcomes_.at(0).retry, Retry::kAlways);
  EXPECT_EQ(outcomes_[0].reply.status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(GrpcSessionTest, GoAwayEndsWhatIsAboveItsLastStreamAndLetsTheRestFinish) {
  const int32_t first = Start();
  ASSERT_OK(Exchange());
  Start();
  std::string above;
  ASSERT_OK(session_.Send(above, 1 << 20));  // Not yet seen by the service.
  nghttp2_submit_goaway(service_.session, NGHTTP2_FLAG_NONE, first, NGHTTP2_NO_ERROR, nullptr, 0);
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].retry, Retry::kAlways);
  EXPECT_TRUE(session_.is_retired());
  EXPECT_EQ(Start(), 0);

  service_.Answer(first, Enveloped("done"), {{"grpc-status", "0"}});
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 2u);
  EXPECT_EQ(outcomes_[1].reply.message, "done");
}

TEST_F(GrpcSessionTest, ACancelledCallIsResetAndNotTold) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  session_.Cancel(id);
  ASSERT_OK(Exchange());
  EXPECT_THAT(service_.resets, ElementsAre(id));
  EXPECT_TRUE(outcomes_.empty());
  EXPECT_EQ(session_.active(), 0u);
}

TEST_F(GrpcSessionTest, TakesNoMoreCallsThanStreams) {
  EXPECT_NE(Start(), 0);
  EXPECT_NE(Start(), 0);
  EXPECT_FALSE(session_.accepts_calls());
  EXPECT_EQ(Start(), 0);
}

TEST_F(GrpcSessionTest, ObeysTheServicesLimitOfStreams) {
  const nghttp2_settings_entry one{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1};
  nghttp2_submit_settings(service_.session, NGHTTP2_FLAG_NONE, &one, 1);
  ASSERT_OK(Exchange());
  EXPECT_NE(Start(), 0);
  EXPECT_EQ(Start(), 0);
}

TEST_F(GrpcSessionTest, APingIsAnswered) {
  session_.Ping();
  EXPECT_TRUE(session_.awaits_pong());
  ASSERT_OK(Exchange());
  EXPECT_FALSE(session_.awaits_pong());
}

TEST_F(GrpcSessionTest, WhatIsNotHttp2EndsTheSession) {
  Start();
  ASSERT_OK(session_.Receive("HTTP/1.1 400 Bad Request\r\n\r\n"));
  std::string out;
  ASSERT_OK(session_.Send(out, 1 << 20));  // A GOAWAY.
  EXPECT_TRUE(session_.is_over());
  session_.Lose(absl::UnavailableError("it broke HTTP/2"));
  EXPECT_EQ(outcomes_.size(), 1u);
}

}  // namespace
}  // namespace corridor::gateway
