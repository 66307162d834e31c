#include "platform/service/process.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/cache/read_cache.h"
#include "platform/changes/changes_service.h"
#include "platform/process/version.h"
#include "platform/server/serve.h"
#include "platform/status/status.h"
#include "platform/store/backoff.h"
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
using DatabaseOr = absl::StatusOr<std::unique_ptr<store::Database>>;
using StoreOr = absl::StatusOr<std::unique_ptr<store::VersionedStore>>;

constexpr absl::Duration kLongestAttempt = absl::Seconds(10);
constexpr absl::Duration kBetweenLogLines = absl::Seconds(10);

DatabaseOr OpenDatabase(const Description& description, const server::ServiceOptions& options) {
  if (options.postgres.empty()) return description.engines.sqlite(options.sqlite_path);
  return description.engines.postgres(options.postgres, description.name,
                                      absl::Now() + kLongestAttempt);
}

StoreOr OpenStore(const Description& description, const server::ServiceOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<store::Database> database, OpenDatabase(description, options));
  return store::VersionedStore::Open(std::move(database), description.migrations, options.migrate,
                                     description.tables, absl::Now);
}

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

// Opens the store; tries for ever while it cannot be reached, and says so.
StoreOr OpenWhenReached(const Description& description, const server::ServiceOptions& options,
                        telemetry::Telemetry& telemetry) {
  StoreOr versions = OpenStore(description, options);
  if (options.postgres.empty() || versions.ok() || !MayPass(versions.status())) return versions;
  ASSIGN_OR_RETURN(const auto unready, server::NotServing::Start(options.server));
  store::Backoff backoff;
  absl::Time next_line = absl::InfinitePast();
  while (!versions.ok() && MayPass(versions.status())) {
    if (absl::Now() >= next_line) {
      const std::string why(versions.status().message());
      telemetry.Log("warn", "the store cannot be reached; trying again", {{"error", why}});
      next_line = absl::Now() + kBetweenLogLines;
    }
    absl::SleepFor(backoff.Next());
    versions = OpenStore(description, options);
  }
  return versions;
}

absl::Status Restore(const Description& description, const server::ServiceOptions& options) {
  const auto check = [&description](std::unique_ptr<store::Database> database) {
    return store::VersionedStore::Open(std::move(database), description.migrations,
                                       store::Migrate::kAuto, description.tables, absl::Now)
        .status();
  };
  return store::RestoreBackup(options.restore, options.sqlite_path, description.engines.sqlite,
                              check);
}

// Moves a file of SQLite into PostgreSQL, and says what that was on stdout.
absl::Status CopyFromFile(const Description& description, const server::ServiceOptions& options) {
  if (access(options.copy_from.c_str(), R_OK) != 0) {
    return absl::NotFoundError(
        absl::StrCat("--copy-from: \"", options.copy_from, "\" cannot be read: ", strerror(errno)));
  }
  ASSIGN_OR_RETURN(const auto from, description.engines.sqlite(options.copy_from));
  ASSIGN_OR_RETURN(const auto tables, description.engines.tables_of_sqlite(*from));
  ASSIGN_OR_RETURN(const auto to, OpenDatabase(description, options));
  ASSIGN_OR_RETURN(const auto copied,
                   store::CopyStore(*from, tables, *to, description.migrations, absl::Now()));
  for (const store::CopiedTable& table : copied) {
    std::printf("%s: %s, %lld rows, hash %016llx\n", description.name, table.name.c_str(),
                static_cast<long long>(table.rows), static_cast<unsigned long long>(table.hash));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> OpenAndServe(const Description& description,
                                 const server::ServiceOptions& options,
                                 absl::FunctionRef<absl::StatusOr<int>(Process&)> serve) {
  if (!options.restore.empty()) {
    RETURN_IF_ERROR(Restore(description, options));
    return 0;
  }
  if (!options.copy_from.empty()) {
    RETURN_IF_ERROR(CopyFromFile(description, options));
    return 0;
  }
  if (options.new_epoch) {
    ASSIGN_OR_RETURN(const auto database, OpenDatabase(description, options));
    RETURN_IF_ERROR(store::RenewEpoch(*database));
    return 0;
  }
  telemetry::Telemetry telemetry(description.name);
  ASSIGN_OR_RETURN(const std::unique_ptr<store::VersionedStore> versions,
                   OpenWhenReached(description, options, telemetry));
  if (options.migrate == store::Migrate::kOnly) return 0;
  versions->OnReplaced([&telemetry] {
    telemetry.Log("error", "the store was restored or replaced under this process, which ends");
    kill(getpid(), SIGTERM);
  });
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
