// Two replicas of each service are restarted one after the other while clients of all dialects go
// on: no request fails, whatever it was on its way through. Reads; on SQLite of stores that hold
// the same, on PostgreSQL of the same one.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/gateway/v1/status.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/postgres_server.h"
#include "platform/testing/process.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/http_client.h"
#include "tests/e2e/suite.h"
#include "tests/fault/number_of.h"

namespace corridor::e2e {
namespace {

using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr size_t kReplicas = 2;

// What a service is asked without pause.
struct Read {
  std::string service;
  std::string target;  // Over REST.
  std::string method;  // By the other dialects, with either of the requests below.
  std::string request;
  std::string json;
};

// A text as field 1 of a message.
std::string FirstField(const std::string& text) {
  return absl::StrCat("\x0a", std::string(1, static_cast<char>(text.size())), text);
}

// A message behind its prefix, as gRPC-Web has it.
std::string Framed(const std::string& message) {
  return std::string(4, '\0') + static_cast<char>(message.size()) + message;
}

const std::array<Read, 3>& Reads() {
  static const auto* reads = new std::array<Read, 3>{
      Read{"memberstates", "/v1/areas/ARM", "/corridor.memberstates.v1.Areas/GetArea",
           FirstField("areas/ARM"), R"({"name":"areas/ARM"})"},
      Read{"indicators", "/v1/indicators/POV_2USD",
           "/corridor.indicators.v1.Indicators/GetIndicator", FirstField("indicators/POV_2USD"),
           R"({"name":"indicators/POV_2USD"})"},
      Read{"programmes", "/v1/projects?area=ROU", "/corridor.programmes.v1.Projects/ListProjects",
           "", "{}"}};
  return *reads;
}

// One process of a service, on an address and a store that outlive it.
class Replica {
 public:
  Replica(std::string service, std::string path, std::vector<std::string> options)
      : service_(std::move(service)), path_(std::move(path)), options_(std::move(options)) {
    options_.push_back(absl::StrCat("--store=", TestsRunOnPostgres()
                                                    ? PostgresServer::OfThisProcess().Uri()
                                                    : absl::StrCat("sqlite:", path_, ".sqlite")));
    options_.push_back(absl::StrCat("--default-data=", DefaultData(service_)));
  }

  void Start() {
    std::vector<std::string> options = options_;
    options.push_back(absl::StrCat("--listen=", address_));
    auto started = ChildProcess::Start(Binary(service_), options, path_);
    ASSERT_OK(started);
    process_ = *std::move(started);
    const auto ready = process_->WaitReady(absl::Now() + kPatience);
    ASSERT_OK(ready);
    address_ = ready->at("listen");
    admin_ = ready->at("admin");
  }
  void Stop() { ASSERT_THAT(process_->Stop(absl::Now() + kPatience), IsOkAndHolds(0)); }

  // Whether it has served one of the calls that the load is made of.
  bool IsInUse(const std::string& method) const {
    HttpClient admin(absl::StrCat("http://", admin_));
    return admin.Get("/metrics").body.find(method.substr(1)) != std::string::npos;
  }
  const std::string& address() const { return address_; }

 private:
  const std::string service_;
  const std::string path_;
  std::vector<std::string> options_;
  std::string address_ = "127.0.0.1:0";
  std::string admin_;
  std::unique_ptr<ChildProcess> process_;
};

// Clients that ask without pause, and how often each got which answer.
class Load {
 public:
  explicit Load(const std::string& gateway) {
    for (const Read& read : Reads()) {
      const HttpRequest rest = {"GET", read.target, {}, ""};
      const HttpRequest connect = {
          "POST", read.method, {"Content-Type: application/json"}, read.json};
      const HttpRequest web = {
          "POST", read.method, {"Content-Type: application/grpc-web+proto"}, Framed(read.request)};
      threads_.emplace_back([=, this] { AskByHttp(gateway, rest, ""); });
      threads_.emplace_back([=, this] { AskByHttp(gateway, connect, ""); });
      threads_.emplace_back([=, this] { AskByHttp(gateway, web, "grpc-status:0"); });
      threads_.emplace_back([this, gateway, &read] { AskByGrpc(gateway, read); });
    }
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  int answered() const { return answered_; }
  // Each kind of failure, and how often.
  std::map<std::string, int> Failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  // All is well with a 200 that has `mark` in its body.
  void AskByHttp(const std::string& gateway, const HttpRequest& request, const std::string& mark) {
    HttpClient client(absl::StrCat("http://", gateway));
    while (!stop_) {
      const HttpResponse response = client.Send(request);
      const bool is_well = response.status == 200 && response.body.find(mark) != std::string::npos;
      Count(is_well, absl::StrCat("HTTP ", response.status, " ", request.target, " ",
                                  absl::StrJoin(request.headers, " "), " ",
                                  response.transport_error, response.body));
    }
  }
  void AskByGrpc(const std::string& gateway, const Read& read) {
    // Each a connection of its own.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    grpc::GenericStub stub(
        grpc::CreateCustomChannel(gateway, grpc::InsecureChannelCredentials(), arguments));
    const grpc::Slice slice(read.request);
    while (!stop_) {
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
      grpc::ByteBuffer request(&slice, 1), response;
      std::promise<grpc::Status> ended;
      stub.UnaryCall(&context, read.method, grpc::StubOptions(), &request, &response,
                     [&ended](const grpc::Status& status) { ended.set_value(status); });
      const grpc::Status status = ended.get_future().get();
      Count(status.ok(), absl::StrCat("grpc-status ", status.error_code(), " ", read.method, " ",
                                      status.error_message()));
    }
  }
  void Count(bool is_well, const std::string& failure) {
    ++answered_;
    if (is_well) return;
    const std::lock_guard lock(mutex_);
    ++failures_[failure];
  }

