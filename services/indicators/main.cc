// The indicators process: what it is made of.
#include <string>

#include "indicators_schema.h"
#include "platform/cache/redis_tier.h"
#include "platform/service/resource_service.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/store/sqlite_tables.h"
#include "services/indicators/default_data.h"
#include "services/indicators/rpc.h"

int main(int argc, char** argv) {
  using namespace corridor;              // NOLINT(google-build-using-namespace)
  using namespace corridor::indicators;  // NOLINT(google-build-using-namespace)
  return service::RunResourceService<Rpc, Handlers>(
      {.name = "indicators",
       .purpose = "Serves figures by area and period, of every source.",
       .engines = {.sqlite = store::OpenSqlite,
                   .postgres = store::OpenPostgres,
                   .tables_of_sqlite = store::SqliteTables},
       .open_redis = cache::OpenRedis,
       .schema = indicators_schema,
       .tables = Tables(),
       .kinds = AllKinds(),
       .load_default_data = LoadDefaultData},
      argc, argv);
}
