// Streaming calls of the pool against a real grpc++ server of the change feed's contract.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "corridor/changes/v1/changes.grpc.pb.h"
#include "gateway/upstream/pool.h"
#include "gateway/upstream/pool_fixture.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
namespace ch = ::corridor::changes::v1;

constexpr int kEndless = 1 << 30;

// Sends `messages` of `bytes` each, as fast as they are taken, then ends with `end`, or not at all.
struct Script {
  int messages = 0;
  size_t bytes = 0;
  std::optional<grpc::Status> end;
};

class FakeChanges : public ch::Changes::CallbackService {
 public:
  grpc::ServerWriteReactor<ch::WatchResponse>* Watch(grpc::CallbackServerContext*,
                                                     const ch::WatchRequest* request) override {
    const std::lock_guard lock(mutex_);
    ++watches;
    return new Reactor(*this, scripts.at(static_cast<size_t>(request->since())));
  }
  grpc::ServerUnaryReactor* ListCommits(grpc::CallbackServerContext* context,
                                        const ch::ListCommitsRequest*,
                                        ch::ListCommitsResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  void AwaitCancelled(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return cancelled_ >= count; });
  }

  std::vector<Script> scripts;  // By `since` of the request.
  std::atomic<int> watches = 0;
  std::atomic<int> written = 0;

 private:
  class Reactor : public grpc::ServerWriteReactor<ch::WatchResponse> {
   public:
    Reactor(FakeChanges& changes, const Script& script) : changes_(changes), script_(script) {
      Next();
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      ++changes_.written;
      Next();
    }
    void OnCancel() override {
      {
        const std::lock_guard lock(changes_.mutex_);
        ++changes_.cancelled_;
        changes_.changed_.notify_all();
      }
      EndWhenBoth(is_cancelled_);
    }
    void OnDone() override { delete this; }

   private:
    void Next() {
      if (sent_ < script_.messages) {
        response_.set_head(++sent_);
        response_.set_epoch(std::string(script_.bytes, 'x'));
        return StartWrite(&response_);
      }
      if (script_.end) return Finish(*script_.end);
      EndWhenBoth(is_idle_);
    }
    void EndWhenBoth(bool& is_so) {
      const std::lock_guard lock(mutex_);
      is_so = true;
      if (is_cancelled_ && is_idle_) Finish(grpc::Status::CANCELLED);
    }

    FakeChanges& changes_;
    const Script script_;
    ch::WatchResponse response_;
    int sent_ = 0;
    std::mutex mutex_;  // Guards the rest.
    bool is_idle_ = false;
    bool is_cancelled_ = false;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  int cancelled_ = 0;
};

// Takes what comes, on the loop.
class Watcher {
 public:
  // `until`: takes no more once it has so many.
  Watcher(Loop& loop, Pool& pool, int64_t since, int until = kEndless,
          absl::Time deadline = absl::InfiniteFuture())
      : loop_(loop), until_(until) {
    ch::WatchRequest request;
    request.set_since(since);
    loop_.Sync([&] {
      stream_ = pool.Stream({"/corridor.changes.v1.Changes/Watch",
                             request.SerializeAsString(),
                             {},
                             deadline,
                             /*is_read=*/true},
                            [this] { Look(); });
      Look();
    });
  }
  ~Watcher() { Drop(); }

  void Drop() {
    loop_.Sync([&] { stream_.reset(); });
  }
  void TakeOn() {
    loop_.Sync([&] {
      until_ = kEndless;
      Look();
    });
  }
  // `head` of every message so far, once there are `count`.
  std::vector<int64_t> Heads(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return heads_.size() >= count; });
    return heads_;
  }
  absl::Status End() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return end_.has_value(); });
    return *end_;
  }
  size_t size() {
    const std::lock_guard lock(mutex_);
    return heads_.size();
  }

 private:
  void Look() {
    const std::lock_guard lock(mutex_);
    while (heads_.size() < static_cast<size_t>(until_)) {
      std::optional<std::string> message = stream_->Take();
      if (!message) {
        end_ = stream_->End();
        break;
      }
      ch::WatchResponse response;
      EXPECT_TRUE(response.ParseFromString(*message));
      heads_.push_back(response.head());
    }
    changed_.notify_all();
  }

  Loop& loop_;
  int until_;
  std::unique_ptr<MessageStream> stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int64_t> heads_;
  std::optional<absl::Status> end_;
};

class PoolStreamTest : public PoolFixture {
 protected:
  void Register(grpc::ServerBuilder& builder) override { builder.RegisterService(&changes_); }
  UnaryReply List() {
    std::promise<UnaryReply> reply;
    loop_.Post([&] {
      pool_->Unary({"/corridor.changes.v1.Changes/ListCommits",
                    "",
                    {},
                    absl::Now() + absl::Seconds(10),
                    true},
                   [&](UnaryReply got) { reply.set_value(std::move(got)); });
    });
    return reply.get_future().get();
  }
  static std::vector<int64_t> Through(int64_t last) {
    std::vector<int64_t> heads;
    for (int64_t head = 1; head <= last; ++head) heads.push_back(head);
    return heads;
  }

  FakeChanges changes_;
};

