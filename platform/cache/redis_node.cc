#include "platform/cache/redis_node.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "platform/status/status.h"

namespace corridor::cache {

RedisNode::RedisNode(RedisAddress address, RedisLogin login, size_t connections,
                     absl::Duration timeout, CacheMetrics& metrics)
    : address_(std::move(address)),
      login_(std::move(login)),
      connections_(connections),
      timeout_(timeout),
      metrics_(metrics) {
  metrics_.BreakerIs(address_.text, breaker_.state());
  Connect();
  thread_ = std::thread([this] { ConnectForEver(); });
}

RedisNode::~RedisNode() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

std::optional<std::string> RedisNode::Get(std::string_view key) {
  std::optional<std::string> value;
  Run("get", [&](RedisConnection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(value, connection.Get(key));
    return absl::OkStatus();
  });
  return value;
}

void RedisNode::Set(std::string_view key, std::string_view value, absl::Duration ttl) {
  Run("set", [&](RedisConnection& connection) { return connection.Set(key, value, ttl); });
}

void RedisNode::Run(std::string_view name,
                    absl::FunctionRef<absl::Status(RedisConnection&)> command) {
  std::unique_ptr<RedisConnection> connection;
  {
    const std::lock_guard lock(mutex_);
    if (breaker_.state() != Breaker::State::kClosed || idle_.empty()) return;
    connection = std::move(idle_.back());
    idle_.pop_back();
  }
  const absl::Time began = absl::Now();
  const absl::Status status = command(*connection);
  metrics_.AskedRedis(name, absl::Now() - began, status.ok());
  const std::lock_guard lock(mutex_);
  // An error that Redis answers with, such as that it is full, is no failure of Redis.
  if (!absl::IsUnavailable(status)) {
    if (breaker_.state() == Breaker::State::kClosed) breaker_.Succeeded();
    idle_.push_back(std::move(connection));
    return;
  }
  --made_;
  breaker_.Failed(absl::Now());
  metrics_.BreakerIs(address_.text, breaker_.state());
  changed_.notify_one();
}

void RedisNode::ConnectForEver() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = absl::Now();
    const bool may_try = breaker_.MayTry(now);
    if (may_try || (breaker_.state() == Breaker::State::kClosed && made_ < connections_)) {
      metrics_.BreakerIs(address_.text, breaker_.state());
      lock.unlock();
      Connect();
      lock.lock();
    } else if (breaker_.state() == Breaker::State::kOpen) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(breaker_.retry_at() - now));
    } else {
      changed_.wait(lock);
    }
  }
}

void RedisNode::Connect() {
  auto connection = RedisConnection::Open(address_, login_, timeout_);
  const std::lock_guard lock(mutex_);
  if (connection.ok()) {
    // Those from before a pause are of a Redis that is gone.
    if (breaker_.state() != Breaker::State::kClosed) {
      made_ -= idle_.size();
      idle_.clear();
    }
    breaker_.Succeeded();
    ++made_;
    idle_.push_back(*std::move(connection));
  } else {
    breaker_.Failed(absl::Now());
  }
  metrics_.BreakerIs(address_.text, breaker_.state());
}

}  // namespace corridor::cache
