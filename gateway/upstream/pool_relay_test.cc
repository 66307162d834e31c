// Relayed calls of the pool against a real grpc++ server that takes calls of any method.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/upstream/envelope.h"
#include "gateway/upstream/growing_body_fixture.h"
#include "gateway/upstream/pool.h"
#include "gateway/upstream/pool_fixture.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// Answers by the name of the method.
class AnyMethod : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    ++calls;
    return new Reactor(*this, *context);
  }
  void AwaitCancelled(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return cancelled_ >= count; });
  }

  std::atomic<int> calls = 0;
  std::atomic<int> received = 0;  // Messages.
  std::atomic<int> sent = 0;      // Likewise.

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(AnyMethod& service, grpc::GenericCallbackServerContext& context)
        : service_(service), context_(context), method_(context.method()) {
      if (method_ == "/a.B/Sum") {
        context.AddInitialMetadata("initial", "1");
        context.AddInitialMetadata("initial-bin", std::string("\0\1", 2));
      }
      context.AddTrailingMetadata("trailing-bin", std::string("\2\0", 2));
      for (const auto& [name, value] : context.client_metadata()) {
        if (name == "echo-bin" || name == "echo") {
          context.AddTrailingMetadata(std::string(name.data(), name.size()),
                                      std::string(value.data(), value.size()));
        }
      }
      Begin();
    }
    void Begin() {
      if (method_ == "/a.B/TurnAway") {
        return EndWith({grpc::StatusCode::UNAVAILABLE, "draining"});
      }
      if (method_ == "/a.B/CancelOnce" && service_.calls == 1) {
        return EndWith({grpc::StatusCode::CANCELLED, "draining"});
      }
      if (method_ == "/a.B/Refuse") {
        const absl::Status error = ErrorWithReason(absl::StatusCode::kAborted, "NO", "é");
        return EndWith({grpc::StatusCode::ABORTED, std::string(error.message()),
                        ToRpcStatus(error).SerializeAsString()});
      }
      if (method_ == "/a.B/Deadline") {
        const bool is_near =
            context_.deadline() < std::chrono::system_clock::now() + std::chrono::seconds(60);
        return EndWith({grpc::StatusCode::FAILED_PRECONDITION, is_near ? "near" : "far"});
      }
      if (method_ == "/a.B/Hang") return;
      if (method_ == "/a.B/Endless") {
        out_ = BufferOf(std::string(1000, 'x'));
        return StartWrite(&out_);
      }
      StartRead(&in_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return OnRequestEnd();
      ++service_.received;
      if (method_ == "/a.B/TakeOne") return EndWith(grpc::Status::OK);
      if (method_ == "/a.B/StopReading") return;
      total_ += BytesOf(in_).size();
      if (method_ != "/a.B/Echo") return StartRead(&in_);
      out_ = in_;
      StartWrite(&out_);
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return;
      ++service_.sent;
      if (method_ == "/a.B/Echo") return StartRead(&in_);
      if (method_ == "/a.B/Endless") StartWrite(&out_);
    }
    void OnCancel() override {
      {
        const std::lock_guard lock(service_.mutex_);
        ++service_.cancelled_;
        service_.changed_.notify_all();
      }
      EndWith(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    void OnRequestEnd() {
      if (context_.IsCancelled()) return;
      if (method_ == "/a.B/Sum") {
        out_ = BufferOf(std::to_string(total_));
        if (is_over_.exchange(true)) return;
        return StartWriteAndFinish(&out_, {}, grpc::Status::OK);
      }
      EndWith(grpc::Status::OK);
    }
    void EndWith(const grpc::Status& status) {
      if (!is_over_.exchange(true)) Finish(status);
    }

    AnyMethod& service_;
    grpc::GenericCallbackServerContext& context_;
    const std::string method_;
    grpc::ByteBuffer in_;
    grpc::ByteBuffer out_;
    size_t total_ = 0;
    std::atomic<bool> is_over_ = false;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  int cancelled_ = 0;
};

// A relayed call, and what comes of it.
class Relay {
 public:
  Relay(Loop& loop, Pool& pool, RelayCall call, std::shared_ptr<GrowingBody> b)
      : body(std::move(b)), loop_(loop) {
    call.body = body;
    call.metadata.emplace_back("content-type", "application/grpc");
    loop_.Sync([&] {
      answer_ = pool.Relay(std::move(call), [this] { Look(); });
      Look();
    });
  }
  ~Relay() { Drop(); }

  void Drop() {
    loop_.Sync([&] { answer_.reset(); });
  }
  void Add(const std::string& bytes) {
    loop_.Sync([&] { body->Add(bytes); });
  }
  void EndBody(bool is_whole = true) {
    loop_.Sync([&] { body->End(is_whole); });
  }
  // Reads no more than so many bytes from now on.
  void ReadUpTo(size_t most) {
    loop_.Sync([&] {
      most_ = most;
      Look();
    });
  }
  std::string Bytes(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return bytes_.size() >= count; });
    return bytes_;
  }
  RelayedAnswer::Ending End() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return end_.has_value(); });
    return *end_;
  }
  Headers Head() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return head_.has_value(); });
    return *head_;
  }
  bool has_head() {
    const std::lock_guard lock(mutex_);
    return head_.has_value();
  }

  const std::shared_ptr<GrowingBody> body;

 private:
  void Look() {
    const std::lock_guard lock(mutex_);
    if (const Headers* head = answer_->Head()) head_ = *head;
    answer_->Read(bytes_, most_);
    if (const RelayedAnswer::Ending* end = answer_->End()) end_ = *end;
    changed_.notify_all();
  }

  Loop& loop_;
  std::unique_ptr<RelayedAnswer> answer_;
  size_t most_ = 1 << 30;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Headers> head_;
  std::string bytes_;
  std::optional<RelayedAnswer::Ending> end_;
};

