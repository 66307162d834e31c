#include "platform/service/process.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/cache/read_cache.h"
#include "platform/changes/changes_service.h"
#include "platform/process/version.h"
#include "platform/status/status.h"
#include "platform/store/restore.h"
#include "platform/versions/store_service.h"

namespace corridor::service {
namespace {

// What the process keeps of its answers.
class Kept {
 public:
  // Errors: INVALID_ARGUMENT naming the option.
  static absl::StatusOr<std::unique_ptr<Kept>> Open(const Description& description,
                                                    const cache::CacheOptions& options,
                                                    store::VersionedStore& versions,
                                                    telemetry::Telemetry& telemetry) {
    auto kept = std::make_unique<Kept>(telemetry);
    if (options.max_bytes == 0) return kept;
    cache::ReadCacheOptions of_cache = {
        .origin = {.environment = options.environment,
                   .service = description.name,
                   .epoch = versions.epoch(),
                   .binary = absl::StrCat(std::string(process::Version()), " ",
                                          std::string(process::Commit()))},
        .secret = {},
        .max_bytes = static_cast<size_t>(options.max_bytes)};
    if (options.uses_redis() && description.open_redis != nullptr) {
      ASSIGN_OR_RETURN(of_cache.secret,
                       cache::ReadSecret(options.key_file, "--cache-key-file", kLeastSecretBytes));
      ASSIGN_OR_RETURN(kept->redis_, description.open_redis(options, kept->metrics_));
    }
    kept->cache_.emplace(std::move(of_cache), versions, kept->redis_.get(), kept->metrics_);
    kept->cache_->Follow();
    return kept;
  }
  explicit Kept(telemetry::Telemetry& telemetry) : metrics_(telemetry.registry()) {}

  server::KeptAnswers Answers(const cache::CacheOptions& options) {
    return {cache_ ? &*cache_ : nullptr, &metrics_, options.redis_connections};
  }

 private:
  static constexpr size_t kLeastSecretBytes = 16;

  cache::CacheMetrics metrics_;
  std::unique_ptr<cache::SharedTier> redis_;
  std::optional<cache::ReadCache> cache_;
};

absl::StatusOr<int> OpenAndServe(const Description& description,
                                 const server::ServiceOptions& options,
                                 absl::FunctionRef<absl::StatusOr<int>(Process&)> serve) {
  if (!options.restore.empty()) {
    const auto check = [&description](std::unique_ptr<store::Database> database) {
      return store::VersionedStore::Open(std::move(database), description.migrations,
                                         store::Migrate::kAuto, description.tables, absl::Now)
          .status();
    };
    RETURN_IF_ERROR(store::RestoreBackup(options.restore, options.sqlite_path,
                                         description.open_database, check));
    return 0;
  }
  telemetry::Telemetry telemetry(description.name);
  ASSIGN_OR_RETURN(std::unique_ptr<store::Database> database,
                   description.open_database(options.sqlite_path));
  ASSIGN_OR_RETURN(const std::unique_ptr<store::VersionedStore> versions,
                   store::VersionedStore::Open(std::move(database), description.migrations,
                                               options.migrate, description.tables, absl::Now));
  if (options.migrate == store::Migrate::kOnly) return 0;
  ASSIGN_OR_RETURN(const std::unique_ptr<Kept> kept,
                   Kept::Open(description, options.cache, *versions, telemetry));
  Process process(description.name, options, *versions, telemetry, kept->Answers(options.cache));
  return serve(process);
}

}  // namespace

int Process::ServeWithStore(std::vector<server::ServedService> services,
                            versions::VersionsHandler& versions, server::UnaryCalls& calls) {
  changes::ChangesService changes(versions_, calls);
  versions::StoreService store(versions_, versions, calls, options_.sqlite_path + ".backup");
  services.push_back({changes::ChangesService::kService, &changes});
  services.push_back({versions::StoreService::kService, &store});
  return server::Serve(options_.server, services, telemetry_, [&changes, &calls] {
    changes.Shutdown();
    calls.StopWaiting();
  });
}

int Run(const Description& description, int argc, char** argv,
        absl::FunctionRef<absl::StatusOr<int>(Process&)> serve,
        absl::FunctionRef<void(config::OptionTable&)> add_own) {
  server::ServiceOptions options;
  const std::optional<int> end = server::ReadServiceOptions(description.name, description.purpose,
                                                            argc, argv, options, add_own);
  if (end) return *end;
  const absl::StatusOr<int> exit_code = OpenAndServe(description, options, serve);
  if (exit_code.ok()) return *exit_code;
  std::fprintf(stderr, "%s: %s\n", description.name,
               std::string(exit_code.status().message()).c_str());
  return 1;
}

}  // namespace corridor::service
