// Everything that the gateway can be told from outside: one field an option, with its default.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/http1_connection.h"
#include "gateway/http/http2_session.h"
#include "gateway/upstream/pool.h"
#include "platform/config/option_table.h"
#include "platform/process/listen_address.h"

namespace corridor::gateway {

struct Options {
  std::string listen = "127.0.0.1:8080";
  std::string admin_listen = "127.0.0.1:0";
  // Of each service, by name, its host and port, or several separated by commas; empty: not served.
  // Each is an option of that name.
  std::map<std::string, std::string> services = {
      {"indicators", ""}, {"memberstates", ""}, {"programmes", ""}};
  std::string tls_certificate;  // PEM files; both or neither.
  std::string tls_key;
  std::string hosts;  // Names under which clients may write, beside the loopback ones.
  // Origins whose pages may read what is answered, and write if they are listed one by one.
  std::string cors_origins;
  int64_t ready_fd = -1;
  int64_t loops = 0;  // 0: as many as usable cores.
  int64_t max_connections = 10'000;
  int64_t max_head_bytes = 64 << 10;
  int64_t max_body_bytes = 4 << 20;
  int64_t max_held_bytes = 512 << 20;
  int64_t max_message_bytes = 16 << 20;
  int64_t response_cache_bytes = 64 << 20;  // 0: nothing is kept.
  int64_t max_streams = 1000;
  int64_t max_client_streams = 100;
  int64_t max_resets_per_second = 50;
  absl::Duration stale_if_error = absl::Hours(1);  // 0: never.
  int64_t eject_after = 5;
  absl::Duration request_timeout = absl::Seconds(10);
  absl::Duration idle_timeout = absl::Seconds(60);
  absl::Duration head_timeout = absl::Seconds(10);
  absl::Duration body_timeout = absl::Seconds(30);
  absl::Duration write_timeout = absl::Seconds(30);
  absl::Duration overload_wait = absl::Milliseconds(100);
  absl::Duration connect_timeout = absl::Seconds(1);
  absl::Duration resolve_every = absl::Seconds(10);
  absl::Duration ping_after = absl::Seconds(5);
  absl::Duration ping_timeout = absl::Seconds(2);
  absl::Duration drain_delay = absl::ZeroDuration();
  absl::Duration drain_timeout = absl::Seconds(10);

  // The options of the command line, which fill this.
  config::OptionTable Table();
  // Errors: INVALID_ARGUMENT naming the option and the value.
  absl::StatusOr<process::ListenAddress> ListenAddress() const;
  // Both TLS files are given, or none: INVALID_ARGUMENT names the one that is not.
  absl::StatusOr<bool> SpeaksTls() const;
  // One for each service that is served.
  absl::StatusOr<std::vector<PoolOptions>> Pools() const;
  Http1Limits HttpLimits() const;
  Http2Limits Http2LimitsOfClients() const;

 private:
  absl::StatusOr<PoolOptions> PoolFor(const std::string& service, const std::string& targets) const;
};

}  // namespace corridor::gateway
