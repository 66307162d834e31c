// memberstates as a later version may be: its schema has more, which the version of now can do
// without.
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
  store::Migrations schema = memberstates_schema;
  schema.push_back({"0004_next.sql",
                    "-- oldest binary: 3\n"
                    "ALTER TABLE areas ADD COLUMN next TEXT;\n"
                    "CREATE TABLE next_things (id TEXT NOT NULL PRIMARY KEY);\n"});
  const auto serve = [](service::Process& process) -> absl::StatusOr<int> {
    SqlStore store(process.versions(), process.name());
    Handlers handlers(store);
    return process.Serve<Rpc>(handlers, VersionedTypes(process.versions().epoch()));
  };
  return service::Run({.name = "memberstates",
                       .purpose = "Is the next memberstates, for tests.",
                       .engines = {.sqlite = store::OpenSqlite,
                                   .postgres = store::OpenPostgres,
                                   .tables_of_sqlite = store::SqliteTables},
                       .open_redis = cache::OpenRedis,
                       .migrations = {{store::kServiceSeries, schema}},
                       .tables = Tables()},
                      argc, argv, serve);
}
