// The pool against a real grpc++ server that serves a part of the memberstates contract.
#include "gateway/upstream/pool.h"

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "gateway/upstream/pool_fixture.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;
namespace ms = ::corridor::memberstates::v1;

// Answers by the code asked for.
class FakeAreas : public ms::Areas::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetArea(grpc::CallbackServerContext* context,
                                    const ms::GetAreaRequest* request, ms::Area* area) override {
    ++calls;
    const std::string& name = request->name();
    if (name == "areas/HANG") {
      auto* reactor = new Hanging(*this);
      return reactor;
    }
    auto* reactor = context->DefaultReactor();
    area->set_name(name);
    if (name == "areas/BIG") area->set_description(std::string(8 << 20, 'x'));
    if (name == "areas/ECHO") {
      for (const auto& [key, value] : context->client_metadata()) {
        if (key == "x-request-id") area->set_description(std::string(value.data(), value.size()));
      }
    }
    if (name == "areas/MISSING") {
      const absl::Status missing = NoSuchResource("areas/é");
      reactor->Finish({grpc::StatusCode::NOT_FOUND, std::string(missing.message()),
                       ToRpcStatus(missing).SerializeAsString()});
      return reactor;
    }
    if (name == "areas/CANCEL_ONCE" && calls == 1) {
      reactor->Finish({grpc::StatusCode::CANCELLED, "draining"});
      return reactor;
    }
    if (name == "areas/NOT_YET") {
      const absl::Status not_yet =
          ErrorWithReason(absl::StatusCode::kUnavailable, "NOT_YET_KNOWN", "not known yet", {});
      reactor->Finish({grpc::StatusCode::UNAVAILABLE, std::string(not_yet.message()),
                       ToRpcStatus(not_yet).SerializeAsString()});
      return reactor;
    }
    if (name == "areas/BUSY") {
      reactor->Finish({grpc::StatusCode::UNAVAILABLE, "busy"});
      return reactor;
    }
    context->AddInitialMetadata("corridor-version", "initial");
    context->AddTrailingMetadata("corridor-trailer", "trailing");
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::atomic<int> calls = 0;
  std::atomic<int> cancelled = 0;

 private:
  // Ends only when it is cancelled.
  class Hanging : public grpc::ServerUnaryReactor {
   public:
    explicit Hanging(FakeAreas& areas) : areas_(areas) {}
    void OnCancel() override {
      ++areas_.cancelled;
      Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    FakeAreas& areas_;
  };
};

// A listener on a free port.
int Listen(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(fd, 16), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port = ntohs(address.sin_port);
  return fd;
}

class PoolTest : public PoolFixture {
 protected:
  void Register(grpc::ServerBuilder& builder) override {
    builder.RegisterService(&areas_);
    builder.SetMaxSendMessageSize(-1);
  }

  std::future<UnaryReply> Send(const std::string& name, bool is_read = true,
                               absl::Duration timeout = absl::Seconds(10)) {
    ms::GetAreaRequest request;
    request.set_name(name);
    UnaryCall call{"/corridor.memberstates.v1.Areas/GetArea",
                   request.SerializeAsString(),
                   {{"x-request-id", "r1"}},
                   absl::Now() + timeout,
                   is_read};
    auto reply = std::make_shared<std::promise<UnaryReply>>();
    loop_.Post([this, call, reply] {
      cancel_ = pool_->Unary(call, [reply](UnaryReply got) { reply->set_value(std::move(got)); });
    });
    return reply->get_future();
  }
  UnaryReply Get(const std::string& name) { return Send(name).get(); }

  // Waits until calls go through again.
  void AwaitUp() {
    const absl::Time limit = absl::Now() + absl::Seconds(10);
    while (!Get("areas/ARM").status.ok()) ASSERT_LT(absl::Now(), limit);
  }

  FakeAreas areas_;
  std::function<void()> cancel_;
};

TEST_F(PoolTest, CallsCarryMessageAndMetadataBothWays) {
  StartBoth();
  const UnaryReply reply = Get("areas/ECHO");
  ASSERT_OK(reply.status);
  ms::Area area;
  ASSERT_TRUE(area.ParseFromString(reply.message));
  EXPECT_EQ(area.name(), "areas/ECHO");
  EXPECT_EQ(area.description(), "r1");
  EXPECT_THAT(reply.headers, Contains(Pair("corridor-version", "initial")));
  EXPECT_THAT(reply.headers, Contains(Pair("corridor-trailer", "trailing")));
  loop_.Sync([&] { EXPECT_OK(pool_->Available()); });
}

TEST_F(PoolTest, ErrorsKeepTheirDetails) {
  StartBoth();
  const absl::Status status = Get("areas/MISSING").status;
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, NoSuchResource("areas/é").message()));
  EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.ResourceInfo").has_value());
}

