// absl::Status ↔ grpc::Status, with google.rpc.Status in grpc-status-details-bin.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace corridor::server {

// Messages above 1 KiB are cut; details above 4 KiB shrink to their ErrorInfo: clients limit header
// blocks to 8 KiB.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Without details, or with ones that cannot be read, code and message are kept.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace corridor::server
