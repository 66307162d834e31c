// What operators see of how calls are spread over the instances of services.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace prometheus {
class Counter;
class Gauge;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace corridor::gateway {

// Thread-safe: one for all loops. Outlives what it hands out.
class UpstreamMetrics {
 public:
  // Adds to `registry`, each with the label `service`, and but for the last with `endpoint`, such
  // as `127.0.0.1:50051`:
  //   corridor_upstream_endpoint_ejected            loops that leave it out now
  //   corridor_upstream_endpoint_ejections_total
  //   corridor_upstream_endpoint_retries_total      calls sent again that it did not answer
  //   corridor_upstream_retries_refused_total       calls that were not, by the budget
  explicit UpstreamMetrics(prometheus::Registry& registry);

  class OfEndpoint {
   public:
    OfEndpoint(UpstreamMetrics& all, const std::string& service, const std::string& address);
    // Its series end, since instances come and go.
    ~OfEndpoint();
    OfEndpoint(const OfEndpoint&) = delete;
    OfEndpoint& operator=(const OfEndpoint&) = delete;

    void CountEjection();
    void CountReturn();
    void CountRetry();

   private:
    UpstreamMetrics& all_;
    prometheus::Gauge& ejected_;
    prometheus::Counter& ejections_;
    prometheus::Counter& retries_;
  };

  // One object for all that hold it.
  std::shared_ptr<OfEndpoint> Of(const std::string& service, const std::string& address);
  void CountRefusedRetry(const std::string& service);

 private:
  prometheus::Family<prometheus::Gauge>& ejected_;
  prometheus::Family<prometheus::Counter>& ejections_;
  prometheus::Family<prometheus::Counter>& retries_;
  prometheus::Family<prometheus::Counter>& refused_;

  struct Shared {
    std::unique_ptr<OfEndpoint> endpoint;
    int holders = 0;
  };
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Shared> endpoints_;  // Guarded by mutex_.
};

}  // namespace corridor::gateway
