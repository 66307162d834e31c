// Calls that are answered with many messages.
#include <memory>
#include <string>
#include <vector>

#include "gateway/upstream/envelope.h"
#include "gateway/upstream/grpc_session.h"
#include "gateway/upstream/scripted_service_fixture.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using Retry = GrpcSession::Retry;

constexpr size_t kWindow = 64 << 10;
const Fields kOkTrailers = {{"grpc-status", "0"}};

class GrpcSessionStreamTest : public ::testing::Test {
 protected:
  int32_t Start() {
    return session_.Start(
        {"/a.B/Watch", "hello", {}, absl::InfiniteFuture()}, absl::InfiniteDuration(),
        [this](GrpcSession::Outcome outcome) { outcomes_.push_back(std::move(outcome)); },
        [this] { ++arrived_; });
  }
  // A stream whose headers have come.
  int32_t Begin() {
    const int32_t id = Start();
    EXPECT_OK(Exchange());
    service_.Begin(id);
    EXPECT_OK(Exchange());
    return id;
  }
  absl::Status Exchange() { return service_.Exchange(session_); }
  std::vector<std::string> TakeAll(int32_t id) {
    std::vector<std::string> messages;
    while (std::optional<std::string> message = session_.Take(id)) messages.push_back(*message);
    return messages;
  }

