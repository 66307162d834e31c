// What a read costs that is kept, beside what its store takes to answer it: without gRPC, which is
// the same for both.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "memberstates_schema.h"
#include "platform/cache/read_cache.h"
#include "platform/cache/redis_tier.h"
#include "platform/request/call_context.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/testing/postgres_server.h"
#include "prometheus/registry.h"
#include "services/memberstates/default_data.h"
#include "services/memberstates/handlers.h"
#include "services/memberstates/sql_store.h"
#include "tests/load/scratch.h"
#include "tests/load/timing.h"

namespace corridor::load {
namespace {

namespace v1 = memberstates::v1;

constexpr int kRuns = 5;
constexpr int kMostMissed = 100;
constexpr int kTarget = 5;

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "cache_bench: %s\n", std::string(result.status().message()).c_str());
    std::exit(1);
  }
  return *std::move(result);
}

void Must(const absl::Status& status) {
  if (!status.ok()) Must<int>(status);
}

CallContext SomeCall() {
  const absl::Time now = absl::Now();
  return {"/bench", "bench", now + absl::Minutes(1), now};
}

// What is aimed at is to be faster than PostgreSQL.
std::string Verdict(const std::string& engine, double ratio) {
  return engine == "postgres" ? absl::StrCat("; of the process ", AtLeast(kTarget, ratio)) : "";
}

// One read, answered in each way.
struct Read {
  std::string name;
  size_t bytes = 0;
  std::function<void()> from_store, from_redis, from_process;
};

template <typename Handler, typename Request, typename Response>
Read MakeRead(cache::ReadCache& kept, Handler& handler,
              absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&),
              const std::string& service, const std::string& name, const Request& request) {
  const std::string full_name = absl::StrCat("/corridor.memberstates.v1.", service, "/", name);
  const auto ask = [&kept, full_name, request] {
    return kept.Ask(full_name, request, 0, absl::Now()).value();
  };
  const auto from_store = [&handler, method, request] {
    CallContext call = SomeCall();
    return std::pair(Must((handler.*method)(request, call)), call.version());
  };
  // On a busy machine the feed may be late, or Redis; that must not be all that is measured.
  const auto parsed = [name, missed = std::make_shared<int>(0)](const cache::EntryPtr& entry) {
    Response response;
    if (entry != nullptr && response.ParseFromString(entry->answer)) return;
    if (++*missed < kMostMissed) return;
    std::fprintf(stderr, "cache_bench: %s is not kept\n", name.c_str());
    std::exit(1);
  };
  cache::Question question = ask();
  kept.Pin(question);
  const auto [answer, version] = from_store();
  const cache::EntryPtr entry = kept.Keep(question, version, answer.SerializeAsString());
  if (entry == nullptr) Must(absl::UnavailableError("nothing is kept"));
  kept.Share(question, *entry);
  return {name, entry->answer.size(), [from_store] { from_store(); },
          [&kept, ask, parsed] { parsed(kept.FindShared(ask())); },
          [&kept, ask, parsed] { parsed(kept.FindLocal(ask())); }};
}

// An empty database of an engine.
std::unique_ptr<store::Database> OpenEngine(const std::string& engine) {
  if (engine == "sqlite") {
    static const Scratch folder;  // Removed by exit() too.
    return Must(store::OpenSqlite(folder.File("store")));
  }
  static const auto server = Must(PostgresServer::Start(PostgresServer::Sync::kAlways));
  return Must(store::OpenPostgres(server->Uri(), "bench", absl::Now() + absl::Minutes(1)));
}

