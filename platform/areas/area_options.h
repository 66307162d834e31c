// The options of a process that keeps a copy of memberstates' areas.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "platform/config/option_table.h"

namespace corridor::areas {

struct AreaOptions {
  std::string memberstates = "127.0.0.1:50051";
  absl::Duration first_copy_timeout = absl::Seconds(60);

  // Adds `--memberstates` and so on to a table. This must outlive the table.
  void AddTo(config::OptionTable& table) {
    table
        .Text("memberstates", &memberstates,
              "Host and port of memberstates, whose areas are copied and followed; of several "
              "replicas IPv4 addresses and ports, separated by commas.")
        .Duration("first-copy-timeout", &first_copy_timeout, absl::Milliseconds(1), absl::Hours(1),
                  "At the first start: how long to wait for memberstates.");
  }
};

}  // namespace corridor::areas
