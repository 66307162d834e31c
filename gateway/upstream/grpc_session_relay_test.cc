// Calls that are passed on: bytes, and no more of them than there is room for.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/upstream/growing_body_fixture.h"
#include "gateway/upstream/grpc_session.h"
#include "gateway/upstream/scripted_service_fixture.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using Retry = GrpcSession::Retry;

constexpr size_t kWindow = 64 << 10;
constexpr size_t kFrame = 16 << 10;
const Fields kOkTrailers = {{"grpc-status", "0"}, {"x-bin", "AAE"}};

class GrpcSessionRelayTest : public ::testing::Test {
 protected:
  int32_t Start(const std::string& bytes, bool is_over = true) {
    body_ = std::make_shared<GrowingBody>();
    body_->Add(bytes);
    if (is_over) body_->End();
    return StartWith(std::make_shared<RelayedExchange>(body_));
  }
  int32_t StartWith(std::shared_ptr<RelayedExchange> exchange) {
    exchange_ = std::move(exchange);
    return session_.Start(
        {"/a.B/C", "", {{"content-type", "application/grpc+proto"}}, absl::InfiniteFuture()},
        absl::InfiniteDuration(),
        [this](GrpcSession::Outcome outcome) { outcomes_.push_back(std::move(outcome)); },
        [this] { ++arrived_; }, exchange_);
  }
  absl::Status Exchange() { return service_.Exchange(session_); }
  std::string ReadAll(int32_t id, size_t enough = 1 << 20) {
    std::string bytes;
    session_.Read(id, bytes, enough);
    return bytes;
  }

  GrpcSession session_{"service:1", {.message_bytes = 10, .header_bytes = 1000, .streams = 3}};
  ScriptedService service_;
  std::shared_ptr<GrowingBody> body_;
  std::shared_ptr<RelayedExchange> exchange_;
  std::vector<GrpcSession::Outcome> outcomes_;
  int arrived_ = 0;
};

TEST_F(GrpcSessionRelayTest, BytesPassUnparsedBothWays) {
  const std::string garbage("\1\xFF\xFF\xFF\xFFno frame at all\0", 21);
  const int32_t id = Start(garbage);
  ASSERT_OK(Exchange());
  EXPECT_EQ(service_.bodies[id], garbage);
  EXPECT_THAT(service_.requests[id], Contains(Pair("content-type", "application/grpc+proto")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("te", "trailers")));
  EXPECT_THAT(service_.requests[id], Not(Contains(Pair("user-agent", testing::_))));
  service_.Begin(id);
  service_.Push(id, garbage);
  ASSERT_OK(Exchange());
  ASSERT_TRUE(exchange_->head);
  EXPECT_THAT(*exchange_->head, ElementsAre(Pair("content-type", "application/grpc")));
  EXPECT_EQ(arrived_, 1);
  EXPECT_EQ(ReadAll(id), garbage);
  service_.Push(id, "more");
  ASSERT_OK(Exchange());
  EXPECT_EQ(arrived_, 2);
  service_.Finish(id, kOkTrailers);
  ASSERT_OK(Exchange());
  ASSERT_THAT(outcomes_, SizeIs(1));
  EXPECT_TRUE(outcomes_[0].from_service);
  EXPECT_EQ(exchange_->unread, "more");
  EXPECT_THAT(exchange_->trailers, ElementsAre(Pair("grpc-status", "0"), Pair("x-bin", "AAE")));
}

TEST_F(GrpcSessionRelayTest, ABodyIsReadAsItCanBeSent) {
  const int32_t id = Start(std::string(1'000'000, 'x'), /*is_over=*/false);
  nghttp2_session_set_local_window_size(service_.session, NGHTTP2_FLAG_NONE, id, kWindow);
  std::string out;
  ASSERT_OK(session_.Send(out, 10 * kWindow));
  EXPECT_LE(body_->read, kWindow + kFrame);
  EXPECT_LE(out.size(), kWindow + 1000);
}

