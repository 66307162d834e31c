// The memberstates process: what it is made of, in the order in which it is made.
#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "memberstates_schema.h"
#include "platform/changes/changes_service.h"
#include "platform/server/serve.h"
#include "platform/server/service_options.h"
#include "platform/store/sqlite_database.h"
#include "services/memberstates/default_data.h"
#include "services/memberstates/rpc.h"
#include "services/memberstates/sql_store.h"

int main(int argc, char** argv) {
  using namespace corridor;                // NOLINT(google-build-using-namespace)
  using namespace corridor::memberstates;  // NOLINT(google-build-using-namespace)
  static constexpr char kName[] = "memberstates";
  const auto refuse = [](const absl::Status& why) {
    std::fprintf(stderr, "%s: %s\n", kName, std::string(why.message()).c_str());
    return 1;
  };

  server::ServiceOptions options;
  const auto exit_code = server::ReadServiceOptions(
      kName, "Serves areas, organisations and who belonged to them when.", argc, argv, options);
  if (exit_code) return *exit_code;
  telemetry::Telemetry telemetry(kName);

  auto database = store::OpenSqlite(options.sqlite_path);
  if (!database.ok()) return refuse(database.status());
  const auto versions = store::VersionedStore::Open(*std::move(database),
                                                    {{store::kServiceSeries, memberstates_schema}},
                                                    options.migrate, Tables(), absl::Now);
  if (!versions.ok()) return refuse(versions.status());
  if (options.migrate == store::Migrate::kOnly) return 0;

  SqlStore store(**versions, kName);
  AreaHandler areas(store);
  OrganisationHandler organisations(store);
  MembershipHandler memberships(store);
  if (!options.default_data.empty()) {
    const auto loaded = LoadDefaultData(options.default_data, **versions,
                                        {areas, organisations, memberships}, absl::Now());
    if (!loaded.ok()) return refuse(loaded.status());
  }

  server::UnaryCalls calls(kName, options.server, telemetry);
  AreasRpc areas_rpc(areas, calls);
  OrganisationsRpc organisations_rpc(organisations, calls);
  MembershipsRpc memberships_rpc(memberships, calls);
  changes::ChangesService changes(**versions, calls);
  return server::Serve(options.server,
                       {{AreasRpc::kService, &areas_rpc},
                        {OrganisationsRpc::kService, &organisations_rpc},
                        {MembershipsRpc::kService, &memberships_rpc},
                        {changes::ChangesService::kService, &changes}},
                       telemetry, [&changes] { changes.Shutdown(); });
}
