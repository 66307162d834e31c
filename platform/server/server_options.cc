// Flags of a service.
#include "platform/server/server_options.h"

namespace corridor::server {

void ServerOptions::AddTo(config::OptionTable& table) {
  constexpr absl::Duration kLeast = absl::Milliseconds(1);
  table.Address("listen", &listen, "Where gRPC is served; port 0 takes any free one.")
      .Address("admin-listen", &admin_listen,
               "Where /metrics is served; port 0 takes any free one.")
      .Integer(
          "ready-fd", &ready_fd, -1, 1 << 20, "descriptor",
          "Where one JSON line with the addresses is written when calls are taken; -1 for none.")
      .Integer("max-message-bytes", &max_message_bytes, 1024, 64 << 20, "bytes",
               "Largest request or response.")
      .Integer("max-streams", &max_streams, 1, 1 << 20, "calls",
               "Calls at a time on one connection.")
      .Integer("max-memory-bytes", &max_memory_bytes, 1 << 20, int64_t{1} << 40, "bytes",
               "Memory for the buffers of all connections.")
      .Integer("read-threads", &read_threads, 1, 256, "threads",
               "Threads that run reads of a store that is another process.")
      .Integer("read-queue", &read_queue, 1, 1 << 20, "calls",
               "Reads that may wait for them; more are refused with RESOURCE_EXHAUSTED.")
      .Integer("write-threads", &write_threads, 1, 64, "threads", "Threads that run writes.")
      .Integer("write-queue", &write_queue, 1, 1 << 20, "calls",
               "Writes that may wait; more are refused with RESOURCE_EXHAUSTED.")
      .Duration("default-deadline", &default_deadline, kLeast, absl::Hours(1),
                "Deadline of a call that comes without one.")
      .Duration("max-deadline", &max_deadline, kLeast, absl::Hours(1),
                "Longest deadline of a call; a later one is taken as this.")
      .Duration("drain-grace", &drain_grace, absl::ZeroDuration(), absl::Minutes(10),
                "How long running calls may go on after SIGTERM or SIGINT.");
}

}  // namespace corridor::server
