// Metrics by prometheus-cpp, log lines by a LogWriter on stdout.
#include "platform/telemetry/telemetry.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/process/json_line.h"
#include "platform/status/status.h"
#include "platform/telemetry/log_writer.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace corridor::telemetry {
namespace {

const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Whether `text` is lower-case hex digits, not all of them 0.
bool IsId(std::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

void AppendHex(uint64_t bits, std::string& out) {
  std::array<char, 16> digits = {};
  for (size_t i = digits.size(); i-- > 0; bits >>= 4) digits[i] = "0123456789abcdef"[bits & 15];
  out.append(digits.data(), digits.size());
}

template <typename Value>
using ByName = std::map<std::string, Value, std::less<>>;

// What `values` has by `name`; `make` makes what it has not.
template <typename Value, typename Make>
Value& FoundOrMade(ByName<Value>& values, std::string_view name, Make make) {
  auto found = values.find(name);
  if (found == values.end()) found = values.emplace(std::string(name), make()).first;
  return found->second;
}

// `2026-01-31T23:59:59.123456Z`. The second is written anew only when it has passed.
std::string Stamp(absl::Time now) {
  thread_local int64_t written_s = std::numeric_limits<int64_t>::min();
  thread_local std::string second;
  const int64_t now_us = absl::ToUnixMicros(now);
  const int64_t now_s = absl::ToUnixSeconds(now);
  if (now_s != written_s) {
    second = absl::FormatTime("%Y-%m-%dT%H:%M:%S", now, absl::UTCTimeZone());
    written_s = now_s;
  }
  // A seventh digit keeps the zeros of the six.
  std::string stamp = absl::StrCat(second, 1'000'000 + now_us - now_s * 1'000'000, "Z");
  stamp[second.size()] = '.';
  return stamp;
}

// Connects to 127.0.0.1:`port` and hangs up.
void Ring(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address));
  close(fd);
}

}  // namespace

std::string RandomId(int halves) {
  thread_local absl::BitGen random;
  std::string id;
  id.reserve(static_cast<size_t>(halves) * 16);
  uint64_t all = 0;
  for (int i = 0; i < halves; ++i) {
    const auto bits = absl::Uniform<uint64_t>(random);
    all |= bits;
    AppendHex(bits, id);
  }
  return all != 0 ? id : RandomId(halves);
}

TraceContext TraceContext::Continue(std::string_view traceparent) {
  TraceContext trace;
  trace.span_id = RandomId(1);
  // 00-<32>-<16>-<2>; a version above 00 may have more after another dash.
  const bool shaped = traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' &&
                      traceparent[52] == '-';
  if (shaped) {
    const std::string_view version = traceparent.substr(0, 2);
    const std::string_view flags = traceparent.substr(53, 2);
    const bool length_fits =
        traceparent.size() == 55 || (version != "00" && traceparent[55] == '-');
    if (length_fits && IsHex(version) && version != "ff" && IsHex(flags) &&
        IsId(traceparent.substr(3, 32)) && IsId(traceparent.substr(36, 16))) {
      trace.trace_id = std::string(traceparent.substr(3, 32));
      trace.sampled = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
      return trace;
    }
  }
  trace.trace_id = RandomId(2);
  trace.sampled = true;
  return trace;
}

std::string TraceContext::Header() const {
  return absl::StrCat("00-", trace_id, "-", span_id, sampled ? "-01" : "-00");
}

// Collects the registry's metrics, and how many log lines were lost.
struct Telemetry::State : public prometheus::Collectable {
  explicit State(std::string process_name)
      : process(std::move(process_name)),
        log(STDOUT_FILENO),
        requests(prometheus::BuildCounter()
                     .Name("corridor_requests_total")
                     .Help("Requests answered, by method and status code.")
                     .Labels({{"process", process}})
                     .Register(registry)),
        durations(prometheus::BuildHistogram()
                      .Name("corridor_request_duration_seconds")
                      .Help("Time from the arrival of a request to its answer, by method.")
                      .Labels({{"process", process}})
                      .Register(registry)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families = registry.Collect();
    prometheus::ClientMetric lost;
    lost.label.push_back({"process", process});
    lost.counter.value = static_cast<double>(log.lost());
    families.push_back({"corridor_log_lines_lost_total",
                        "Log lines dropped because stdout was not read fast enough.",
                        prometheus::MetricType::Counter,
                        {lost}});
    return families;
  }