TEST_F(PoolStreamTest, MessagesComeInOrderAndThenTheServicesStatus) {
  const absl::Status error =
      ErrorWithReason(absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH", "read it anew");
  changes_.scripts = {{5000, 100,
                       grpc::Status(grpc::StatusCode::ABORTED, std::string(error.message()),
                                    ToRpcStatus(error).SerializeAsString())}};
  StartBoth();
  Watcher watcher(loop_, *pool_, 0);
  EXPECT_EQ(watcher.Heads(5000), Through(5000));
  const absl::Status end = watcher.End();
  EXPECT_THAT(end, StatusIs(absl::StatusCode::kAborted, "read it anew"));
  EXPECT_TRUE(end.GetPayload("type.googleapis.com/google.rpc.ErrorInfo").has_value());
}

TEST_F(PoolStreamTest, WhoDoesNotTakeHoldsUpTheServiceAndNobodyElse) {
  changes_.scripts = {{kEndless, 1000, std::nullopt}, {5000, 1000, grpc::Status::OK}};
  StartBoth();
  Watcher slow(loop_, *pool_, 0, /*until=*/3);
  EXPECT_EQ(slow.Heads(3), Through(3));
  Watcher fast(loop_, *pool_, 1);
  EXPECT_EQ(fast.Heads(5000), Through(5000));
  EXPECT_OK(fast.End());
  EXPECT_OK(List().status);
  // What the service's own buffers hold beside the window.
  EXPECT_LE(changes_.written - 5000, 400);
  EXPECT_EQ(slow.size(), 3u);
  slow.TakeOn();
  slow.Heads(2000);
}

TEST_F(PoolStreamTest, DroppingAStreamCancelsTheCall) {
  changes_.scripts = {{1, 0, std::nullopt}};
  StartBoth();
  Watcher watcher(loop_, *pool_, 0);
  watcher.Heads(1);
  watcher.Drop();
  changes_.AwaitCancelled(1);
  loop_.Sync([&] { EXPECT_OK(pool_->Available()); });
}

TEST_F(PoolStreamTest, AStreamThatIsLostAfterAMessageIsNotSentAgain) {
  changes_.scripts = {{1, 0, std::nullopt}};
  StartBoth();
  Watcher watcher(loop_, *pool_, 0);
  watcher.Heads(1);
  StopServer();
  EXPECT_THAT(watcher.End(), StatusIs(absl::StatusCode::kUnavailable,
                                      HasSubstr("memberstates cannot be reached")));
  EXPECT_EQ(watcher.size(), 1u);
  EXPECT_EQ(changes_.watches, 1);
}

TEST_F(PoolStreamTest, AStreamThatWasTurnedAwayIsSentAgainOnce) {
  changes_.scripts = {{0, 0, grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining")}};
  StartBoth();
  Watcher watcher(loop_, *pool_, 0);
  EXPECT_THAT(watcher.End(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("draining")));
  EXPECT_EQ(changes_.watches, 2);
}

TEST_F(PoolStreamTest, WithoutAServiceAStreamEndsAtOnceNamingIt) {
  port_ = 1;
  StartPool();
  Watcher watcher(loop_, *pool_, 0);
  EXPECT_THAT(watcher.End(), StatusIs(absl::StatusCode::kUnavailable,
                                      HasSubstr("memberstates cannot be reached")));
  Watcher at_once(loop_, *pool_, 0);
  EXPECT_THAT(at_once.End(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PoolStreamTest, OneStreamTooManyIsRefusedUntilAnotherIsDropped) {
  changes_.scripts = {{1, 0, std::nullopt}};
  options_.streaming_calls = 1;
  StartBoth();
  Watcher first(loop_, *pool_, 0);
  first.Heads(1);
  EXPECT_THAT(Watcher(loop_, *pool_, 0).End(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("limit of 1 streams from memberstates")));
  first.Drop();
  EXPECT_EQ(Watcher(loop_, *pool_, 0).Heads(1), Through(1));
}

TEST_F(PoolStreamTest, AStreamWithADeadlineEndsThere) {
  changes_.scripts = {{1, 0, std::nullopt}};
  StartBoth();
  Watcher watcher(loop_, *pool_, 0, kEndless, absl::Now() + absl::Milliseconds(200));
  EXPECT_THAT(watcher.End(), StatusIs(absl::StatusCode::kDeadlineExceeded,
                                      HasSubstr("memberstates did not answer in time")));
}

TEST_F(PoolStreamTest, WhoIsToldOfALostConnectionMayDropOtherCallsOfIt) {
  changes_.scripts = {{1, 0, std::nullopt}};
  StartBoth();
  ch::WatchRequest request;
  std::vector<std::unique_ptr<MessageStream>> streams;
  std::promise<void> lost;
  int messages = 0;
  const auto look = [&] {
    for (const auto& stream : streams) {
      while (stream != nullptr && stream->Take()) ++messages;
      if (stream == nullptr || !stream->End()) continue;
      streams.clear();
      return lost.set_value();
    }
  };
  loop_.Sync([&] {
    for (int i = 0; i < 3; ++i) {
      streams.push_back(pool_->Stream(
          {"/corridor.changes.v1.Changes/Watch", "", {}, absl::InfiniteFuture(), true}, look));
    }
  });
  for (int seen = 0; seen < 3;) loop_.Sync([&] { seen = messages; });
  StopServer();
  lost.get_future().wait();
}

}  // namespace
}  // namespace corridor::gateway
