// What operators see: one JSON line a request on stdout, RED metrics per method, and traces that
// continue the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace prometheus {
class Registry;
}

namespace corridor::telemetry {

// An id that nobody else makes: 16 hex digits for each of `halves`, not all of them 0.
std::string RandomId(int halves);

// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/).
struct TraceContext {
  std::string trace_id;  // 32 hex digits.
  std::string span_id;   // 16 hex digits: this process's span.
  bool sampled = false;

  // Continues the trace of a `traceparent` header with a new span; starts a new trace when it is
  // empty or malformed.
  static TraceContext Continue(std::string_view traceparent);
  // The header to send on: `00-<trace_id>-<span_id>-01`, `-00` when not sampled.
  std::string Header() const;
};

// One answered request.
struct RequestRecord {
  std::string_view
      method;  // Full RPC method, or the route's template at the gateway: of bounded cardinality.
  std::string_view code;          // `OK`, `NOT_FOUND`, …
  std::string_view dialect = {};  // How a client of the gateway spoke, e.g. `connect`.
  absl::Duration latency;
  int64_t request_bytes = 0;
  int64_t response_bytes = 0;
  const TraceContext* trace = nullptr;
  // Further members of the log line only, e.g. {"path", "/v1/areas/ARM"}; written as JSON strings.
  std::vector<std::pair<std::string_view, std::string_view>> log = {};
};

// Thread-safe.
class Telemetry {
 public:
  // `process` labels every log line and metric, e.g. `memberstates`.
  explicit Telemetry(std::string process);
  // Writes out what was logged.
  ~Telemetry();
  // Counts into corridor_requests_total{method,code} and corridor_request_duration_seconds{method},
  // each with the label `dialect` where there is one, and logs one line, which stdout has within
  // 100 ms.
  void Record(const RequestRecord& record);
  // Logs one JSON line that belongs to no request, at once. `level` is info, warn or error.
  void Log(std::string_view level, std::string_view message,
           const std::vector<std::pair<std::string_view, std::string_view>>& members = {});
  prometheus::Registry& registry();

 private:
  friend class AdminServer;
  struct State;
  std::shared_ptr<State> state_;
};

// Serves /metrics (Prometheus text format) on an admin port of its own, until destroyed.
class AdminServer {
 public:
  // `address` as `127.0.0.1:0`. Errors: UNAVAILABLE (port in use, naming it).
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& address,
                                                            Telemetry& telemetry);
  ~AdminServer();
  int port() const;

 private:
  struct State;
  explicit AdminServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace corridor::telemetry