  process::JsonLine Line(std::string_view level, std::string_view message) const {
    process::JsonLine line;
    line.Text("time", Stamp(absl::Now()))
        .Text("level", level)
        .Text("process", process)
        .Text("message", message);
    return line;
  }

  // Metrics of one method; made when it is first seen.
  struct Method {
    prometheus::Histogram* duration = nullptr;
    ByName<prometheus::Counter*> requests_by_code;
  };

  static prometheus::Labels Labels(const RequestRecord& record) {
    prometheus::Labels labels = {{"method", std::string(record.method)}};
    if (!record.dialect.empty()) labels.emplace("dialect", record.dialect);
    return labels;
  }

  void Count(const RequestRecord& record) {
    Method* method = nullptr;
    prometheus::Counter* count = nullptr;
    {
      const std::lock_guard lock(mutex);
      ByName<Method>& methods =
          FoundOrMade(methods_by_dialect, record.dialect, [] { return ByName<Method>(); });
      method = &FoundOrMade(methods, record.method, [&] {
        return Method{&durations.Add(Labels(record), kSecondsBuckets), {}};
      });
      count = FoundOrMade(method->requests_by_code, record.code, [&] {
        prometheus::Labels labels = Labels(record);
        labels.emplace("code", record.code);
        return &requests.Add(labels);
      });
    }
    count->Increment();
    method->duration->Observe(absl::ToDoubleSeconds(record.latency));
  }

  const std::string process;
  prometheus::Registry registry;
  LogWriter log;
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Family<prometheus::Histogram>& durations;
  std::mutex mutex;
  // Guarded by `mutex`; entries stay where they are.
  ByName<ByName<Method>> methods_by_dialect;
};

Telemetry::Telemetry(std::string process) : state_(std::make_shared<State>(std::move(process))) {}

Telemetry::~Telemetry() = default;

void Telemetry::Record(const RequestRecord& record) {
  state_->Count(record);
  process::JsonLine line = state_->Line("info", "request");
  line.Text("method", record.method).Text("code", record.code);
  if (!record.dialect.empty()) line.Text("dialect", record.dialect);
  line.Integer("latency_us", absl::ToInt64Microseconds(record.latency))
      .Integer("request_bytes", record.request_bytes)
      .Integer("response_bytes", record.response_bytes);
  if (record.trace != nullptr) {
    line.Text("trace_id", record.trace->trace_id).Text("span_id", record.trace->span_id);
  }
  for (const auto& [key, value] : record.log) line.Text(key, value);
  state_->log.Write(line.Finish(), LogWriter::When::kSoon);
}

void Telemetry::Log(std::string_view level, std::string_view message,
                    const std::vector<std::pair<std::string_view, std::string_view>>& members) {
  process::JsonLine line = state_->Line(level, message);
  for (const auto& [key, value] : members) line.Text(key, value);
  state_->log.Write(line.Finish(), LogWriter::When::kNow);
}

prometheus::Registry& Telemetry::registry() { return state_->registry; }

struct AdminServer::State {
  explicit State(const std::string& address)
      : exposer(std::make_unique<prometheus::Exposer>(std::vector<std::string>{
            "listening_ports", address, "num_threads", "2", "request_timeout_ms", "5000"})) {}

  // Civetweb sees that it is to stop every two seconds, or when a connection comes.
  ~State() {
    const std::vector<int> ports = exposer->GetListeningPorts();
    std::atomic<bool> stopped = false;
    std::thread ringer([&] {
      while (!stopped && !ports.empty()) {
        Ring(ports.front());
        absl::SleepFor(absl::Milliseconds(1));
      }
    });
    exposer.reset();
    stopped = true;
    ringer.join();
  }

  std::unique_ptr<prometheus::Exposer> exposer;
};

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& address,
                                                                Telemetry& telemetry) {
  try {
    auto state = std::make_unique<State>(address);
    state->exposer->RegisterCollectable(std::weak_ptr<prometheus::Collectable>(telemetry.state_));
    if (state->exposer->GetListeningPorts().size() == 1) {
      return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
    }
  } catch (const std::exception&) {
    // CivetServer's message does not tell why.
  }
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": the port is in use or not to be had"));
}

AdminServer::AdminServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

AdminServer::~AdminServer() = default;

int AdminServer::port() const { return state_->exposer->GetListeningPorts().front(); }

}  // namespace corridor::telemetry
