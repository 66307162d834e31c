// Followers of changes, from their sockets through all of the gateway to a real grpc++ service.
#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/changes/v1/changes.grpc.pb.h"
#include "descriptor_set.h"
#include "gateway/workers.h"
#include "platform/request/position.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace ch = ::corridor::changes::v1;

constexpr char kEpoch[] = "e";
constexpr size_t kReasonBytes = 1000;

// A feed of so many commits as the test says, each of a kilobyte.
class FakeChanges : public ch::Changes::CallbackService {
 public:
  grpc::ServerUnaryReactor* ListCommits(grpc::CallbackServerContext* context,
                                        const ch::ListCommitsRequest*,
                                        ch::ListCommitsResponse*) override {
    const std::lock_guard lock(mutex_);
    context->AddTrailingMetadata(kVersionHeader, EncodePosition("memberstates", kEpoch, head_));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerWriteReactor<ch::WatchResponse>* Watch(grpc::CallbackServerContext*,
                                                     const ch::WatchRequest* request) override {
    auto* reactor = new Reactor(*this, request->since());
    {
      const std::lock_guard lock(mutex_);
      reactors_.push_back(reactor);
    }
    reactor->Go();
    return reactor;
  }

  void Commit(int64_t count) {
    const std::lock_guard lock(mutex_);
    head_ += count;
    for (Reactor* reactor : reactors_) reactor->GoLocked();
  }
  void AwaitWatches(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return reactors_.size() == count; });
  }
  // Version that the watch has come to that has come least far.
  int64_t Slowest() {
    const std::lock_guard lock(mutex_);
    int64_t slowest = head_;
    for (const Reactor* reactor : reactors_) slowest = std::min(slowest, reactor->position);
    return slowest;
  }

 private:
  class Reactor : public grpc::ServerWriteReactor<ch::WatchResponse> {
   public:
    Reactor(FakeChanges& changes, int64_t since) : position(since), changes_(changes) {}

    void Go() {
      const std::lock_guard lock(changes_.mutex_);
      GoLocked();
    }
    void GoLocked() {
      if (is_writing_ || is_over_) return;
      if (is_cancelled_) {
        is_over_ = true;
        return Finish(grpc::Status::CANCELLED);
      }
      if (position >= changes_.head_ && has_said_hello_) return;
      response_.Clear();
      response_.set_epoch(kEpoch);
      if (position < changes_.head_) {
        response_.mutable_commit()->set_version(++position);
        response_.mutable_commit()->set_reason(std::string(kReasonBytes, 'x'));
      }
      response_.set_head(changes_.head_);
      response_.set_position(position);
      has_said_hello_ = true;
      is_writing_ = true;
      StartWrite(&response_);
    }
    void OnWriteDone(bool ok) override {
      const std::lock_guard lock(changes_.mutex_);
      is_writing_ = false;
      is_cancelled_ |= !ok;
      GoLocked();
    }
    void OnCancel() override {
      const std::lock_guard lock(changes_.mutex_);
      is_cancelled_ = true;
      GoLocked();
    }
    void OnDone() override {
      {
        const std::lock_guard lock(changes_.mutex_);
        std::erase(changes_.reactors_, this);
        changes_.changed_.notify_all();
      }
      delete this;
    }

    int64_t position;

   private:
    FakeChanges& changes_;
    ch::WatchResponse response_;
    bool has_said_hello_ = false;
    bool is_writing_ = false;
    bool is_cancelled_ = false;
    bool is_over_ = false;
  };

  std::mutex mutex_;  // Guards the rest, and the reactors. grpc++ calls back on its own threads.
  std::condition_variable changed_;
  int64_t head_ = 0;
  std::vector<Reactor*> reactors_;
};

