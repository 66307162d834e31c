#include "platform/cache/cache_options.h"

#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "platform/status/status.h"

namespace corridor::cache {

void CacheOptions::AddTo(config::OptionTable& table) {
  table
      .Integer("cache-bytes", &max_bytes, 0, int64_t{1} << 40, "bytes",
               "Answers that the process keeps; 0 for none.")
      .Text("environment", &environment,
            "What may share a Redis and must not share answers is told apart by it.")
      .Text("redis", &redis,
            "Where processes share answers: HOST:PORT or unix:PATH, several parted by commas, or "
            "none. Wants --cache-key-file.")
      .Text("cache-key-file", &key_file,
            "File of the secret, 16 bytes at least, that all processes of the service seal what "
            "they keep in Redis with.")
      .Text("redis-user", &redis_user, "Who the service is to Redis. Empty: its default user.")
      .Text("redis-password-file", &redis_password_file,
            "File of the password for Redis. Empty: none is sent.")
      .Duration("redis-timeout", &redis_timeout, absl::Milliseconds(1), absl::Seconds(1),
                "How long a read waits for Redis.")
      .Integer("redis-connections", &redis_connections, 1, 64, "connections",
               "Connections to each Redis, and reads that ask it at a time.");
}

absl::StatusOr<std::vector<RedisAddress>> ReadRedisAddresses(const std::string& text) {
  constexpr std::string_view kUnix = "unix:";
  std::vector<RedisAddress> addresses;
  for (const auto view : absl::StrSplit(text, ',')) {
    const std::string part(view);
    RedisAddress address = {.text = part, .host = {}, .port = 0};
    if (part.starts_with(kUnix)) {
      address.host = part.substr(kUnix.size());
    } else if (const size_t colon = part.rfind(':'); colon != std::string::npos) {
      address.host = part.substr(0, colon);
      if (!absl::SimpleAtoi(part.substr(colon + 1), &address.port) || address.port < 1 ||
          address.port > 65535) {
        address.host.clear();
      }
    }
    if (address.host.empty()) {
      return InvalidField("--redis", part, "is not HOST:PORT, unix:PATH or none");
    }
    addresses.push_back(std::move(address));
  }
  return addresses;
}

absl::StatusOr<std::string> ReadSecret(const std::string& path, const std::string& option,
                                       size_t least_bytes) {
  std::ostringstream text;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open() || !(text << file.rdbuf())) {
    return InvalidField(option, path, "cannot be read, or is empty");
  }
  std::string secret = text.str();
  if (!secret.empty() && secret.back() == '\n') secret.pop_back();
  if (secret.size() >= least_bytes) return secret;
  return InvalidField(option, path, absl::StrCat("holds less than ", least_bytes, " bytes"));
}

}  // namespace corridor::cache