TEST_F(PoolTest, LargeAnswersArriveWhole) {
  StartBoth();
  const UnaryReply reply = Get("areas/BIG");
  ASSERT_OK(reply.status);
  EXPECT_GT(reply.message.size(), 8u << 20);
}

TEST_F(PoolTest, AnAnswerAboveTheLimitIsAnErrorThatNamesIt) {
  options_.endpoint.client.session.message_bytes = 1 << 20;
  StartBoth();
  EXPECT_THAT(Get("areas/BIG").status,
              StatusIs(absl::StatusCode::kInternal, HasSubstr("limit of 1048576 bytes")));
  EXPECT_OK(Get("areas/ARM").status);
}

TEST_F(PoolTest, ManyCallsShareAConnectionAndWaitAtTheLimitOfStreams) {
  options_.endpoint.client.session.streams = 4;
  StartBoth();
  std::vector<std::future<UnaryReply>> replies(100);
  for (auto& reply : replies) reply = Send("areas/ARM");
  for (auto& reply : replies) EXPECT_OK(reply.get().status);
}

TEST_F(PoolTest, TheDeadlineEndsACallAndCancelsItUpstream) {
  StartBoth();
  const absl::Time began = absl::Now();
  EXPECT_THAT(
      Send("areas/HANG", true, absl::Milliseconds(50)).get().status,
      StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("memberstates did not answer")));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  while (areas_.cancelled == 0) loop_.Sync([] {});
}

TEST_F(PoolTest, ACancelledCallIsCancelledUpstream) {
  StartBoth();
  auto reply = Send("areas/HANG");
  while (areas_.calls == 0) loop_.Sync([] {});
  loop_.Sync([&] { cancel_(); });
  while (areas_.cancelled == 0) loop_.Sync([] {});
  EXPECT_THROW(reply.get(), std::future_error);  // Dropped, not told.
}

TEST_F(PoolTest, ARefusedConnectionFailsCallsAtOnceNamingTheServiceAndWhy) {
  StartServer();
  StopServer();
  StartPool();
  const absl::Time began = absl::Now();
  const absl::Status status = Get("areas/ARM").status;
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("memberstates cannot be reached: 127.0.0.1:" +
                                         std::to_string(port_) + ": connection refused")));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  const google::rpc::Status rpc = ToRpcStatus(status);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(rpc.details(0).UnpackTo(&info));
  EXPECT_EQ(info.metadata().at("service"), "memberstates");
  loop_.Sync([&] {
    EXPECT_THAT(pool_->Available(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("refused")));
  });
}

TEST_F(PoolTest, AServiceThatComesBackOnItsPortIsFoundAgain) {
  StartBoth();
  EXPECT_OK(Get("areas/ARM").status);
  StopServer();
  EXPECT_THAT(Get("areas/ARM").status, StatusIs(absl::StatusCode::kUnavailable));
  StartServer();
  AwaitUp();
}

TEST_F(PoolTest, CallsInFlightEndWhenTheServiceStops) {
  StartBoth();
  auto write = Send("areas/HANG", /*is_read=*/false);
  while (areas_.calls == 0) loop_.Sync([] {});
  StopServer();
  EXPECT_THAT(write.get().status, StatusIs(absl::StatusCode::kUnavailable,
                                           HasSubstr("memberstates cannot be reached")));
}

TEST_F(PoolTest, AReadThatADrainingServiceCancelledIsSentAgain) {
  StartBoth();
  EXPECT_OK(Get("areas/CANCEL_ONCE").status);
  EXPECT_EQ(areas_.calls, 2);
}

TEST_F(PoolTest, AWriteThatWasTurnedAwayIsNotSentAgain) {
  StartBoth();
  EXPECT_THAT(Send("areas/BUSY", /*is_read=*/false).get().status,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("busy")));
  EXPECT_EQ(areas_.calls, 1);
}

TEST_F(PoolTest, AReadIsSentAgainOnceAtMost) {
  StartBoth();
  EXPECT_THAT(Get("areas/BUSY").status,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("busy")));
  EXPECT_EQ(areas_.calls, 2);
}

TEST_F(PoolTest, AReadThatTheServiceItselfAnsweredIsNotSentAgain) {
  StartBoth();
  EXPECT_THAT(Get("areas/NOT_YET").status,
              StatusIs(absl::StatusCode::kUnavailable, "not known yet"));
  EXPECT_EQ(areas_.calls, 1);
}

