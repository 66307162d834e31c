// The process of a service whose resources are kept whole and name areas, which it has a copy of.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "platform/areas/area_directory.h"
#include "platform/areas/area_follower.h"
#include "platform/areas/area_options.h"
#include "platform/areas/grpc_area_source.h"
#include "platform/config/option_table.h"
#include "platform/resources/handler.h"
#include "platform/resources/kind.h"
#include "platform/resources/reader.h"
#include "platform/resources/versioned_types.h"
#include "platform/service/process.h"
#include "platform/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor::service {

// `Handlers` are made of resources::Parts.
template <typename Handlers>
struct ResourceService {
  const char* name;  // As Description has them.
  const char* purpose;
  Engines engines;
  OpenRedis open_redis = nullptr;  // Null: the process takes no --redis.
  store::Migrations schema;        // Of the service's own tables.
  std::vector<store::Table> tables;
  const resources::Kinds& kinds;
  LoadDefaultData<Handlers> load_default_data;
};

// As Run. Serves once the areas are copied and the default data are loaded, and follows
// memberstates meanwhile.
template <typename Rpc, typename Handlers>
int RunResourceService(const ResourceService<Handlers>& service, int argc, char** argv) {
  areas::AreaOptions options;
  const auto serve = [&](Process& process) -> absl::StatusOr<int> {
    resources::SqlStore store(process.versions(), process.name());
    areas::GrpcAreaSource source(areas::ChannelToMemberstates(options.memberstates));
    areas::AreaDirectory areas(process.versions(), source);
    RETURN_IF_ERROR(areas.EnsureLoaded(absl::Now() + options.first_copy_timeout));
    Handlers handlers({store, service.kinds, areas});
    RETURN_IF_ERROR(process.Load(service.load_default_data, handlers));
    areas::AreaFollower follower(areas, source, process.telemetry());
    return process.Serve<Rpc>(handlers,
                              resources::VersionedTypes(service.kinds, process.versions().epoch()));
  };
  return Run({.name = service.name,
              .purpose = service.purpose,
              .engines = service.engines,
              .open_redis = service.open_redis,
              .migrations = resources::Migrations(service.schema),
              .tables = service.tables},
             argc, argv, serve, [&](config::OptionTable& table) { options.AddTo(table); });
}

}  // namespace corridor::service
