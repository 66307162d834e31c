// One connection to a Redis, blocking, by hiredis.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/cache/cache_options.h"

struct redisContext;
struct redisReply;

namespace corridor::cache {

// Who one is to Redis.
struct RedisLogin {
  std::string user;      // Empty: the default user.
  std::string password;  // Empty: nothing is said.
};

// Used by one thread at a time. Every call takes `timeout` at most.
class RedisConnection {
 public:
  // Connected and logged in, and answered a PING. Errors: UNAVAILABLE (with why).
  static absl::StatusOr<std::unique_ptr<RedisConnection>> Open(const RedisAddress& address,
                                                               const RedisLogin& login,
                                                               absl::Duration timeout);
  // What is kept under `key`; none when nothing is. Errors: FAILED_PRECONDITION (Redis says why
  // not), UNAVAILABLE (this connection is of no more use).
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key);
  // Keeps `value` for `ttl`. Errors: as Get.
  absl::Status Set(std::string_view key, std::string_view value, absl::Duration ttl);

 private:
  struct Free {
    void operator()(redisContext* context) const;
    void operator()(redisReply* reply) const;
  };
  using Reply = std::unique_ptr<redisReply, Free>;

  explicit RedisConnection(redisContext* context) : context_(context) {}
  absl::StatusOr<Reply> Command(std::initializer_list<std::string_view> words);

  const std::unique_ptr<redisContext, Free> context_;
};

}  // namespace corridor::cache
