#include "platform/server/serve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "absl/synchronization/notification.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "platform/server/grpc_status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::server {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

namespace v1 = memberstates::v1;
constexpr char kAreas[] = "corridor.memberstates.v1.Areas";

// Answers GetArea when told to.
class SlowAreas final : public v1::Areas::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetArea(grpc::CallbackServerContext* context, const v1::GetAreaRequest*,
                                    v1::Area*) override {
    reactor = context->DefaultReactor();
    arrived.Notify();
    return reactor;
  }
  grpc::ServerUnaryReactor* reactor = nullptr;
  absl::Notification arrived;
};

// Serve() on a thread of its own, from ready to its exit code.
class RunningServer {
 public:
  RunningServer(ServerOptions options, v1::Areas::CallbackService& areas,
                std::function<void()> begin_drain = {}) {
    CaptureStdout();
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    options.ready_fd = ends[1];
    telemetry_ = std::make_unique<telemetry::Telemetry>("memberstates");
    thread_ = std::thread([this, options, &areas, begin_drain] {
      code_ = Serve(options, {{kAreas, &areas}}, *telemetry_, begin_drain);
    });
    for (char c; read(ends[0], &c, 1) == 1 && c != '\n';) ready_ += c;
    close(ends[0]);
  }

  const std::string& ready() const { return ready_; }
  std::string address() const {
    const size_t begin = ready_.find("127.0.0.1:");
    return ready_.substr(begin, ready_.find('"', begin) - begin);
  }
  std::shared_ptr<grpc::Channel> Channel() const {
    return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  }
  int Stop(int signal) {
    kill(getpid(), signal);
    thread_.join();
    telemetry_.reset();
    log_ = GetCapturedStdout();
    return code_;
  }
  const std::string& log() const { return log_; }

 private:
  std::unique_ptr<telemetry::Telemetry> telemetry_;
  std::thread thread_;
  std::string ready_, log_;
  int code_ = -1;
};

// Bytes of the answer to `request` (a serialised message) of a unary method.
absl::StatusOr<std::string> CallByName(const std::shared_ptr<grpc::Channel>& channel,
                                       const std::string& method, const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::Slice slice(request);
  grpc::ByteBuffer sent(&slice, 1), received;
  absl::Notification done;
  grpc::Status status;
  stub.UnaryCall(&context, method, {}, &sent, &received, [&](grpc::Status s) {
    status = std::move(s);
    done.Notify();
  });
  done.WaitForNotification();
  if (!status.ok()) return FromGrpcStatus(status);
  grpc::Slice answer;
  EXPECT_TRUE(received.DumpToSingleSlice(&answer).ok());
  return std::string(reinterpret_cast<const char*>(answer.begin()), answer.size());
}

// grpc.health.v1.HealthCheckRequest{service: name}; the answer is field 1: 1 is SERVING.
absl::StatusOr<std::string> Health(const std::shared_ptr<grpc::Channel>& channel,
                                   const std::string& name) {
  return CallByName(channel, "/grpc.health.v1.Health/Check",
                    "\x0a" + std::string(1, static_cast<char>(name.size())) + name);
}

TEST(ServeTest, SaysWhereItListensAndIsHealthyByService) {
  v1::Areas::CallbackService areas;
  RunningServer server({}, areas);
  EXPECT_THAT(server.ready(), ::testing::MatchesRegex(
                                  R"(\{"listen":"127.0.0.1:[0-9]+","admin":"127.0.0.1:[0-9]+"\})"));
  for (const std::string name : {"", kAreas}) {
    EXPECT_THAT(Health(server.Channel(), name), IsOkAndHolds("\x08\x01"));
  }
  EXPECT_THAT(Health(server.Channel(), "no.such.Service"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(server.Stop(SIGTERM), 0);
  EXPECT_THAT(server.log(), HasSubstr(R"("message":"ready","listen":"127.0.0.1:)"));
  EXPECT_THAT(server.log(), HasSubstr(R"("message":"stopped")"));
}

TEST(ServeTest, ServesReflection) {
  v1::Areas::CallbackService areas;
  RunningServer server({}, areas);
  // A unary call of the streaming method: one request (list_services: "*"), one answer.
  EXPECT_THAT(
      CallByName(server.Channel(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                 "\x3a\x01*"),
      IsOkAndHolds(HasSubstr(kAreas)));
  EXPECT_EQ(server.Stop(SIGINT), 0);
}

TEST(ServeTest, ACallThatRunsIsAnsweredBeforeTheEnd) {
  SlowAreas areas;
  absl::Notification draining;
  RunningServer server({}, areas, [&] { draining.Notify(); });
  const auto stub = v1::Areas::NewStub(server.Channel());
  grpc::ClientContext context;
  v1::GetAreaRequest request;
  v1::Area area;
  grpc::Status status;
  absl::Notification done;
  stub->async()->GetArea(&context, &request, &area, [&](grpc::Status s) {
    status = std::move(s);
    done.Notify();
  });
  areas.arrived.WaitForNotification();
  std::thread finisher([&] {
    draining.WaitForNotification();
    areas.reactor->Finish(grpc::Status::OK);
  });
  EXPECT_EQ(server.Stop(SIGTERM), 0);
  finisher.join();
  done.WaitForNotification();
  EXPECT_OK(FromGrpcStatus(status));
}

// A port of 127.0.0.1 on which something listens.
class TakenPort {
 public:
  TakenPort() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~TakenPort() { close(fd_); }
  const std::string& address() const { return address_; }

 private:
  int fd_;
  std::string address_;
};

TEST(ServeTest, APortInUseIsOneLineAndExitCodeOne) {
  const TakenPort taken;
  for (const bool admin : {false, true}) {
    ServerOptions options;
    (admin ? options.admin_listen : options.listen) = taken.address();
    v1::Areas::CallbackService areas;
    telemetry::Telemetry telemetry("memberstates");
    CaptureStderr();
    EXPECT_EQ(Serve(options, {{kAreas, &areas}}, telemetry), 1);
    EXPECT_EQ(GetCapturedStderr(), std::string(admin ? "--admin-listen" : "--listen") +
                                       ": cannot listen on " + taken.address() +
                                       ": the port is in use or not to be had\n");
  }
}

}  // namespace
}  // namespace corridor::server
