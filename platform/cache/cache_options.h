// The options of a process about what it keeps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/config/option_table.h"

namespace corridor::cache {

struct CacheOptions {
  int64_t max_bytes = 64 << 20;  // Of this process; 0: nothing is kept.
  std::string environment = "default";
  std::string redis = "none";
  std::string key_file;
  std::string redis_user;
  std::string redis_password_file;
  absl::Duration redis_timeout = absl::Milliseconds(5);
  int64_t redis_connections = 4;  // To each, and as many reads ask it at a time.

  // Adds `--cache-bytes` and so on to a table. This must outlive the table.
  void AddTo(config::OptionTable& table);
  // Whether there is a Redis.
  bool uses_redis() const { return max_bytes > 0 && redis != "none"; }
};

// Where a Redis is.
struct RedisAddress {
  std::string text;  // As it was given.
  std::string host;  // Or the path of a socket,
  int port = 0;      // and 0.
};

// Reads `127.0.0.1:6379,cache.example:6380,unix:/run/redis.sock`. Errors: INVALID_ARGUMENT naming
// `--redis` and the part.
absl::StatusOr<std::vector<RedisAddress>> ReadRedisAddresses(const std::string& text);

// The content of a file that holds a secret, without the line's end. Errors: INVALID_ARGUMENT
// naming the option and the file: it cannot be read, or holds less than `least_bytes`.
absl::StatusOr<std::string> ReadSecret(const std::string& path, const std::string& option,
                                       size_t least_bytes);

}  // namespace corridor::cache
