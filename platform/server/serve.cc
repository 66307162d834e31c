// grpc++ set up with every limit stated.
#include "platform/server/serve.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/support/log.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "platform/process/listen_address.h"
#include "platform/process/ready.h"
#include "platform/process/version.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::server {
namespace {

constexpr int kMaxHeaderBytes = 16 << 10;
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kLeastPingIntervalMs = 5'000;
constexpr int kIdleConnectionMs = 10 * 60'000;

std::atomic<telemetry::Telemetry*> grpc_log_target = nullptr;

// While it lives, gRPC's own log goes to `telemetry`; before and after, nowhere.
class GrpcLog {
 public:
  explicit GrpcLog(telemetry::Telemetry& telemetry) {
    grpc_log_target = &telemetry;
    gpr_set_log_function([](gpr_log_func_args* args) {
      telemetry::Telemetry* const target = grpc_log_target.load();
      if (target == nullptr) return;
      target->Log(args->severity == GPR_LOG_SEVERITY_ERROR ? "error" : "info", "grpc",
                  {{"text", args->message}});
    });
  }
  ~GrpcLog() { grpc_log_target = nullptr; }
  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
};

int stop_event = -1;

// Waits for SIGTERM or SIGINT; the next one has its usual effect.
class StopSignal {
 public:
  StopSignal() {
    stop_event = eventfd(0, EFD_CLOEXEC);
    struct sigaction action = {};
    action.sa_handler = [](int) {
      const uint64_t one = 1;
      const int saved = errno;
      // Nothing can be done about a failure here.
      [[maybe_unused]] const ssize_t written = write(stop_event, &one, sizeof one);
      errno = saved;
    };
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
  }
  ~StopSignal() {
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    close(stop_event);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void Wait() const {
    uint64_t count = 0;
    while (read(stop_event, &count, sizeof count) < 0 && errno == EINTR) {
    }
  }
};

void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  // What a write made is answered even when it is a little larger than what was sent.
  builder.SetMaxSendMessageSize(2 * static_cast<int>(options.max_message_bytes));
  grpc::ResourceQuota quota("corridor");
  quota.Resize(static_cast<size_t>(options.max_memory_bytes));
  builder.SetResourceQuota(quota);
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_ALLOW_REUSEPORT, 0},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(options.max_streams)},
      {GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes},
      {GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingIntervalMs},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleConnectionMs},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
}

void SetHealth(grpc::Server& server, const std::vector<ServedService>& services, bool serving) {
  grpc::HealthCheckServiceInterface* const health = server.GetHealthCheckService();
  health->SetServingStatus(serving);
  for (const ServedService& served : services) health->SetServingStatus(served.name, serving);
}

// The port that it listens on is 0 when it does not.
std::unique_ptr<grpc::Server> Listen(const ServerOptions& options, grpc::ServerBuilder& builder,
                                     int& port) {
  SetLimits(options, builder);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port);
  return builder.BuildAndStart();
}

std::string CannotListen(const ServerOptions& options) {
  return absl::StrCat("--listen: cannot listen on ", options.listen,
                      ": the port is in use or not to be had");
}

}  // namespace

// Answers any method.
class NotServing::Refusals : public grpc::CallbackGenericService {
 private:
  class Refusal : public grpc::ServerGenericBidiReactor {
   public:
    Refusal() {
      Finish(ToGrpcStatus(ErrorWithReason(absl::StatusCode::kUnavailable, "STARTING",
                                          "the service starts: its store is not reached yet", {})));
    }
    void OnDone() override { delete this; }
  };
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Refusal;
  }
};

absl::StatusOr<std::unique_ptr<NotServing>> NotServing::Start(const ServerOptions& options) {
  std::unique_ptr<NotServing> started(new NotServing(std::make_unique<Refusals>()));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(started->refusals_.get());
  int port = 0;
  started->server_ = Listen(options, builder, port);
  if (started->server_ == nullptr || port == 0) {
    return absl::UnavailableError(CannotListen(options));
  }
  SetHealth(*started->server_, {}, false);
  return started;
}

NotServing::NotServing(std::unique_ptr<Refusals> refusals) : refusals_(std::move(refusals)) {}

NotServing::~NotServing() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

int Serve(const ServerOptions& options, const std::vector<ServedService>& services,
          telemetry::Telemetry& telemetry, const std::function<void()>& begin_drain) {
  const auto refuse = [](absl::string_view why) {
    std::cerr << why << std::endl;
    return 1;
  };
  std::signal(SIGPIPE, SIG_IGN);  // Whoever read the log may go; the service stays.
  const StopSignal stop;
  const GrpcLog grpc_log(telemetry);
  const auto address = process::ParseListenAddress(options.listen, "--listen");
  if (!address.ok()) return refuse(address.status().message());
  const auto admin = telemetry::AdminServer::Start(options.admin_listen, telemetry);
  if (!admin.ok()) return refuse(absl::StrCat("--admin-listen: ", admin.status().message()));

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  for (const ServedService& served : services) builder.RegisterService(served.service);
  int port = 0;
  const std::unique_ptr<grpc::Server> server = Listen(options, builder, port);
  if (server == nullptr || port == 0) return refuse(CannotListen(options));
  SetHealth(*server, services, true);

  const std::string listening = absl::StrCat(address->host, ":", port);
  const std::string admin_listening = absl::StrCat(address->host, ":", (*admin)->port());
  telemetry.Log("info", "ready",
                {{"listen", listening},
                 {"admin", admin_listening},
                 {"version", process::Version()},
                 {"commit", process::Commit()}});
  process::AnnounceReady(static_cast<int>(options.ready_fd),
                         {{"listen", listening}, {"admin", admin_listening}});

  stop.Wait();
  telemetry.Log("info", "draining");
  SetHealth(*server, services, false);
  if (begin_drain) begin_drain();
  server->Shutdown(absl::ToChronoTime(absl::Now() + options.drain_grace));
  server->Wait();
  telemetry.Log("info", "stopped");
  return 0;
}

}  // namespace corridor::server