class PoolRelayTest : public PoolFixture {
 protected:
  void Register(grpc::ServerBuilder& builder) override {
    builder.RegisterCallbackGenericService(&service_);
  }
  static RelayCall CallOf(const std::string& method) {
    RelayCall call;
    call.method = method;
    call.deadline = absl::InfiniteFuture();
    return call;
  }
  static RelayCall Repeatable(const std::string& method) {
    RelayCall call = CallOf(method);
    call.is_repeatable = true;
    return call;
  }
  // Whose body is `bytes`.
  std::unique_ptr<Relay> Begin(RelayCall call, const std::string& bytes) {
    std::unique_ptr<Relay> relay = BeginOpen(std::move(call));
    relay->Add(bytes);
    relay->EndBody();
    return relay;
  }
  // Whose body is to come.
  std::unique_ptr<Relay> BeginOpen(RelayCall call) {
    return std::make_unique<Relay>(loop_, *pool_, std::move(call), std::make_shared<GrowingBody>());
  }

  AnyMethod service_;
};

TEST_F(PoolRelayTest, AUnaryCallPassesThroughWithItsMetadataAsTheyAre) {
  StartBoth();
  RelayCall call = CallOf("/a.B/Sum");
  call.metadata = {{"echo", "plain"}, {"echo-bin", "AAE"}};
  const auto relay = Begin(call, Enveloped("hello"));
  const RelayedAnswer::Ending end = relay->End();
  EXPECT_EQ(relay->Bytes(6), Enveloped("5"));
  EXPECT_THAT(relay->Head(), Contains(Pair("content-type", "application/grpc")));
  EXPECT_THAT(relay->Head(), Contains(Pair("initial", "1")));
  EXPECT_THAT(relay->Head(), Contains(Pair("initial-bin", "AAE")));
  EXPECT_THAT(end.trailers, Contains(Pair("grpc-status", "0")));
  EXPECT_THAT(end.trailers, Contains(Pair("trailing-bin", "AgA")));
  EXPECT_THAT(end.trailers, Contains(Pair("echo", "plain")));
  EXPECT_THAT(end.trailers, Contains(Pair("echo-bin", "AAE")));
  EXPECT_OK(end.failure);
}

TEST_F(PoolRelayTest, AnErrorWithoutAnswerHasItsTrailersAndNoHead) {
  StartBoth();
  const auto relay = Begin(CallOf("/a.B/Refuse"), Enveloped(""));
  const RelayedAnswer::Ending end = relay->End();
  EXPECT_FALSE(relay->has_head());
  EXPECT_THAT(end.trailers, Contains(Pair("grpc-status", "10")));
  EXPECT_THAT(end.trailers, Contains(Pair("grpc-message", "%C3%A9")));
  EXPECT_THAT(end.trailers, Contains(Pair("grpc-status-details-bin", testing::_)));
}

