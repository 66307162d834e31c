// The options that every service of the suite has.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "platform/config/option_table.h"

namespace corridor::server {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";
  std::string admin_listen = "127.0.0.1:0";
  int64_t ready_fd = -1;
  int64_t max_message_bytes = 4 << 20;
  int64_t max_streams = 1000;            // Calls at a time on one connection.
  int64_t max_memory_bytes = 256 << 20;  // Of all connections' buffers.
  int64_t read_threads = 8;  // Of a store that is another process; others are read where asked.
  int64_t read_queue = 1024;
  int64_t write_threads = 2;
  int64_t write_queue = 256;
  absl::Duration default_deadline = absl::Seconds(10);  // Of calls that come without one.
  absl::Duration max_deadline = absl::Seconds(60);
  absl::Duration drain_grace = absl::Seconds(10);

  // Adds `--listen` and so on to a table. This must outlive the table.
  void AddTo(config::OptionTable& table);
};

}  // namespace corridor::server