// A client that has asked for /v1/changes.
class Follower {
 public:
  explicit Follower(uint16_t port, const std::string& query = "") {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const std::string request =
        absl::StrCat("GET /v1/changes", query, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
  }
  ~Follower() { Leave(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void Leave() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  // Reads until `text` has come, or the end; answers the last of it.
  std::string ReadTo(const std::string& text) {
    std::vector<char> buffer(64 << 10);
    while (tail_.find(text) == std::string::npos) {
      const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
      if (size <= 0) return tail_;
      if (tail_.size() > kReasonBytes * 4) tail_.erase(0, tail_.size() - kReasonBytes * 4);
      tail_.append(buffer.data(), static_cast<size_t>(size));
    }
    return tail_;
  }
  std::string ReadToEnd() { return ReadTo("no such text"); }
  std::string ReadToCommit(int64_t version) {
    return ReadTo(absl::StrCat("\"version\":\"", version, "\""));
  }

 private:
  int fd_ = -1;
  std::string tail_;
};

class WorkersStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto contract = Contract::Create(descriptor_set.front().contents);
    ASSERT_OK(contract);
    contract_ = *std::move(contract);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&changes_);
    service_ = builder.BuildAndStart();
    ASSERT_NE(service_, nullptr);
    Options options;
    options.listen = "127.0.0.1:0";
    options.loops = 1;
    options.response_cache_bytes = 0;  // It would watch as well.
    options.services["memberstates"] = absl::StrCat("127.0.0.1:", port);
    auto workers = Workers::Start(options, contract_, telemetry_);
    ASSERT_OK(workers);
    workers_ = *std::move(workers);
  }
  void TearDown() override {
    workers_.reset();
    service_->Shutdown(std::chrono::system_clock::now());
  }

  telemetry::Telemetry telemetry_{"gateway"};
  Contract contract_;
  FakeChanges changes_;
  std::unique_ptr<grpc::Server> service_;
  std::unique_ptr<Workers> workers_;
};

TEST_F(WorkersStreamTest, AFollowerGetsWhatIsNewAndItsLeavingEndsTheWatch) {
  changes_.Commit(3);
  Follower follower(workers_->port());
  const std::string head = follower.ReadTo("event: heartbeat");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("content-type: text/event-stream\r\n"));
  changes_.Commit(1);
  EXPECT_THAT(follower.ReadToCommit(4), HasSubstr("event: commit"));
  changes_.AwaitWatches(1);
  follower.Leave();
  changes_.AwaitWatches(0);
}

TEST_F(WorkersStreamTest, ADrainEndsStreamsWithAnErrorInsteadOfWaitingForThem) {
  Follower follower(workers_->port());
  follower.ReadTo("event: heartbeat");
  workers_->Drain();
  const std::string end = follower.ReadToEnd();
  EXPECT_THAT(end, HasSubstr("event: error\ndata: {\"error\":{\"code\":503,"));
  EXPECT_THAT(end, EndsWith("\r\n0\r\n\r\n"));
  changes_.AwaitWatches(0);
}

TEST_F(WorkersStreamTest, AReaderThatDoesNotReadHoldsUpNobodyAndLosesNothing) {
  constexpr int64_t kCommits = 20'000;  // 20 MB: far above what is on the way anywhere.
  Follower slow(workers_->port(), "?since=0");
  slow.ReadTo("event: heartbeat");
  Follower fast(workers_->port(), "?since=0");
  changes_.Commit(kCommits);
  EXPECT_THAT(fast.ReadToCommit(kCommits), HasSubstr("event: commit"));
  EXPECT_LT(changes_.Slowest(), kCommits - 5'000);
  EXPECT_THAT(slow.ReadToCommit(kCommits), HasSubstr("event: commit"));
}

TEST_F(WorkersStreamTest, ManyFollowersComeAndGo) {
  changes_.Commit(500);
  std::vector<std::thread> followers;
  followers.reserve(8);
  for (int i = 0; i < 8; ++i) {
    followers.emplace_back([this, i] {
      for (int j = 0; j < 10; ++j) {
        Follower follower(workers_->port(), "?since=0");
        follower.ReadToCommit(1 + (i * 61 + j * 37) % 500);
      }
    });
  }
  for (std::thread& follower : followers) follower.join();
  changes_.AwaitWatches(0);
}

}  // namespace
}  // namespace corridor::gateway
