// The programmes process: what it is made of.
#include <string>

#include "platform/cache/redis_tier.h"
#include "platform/service/resource_service.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/store/sqlite_tables.h"
#include "programmes_schema.h"
#include "services/programmes/default_data.h"
#include "services/programmes/rpc.h"

int main(int argc, char** argv) {
  using namespace corridor;              // NOLINT(google-build-using-namespace)
  using namespace corridor::programmes;  // NOLINT(google-build-using-namespace)
  return service::RunResourceService<Rpc, Handlers>(
      {.name = "programmes",
       .purpose = "Serves projects, and what they are classified by and carried out with.",
       .engines = {.sqlite = store::OpenSqlite,
                   .postgres = store::OpenPostgres,
                   .tables_of_sqlite = store::SqliteTables},
       .open_redis = cache::OpenRedis,
       .schema = programmes_schema,
       .tables = Tables(),
       .kinds = AllKinds(),
       .load_default_data = LoadDefaultData},
      argc, argv);
}
