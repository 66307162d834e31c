// Connections that wait to be used again, and when to try for another after a failure.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/backoff.h"
#include "platform/store/postgres_address.h"
#include "platform/store/postgres_connection.h"

namespace corridor::store {

// Thread-safe. Bounded by its callers, who bound how many they take.
class PostgresPool {
 public:
  // `begin_session` is run on every new connection.
  PostgresPool(PostgresAddress address, std::string begin_session)
      : address_(std::move(address)), begin_session_(std::move(begin_session)) {}

  // An idle connection whose server is still there, or a new one. While no server can be reached it
  // is tried now and then (Backoff), and calls in between are refused at once. Errors: as
  // PostgresConnection::Open.
  absl::StatusOr<std::unique_ptr<PostgresConnection>> Take(absl::Time deadline);
  // Keeps it, unless it is broken.
  void GiveBack(std::unique_ptr<PostgresConnection> connection);

 private:
  absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(absl::Time deadline);

  const PostgresAddress address_;
  const std::string begin_session_;
  std::atomic<size_t> server_ = 0;  // To begin with: the last that would do.
  std::mutex mutex_;                // Guards the rest.
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  Backoff backoff_;
  absl::Time next_attempt_ = absl::InfinitePast();
  absl::Status last_failure_;
};

}  // namespace corridor::store