TEST_F(GrpcSessionRelayTest, ABodyThatHasNoMoreIsAskedAgainWhenResumed) {
  const int32_t id = Start("one", /*is_over=*/false);
  ASSERT_OK(Exchange());
  EXPECT_EQ(service_.bodies[id], "one");
  body_->Add("two");
  ASSERT_OK(Exchange());
  EXPECT_EQ(service_.bodies[id], "one");
  session_.Resume(id);
  ASSERT_OK(Exchange());
  EXPECT_EQ(service_.bodies[id], "onetwo");
  EXPECT_EQ(nghttp2_session_get_stream_remote_close(service_.session, id), 0);
  body_->End();
  session_.Resume(id);
  ASSERT_OK(Exchange());
  EXPECT_EQ(nghttp2_session_get_stream_remote_close(service_.session, id), 1);
}

TEST_F(GrpcSessionRelayTest, TheServiceMaySendAWindowMoreThanIsRead) {
  const int32_t id = Start("");
  ASSERT_OK(Exchange());
  service_.Begin(id);
  service_.Push(id, std::string(1'000'000, 'x'));
  ASSERT_OK(Exchange());
  EXPECT_LE(exchange_->unread.size(), kWindow);
  size_t read = 0;
  while (read < 1'000'000) {
    const size_t bytes = ReadAll(id, 10'000).size();
    ASSERT_GT(bytes, 0u);
    ASSERT_LE(bytes, 10'000u);
    read += bytes;
    ASSERT_OK(Exchange());
    ASSERT_LE(exchange_->unread.size(), kWindow);
  }
}

TEST_F(GrpcSessionRelayTest, ACancelledCallReadsItsBodyNoMore) {
  const int32_t id = Start("one", /*is_over=*/false);
  ASSERT_OK(Exchange());
  session_.Cancel(id);
  body_->Add("two");
  session_.Resume(id);
  ASSERT_OK(Exchange());
  EXPECT_EQ(body_->read, 3u);
  EXPECT_THAT(service_.resets, ElementsAre(id));
  EXPECT_THAT(outcomes_, IsEmpty());
}

TEST_F(GrpcSessionRelayTest, ABodyThatIsCutOffResetsTheCall) {
  const int32_t id = Start("one", /*is_over=*/false);
  ASSERT_OK(Exchange());
  body_->End(/*is_whole=*/false);
  session_.Resume(id);
  ASSERT_OK(Exchange());
  EXPECT_THAT(service_.resets, ElementsAre(id));
  ASSERT_THAT(outcomes_, SizeIs(1));
  EXPECT_THAT(outcomes_[0].reply.status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cut off")));
}

TEST_F(GrpcSessionRelayTest, AnAnswerBeforeTheEndOfTheRequestEndsThat) {
  const int32_t id = Start("one", /*is_over=*/false);
  ASSERT_OK(Exchange());
  service_.Answer(id, "x", kOkTrailers);
  ASSERT_OK(Exchange());
  ASSERT_THAT(outcomes_, SizeIs(1));
  EXPECT_THAT(exchange_->trailers, Contains(Pair("grpc-status", "0")));
  EXPECT_THAT(service_.resets, ElementsAre(id));
}

TEST_F(GrpcSessionRelayTest, OnlyTrailersAloneTellToSendAgain) {
  const std::pair<std::string, Retry> cases[] = {
      {"14", Retry::kRead}, {"1", Retry::kRead}, {"0", Retry::kNever}, {"13", Retry::kNever}};
  for (const auto& [status, retry] : cases) {
    const int32_t alone = Start("one");
    ASSERT_OK(Exchange());
    service_.Headers(
        alone, {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", status}},
        /*is_last=*/true);
    ASSERT_OK(Exchange());
    EXPECT_EQ(outcomes_.back().retry, retry) << status;
    EXPECT_FALSE(exchange_->head);
    EXPECT_THAT(exchange_->trailers, Contains(Pair("grpc-status", status)));
    EXPECT_TRUE(exchange_->body.can_rewind());

    const int32_t after_head = Start("one");
    ASSERT_OK(Exchange());
    service_.Answer(after_head, "", {{"grpc-status", status}});
    ASSERT_OK(Exchange());
    EXPECT_EQ(outcomes_.back().retry, Retry::kNever) << status;
    EXPECT_FALSE(exchange_->body.can_rewind());
  }
}

TEST_F(GrpcSessionRelayTest, ABodyIsKeptUpTo64KilobytesAndSentAnewFromTheBeginning) {
  const std::string small(60'000, 'x');
  Start(small);
  ASSERT_OK(Exchange());
  EXPECT_TRUE(exchange_->body.can_rewind());
  exchange_->BeginAnew();
  const int32_t again = StartWith(exchange_);
  ASSERT_OK(Exchange());
  EXPECT_EQ(service_.bodies[again], small);

  Start(std::string(90'000, 'x'));
  ASSERT_OK(Exchange());
  EXPECT_FALSE(exchange_->body.can_rewind());
}

TEST_F(GrpcSessionRelayTest, AStreamThatWasRefusedMayAlwaysBeSentAgain) {
  const int32_t id = Start("one");
  ASSERT_OK(Exchange());
  nghttp2_submit_rst_stream(service_.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  ASSERT_OK(Exchange());
  EXPECT_EQ(outcomes_.back().retry, Retry::kAlways);
  Start("one");
  ASSERT_OK(Exchange());
  nghttp2_submit_goaway(service_.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR, nullptr, 0);
  ASSERT_OK(Exchange());
  EXPECT_EQ(outcomes_.back().retry, Retry::kAlways);
}

TEST_F(GrpcSessionRelayTest, ALostConnectionTellsWhetherTheServiceCanHaveSeenTheCall) {
  Start("one");
  session_.Lose(absl::UnavailableError("gone"));
  EXPECT_EQ(outcomes_.back().retry, Retry::kAlways);
  GrpcSession other("service:1", {});
  std::string out;
  other.Start(
      {"/a.B/C", "", {}, absl::InfiniteFuture()}, absl::InfiniteDuration(),
      [this](GrpcSession::Outcome outcome) { outcomes_.push_back(std::move(outcome)); }, [] {},
      std::make_shared<RelayedExchange>(nullptr));
  ASSERT_OK(other.Send(out, kWindow));
  other.Lose(absl::UnavailableError("gone"));
  EXPECT_EQ(outcomes_.back().retry, Retry::kRead);
}

TEST_F(GrpcSessionRelayTest, AnAnswerThatIsNotGrpcsIsAnErrorThatSaysSo) {
  const std::pair<Fields, std::string> cases[] = {
      {{{":status", "503"}, {"content-type", "text/html"}}, "HTTP status 503"},
      {{{":status", "200"}, {"content-type", "text/html"}}, "does not answer with gRPC"},
  };
  for (const auto& [headers, message] : cases) {
    for (const bool is_last : {false, true}) {
      const int32_t id = Start("one");
      ASSERT_OK(Exchange());
      service_.Headers(id, headers, is_last);
      ASSERT_OK(Exchange());
      EXPECT_FALSE(outcomes_.back().from_service);
      EXPECT_THAT(std::string(outcomes_.back().reply.status.message()), HasSubstr(message));
      EXPECT_FALSE(exchange_->head);
    }
  }
}

TEST_F(GrpcSessionRelayTest, AnAnswerWithoutAStatusIsInternal) {
  const int32_t id = Start("one");
  ASSERT_OK(Exchange());
  service_.Answer(id, "x", {});
  ASSERT_OK(Exchange());
  EXPECT_THAT(outcomes_.back().reply.status,
              StatusIs(absl::StatusCode::kInternal, HasSubstr("without a status")));
}

}  // namespace
}  // namespace corridor::gateway
