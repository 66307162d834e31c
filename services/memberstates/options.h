// The options of the memberstates process.
#pragma once

#include <optional>
#include <string>

#include "platform/server/server_options.h"
#include "platform/store/versioned_store.h"

namespace corridor::memberstates {

struct Options {
  server::ServerOptions server;
  std::string sqlite_path;
  store::Migrate migrate = store::Migrate::kAuto;
  std::string default_data;  // Empty: none.
};

// Fills `options`; answers an exit code when the process is to end now, as
// config::OptionTable::Parse.
std::optional<int> ReadOptions(int argc, char** argv, Options& options);

}  // namespace corridor::memberstates
