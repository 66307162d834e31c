// The process of a service, from its options to its drain. What it is made of is said by main.cc.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "platform/cache/cache_metrics.h"
#include "platform/cache/cache_options.h"
#include "platform/cache/shared_tier.h"
#include "platform/config/option_table.h"
#include "platform/server/serve.h"
#include "platform/server/service_options.h"
#include "platform/server/unary.h"
#include "platform/store/copy_store.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"
#include "platform/telemetry/telemetry.h"
#include "platform/versions/resource_type.h"
#include "platform/versions/versions_handler.h"

namespace corridor::service {

// How each engine's database is opened. A service has its own schema in PostgreSQL.
struct Engines {
  absl::StatusOr<std::unique_ptr<store::Database>> (*sqlite)(const std::string& path);
  absl::StatusOr<std::unique_ptr<store::Database>> (*postgres)(const std::string& conninfo,
                                                               const std::string& schema,
                                                               absl::Time deadline);
  absl::StatusOr<std::vector<store::TableShape>> (*tables_of_sqlite)(store::Database& database);
};

// Loads the files of `folder` into `versions`, which `handlers` write to, as LoadSteps.
template <typename Handlers>
using LoadDefaultData = absl::StatusOr<int> (*)(const std::string& folder,
                                                store::VersionedStore& versions, Handlers& handlers,
                                                absl::Time now);

using OpenRedis = absl::StatusOr<std::unique_ptr<cache::SharedTier>> (*)(
    const cache::CacheOptions& options, cache::CacheMetrics& metrics);

struct Description {
  const char* name;     // `memberstates`: in positions, logs and refusals.
  const char* purpose;  // A sentence for --help.
  Engines engines;
  OpenRedis open_redis = nullptr;  // Null: the process takes no --redis.
  std::vector<store::MigrationSeries> migrations;
  std::vector<store::Table> tables;
};

// A process whose store is open.
class Process {
 public:
  // All must outlive this, and what `kept` points to.
  Process(const char* name, const server::ServiceOptions& options, store::VersionedStore& versions,
          telemetry::Telemetry& telemetry, const server::KeptAnswers& kept)
      : name_(name), options_(options), versions_(versions), telemetry_(telemetry), kept_(kept) {}

  const char* name() const { return name_; }
  store::VersionedStore& versions() { return versions_; }
  telemetry::Telemetry& telemetry() { return telemetry_; }

  // Calls `load` when the options name a folder of default data. Errors: those of `load`.
  template <typename Handlers>
  absl::Status Load(LoadDefaultData<Handlers> load, Handlers& handlers) {
    if (options_.default_data.empty()) return absl::OkStatus();
    return load(options_.default_data, versions_, handlers, absl::Now()).status();
  }

  // Serves the gRPC services `Rpc` of `handlers`, the versions of their resources, which are of
  // `types`, the change feed, and what operators do with the store, as server::Serve.
  template <typename Rpc, typename Handlers>
  int Serve(Handlers& handlers, std::vector<versions::ResourceType> types) {
    versions::VersionsHandler versions(versions_, name_, std::move(types));
    server::UnaryCalls calls(name_, options_.server, versions_, telemetry_, kept_);
    Rpc rpc(handlers, versions, calls);
    return ServeWithStore(rpc.Services(), versions, calls);
  }

 private:
  int ServeWithStore(std::vector<server::ServedService> services,
                     versions::VersionsHandler& versions, server::UnaryCalls& calls);

  const char* const name_;
  const server::ServiceOptions& options_;
  store::VersionedStore& versions_;
  telemetry::Telemetry& telemetry_;
  const server::KeptAnswers kept_;
};

// Reads the options, to which `add_own` adds, opens the store, and answers the exit code of
// `serve`. Answers 1 after one line on stderr when the store cannot be had or `serve` fails, and
// does not call it when the options say that the process is to end before. A PostgreSQL that cannot
// be reached is waited for, unready.
int Run(
    const Description& description, int argc, char** argv,
    absl::FunctionRef<absl::StatusOr<int>(Process&)> serve,
    absl::FunctionRef<void(config::OptionTable&)> add_own = [](config::OptionTable&) {});

}  // namespace corridor::service
