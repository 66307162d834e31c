// The memberstates process: what it is made of.
#include <string>

#include "memberstates_schema.h"
#include "platform/cache/redis_tier.h"
#include "platform/service/process.h"
#include "platform/status/status.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/store/sqlite_tables.h"
#include "services/memberstates/default_data.h"
#include "services/memberstates/rpc.h"
#include "services/memberstates/sql_store.h"
#include "services/memberstates/sql_store_versions.h"

int main(int argc, char** argv) {
  using namespace corridor;                // NOLINT(google-build-using-namespace)
  using namespace corridor::memberstates;  // NOLINT(google-build-using-namespace)
  const auto serve = [](service::Process& process) -> absl::StatusOr<int> {
    SqlStore store(process.versions(), process.name());
    Handlers handlers(store);
    RETURN_IF_ERROR(process.Load(&LoadDefaultData, handlers));
    return process.Serve<Rpc>(handlers, VersionedTypes(process.versions().epoch()));
  };
  return service::Run({.name = "memberstates",
                       .purpose = "Serves areas, organisations and who belonged to them when.",
                       .engines = {.sqlite = store::OpenSqlite,
                                   .postgres = store::OpenPostgres,
                                   .tables_of_sqlite = store::SqliteTables},
                       .open_redis = cache::OpenRedis,
                       .migrations = {{store::kServiceSeries, memberstates_schema}},
                       .tables = Tables()},
                      argc, argv, serve);
}
