// What operators see of the cache.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "platform/cache/breaker.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace corridor::cache {

// Thread-safe.
class CacheMetrics {
 public:
  // `registry` must outlive this.
  explicit CacheMetrics(prometheus::Registry& registry);

  // A read whose answer may be kept was answered by this tier, as the header `corridor-cache` has
  // it.
  void Answered(std::string_view tier);
  // What Redis held under a key was not sealed by us.
  void Refused() { refused_.Increment(); }
  void LocalBytes(size_t bytes) { local_bytes_.Set(static_cast<double>(bytes)); }

  // A command to Redis, `get` or `set`, and whether it was answered in time.
  void AskedRedis(std::string_view command, absl::Duration took, bool was_answered);
  void BreakerIs(const std::string& address, Breaker::State state);

 private:
  prometheus::Family<prometheus::Counter>& answers_;
  prometheus::Counter &from_process_, &from_redis_, &filled_, &from_store_;
  prometheus::Counter& refused_;
  prometheus::Gauge& local_bytes_;
  prometheus::Family<prometheus::Histogram>& redis_seconds_;
  prometheus::Histogram &get_seconds_, &set_seconds_;
  prometheus::Family<prometheus::Counter>& redis_failures_;
  prometheus::Counter &failed_gets_, &failed_sets_;
  prometheus::Family<prometheus::Gauge>& breakers_;
};

}  // namespace corridor::cache