TEST_F(PoolRelayTest, MessagesGoBothWaysWhileBothAreOpen) {
  StartBoth();
  const auto relay = BeginOpen(CallOf("/a.B/Echo"));
  std::string all;
  for (int i = 0; i < 20; ++i) {
    const std::string frame = Enveloped("message " + std::to_string(i));
    all += frame;
    relay->Add(frame);
    EXPECT_EQ(relay->Bytes(all.size()), all);
  }
  relay->EndBody();
  EXPECT_THAT(relay->End().trailers, Contains(Pair("grpc-status", "0")));
}

TEST_F(PoolRelayTest, ALongUploadOfManyMessagesArrivesWhole) {
  StartBoth();
  const auto relay = BeginOpen(CallOf("/a.B/Sum"));
  const std::string frame = Enveloped(std::string(100'000, 'x'));
  for (int i = 0; i < 100; ++i) relay->Add(frame);
  relay->EndBody();
  EXPECT_THAT(relay->End().trailers, Contains(Pair("grpc-status", "0")));
  EXPECT_EQ(relay->Bytes(1), Enveloped("10000000"));
}

TEST_F(PoolRelayTest, AServiceThatDoesNotReadHoldsUpTheClientAndNobodyElse) {
  StartBoth();
  auto body = std::make_shared<GrowingBody>();
  body->NeverEnd();
  const Relay slow(loop_, *pool_, CallOf("/a.B/StopReading"), body);
  const auto other = Begin(CallOf("/a.B/Sum"), Enveloped("hello"));
  EXPECT_THAT(other->End().trailers, Contains(Pair("grpc-status", "0")));
  size_t before = 0;
  size_t now = 1;
  for (int settled = 0; settled < 3;) {
    const auto again = Begin(CallOf("/a.B/Sum"), Enveloped("hello"));
    again->End();
    before = now;
    loop_.Sync([&] { now = body->read; });
    settled = before == now ? settled + 1 : 0;
  }
  // The windows of grpc++ grow by themselves, to some megabytes; the session's own test has 64 KB.
  EXPECT_LE(now, 64u << 20);
}

TEST_F(PoolRelayTest, AReaderThatDoesNotReadHoldsUpTheServiceAndNobodyElse) {
  StartBoth();
  auto body = std::make_shared<GrowingBody>();
  Relay slow(loop_, *pool_, CallOf("/a.B/Endless"), body);
  slow.Bytes(1000);
  slow.ReadUpTo(0);
  int before = -1;
  int now = 0;
  for (int settled = 0; settled < 3;) {
    const auto other = Begin(CallOf("/a.B/Sum"), Enveloped("hello"));
    other->End();
    before = std::exchange(now, service_.sent.load());
    settled = before == now ? settled + 1 : 0;
  }
  const size_t had = slow.Bytes(0).size();
  // The window here, and what the service's own buffers hold.
  EXPECT_LE(static_cast<size_t>(now) * 1005, had + (400u << 10));
  slow.ReadUpTo(had + 2'000'000);
  slow.Bytes(had + 2'000'000);
}

TEST_F(PoolRelayTest, DroppingTheAnswerCancelsTheCall) {
  StartBoth();
  const auto relay = BeginOpen(CallOf("/a.B/Echo"));
  relay->Add(Enveloped("x"));
  relay->Bytes(6);
  relay->Drop();
  service_.AwaitCancelled(1);
}

TEST_F(PoolRelayTest, ABodyThatIsCutOffCancelsTheCall) {
  StartBoth();
  const auto relay = BeginOpen(CallOf("/a.B/Echo"));
  relay->Add(Enveloped("x"));
  relay->Bytes(6);
  relay->EndBody(/*is_whole=*/false);
  EXPECT_THAT(relay->End().failure,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cut off")));
  service_.AwaitCancelled(1);
}

TEST_F(PoolRelayTest, AServiceThatHasAnsweredEndsTheRequest) {
  StartBoth();
  const auto relay = BeginOpen(CallOf("/a.B/TakeOne"));
  relay->Add(Enveloped("x"));
  EXPECT_THAT(relay->End().trailers, Contains(Pair("grpc-status", "0")));
  relay->Add(Enveloped("too late"));
}

TEST_F(PoolRelayTest, TheDeadlineIsPassedOnAndEnforced) {
  StartBoth();
  RelayCall call = CallOf("/a.B/Deadline");
  call.deadline = absl::Now() + absl::Seconds(10);
  EXPECT_THAT(Begin(call, "")->End().trailers, Contains(Pair("grpc-message", "near")));
  EXPECT_THAT(Begin(CallOf("/a.B/Deadline"), "")->End().trailers,
              Contains(Pair("grpc-message", "far")));
  RelayCall hanging = CallOf("/a.B/Hang");
  hanging.deadline = absl::Now() + absl::Milliseconds(100);
  const RelayedAnswer::Ending end = Begin(hanging, "")->End();
  // Made by whichever of the two clocks is first.
  if (end.failure.ok()) {
    EXPECT_THAT(end.trailers, Contains(Pair("grpc-status", testing::AnyOf("4", "1"))));
  } else {
    EXPECT_THAT(end.failure, StatusIs(absl::StatusCode::kDeadlineExceeded,
                                      HasSubstr("memberstates did not answer in time")));
  }
  service_.AwaitCancelled(1);
}

TEST_F(PoolRelayTest, ARepeatableCallThatWasTurnedAwayIsSentAgainOnce) {
  StartBoth();
  EXPECT_THAT(Begin(Repeatable("/a.B/TurnAway"), Enveloped("x"))->End().trailers,
              Contains(Pair("grpc-status", "14")));
  EXPECT_EQ(service_.calls, 2);
}

TEST_F(PoolRelayTest, ARepeatableCallThatADrainCancelledIsSentAgainWithAllOfItsBody) {
  StartBoth();
  const auto relay = Begin(Repeatable("/a.B/CancelOnce"), Enveloped("x"));
  EXPECT_THAT(relay->End().trailers, Contains(Pair("grpc-status", "0")));
  EXPECT_EQ(service_.calls, 2);
  EXPECT_EQ(service_.received, 1);
}

TEST_F(PoolRelayTest, OtherCallsAreNotSentAgain) {
  StartBoth();
  EXPECT_THAT(Begin(CallOf("/a.B/TurnAway"), Enveloped("x"))->End().trailers,
              Contains(Pair("grpc-status", "14")));
  EXPECT_EQ(service_.calls, 1);
}

TEST_F(PoolRelayTest, ALostConnectionAfterTheHeadEndsTheCallNamingTheService) {
  StartBoth();
  const auto relay = BeginOpen(Repeatable("/a.B/Echo"));
  relay->Add(Enveloped("x"));
  relay->Bytes(6);
  StopServer();
  const RelayedAnswer::Ending end = relay->End();
  EXPECT_TRUE(end.failure.ok() ? !end.trailers.empty()
                               : end.failure.code() == absl::StatusCode::kUnavailable)
      << end.failure;
  EXPECT_EQ(service_.calls, 1);
}

TEST_F(PoolRelayTest, WithoutAServiceACallEndsAtOnceNamingIt) {
  port_ = 1;
  StartPool();
  EXPECT_THAT(
      Begin(CallOf("/a.B/Sum"), Enveloped("x"))->End().failure,
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("memberstates cannot be reached")));
}

TEST_F(PoolRelayTest, OneStreamTooManyIsRefusedAndOtherCallsAreNot) {
  options_.streaming_calls = 1;
  StartBoth();
  RelayCall streaming = CallOf("/a.B/Echo");
  streaming.is_streaming = true;
  const auto first = BeginOpen(streaming);
  first->Add(Enveloped("x"));
  first->Bytes(6);
  EXPECT_THAT(Begin(streaming, "")->End().failure,
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("limit of 1 streams")));
  EXPECT_THAT(Begin(CallOf("/a.B/Sum"), "")->End().trailers, Contains(Pair("grpc-status", "0")));
}

}  // namespace
}  // namespace corridor::gateway
