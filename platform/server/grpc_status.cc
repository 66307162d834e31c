// Packs and unpacks google.rpc.Status, within what a header block may hold.
#include "platform/server/grpc_status.h"

#include <string>

#include "google/rpc/status.pb.h"
#include "platform/status/status.h"

namespace corridor::server {
namespace {

constexpr size_t kMaxMessageBytes = 1024;
constexpr size_t kMaxDetailsBytes = 4096;

void CutMessage(google::rpc::Status& rpc) {
  std::string& message = *rpc.mutable_message();
  if (message.size() <= kMaxMessageBytes) return;
  size_t end = kMaxMessageBytes;
  // Not within a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  message.resize(end);
  message += "…";
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status rpc = ToRpcStatus(status);
  CutMessage(rpc);
  // ErrorInfo is the first.
  if (rpc.ByteSizeLong() > kMaxDetailsBytes) {
    rpc.mutable_details()->DeleteSubrange(1, rpc.details_size() - 1);
  }
  if (rpc.ByteSizeLong() > kMaxDetailsBytes) rpc.clear_details();
  return {static_cast<grpc::StatusCode>(rpc.code()), rpc.message(), rpc.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc;
  if (!rpc.ParseFromString(status.error_details()) ||
      rpc.code() != static_cast<int>(status.error_code())) {
    rpc.Clear();
  }
  rpc.set_code(static_cast<int>(status.error_code()));
  if (rpc.message().empty()) rpc.set_message(status.error_message());
  return FromRpcStatus(rpc);
}

}  // namespace corridor::server
