// Wires one worker a loop, and hands a connection to another loop when its own has too many.
#include "gateway/workers.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "docs_files.h"
#include "explorer_files.h"
#include "gateway/changes/alarm_clock.h"
#include "gateway/changes/watch_changes.h"
#include "gateway/cpu_limit.h"
#include "gateway/dialects/connect.h"
#include "gateway/dialects/cors.h"
#include "gateway/dialects/dialect_choice.h"
#include "gateway/dialects/grpc_relay.h"
#include "gateway/dialects/grpc_web.h"
#include "gateway/dialects/rest.h"
#include "gateway/dialects/status_methods.h"
#include "gateway/dialects/write_rules.h"
#include "gateway/explorer/static_files.h"
#include "gateway/http/door.h"
#include "gateway/http/listener.h"
#include "gateway/http/tls_certificate.h"
#include "gateway/loop.h"
#include "gateway/overload/limited_upstream.h"
#include "gateway/response_cache/cached_reads.h"
#include "gateway/response_cache/commit_follower.h"
#include "gateway/response_cache/response_cache.h"
#include "gateway/upstream/pool.h"
#include "gateway/upstream/upstream_metrics.h"
#include "gateway/views/area_profile.h"
#include "openapi_document.h"
#include "platform/process/version.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

class TelemetryLog : public RequestLog {
 public:
  explicit TelemetryLog(telemetry::Telemetry& telemetry) : telemetry_(telemetry) {}
  void Record(const telemetry::RequestRecord& record) override { telemetry_.Record(record); }

 private:
  telemetry::Telemetry& telemetry_;
};

prometheus::Gauge& OpenConnections(telemetry::Telemetry& telemetry) {
  return prometheus::BuildGauge()
      .Name("corridor_gateway_connections_open")
      .Help("Client connections open now.")
      .Register(telemetry.registry())
      .Add({});
}

using LimitMetrics = std::map<std::string, LimitedUpstream::Metrics>;

// By service.
LimitMetrics MetricsOfLimits(const std::map<std::string, std::string>& services,
                             telemetry::Telemetry& telemetry) {
  auto& limits = prometheus::BuildGauge()
                     .Name("corridor_gateway_concurrency_limit")
                     .Help("Unary calls that may run at once in a service, of all loops.")
                     .Register(telemetry.registry());
  auto& turned_away = prometheus::BuildCounter()
                          .Name("corridor_gateway_calls_turned_away_total")
                          .Help("Calls beyond that, answered with UNAVAILABLE.")
                          .Register(telemetry.registry());
  LimitMetrics metrics;
  for (const auto& [service, targets] : services) {
    if (targets.empty()) continue;
    metrics[service] = {&limits.Add({{"service", service}}),
                        &turned_away.Add({{"service", service}})};
  }
  return metrics;
}

std::vector<StaticSite> Sites() {
  return {{explorer_files, "/", "/explorer/"},
          {docs_files, "/docs", "/docs/"},
          {openapi_document, "", "/"}};
}

// What all loops share.
struct Shared {
  Shared(const Options& options, CorsOrigins origins, const Contract& c,
         telemetry::Telemetry& telemetry)
      : contract(c),
        log(telemetry),
        hosts(options.hosts, options.cors_origins),
        cors_origins(std::move(origins)),
        budget(options.max_connections, &OpenConnections(telemetry)),
        bytes(options.max_held_bytes),
        limit_metrics(MetricsOfLimits(options.services, telemetry)),
        cache({options.response_cache_bytes, options.stale_if_error}, ServedBy(options),
              telemetry.registry()),
        upstream_metrics(telemetry.registry()) {}

  static std::vector<std::string> ServedBy(const Options& options) {
    std::vector<std::string> services;
    for (const auto& [service, target] : options.services) {
      if (!target.empty()) services.push_back(service);
    }
    return services;
  }

  const Contract& contract;
  TelemetryLog log;
  const KnownHosts hosts;
  const CorsOrigins cors_origins;
  ConnectionBudget budget;
  ByteBudget bytes;
  const LimitMetrics limit_metrics;
  ResponseCache cache;
  UpstreamMetrics upstream_metrics;
  std::unique_ptr<TlsCertificate> tls;  // Null: TLS is not spoken.
  std::atomic<Stage> stage{Stage::kStarting};
};

