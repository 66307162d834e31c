#include "gateway/options.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr absl::Duration kShortest = absl::Milliseconds(1);
constexpr absl::Duration kLongest = absl::Hours(1);

// `host:port`, `[::1]:port`.
std::optional<Target> ReadTarget(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port == 0 || port > 65535) {
    return std::nullopt;
  }
  absl::string_view host = text.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[") && !absl::ConsumeSuffix(&host, "]")) return std::nullopt;
  return Target{std::string(host), static_cast<uint16_t>(port)};
}

}  // namespace

config::OptionTable Options::Table() {
  config::OptionTable table("gateway",
                            "The door of Corridor: REST and JSON over HTTP, gRPC to the services.");
  table.Address("listen", &listen, "where clients are served; loopback only")
      .Address("admin-listen", &admin_listen, "where /metrics is served; loopback only")
      .Integer("ready-fd", &ready_fd, -1, 1 << 20, "descriptor",
               "descriptor to write one JSON line to when ready; -1: none")
      .Text("tls-certificate", &tls_certificate,
            "PEM file of the certificate, its chain after it, for TLS on the same port; read again "
            "within a second of a change. Plain text is served beside TLS, since only loopback "
            "is listened on")
      .Text("tls-key", &tls_key, "PEM file of the certificate's key, not encrypted")
      .Text("hosts", &hosts,
            "host names under which clients may write, beside localhost; separated by commas")
      .Text("cors-origins", &cors_origins,
            "origins whose pages may read, separated by commas, such as https://app.example, and "
            "write under a known host; * lets all read and none write")
      .Integer("loops", &loops, 0, 1024, "loops", "event loops; 0: as many as usable cores")
      .Integer("max-connections", &max_connections, 1, 1'000'000, "connections",
               "clients connected at once; more are answered 503")
      .Integer("max-head-bytes", &max_head_bytes, 1024, 1 << 20, "bytes",
               "request line and headers; more are answered 431")
      .Integer("max-body-bytes", &max_body_bytes, 1024, 1 << 30, "bytes",
               "request body; more are answered 413")
      .Integer("max-held-bytes", &max_held_bytes, 1 << 20, int64_t{1} << 40, "bytes",
               "requests and answers of all clients together, not what services are still "
               "sending; more are answered 503")
      .Integer("max-message-bytes", &max_message_bytes, 1024, 1 << 30, "bytes",
               "one answer of a service")
      .Integer("response-cache-bytes", &response_cache_bytes, 0, int64_t{1} << 40, "bytes",
               "answers of reads that are kept, and sent again while nothing that they depend on "
               "has changed; 0: none")
      .Integer("max-streams", &max_streams, 1, 10'000, "calls",
               "calls at once on one connection to a service; of a loop's two connections as many "
               "may be streams, such as clients that follow changes")
      .Integer("max-client-streams", &max_client_streams, 1, 10'000, "streams",
               "requests at once on one HTTP/2 connection of a client")
      .Integer(
          "max-resets-per-second", &max_resets_per_second, 1, 100'000, "streams",
          "requests that a client may give up on one HTTP/2 connection, and four times as many "
          "at once; above it the connection is closed")
      .Duration("stale-if-error", &stale_if_error, absl::ZeroDuration(), absl::Hours(24 * 30),
                "how old an answer may be that is sent, marked, in place of an error while a "
                "service is down; 0s: none is")
      .Duration("request-timeout", &request_timeout, kShortest, kLongest,
                "for a whole call; clients may ask for less by the header corridor-timeout")
      .Duration("idle-timeout", &idle_timeout, kShortest, kLongest,
                "how long a connection may wait for its next request")
      .Duration("head-timeout", &head_timeout, kShortest, kLongest,
                "for the headers of a request to arrive")
      .Duration("body-timeout", &body_timeout, kShortest, kLongest,
                "for the body of a request to arrive")
      .Duration("write-timeout", &write_timeout, kShortest, kLongest,
                "for a client to take its answer")
      .Duration("overload-wait", &overload_wait, kShortest, kLongest,
                "that unary calls may wait in a service beside the time they take: more calls than "
                "that are turned away with 503")
      .Duration("connect-timeout", &connect_timeout, kShortest, kLongest,
                "for a connection to a service to be made")
      .Duration("resolve-every", &resolve_every, kShortest, kLongest,
                "how often names of services are looked up again")
      .Integer("eject-after", &eject_after, 0, 1'000'000, "failures",
               "calls in a row that an instance of a service does not answer before it gets none "
               "for a while, where there is another; 0: never")
      .Duration("ping-after", &ping_after, kShortest, kLongest,
                "silence on a connection to a service before it is asked for a sign of life")
      .Duration("ping-timeout", &ping_timeout, kShortest, kLongest, "for that sign of life")
      .Duration("drain-delay", &drain_delay, absl::ZeroDuration(), kLongest,
                "on SIGTERM: how long to go on serving with /readyz at 503")
      .Duration("drain-timeout", &drain_timeout, kShortest, kLongest,
                "on SIGTERM: for calls that run to finish");
  for (auto& [service, target] : services) {
    table.Text(service, &target,
               absl::StrCat("host and port of the service ", service,
                            "; several are separated by commas"));
  }
  return table;
}

