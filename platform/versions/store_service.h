// corridor.changes.v1.Store: backups and purges, for operators on the service's own host.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "corridor/changes/v1/store.grpc.pb.h"
#include "platform/server/unary.h"
#include "platform/store/versioned_store.h"
#include "platform/versions/versions_handler.h"

namespace corridor::versions {

// Thread-safe. Outlives the gRPC server that it is registered with; all that it is given outlives
// it.
class StoreService final : public v1::Store::CallbackService {
 public:
  static constexpr const char* kService = "corridor.changes.v1.Store";

  // A backup is made at `copy_path`, of which nothing is left when it ends.
  StoreService(store::VersionedStore& versions, VersionsHandler& handler, server::UnaryCalls& calls,
               std::string copy_path)
      : versions_(versions), handler_(handler), calls_(calls), copy_path_(std::move(copy_path)) {}
  // Waits for the end of a backup.
  ~StoreService() override;

  grpc::ServerWriteReactor<google::api::HttpBody>* Backup(
      grpc::CallbackServerContext* context, const v1::BackupRequest* request) override;
  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext* context,
                                  const v1::PurgeRequest* request,
                                  v1::PurgeResponse* response) override;

 private:
  class BackupReactor;

  // Only one at a time: each takes as much room as the store.
  bool BeginBackup();
  void EndBackup();

  store::VersionedStore& versions_;
  VersionsHandler& handler_;
  server::UnaryCalls& calls_;
  const std::string copy_path_;

  std::mutex mutex_;  // Guards the rest.
  std::condition_variable ended_;
  bool is_backing_up_ = false;
};

// Whether the caller is on this host. `peer` is as gRPC has it, e.g. `ipv4:127.0.0.1:4711`.
bool IsOnThisHost(const std::string& peer);

}  // namespace corridor::versions
