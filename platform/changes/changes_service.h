// corridor.changes.v1.Changes over a VersionedStore: every service registers one.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "corridor/changes/v1/changes.grpc.pb.h"
#include "platform/changes/watchers.h"
#include "platform/server/executor.h"
#include "platform/server/unary.h"
#include "platform/store/versioned_store.h"

namespace corridor::changes {

struct ChangesOptions {
  // How often the store's head is asked for while anybody watches.
  absl::Duration poll_interval = absl::Milliseconds(50);
  // The contract promises one in five seconds.
  absl::Duration heartbeat_interval = absl::Seconds(4);
  // One more is RESOURCE_EXHAUSTED.
  int max_watchers = 256;
};

// Thread-safe. Outlives the gRPC server that it is registered with, and is outlived by `store` and
// `calls`, which answers ListCommits.
class ChangesService final : public v1::Changes::CallbackService {
 public:
  static constexpr const char* kService = "corridor.changes.v1.Changes";

  ChangesService(store::VersionedStore& store, server::UnaryCalls& calls,
                 const ChangesOptions& options = {});
  ~ChangesService() override { Shutdown(); }

  grpc::ServerUnaryReactor* ListCommits(grpc::CallbackServerContext* context,
                                        const v1::ListCommitsRequest* request,
                                        v1::ListCommitsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                     const v1::WatchRequest* request) override;

  // Ends every watch as UNAVAILABLE and takes no more. Call it before the server's Shutdown(),
  // which waits for calls; a watcher that does not read is left to the deadline of that.
  void Shutdown() { watchers_->Close(); }

 private:
  // Runs a task of a watch where it may wait for the store.
  void Run(absl::AnyInvocable<void()> task);

  store::VersionedStore& store_;
  server::UnaryCalls& calls_;
  const ChangesOptions options_;
  const std::unique_ptr<server::Executor> reading_;  // Null where the store is read on any thread.
  const std::shared_ptr<Watchers>
      watchers_;  // Shared with the watches, which tell it when they are done.
};

}  // namespace corridor::changes