TEST_F(PoolTest, MethodsThatTheServiceLacksAreUnimplemented) {
  StartBoth();
  auto reply = std::make_shared<std::promise<UnaryReply>>();
  loop_.Post([&] {
    pool_->Unary(
        {"/corridor.memberstates.v1.Areas/NoSuchMethod", "", {}, absl::Now() + absl::Seconds(5)},
        [reply](UnaryReply got) { reply->set_value(std::move(got)); });
  });
  EXPECT_THAT(reply->get_future().get().status, StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(PoolTest, AServiceThatAcceptsAndStaysSilentIsGivenUp) {
  const int fd = Listen(port_);  // Nobody serves it.
  options_.endpoint.client.connect_timeout = absl::Milliseconds(50);
  StartPool();
  EXPECT_THAT(Get("areas/ARM").status,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no connection within 50ms")));
  close(fd);
}

// Speaks just enough HTTP/2 to answer a first connection's call with GOAWAY, which says that no
// call was looked at, and a second connection's with the status NOT_FOUND.
class GoingAwayServer {
 public:
  GoingAwayServer() : listener_(Listen(port_)) {
    thread_ = std::thread([this] {
      const std::string go_away("\0\0\x8\x7\0\0\0\0\0\0\0\0\0\0\0\0\0", 17);
      const std::string not_found = std::string("\0\0\x2F\x1\x5\0\0\0\x1\x88", 10) +
                                    std::string("\0\xC", 2) + "content-type" + "\x10" +
                                    "application/grpc" + std::string("\0\xB", 2) + "grpc-status" +
                                    "\x1" + "5";
      ServeOne(go_away);
      ServeOne(not_found);
    });
  }
  ~GoingAwayServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int fd : accepted_) close(fd);
    close(listener_);
  }
  int port() const { return port_; }

 private:
  void ServeOne(const std::string& answer) {
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    accepted_.push_back(fd);
    const std::string settings("\0\0\0\x4\0\0\0\0\0", 9);
    send(fd, settings.data(), settings.size(), MSG_NOSIGNAL);
    char preface[24];
    if (recv(fd, preface, sizeof(preface), MSG_WAITALL) <= 0) return;
    unsigned char head[9];
    while (recv(fd, head, sizeof(head), MSG_WAITALL) == sizeof(head)) {
      std::string payload(static_cast<size_t>(head[0] << 16 | head[1] << 8 | head[2]), '\0');
      if (!payload.empty()) recv(fd, payload.data(), payload.size(), MSG_WAITALL);
      if (head[3] != 1) continue;  // Not HEADERS.
      send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
      return;
    }
  }

  int port_ = 0;
  const int listener_;
  std::vector<int> accepted_;
  std::thread thread_;
};

TEST_F(PoolTest, ACallThatAServiceGoingAwayDidNotLookAtIsSentOnANewConnection) {
  GoingAwayServer server;
  port_ = server.port();
  StartPool();
  EXPECT_THAT(Send("areas/ARM", /*is_read=*/false).get().status,
              StatusIs(absl::StatusCode::kNotFound));
  loop_.Stop();
  pool_.reset();
}

TEST_F(PoolTest, ASecondConnectionThatCannotBeMadeIsTriedWithPauses) {
  const int listener = Listen(port_);
  std::atomic<int> turned_away = 0;
  std::thread server([&] {
    const int first = accept(listener, nullptr, nullptr);
    // One stream at a time.
    const std::string settings("\0\0\x6\x4\0\0\0\0\0\0\x3\0\0\0\x1", 15);
    send(first, settings.data(), settings.size(), MSG_NOSIGNAL);
    for (int fd = 0; (fd = accept(listener, nullptr, nullptr)) >= 0; ++turned_away) close(fd);
    close(first);
  });
  StartPool();
  auto carried = Send("areas/HANG", true, absl::Milliseconds(300));
  auto waiting = Send("areas/HANG", true, absl::Milliseconds(300));
  EXPECT_THAT(carried.get().status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(waiting.get().status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_GE(turned_away, 1);
  EXPECT_LE(turned_away, 12);
  shutdown(listener, SHUT_RDWR);
  server.join();
  close(listener);
}

TEST_F(PoolTest, PingsLeaveASlowCallAlone) {
  options_.endpoint.client.ping_after = absl::Milliseconds(20);
  options_.endpoint.client.ping_timeout = absl::Seconds(5);
  StartBoth();
  // The server answers pings, so a slow call survives them.
  EXPECT_THAT(Send("areas/HANG", true, absl::Milliseconds(100)).get().status,
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_OK(Get("areas/ARM").status);
}

}  // namespace
}  // namespace corridor::gateway
