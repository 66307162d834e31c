// All of the gateway but its command line, between a real client socket and a real grpc++ service.
#include "gateway/workers.h"

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

#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "descriptor_set.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace ms = ::corridor::memberstates::v1;

// Answers every area, but `areas/HELD` only on Release().
class FakeAreas : public ms::Areas::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetArea(grpc::CallbackServerContext* context,
                                    const ms::GetAreaRequest* request, ms::Area* area) override {
    area->set_name(request->name());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (request->name() != "areas/HELD") {
      reactor->Finish(grpc::Status::OK);
    } else {
      held_.set_value(reactor);
    }
    return reactor;
  }
  void AwaitHeld() { reactor_ = held_.get_future().get(); }
  void Release() { reactor_->Finish(grpc::Status::OK); }

 private:
  std::promise<grpc::ServerUnaryReactor*> held_;
  grpc::ServerUnaryReactor* reactor_ = nullptr;
};

int Connect(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  close(fd);
  return -1;
}

// Sends one request, answers all that comes until the connection ends, and closes it.
std::string FetchOn(int fd, const std::string& path) {
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  std::string answer;
  char buffer[4096];
  for (ssize_t n = 0; (n = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  return answer;
}

std::string Fetch(uint16_t port, const std::string& path) {
  const int fd = Connect(port);
  return fd < 0 ? "refused" : FetchOn(fd, path);
}

class WorkersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto contract = Contract::Create(descriptor_set.front().contents);
    ASSERT_OK(contract);
    contract_ = *std::move(contract);
    StartService();
    options_.listen = "127.0.0.1:0";
    options_.loops = 2;
    options_.services["memberstates"] = "127.0.0.1:" + std::to_string(service_port_);
  }
  void TearDown() override {
    workers_.reset();
    StopService();
  }

  void StartService() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(service_port_),
                             grpc::InsecureServerCredentials(), &service_port_);
    builder.RegisterService(&areas_);
    service_ = builder.BuildAndStart();
    ASSERT_NE(service_, nullptr);
  }
  void StopService() {
    if (service_) service_->Shutdown(std::chrono::system_clock::now());
    service_.reset();
  }
  void StartWorkers() {
    auto workers = Workers::Start(options_, contract_, telemetry_);
    ASSERT_OK(workers);
    workers_ = *std::move(workers);
  }

  telemetry::Telemetry telemetry_{"gateway"};
  Contract contract_;
  FakeAreas areas_;
  int service_port_ = 0;
  std::unique_ptr<grpc::Server> service_;
  Options options_;
  std::unique_ptr<Workers> workers_;
};

TEST_F(WorkersTest, ARequestGoesFromSocketToServiceAndBack) {
  StartWorkers();
  const std::string answer = Fetch(workers_->port(), "/v1/areas/ARM");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"name\":\"areas/ARM\""));
}

TEST_F(WorkersTest, TheFrontPageIsServedBesideTheApi) {
  StartWorkers();
  EXPECT_THAT(Fetch(workers_->port(), "/"),
              HasSubstr("content-type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(Fetch(workers_->port(), "/explorer/style.css"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Fetch(workers_->port(), "/explorer/none"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_F(WorkersTest, AServiceThatDiesIs503AndIsFoundAgainWithoutARestart) {
  StartWorkers();
  ASSERT_THAT(Fetch(workers_->port(), "/v1/areas/ARM"), HasSubstr("200 OK"));
  StopService();
  const std::string down = Fetch(workers_->port(), "/v1/areas/ARM");
  EXPECT_THAT(down, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(down, HasSubstr("retry-after: 1\r\n"));
  EXPECT_THAT(Fetch(workers_->port(), "/readyz"), HasSubstr("200 OK"));
  StartService();
  while (Fetch(workers_->port(), "/v1/areas/ARM").find("200 OK") == std::string::npos) {
  }
}

TEST_F(WorkersTest, AProfileNamesTheServicesThatCannotBeReached) {
  options_.services["indicators"] = "127.0.0.1:1";
  StartWorkers();
  const std::string answer = Fetch(workers_->port(), "/v1/areas/ARM/profile");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"area\":{\"name\":\"areas/ARM\""));
  EXPECT_THAT(answer, HasSubstr("{\"part\":\"TARGETS\",\"service\":\"indicators\","
                                "\"reason\":\"indicators cannot be reached: 127.0.0.1:1: "));
  EXPECT_THAT(answer, HasSubstr("\"reason\":\"this gateway was started without the service "
                                "programmes\",\"code\":\"UNAVAILABLE\"}"));
  // The loop that answers this may be connecting to the other service yet.
  while (Fetch(workers_->port(), "/readyz").find("\"missing\":[\"indicators\"]") ==
         std::string::npos) {
  }
}

TEST_F(WorkersTest, ManyClientsOnAllLoopsAreServed) {
  StartWorkers();
  std::vector<std::thread> clients;
  std::atomic<int> served = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 20; ++j) {
        if (Fetch(workers_->port(), "/v1/areas/ARM").find("areas/ARM") != std::string::npos) {
          ++served;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(served, 160);
}

TEST_F(WorkersTest, DrainFinishesWhatRunsAndRefusesWhatIsNew) {
  StartWorkers();
  const uint16_t port = workers_->port();
  std::future<std::string> running =
      std::async(std::launch::async, [&] { return Fetch(port, "/v1/areas/HELD"); });
  areas_.AwaitHeld();
  const int just_made = Connect(port);
  std::thread drain([&] { workers_->Drain(); });
  while (Fetch(port, "/healthz") != "refused") {
  }
  EXPECT_THAT(FetchOn(just_made, "/v1/areas/ARM"), StartsWith("HTTP/1.1 200 OK\r\n"));
  areas_.Release();
  EXPECT_THAT(running.get(), StartsWith("HTTP/1.1 200 OK\r\n"));
  drain.join();
}

TEST_F(WorkersTest, DrainEndsAtItsTimeout) {
  options_.drain_timeout = absl::Milliseconds(20);
  StartWorkers();
  const int idle_until_asked = Connect(workers_->port());
  const std::string half = "GET / HTTP/1.1\r\n";
  send(idle_until_asked, half.data(), half.size(), MSG_NOSIGNAL);
  workers_->Drain();
  close(idle_until_asked);
}

TEST_F(WorkersTest, APortInUseIsAnErrorThatNamesIt) {
  StartWorkers();
  Options second = options_;
  second.listen = "127.0.0.1:" + std::to_string(workers_->port());
  EXPECT_THAT(Workers::Start(second, contract_, telemetry_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("Address already in use")));
}

}  // namespace
}  // namespace corridor::gateway
