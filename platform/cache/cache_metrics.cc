#include "platform/cache/cache_metrics.h"

#include "platform/cache/read_cache.h"

namespace corridor::cache {
namespace {

const prometheus::Histogram::BucketBoundaries kRedisBuckets = {
    0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05};

}  // namespace

CacheMetrics::CacheMetrics(prometheus::Registry& registry)
    : answers_(prometheus::BuildCounter()
                   .Name("corridor_cache_answers_total")
                   .Help("Reads whose answers may be kept, by the tier that answered.")
                   .Register(registry)),
      from_process_(answers_.Add({{"tier", kFromProcess}})),
      from_redis_(answers_.Add({{"tier", kFromRedis}})),
      filled_(answers_.Add({{"tier", kFilled}})),
      from_store_(answers_.Add({{"tier", kFromStore}})),
      refused_(prometheus::BuildCounter()
                   .Name("corridor_cache_refused_total")
                   .Help("Entries of Redis that were not sealed by a process of this service.")
                   .Register(registry)
                   .Add({})),
      local_bytes_(prometheus::BuildGauge()
                       .Name("corridor_cache_local_bytes")
                       .Help("Bytes of the answers that this process keeps.")
                       .Register(registry)
                       .Add({})),
      redis_seconds_(prometheus::BuildHistogram()
                         .Name("corridor_cache_redis_seconds")
                         .Help("Time that a command to Redis took.")
                         .Register(registry)),
      get_seconds_(redis_seconds_.Add({{"command", "get"}}, kRedisBuckets)),
      set_seconds_(redis_seconds_.Add({{"command", "set"}}, kRedisBuckets)),
      redis_failures_(prometheus::BuildCounter()
                          .Name("corridor_cache_redis_failures_total")
                          .Help("Commands to Redis that were not answered, not in time, or with an "
                                "error.")
                          .Register(registry)),
      failed_gets_(redis_failures_.Add({{"command", "get"}})),
      failed_sets_(redis_failures_.Add({{"command", "set"}})),
      breakers_(prometheus::BuildGauge()
                    .Name("corridor_cache_breaker_state")
                    .Help("Of each Redis: 0 asked, 1 being tried, 2 left alone for a while.")
                    .Register(registry)) {}

void CacheMetrics::Answered(std::string_view tier) {
  (tier == kFromProcess ? from_process_
   : tier == kFromRedis ? from_redis_
   : tier == kFilled    ? filled_
                        : from_store_)
      .Increment();
}

void CacheMetrics::AskedRedis(std::string_view command, absl::Duration took, bool was_answered) {
  const bool is_get = command == "get";
  (is_get ? get_seconds_ : set_seconds_).Observe(absl::ToDoubleSeconds(took));
  if (!was_answered) (is_get ? failed_gets_ : failed_sets_).Increment();
}

void CacheMetrics::BreakerIs(const std::string& address, Breaker::State state) {
  breakers_.Add({{"address", address}}).Set(static_cast<double>(state));
}

}  // namespace corridor::cache
