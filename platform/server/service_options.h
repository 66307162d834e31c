// The options of a service's process: those of its server, of what it keeps,
// its store and its default data.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "platform/cache/cache_options.h"
#include "platform/config/option_table.h"
#include "platform/server/server_options.h"
#include "platform/store/versioned_store.h"

namespace corridor::server {

struct ServiceOptions {
  ServerOptions server;
  cache::CacheOptions cache;
  // Of the two, the store that is given.
  std::string sqlite_path;
  std::string postgres;  // A connection string.
  store::Migrate migrate = store::Migrate::kAuto;
  std::string default_data;  // Folder of the files; empty: none.
  std::string restore;       // A backup to make the store of, then to end; empty: none.
  std::string copy_from;     // A file of SQLite to move into PostgreSQL, then to end; empty: none.
  bool new_epoch = false;    // Give the store another epoch, then end.
};

// Fills `options`, and what `add_own` adds to the table; answers an exit code when the process is
// to end now, as config::OptionTable::Parse. `name` and `purpose` open --help.
std::optional<int> ReadServiceOptions(
    std::string_view name, std::string_view purpose, int argc, char** argv, ServiceOptions& options,
    absl::FunctionRef<void(config::OptionTable&)> add_own = [](config::OptionTable&) {});

}  // namespace corridor::server