  GrpcSession session_{"service:1", {.message_bytes = 200'000, .header_bytes = 1000, .streams = 3}};
  ScriptedService service_;
  std::vector<GrpcSession::Outcome> outcomes_;
  int arrived_ = 0;
};

TEST_F(GrpcSessionStreamTest, MessagesAreTakenOneByOneAsTheyCome) {
  const int32_t id = Begin();
  EXPECT_THAT(service_.requests[id], Not(::testing::Contains(Pair("grpc-timeout", ::testing::_))));
  EXPECT_EQ(session_.Take(id), std::nullopt);
  service_.Push(id, Enveloped("one") + Enveloped("") + Enveloped("three").substr(0, 6));
  ASSERT_OK(Exchange());
  EXPECT_EQ(arrived_, 1);
  EXPECT_THAT(TakeAll(id), ElementsAre("one", ""));
  service_.Push(id, Enveloped("three").substr(6));
  ASSERT_OK(Exchange());
  EXPECT_EQ(arrived_, 2);
  EXPECT_THAT(TakeAll(id), ElementsAre("three"));
  EXPECT_THAT(outcomes_, IsEmpty());
}

TEST_F(GrpcSessionStreamTest, WhoHasNotAskedInVainIsNotToldAgain) {
  const int32_t id = Begin();
  for (int i = 0; i < 3; ++i) {
    service_.Push(id, Enveloped("x"));
    ASSERT_OK(Exchange());
  }
  EXPECT_EQ(arrived_, 1);
  EXPECT_THAT(TakeAll(id), ElementsAre("x", "x", "x"));
}

TEST_F(GrpcSessionStreamTest, TheEndComesWithWhatWasNotTaken) {
  const int32_t id = Begin();
  service_.Push(id, Enveloped("one") + Enveloped("two") + Enveloped("three"));
  ASSERT_OK(Exchange());
  EXPECT_EQ(session_.Take(id), "one");
  service_.Finish(id, {{"grpc-status", "14"}, {"grpc-message", "shutting down"}});
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_THAT(outcomes_[0].reply.status, StatusIs(absl::StatusCode::kUnavailable, "shutting down"));
  EXPECT_EQ(outcomes_[0].retry, Retry::kNever);
  EXPECT_EQ(outcomes_[0].left.Take(), "two");
  EXPECT_EQ(outcomes_[0].left.Take(), "three");
  EXPECT_TRUE(outcomes_[0].left.is_empty());
  EXPECT_EQ(session_.active(), 0u);
  EXPECT_EQ(session_.Take(id), std::nullopt);
}

TEST_F(GrpcSessionStreamTest, AnEndWithinAMessageIsAnErrorBehindTheWholeOnes) {
  const int32_t id = Begin();
  service_.Push(id, Enveloped("one") + Enveloped("two").substr(0, 7));
  service_.Finish(id, kOkTrailers);
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_THAT(outcomes_[0].reply.status,
              StatusIs(absl::StatusCode::kInternal, HasSubstr("truncated")));
  EXPECT_EQ(outcomes_[0].left.Take(), "one");
  EXPECT_TRUE(outcomes_[0].left.is_empty());
}

TEST_F(GrpcSessionStreamTest, AStreamWithoutMessagesMayEndWell) {
  const int32_t id = Begin();
  service_.Finish(id, kOkTrailers);
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_OK(outcomes_[0].reply.status);
}

TEST_F(GrpcSessionStreamTest, WhatIsNotTakenHoldsAWindowAndAMessageAndNoOtherStream) {
  const int32_t idle = Begin();
  const int32_t busy = Begin();
  const std::string message(1000, 'x');
  constexpr int kMessages = 3000;  // More than the connection's window.
  std::string all;
  for (int i = 0; i < kMessages; ++i) all += Enveloped(message);
  service_.Push(idle, all);
  service_.Push(busy, all);
  ASSERT_OK(Exchange());
  const size_t held = all.size() - service_.unsent(idle);
  EXPECT_LE(held, kWindow + Enveloped(message).size());
  EXPECT_GE(held, kWindow);

  int taken = 0;
  while (session_.Take(busy)) {
    ++taken;
    ASSERT_OK(Exchange());
  }
  EXPECT_EQ(taken, kMessages);
  EXPECT_EQ(all.size() - service_.unsent(idle), held);

  taken = 0;
  while (session_.Take(idle)) {
    ++taken;
    ASSERT_OK(Exchange());
  }
  EXPECT_EQ(taken, kMessages);
}

TEST_F(GrpcSessionStreamTest, AMessageLargerThanTheWindowComesWhole) {
  const int32_t id = Begin();
  const std::string large(200'000, 'x');
  std::string prefix("\0\0", 2);
  prefix += {static_cast<char>(large.size() >> 16), static_cast<char>(large.size() >> 8),
             static_cast<char>(large.size())};
  service_.Push(id, prefix + large + Enveloped("next"));
  ASSERT_OK(Exchange());
  EXPECT_EQ(session_.Take(id), large);
  EXPECT_EQ(session_.Take(id), "next");
}

TEST_F(GrpcSessionStreamTest, MessagesThatAreNotGrpcsEndTheStreamBehindThoseBefore) {
  const struct {
    const char* promise;
    std::string bytes;
    absl::StatusCode code;
    const char* message;
  } rows[] = {
      {"compressed", std::string("\1\0\0\0\1a", 6), absl::StatusCode::kInternal, "compressed"},
      {"too large", std::string("\0\xFF\0\0\0", 5), absl::StatusCode::kInternal,
       "limit of 200000 bytes"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.promise);
    outcomes_.clear();
    service_.resets.clear();
    const int32_t id = Begin();
    service_.Push(id, Enveloped("one") + row.bytes);
    ASSERT_OK(Exchange());
    EXPECT_THAT(outcomes_, IsEmpty());
    EXPECT_EQ(session_.Take(id), "one");
    ASSERT_OK(Exchange());
    EXPECT_THAT(service_.resets, ElementsAre(id));
    ASSERT_EQ(outcomes_.size(), 1u);
    EXPECT_THAT(outcomes_[0].reply.status, StatusIs(row.code, HasSubstr(row.message)));
    EXPECT_TRUE(outcomes_[0].left.is_empty());
  }
}

TEST_F(GrpcSessionStreamTest, AServiceThatIgnoresTheWindowIsResetOneFrameLater) {
  const int32_t id = Begin();
  std::string flood;
  const std::string frame = std::string("\0\x40\0\0\0\0\0\0", 8) + static_cast<char>(id) +
                            std::string(16 << 10, '\0');  // 3276 empty messages.
  for (int i = 0; i < 8; ++i) flood += frame;
  ASSERT_OK(session_.Receive(flood));
  std::string out;
  ASSERT_OK(session_.Send(out, 1 << 20));
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_THAT(outcomes_[0].reply.status,
              StatusIs(absl::StatusCode::kInternal, HasSubstr("FLOW_CONTROL_ERROR")));
  size_t held = 0;
  while (outcomes_[0].left.has_message()) held += 5 + outcomes_[0].left.Take().size();
  EXPECT_LE(held, kWindow + (16 << 10) + 5);
}

TEST_F(GrpcSessionStreamTest, CancelledStreamsAreResetAndNotTold) {
  const int32_t id = Begin();
  service_.Push(id, Enveloped("one"));
  ASSERT_OK(Exchange());
  session_.Cancel(id);
  EXPECT_EQ(session_.Take(id), "one");
  ASSERT_OK(Exchange());
  EXPECT_THAT(service_.resets, ElementsAre(id));
  EXPECT_THAT(outcomes_, IsEmpty());
  EXPECT_EQ(session_.active(), 0u);
}

TEST_F(GrpcSessionStreamTest, WhoIsToldMayCancelThatStreamAndOthers) {
  int32_t first = 0;
  int32_t second = 0;
  int told = 0;
  const auto cancel_both = [&] {
    ++told;
    session_.Cancel(first);
    session_.Cancel(second);
  };
  const UnaryCall call{"/a.B/Watch", "", {}, absl::InfiniteFuture()};
  const auto done = [](const GrpcSession::Outcome&) { FAIL() << "was cancelled"; };
  first = session_.Start(call, absl::InfiniteDuration(), done, cancel_both);
  second = session_.Start(call, absl::InfiniteDuration(), done, cancel_both);
  ASSERT_OK(Exchange());
  for (const int32_t id : {first, second}) {
    service_.Begin(id);
    service_.Push(id, Enveloped("x"));
  }
  ASSERT_OK(Exchange());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(session_.active(), 0u);
}

TEST_F(GrpcSessionStreamTest, ALostStreamMayBeSentAgainUntilAMessageCame) {
  const int32_t with_headers = Begin();
  const int32_t with_message = Begin();
  service_.Push(with_message, Enveloped("one"));
  ASSERT_OK(Exchange());
  session_.Lose(absl::UnavailableError("connection reset"));
  ASSERT_EQ(outcomes_.size(), 2u);
  EXPECT_LT(with_headers, with_message);
  int again = 0;
  for (const GrpcSession::Outcome& outcome : outcomes_) {
    EXPECT_TRUE(outcome.connection_lost);
    const bool has_message = outcome.left.has_message();
    EXPECT_EQ(outcome.retry, has_message ? Retry::kNever : Retry::kRead);
    again += has_message ? 0 : 1;
  }
  EXPECT_EQ(again, 1);
}

TEST_F(GrpcSessionStreamTest, ATimeoutIsToldWhenThereIsOne) {
  const int32_t id = session_.Start(
      {"/a.B/Watch", "", {}, absl::InfiniteFuture()}, absl::Seconds(2),
      [](const GrpcSession::Outcome&) {}, [] {});
  ASSERT_OK(Exchange());
  EXPECT_THAT(service_.requests[id], ::testing::Contains(Pair("grpc-timeout", "2000000u")));
}

}  // namespace
}  // namespace corridor::gateway
