#include "platform/cache/redis_tier.h"

#include <csignal>
#include <utility>
#include <vector>

#include "platform/cache/redis_node.h"
#include "platform/cache/rendezvous.h"
#include "platform/status/status.h"

namespace corridor::cache {
namespace {

// What is not asked for again goes in the end even from a Redis that has room; so does what was
// purged meanwhile.
constexpr absl::Duration kTtl = absl::Minutes(10);

class RedisTier final : public SharedTier {
 public:
  RedisTier(const std::vector<RedisAddress>& addresses, const RedisLogin& login,
            const CacheOptions& options, CacheMetrics& metrics) {
    for (const RedisAddress& address : addresses) {
      places_.push_back(address.text);
      nodes_.push_back(std::make_unique<RedisNode>(address, login,
                                                   static_cast<size_t>(options.redis_connections),
                                                   options.redis_timeout, metrics));
    }
  }

  std::optional<std::string> Get(std::string_view key) override { return NodeOf(key).Get(key); }
  void Put(std::string_view key, std::string_view value) override {
    NodeOf(key).Set(key, value, kTtl);
  }

 private:
  RedisNode& NodeOf(std::string_view key) { return *nodes_[PlaceOf(key, places_)]; }

  std::vector<std::string> places_;
  std::vector<std::unique_ptr<RedisNode>> nodes_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SharedTier>> OpenRedis(const CacheOptions& options,
                                                      CacheMetrics& metrics) {
  std::signal(SIGPIPE, SIG_IGN);  // hiredis writes to what may be closed.
  ASSIGN_OR_RETURN(const std::vector<RedisAddress> addresses, ReadRedisAddresses(options.redis));
  RedisLogin login = {.user = options.redis_user, .password = {}};
  if (!options.redis_password_file.empty()) {
    ASSIGN_OR_RETURN(login.password,
                     ReadSecret(options.redis_password_file, "--redis-password-file", 1));
  }
  return std::make_unique<RedisTier>(addresses, login, options, metrics);
}

}  // namespace corridor::cache
