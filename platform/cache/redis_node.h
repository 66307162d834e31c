// One of the Redis that answers are kept in: a few connections, and a breaker before them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/cache/breaker.h"
#include "platform/cache/cache_metrics.h"
#include "platform/cache/redis_connection.h"

namespace corridor::cache {

// Thread-safe. Connections are made on a thread of its own, so that who asks never waits for that:
// without one at hand there is no answer.
class RedisNode {
 public:
  // Connects once before it returns, if it can. `metrics` must outlive this.
  RedisNode(RedisAddress address, RedisLogin login, size_t connections, absl::Duration timeout,
            CacheMetrics& metrics);
  ~RedisNode();

  std::optional<std::string> Get(std::string_view key);
  void Set(std::string_view key, std::string_view value, absl::Duration ttl);

 private:
  // Runs `command` on a connection, if there is one.
  void Run(std::string_view name, absl::FunctionRef<absl::Status(RedisConnection&)> command);
  void ConnectForEver();
  // One more connection; says to the breaker how it went.
  void Connect();

  const RedisAddress address_;
  const RedisLogin login_;
  const size_t connections_;
  const absl::Duration timeout_;
  CacheMetrics& metrics_;

  std::mutex mutex_;  // Guards the rest but thread_. Not held while Redis is waited for.
  std::condition_variable changed_;
  bool stopping_ = false;
  Breaker breaker_;
  std::vector<std::unique_ptr<RedisConnection>> idle_;
  size_t made_ = 0;  // Connections that there are, idle or not.

  std::thread thread_;
};

}  // namespace corridor::cache
