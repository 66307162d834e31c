#include "platform/service/process.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "platform/changes/changes_service.h"
#include "platform/status/status.h"
#include "platform/store/restore.h"
#include "platform/versions/store_service.h"

namespace corridor::service {
namespace {

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
  Process process(description.name, options, *versions, telemetry);
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
