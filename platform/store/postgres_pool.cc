#include "platform/store/postgres_pool.h"

#include "absl/time/clock.h"
#include "platform/status/status.h"

namespace corridor::store {

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresPool::Take(absl::Time deadline) {
  std::vector<std::unique_ptr<PostgresConnection>> gone;  // Closed without the lock.
  {
    const std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      if (!connection->IsBroken()) return connection;
      gone.push_back(std::move(connection));
    }
    if (absl::Now() < next_attempt_) return last_failure_;
  }
  absl::StatusOr<std::unique_ptr<PostgresConnection>> opened = Open(deadline);
  const std::lock_guard lock(mutex_);
  if (opened.ok()) {
    backoff_.Reset();
    next_attempt_ = absl::InfinitePast();
  } else if (absl::IsUnavailable(opened.status()) && absl::Now() >= next_attempt_) {
    last_failure_ = opened.status();
    next_attempt_ = absl::Now() + backoff_.Next();
  }
  return opened;
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresPool::Open(absl::Time deadline) {
  size_t server = server_;
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection,
                   PostgresConnection::Open(address_, deadline, server));
  server_ = server;
  RETURN_IF_ERROR(connection->RunScript(begin_session_, deadline));
  return connection;
}

void PostgresPool::GiveBack(std::unique_ptr<PostgresConnection> connection) {
  if (connection->IsBroken()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace corridor::store
