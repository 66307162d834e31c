#include "platform/cache/redis_connection.h"

#include <hiredis/hiredis.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::cache {

void RedisConnection::Free::operator()(redisContext* context) const { redisFree(context); }
void RedisConnection::Free::operator()(redisReply* reply) const { freeReplyObject(reply); }

absl::StatusOr<std::unique_ptr<RedisConnection>> RedisConnection::Open(const RedisAddress& address,
                                                                       const RedisLogin& login,
                                                                       absl::Duration timeout) {
  const timeval limit = absl::ToTimeval(timeout);
  redisContext* const context =
      address.port == 0 ? redisConnectUnixWithTimeout(address.host.c_str(), limit)
                        : redisConnectWithTimeout(address.host.c_str(), address.port, limit);
  if (context == nullptr) return absl::UnavailableError("no memory for a connection");
  std::unique_ptr<RedisConnection> connection(new RedisConnection(context));
  if (context->err != 0 || redisSetTimeout(context, limit) != REDIS_OK) {
    return absl::UnavailableError(context->errstr);
  }
  if (!login.password.empty()) {
    RETURN_IF_ERROR((login.user.empty() ? connection->Command({"AUTH", login.password})
                                        : connection->Command({"AUTH", login.user, login.password}))
                        .status());
  }
  RETURN_IF_ERROR(connection->Command({"PING"}).status());
  return connection;
}

absl::StatusOr<std::optional<std::string>> RedisConnection::Get(std::string_view key) {
  ASSIGN_OR_RETURN(const Reply reply, Command({"GET", key}));
  if (reply->type != REDIS_REPLY_STRING) return std::nullopt;
  return std::string(reply->str, reply->len);
}

absl::Status RedisConnection::Set(std::string_view key, std::string_view value,
                                  absl::Duration ttl) {
  const std::string milliseconds = std::to_string(absl::ToInt64Milliseconds(ttl));
  return Command({"SET", key, value, "PX", milliseconds}).status();
}

absl::StatusOr<RedisConnection::Reply> RedisConnection::Command(
    std::initializer_list<std::string_view> words) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  Reply reply(static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data())));
  if (reply == nullptr) return absl::UnavailableError(context_->errstr);
  if (reply->type == REDIS_REPLY_ERROR) {
    return absl::FailedPreconditionError(std::string(reply->str, reply->len));
  }
  return reply;
}

}  // namespace corridor::cache