int Run(const std::string& engine, const std::string& redis, const std::string& data,
        absl::Duration time) {
  const auto versions = Must(store::VersionedStore::Open(
      OpenEngine(engine), {{store::kServiceSeries, memberstates_schema}}, store::Migrate::kAuto,
      memberstates::Tables(), absl::Now));
  memberstates::SqlStore store(*versions, "memberstates");
  memberstates::Handlers handlers(store);
  Must(memberstates::LoadDefaultData(data, *versions, handlers, absl::Now()));

  prometheus::Registry registry;
  cache::CacheMetrics metrics(registry);
  cache::CacheOptions options;
  options.redis = redis;
  options.redis_timeout = absl::Seconds(1);
  const auto shared = Must(cache::OpenRedis(options, metrics));
  cache::ReadCache kept({.origin = {"bench", "memberstates", versions->epoch(), "bench"},
                         .secret = "a secret of sixteen bytes and more",
                         .max_bytes = 64 << 20},
                        *versions, shared.get(), metrics);
  kept.Follow();

  v1::CountMembershipsRequest count;
  count.set_collection("memberStates");
  v1::ListMembershipsRequest list;
  list.set_collection("memberStates");
  list.set_page_size(60);
  v1::PanelMembershipsRequest panel;
  panel.set_parent("organisations/IOM");
  panel.set_start_period("2000");
  panel.set_end_period("2020");
  v1::ListAreaMembersRequest members;
  members.set_parent("areas/M49_142");
  members.set_recursive(true);
  using memberstates::AreaHandler;
  using memberstates::MembershipHandler;
  const std::vector<Read> reads = {
      MakeRead(kept, handlers.memberships, &MembershipHandler::CountMemberships, "Memberships",
               "CountMemberships", count),
      MakeRead(kept, handlers.memberships, &MembershipHandler::ListMemberships, "Memberships",
               "ListMemberships", list),
      MakeRead(kept, handlers.memberships, &MembershipHandler::PanelMemberships, "Memberships",
               "PanelMemberships", panel),
      MakeRead(kept, handlers.areas, &AreaHandler::ListAreaMembers, "Areas", "ListAreaMembers",
               members)};

  absl::PrintF("%s; medians of %d runs, in µs\n\n  %-20s %8s %9s %9s %9s\n", engine, kRuns, "",
               "bytes", "store", "Redis", "process");
  const absl::Duration part = time / (kRuns * 3 * static_cast<int>(reads.size()));
  for (const Read& read : reads) {
    std::vector<double> store_us, redis_us, process_us;
    for (int run = 0; run < kRuns; ++run) {
      store_us.push_back(Median(Repeat(part, read.from_store)));
      redis_us.push_back(Median(Repeat(part, read.from_redis)));
      process_us.push_back(Median(Repeat(part, read.from_process)));
    }
    const double of_store = Median(store_us), of_redis = Median(redis_us),
                 of_process = Median(process_us);
    absl::PrintF("  %-20s %8d %9.1f %9.1f %9.1f   %.1f× and %.1f× as fast%s\n", read.name,
                 read.bytes, of_store, of_redis, of_process, of_store / of_redis,
                 of_store / of_process, Verdict(engine, of_store / of_process));
  }
  return 0;
}

}  // namespace
}  // namespace corridor::load

int main(int argc, char** argv) {
  std::string engine = "sqlite", redis, data;
  int seconds = 30;
  for (int i = 1; i < argc; ++i) {
    absl::string_view option = argv[i];
    if (absl::ConsumePrefix(&option, "--redis=")) {
      redis = std::string(option);
    } else if (option == "--store=sqlite" || option == "--store=postgres") {
      engine = std::string(absl::StripPrefix(option, "--store="));
    } else if (absl::ConsumePrefix(&option, "--data=")) {
      data = std::string(option);
    } else if (!absl::ConsumePrefix(&option, "--seconds=") || !absl::SimpleAtoi(option, &seconds) ||
               seconds < 1) {
      std::fprintf(stderr,
                   "cache_bench: \"%s\" is not --store=sqlite, --store=postgres, --redis=, --data= "
                   "or --seconds=N\n",
                   argv[i]);
      return 2;
    }
  }
  return corridor::load::Run(engine, redis, data, absl::Seconds(seconds));
}
