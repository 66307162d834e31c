// One caller of Watch: pages commits from the store by its own position, one write at a time, so
// that it can be as slow as it likes without holding up anybody else.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "corridor/changes/v1/changes.pb.h"
#include "grpcpp/support/server_callback.h"
#include "platform/changes/wanted.h"
#include "platform/store/versioned_store.h"

namespace corridor::changes {

// Runs a task that may wait for the store, there or on another thread.
using RunTask = std::function<void(absl::AnyInvocable<void()>)>;

// Thread-safe. Held by whoever may call it, and by `on_done`'s owner until that was called.
class WatchReactor final : public grpc::ServerWriteReactor<v1::WatchResponse>,
                           public std::enable_shared_from_this<WatchReactor> {
 public:
  // Sends what is `wanted` and comes after `since`, once it is admitted; the call arrives now.
  // `run` is called on threads of gRPC. `on_done` is called once, last, when gRPC needs this no
  // more.
  WatchReactor(store::VersionedStore& store, int64_t since, Wanted wanted,
               std::chrono::steady_clock::duration heartbeat_interval, RunTask run,
               std::function<void(WatchReactor*)> on_done)
      : store_(store),
        wanted_(std::move(wanted)),
        heartbeat_interval_(heartbeat_interval),
        run_(std::move(run)),
        on_done_(std::move(on_done)),
        position_(since) {}

  // Admits it, unless `check`, which may wait for the store, fails: then that ends the stream.
  // Calls `admitted` otherwise.
  void Admit(absl::AnyInvocable<absl::Status()> check, absl::AnyInvocable<void()> admitted);

  // The store was found at `head` when asked at `asked`: sends what is new, else a heartbeat when
  // one is due. The first call always sends.
  void OnHead(int64_t head, std::chrono::steady_clock::time_point asked);

  // Ends the stream with `status`, after the write under way.
  void End(const absl::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override { End(absl::CancelledError("the caller left")); }
  void OnDone() override {
    const auto on_done = on_done_;  // Outlives this, which goes within.
    on_done(this);
  }

 private:
  // What the one thread that made busy_ true does next: write, finish, or be idle again.
  void Advance();
  // Likewise, from a thread of gRPC.
  void GoOn();
  void ReadPage();
  // Passes over what is not wanted at the front of the page. With the mutex held.
  void SkipUnwanted();
  bool HeartbeatIsDue() const;

  store::VersionedStore& store_;
  const Wanted wanted_;
  const std::chrono::steady_clock::duration heartbeat_interval_;
  const RunTask run_;
  const std::function<void(WatchReactor*)> on_done_;
  const std::chrono::steady_clock::time_point arrived_ = std::chrono::steady_clock::now();

  // Belong to whoever made busy_ true.
  std::deque<store::Commit> page_;
  v1::WatchResponse response_;

  std::mutex
      mutex_;  // Guards the rest. Never held while calling gRPC, which may call back at once.
  bool busy_ = true;  // Until it is admitted.
  bool finished_ = false;
  std::optional<absl::Status> end_;
  int64_t position_;  // Last version sent or passed over.
  int64_t head_ = 0;
  std::chrono::steady_clock::time_point asked_ = arrived_;  // For `head_`.
  std::optional<std::chrono::steady_clock::time_point> last_sent_;
};

}  // namespace corridor::changes