// One loop and what lives on it.
class Worker {
 public:
  Worker(const Options& options, const std::vector<PoolOptions>& services, Shared& shared,
         std::unique_ptr<Listener> listener)
      : pools_(Pools(services, loop_)),
        services_(Limited(options, shared)),
        health_(std::string(process::Version())),
        readiness_(shared.stage, ByName()),
        area_profile_(ByName()),
        clock_(loop_),
        watch_changes_(ByName(), clock_),
        cached_reads_(shared.cache, clock_, [this](auto task) { loop_.Post(std::move(task)); }),
        rest_(Rpcs(options, shared)),
        files_(Sites(), rest_),
        connect_(Rpcs(options, shared), *shared.contract.reflection,
                 static_cast<size_t>(options.max_body_bytes)),
        grpc_(Grpcs(options, shared)),
        grpc_web_(Grpcs(options, shared)),
        dialects_({grpc_, grpc_web_, connect_, files_}),
        cached_answers_(cached_reads_, dialects_),
        cors_(shared.cors_origins, *shared.contract.transcoder, cached_answers_),
        door_(loop_, options.HttpLimits(), options.Http2LimitsOfClients(), shared.tls.get(),
              shared.budget, shared.bytes, shared.log, cors_),
        listener_(std::move(listener)) {}

  // Has the cache that all workers share hear of commits by this one. Before Start().
  void FollowCommits(ResponseCache& cache) {
    for (const auto& [name, pool] : pools_) {
      followers_.push_back(std::make_unique<CommitFollower>(
          name, *pool, clock_, *cache.ValidityOf(name), [&cache] { cache.shards().Clear(); }));
      followers_.back()->Begin();
    }
  }
  void Stop() { loop_.Stop(); }
  void Start(std::function<void(Worker& accepting, int fd, std::string peer)> place) {
    listener_->Start(loop_, [this, place = std::move(place)](int fd, std::string peer) {
      place(*this, fd, std::move(peer));
    });
    loop_.Start();
  }

  void Serve(int fd, std::string peer) { door_.Serve(fd, std::move(peer)); }
  void ServeFromElsewhere(int fd, std::string peer) {
    loop_.Post([this, fd, peer = std::move(peer)] { door_.Serve(fd, peer); });
  }
  size_t connections() const { return door_.connections(); }
  uint16_t port() const { return listener_->port(); }

  void Drain() {
    loop_.Sync([this] {
      listener_->Stop();
      door_.Drain();
    });
  }

 private:
  using PoolsByName = std::map<std::string, std::unique_ptr<Pool>>;
  using ServicesByName = std::map<std::string, std::unique_ptr<LimitedUpstream>>;

  static PoolsByName Pools(const std::vector<PoolOptions>& services, Loop& loop) {
    PoolsByName pools;
    for (const PoolOptions& service : services) {
      pools[service.service] = std::make_unique<Pool>(loop, service);
    }
    return pools;
  }
  ServicesByName Limited(const Options& options, const Shared& shared) const {
    ServicesByName limited;
    for (const auto& [name, pool] : pools_) {
      limited[name] = std::make_unique<LimitedUpstream>(
          *pool, name, ConcurrencyOptions{.wait = options.overload_wait}, &absl::Now,
          shared.limit_metrics.at(name));
    }
    return limited;
  }
  std::map<std::string, Upstream*> ByName() const {
    std::map<std::string, Upstream*> by_name;
    for (const auto& [name, service] : services_) by_name[name] = service.get();
    return by_name;
  }
  std::map<std::string, Upstream*> ByPackage() const {
    std::map<std::string, Upstream*> by_package;
    for (const auto& [name, service] : services_) {
      by_package[absl::StrCat("corridor.", name, ".v1")] = service.get();
    }
    return by_package;
  }
  RpcParts Rpcs(const Options& options, const Shared& shared) {
    return {*shared.contract.transcoder,
            shared.hosts,
            ByPackage(),
            OwnMethods(),
            OwnStreams(),
            options.request_timeout,
            static_cast<size_t>(options.max_message_bytes),
            &cached_reads_};
  }
  GrpcParts Grpcs(const Options& options, const Shared& shared) {
    return {Rpcs(options, shared), *shared.contract.reflection, shared.stage};
  }
  std::map<std::string, OwnMethod*> OwnMethods() {
    return {{"/corridor.gateway.v1.Status/GetHealth", &health_},
            {"/corridor.gateway.v1.Status/GetReadiness", &readiness_},
            {"/corridor.gateway.v1.Views/GetAreaProfile", &area_profile_}};
  }
  std::map<std::string, OwnStream*> OwnStreams() {
    return {{"/corridor.gateway.v1.Changes/WatchChanges", &watch_changes_}};
  }