absl::StatusOr<process::ListenAddress> Options::ListenAddress() const {
  return process::ParseListenAddress(listen, "--listen");
}

absl::StatusOr<bool> Options::SpeaksTls() const {
  if (tls_certificate.empty() == tls_key.empty()) return !tls_key.empty();
  const bool lacks_key = tls_key.empty();
  return InvalidField(
      lacks_key ? "--tls-key" : "--tls-certificate", "",
      lacks_key ? "is needed beside --tls-certificate" : "is needed beside --tls-key");
}

absl::StatusOr<std::vector<PoolOptions>> Options::Pools() const {
  std::vector<PoolOptions> pools;
  for (const auto& [service, target] : services) {
    if (target.empty()) continue;
    ASSIGN_OR_RETURN(PoolOptions pool, PoolFor(service, target));
    pools.push_back(std::move(pool));
  }
  return pools;
}

absl::StatusOr<PoolOptions> Options::PoolFor(const std::string& service,
                                             const std::string& targets) const {
  PoolOptions pool;
  pool.service = service;
  for (const absl::string_view target : absl::StrSplit(targets, ',')) {
    const auto read = ReadTarget(target);
    if (!read) {
      return InvalidField("--" + service, std::string(target),
                          "is not a host and port, such as 127.0.0.1:50051");
    }
    pool.targets.push_back(*read);
  }
  pool.resolve_every = resolve_every;
  pool.streaming_calls = static_cast<size_t>(max_streams);
  pool.retries_at_once = static_cast<double>(max_streams);
  pool.endpoint.health.eject_after = eject_after;
  Http2ClientOptions& client = pool.endpoint.client;
  client.session.message_bytes = static_cast<size_t>(max_message_bytes);
  client.session.streams = static_cast<size_t>(max_streams);
  client.connect_timeout = connect_timeout;
  client.ping_after = ping_after;
  client.ping_timeout = ping_timeout;
  return pool;
}

Http1Limits Options::HttpLimits() const {
  Http1Limits limits;
  limits.message.head_bytes = static_cast<size_t>(max_head_bytes);
  limits.message.body_bytes = static_cast<size_t>(max_body_bytes);
  limits.idle_timeout = idle_timeout;
  limits.head_timeout = head_timeout;
  limits.body_timeout = body_timeout;
  limits.write_timeout = write_timeout;
  return limits;
}

Http2Limits Options::Http2LimitsOfClients() const {
  Http2Limits limits;
  limits.head_bytes = static_cast<size_t>(max_head_bytes);
  limits.body_bytes = static_cast<size_t>(max_body_bytes);
  limits.streams = static_cast<size_t>(max_client_streams);
  limits.resets_per_second = max_resets_per_second;
  limits.idle_timeout = idle_timeout;
  limits.head_timeout = head_timeout;
  limits.body_timeout = body_timeout;
  limits.write_timeout = write_timeout;
  return limits;
}

}  // namespace corridor::gateway