  std::atomic<bool> stop_ = false;
  std::atomic<int> answered_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, int> failures_;  // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

template <typename Condition>
void WaitUntil(Condition holds) {
  const absl::Time limit = absl::Now() + kPatience;
  while (!holds()) {
    ASSERT_LT(absl::Now(), limit) << "still not so";
    std::this_thread::yield();
  }
}

class RollingRestartTest : public ::testing::Test {
 protected:
  // Two replicas of each service, and a gateway before them.
  void StartEverything() {
    // Each loop has connections of its own; of one the replicas tell whether it is connected.
    std::vector<std::string> options = {"--listen=127.0.0.1:0", "--loops=1"};
    std::string memberstates;
    for (const Read& read : Reads()) {
      std::vector<std::string> addresses;
      for (size_t i = 0; i < kReplicas; ++i) {
        std::vector<std::string> more;
        if (!memberstates.empty()) more.push_back(absl::StrCat("--memberstates=", memberstates));
        Replica& replica = replicas_[read.service].emplace_back(
            read.service, folder_.File(absl::StrCat(read.service, i)), std::move(more));
        ASSERT_NO_FATAL_FAILURE(replica.Start());
        addresses.push_back(replica.address());
      }
      if (memberstates.empty()) memberstates = addresses[0];
      options.push_back(absl::StrCat("--", read.service, "=", absl::StrJoin(addresses, ",")));
    }
    auto started = ChildProcess::Start(Binary("gateway"), options, folder_.File("gateway"));
    ASSERT_OK(started);
    gateway_ = *std::move(started);
    const auto ready = gateway_->WaitReady(absl::Now() + kPatience);
    ASSERT_OK(ready);
    gateway_address_ = ready->at("listen");
    HttpClient client(absl::StrCat("http://", gateway_address_));
    WaitUntil(
        [&] { return Answer<gateway::v1::Readiness>(client.Get("/readyz")).missing().empty(); });
  }

  // One replica after the other, each while it is in use, and until it is again.
  void RestartEach(const Load& load) {
    for (const Read& read : Reads()) {
      for (Replica& replica : replicas_.at(read.service)) {
        ASSERT_NO_FATAL_FAILURE(WaitUntil([&] { return replica.IsInUse(read.method); }));
        ASSERT_NO_FATAL_FAILURE(replica.Stop());
        ASSERT_NO_FATAL_FAILURE(replica.Start());
        ASSERT_NO_FATAL_FAILURE(WaitUntil([&] { return replica.IsInUse(read.method); }));
        EXPECT_THAT(load.Failures(), IsEmpty()) << "of " << load.answered();
      }
    }
  }

  TempDir folder_;
  std::map<std::string, std::vector<Replica>> replicas_;
  std::unique_ptr<ChildProcess> gateway_;
  std::string gateway_address_;
};

TEST_F(RollingRestartTest, NoRequestFailsWhileEachServiceIsRestarted) {
  const int rounds = NumberOf("CORRIDOR_ROUNDS", 2);
  ASSERT_NO_FATAL_FAILURE(StartEverything());
  Load load(gateway_address_);
  for (int round = 1; round <= rounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    ASSERT_NO_FATAL_FAILURE(RestartEach(load));
  }
}

}  // namespace
}  // namespace corridor::e2e
