#include "gateway/overload/limited_upstream.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <utility>
#include <vector>

#include "gateway/upstream/fake_upstream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kMethod[] = "/a.B/Get";

class LimitedUpstreamTest : public ::testing::Test {
 protected:
  std::function<void()> Ask(uint64_t client = 1) {
    return limited_.Unary({kMethod, "", {}, absl::InfiniteFuture(), true, client},
                          [this](const UnaryReply& reply) { replies_.push_back(reply.status); });
  }
  std::unique_ptr<RelayedAnswer> Relay(bool is_streaming = false) {
    RelayCall call;
    call.method = kMethod;
    call.is_streaming = is_streaming;
    call.client = 1;
    return limited_.Relay(std::move(call), [] {});
  }
  void Reply(const absl::Status& status = absl::OkStatus()) { inner_.Reply({status, "", {}}); }
  // With answers that took so long, more than the least of a window.
  void AnswerMany(absl::Duration latency) {
    for (int i = 0; i < 30; ++i) {
      Ask();
      now_ += latency;
      Reply();
    }
  }

  absl::Time now_ = absl::UnixEpoch();
  FakeUpstream inner_;
  prometheus::Gauge gauge_;
  prometheus::Counter turned_away_;
  LimitedUpstream limited_{inner_,
                           "library",
                           {.first = 2},
                           [this] { return now_; },
                           {.limit = &gauge_, .turned_away = &turned_away_}};
  std::vector<absl::Status> replies_;
};

TEST_F(LimitedUpstreamTest, CallsBeyondTheLimitEndAtOnceNamingTheService) {
  Ask();
  Ask();
  EXPECT_THAT(replies_, IsEmpty());
  Ask();
  ASSERT_THAT(replies_, SizeIs(1));
  EXPECT_THAT(replies_[0], StatusIs(absl::StatusCode::kUnavailable, HasSubstr("library")));
  EXPECT_EQ(ReasonOf(replies_[0]), "OVERLOADED");
  EXPECT_EQ(ErrorMetadata(replies_[0], "service"), "library");
  EXPECT_THAT(inner_.calls, SizeIs(2));
  EXPECT_EQ(turned_away_.Value(), 1);
}

TEST_F(LimitedUpstreamTest, EveryEndMakesRoom) {
  for (int i = 0; i < 3; ++i) {
    Ask();
    const auto cancel = Ask();
    Reply(absl::NotFoundError(""));
    cancel();
    cancel();
  }
  EXPECT_EQ(turned_away_.Value(), 0);
  EXPECT_EQ(inner_.cancelled, 3);
  EXPECT_THAT(replies_, SizeIs(3));
}

TEST_F(LimitedUpstreamTest, RelayedCallsCountUntilTheServiceAnswersOrTheyAreDropped) {
  {
    const auto first = Relay();
    const auto second = Relay();
    const auto refused = Relay();
    ASSERT_NE(refused->End(), nullptr);
    EXPECT_EQ(refused->Head(), nullptr);
    EXPECT_EQ(ReasonOf(refused->End()->failure), "OVERLOADED");
    EXPECT_THAT(inner_.relays, SizeIs(2));
    inner_.relays[0]->Head({});
    EXPECT_NE(first->Head(), nullptr);
    EXPECT_EQ(Relay()->End(), nullptr);
    const auto third = Relay();
    inner_.relays.back()->End({{{"grpc-status", "5"}}, absl::OkStatus()});
    EXPECT_EQ(Relay()->End(), nullptr);
  }
  EXPECT_TRUE(inner_.relays[1]->is_dropped);
  const auto first = Relay();
  const auto second = Relay();
  EXPECT_EQ(second->End(), nullptr);
}

TEST_F(LimitedUpstreamTest, StreamsPass) {
  Ask();
  Ask();
  const auto relay = Relay(/*is_streaming=*/true);
  EXPECT_EQ(relay->End(), nullptr);
  const auto stream = limited_.Stream({kMethod, "", {}, absl::InfiniteFuture()}, [] {});
  EXPECT_EQ(stream->End(), std::nullopt);
}

TEST_F(LimitedUpstreamTest, TheLimitIsToldAsItChanges) {
  EXPECT_EQ(gauge_.Value(), 2);
  AnswerMany(absl::Milliseconds(10));
  EXPECT_GE(gauge_.Value(), 32);  // The least of all limits.
}

TEST_F(LimitedUpstreamTest, CallsThatAreGivenUpLateCountAsLateAnswers) {
  AnswerMany(absl::Milliseconds(10));
  const double before = gauge_.Value();
  for (int window = 0; window < 30; ++window) {
    std::vector<std::function<void()>> cancels;
    for (int i = 0; i < 20; ++i) cancels.push_back(Ask(static_cast<uint64_t>(i)));
    now_ += absl::Milliseconds(20);
    Reply();
    for (const auto& cancel : cancels) cancel();
  }
  const double after_early = gauge_.Value();
  EXPECT_GT(after_early, before);
  for (int window = 0; window < 5; ++window) {
    std::vector<std::function<void()>> cancels;
    for (int i = 0; i < 20; ++i) cancels.push_back(Ask(static_cast<uint64_t>(i)));
    now_ += absl::Seconds(1);
    for (const auto& cancel : cancels) cancel();
  }
  EXPECT_LT(gauge_.Value(), after_early);
}

TEST_F(LimitedUpstreamTest, WhatRunsMayOutliveIt) {
  auto inner = std::make_unique<LimitedUpstream>(
      inner_, "library", ConcurrencyOptions{}, [this] { return now_; }, LimitedUpstream::Metrics{});
  const auto cancel =
      inner->Unary({kMethod, "", {}, absl::InfiniteFuture(), true, 1}, [](const UnaryReply&) {});
  inner.reset();
  cancel();
  EXPECT_EQ(inner_.cancelled, 1);
}

}  // namespace
}  // namespace corridor::gateway