  Loop loop_;
  const PoolsByName pools_;
  const ServicesByName services_;
  HealthMethod health_;
  ReadinessMethod readiness_;
  AreaProfileView area_profile_;
  LoopClock clock_;
  WatchChanges watch_changes_;
  std::vector<std::unique_ptr<CommitFollower>> followers_;
  CachedReads cached_reads_;
  Rest rest_;
  StaticFiles files_;
  Connect connect_;
  GrpcRelay grpc_;
  GrpcWeb grpc_web_;
  DialectChoice dialects_;
  CachedAnswers cached_answers_;
  Cors cors_;
  Door door_;
  const std::unique_ptr<Listener> listener_;
};

}  // namespace

absl::StatusOr<Contract> Contract::Create(std::string_view descriptor_set) {
  Contract contract;
  ASSIGN_OR_RETURN(contract.transcoder, Transcoder::Create(descriptor_set, AddressesOf(Sites())));
  ASSIGN_OR_RETURN(contract.reflection, Reflection::Create(descriptor_set));
  return contract;
}

struct Workers::State {
  State(const Options& o, CorsOrigins origins, const Contract& contract,
        telemetry::Telemetry& telemetry)
      : options(o), shared(options, std::move(origins), contract, telemetry) {}

  // Keeps a connection on the loop that accepted it, unless that has 1.5 times the mean.
  void Place(Worker& accepting, int fd, std::string peer) {
    const size_t total = static_cast<size_t>(std::max<int64_t>(shared.budget.open(), 0));
    if (accepting.connections() * workers.size() * 2 <= total * 3) {
      return accepting.Serve(fd, std::move(peer));
    }
    const auto least = std::min_element(
        workers.begin(), workers.end(),
        [](const auto& a, const auto& b) { return a->connections() < b->connections(); });
    if (least->get() == &accepting) return accepting.Serve(fd, std::move(peer));
    (*least)->ServeFromElsewhere(fd, std::move(peer));
  }

  const Options options;
  Shared shared;
  std::vector<std::unique_ptr<Worker>> workers;
};

absl::StatusOr<std::unique_ptr<Workers>> Workers::Start(const Options& options,
                                                        const Contract& contract,
                                                        telemetry::Telemetry& telemetry) {
  ASSIGN_OR_RETURN(const process::ListenAddress address, options.ListenAddress());
  ASSIGN_OR_RETURN(std::vector<PoolOptions> services, options.Pools());
  ASSIGN_OR_RETURN(const bool speaks_tls, options.SpeaksTls());
  ASSIGN_OR_RETURN(CorsOrigins origins, CorsOrigins::Parse(options.cors_origins));
  auto state = std::make_unique<State>(options, std::move(origins), contract, telemetry);
  for (PoolOptions& service : services) service.metrics = &state->shared.upstream_metrics;
  if (speaks_tls) {
    ASSIGN_OR_RETURN(state->shared.tls,
                     TlsCertificate::Load(options.tls_certificate, options.tls_key,
                                          [&telemetry](const absl::Status& wrong) {
                                            telemetry.Log(
                                                "error", "the old certificate is kept",
                                                {{"reason", std::string(wrong.message())}});
                                          }));
  }
  const int64_t loops = options.loops > 0 ? options.loops : UsableCores();
  uint16_t port = address.port;
  for (int64_t i = 0; i < loops; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<Listener> listener,
                     Listener::Bind(address.host, port,
                                    i == 0 ? Listener::Share::kFirst : Listener::Share::kOther));
    port = listener->port();
    state->workers.push_back(
        std::make_unique<Worker>(state->options, services, state->shared, std::move(listener)));
  }
  if (state->shared.cache.is_on()) state->workers.front()->FollowCommits(state->shared.cache);
  State* const all = state.get();
  for (const auto& worker : state->workers) {
    worker->Start([all](Worker& accepting, int fd, std::string peer) {
      all->Place(accepting, fd, std::move(peer));
    });
  }
  state->shared.stage = Stage::kReady;
  return std::unique_ptr<Workers>(new Workers(std::move(state)));
}

Workers::Workers(std::unique_ptr<State> state) : state_(std::move(state)) {}
// All loops first: each may hand connections to any other.
Workers::~Workers() {
  for (const auto& worker : state_->workers) worker->Stop();
}

uint16_t Workers::port() const { return state_->workers.front()->port(); }

void Workers::Drain() {
  state_->shared.stage = Stage::kDraining;
  absl::SleepFor(state_->options.drain_delay);
  const absl::Time deadline = absl::Now() + state_->options.drain_timeout;
  for (const auto& worker : state_->workers) worker->Drain();
  state_->shared.budget.WaitForNone(deadline);
}

}  // namespace corridor::gateway
