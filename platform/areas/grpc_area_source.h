// memberstates over gRPC, as the source of a copy of its areas.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "corridor/changes/v1/changes.grpc.pb.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "grpcpp/channel.h"
#include "platform/areas/area_source.h"

namespace corridor::areas {

// A channel to memberstates at `address`, a host and port, or to one of several replicas, IPv4
// addresses and ports separated by commas: `127.0.0.1:50051,127.0.0.1:50052`. Connects when first
// asked, notices within fifteen seconds when the other side is gone without a word, and tries again
// every second.
std::shared_ptr<grpc::Channel> ChannelToMemberstates(const std::string& address);

class GrpcAreaSource final : public AreaSource {
 public:
  explicit GrpcAreaSource(const std::shared_ptr<grpc::Channel>& channel)
      : areas_(memberstates::v1::Areas::NewStub(channel)),
        changes_(changes::v1::Changes::NewStub(channel)) {}

  absl::StatusOr<AreaSnapshot> Fetch(const Cursor& least, absl::Time deadline,
                                     const std::stop_token& stop) override;
  absl::StatusOr<std::optional<Cursor>> Find(std::string_view code, absl::Time deadline) override;
  // Ends as UNAVAILABLE also when the feed is silent for fifteen seconds: it promises a sign of
  // life every five.
  absl::Status Watch(const Cursor& since, const std::stop_token& stop,
                     absl::FunctionRef<absl::Status(const FeedEvent&)> on_event) override;

 private:
  const std::unique_ptr<memberstates::v1::Areas::Stub> areas_;
  const std::unique_ptr<changes::v1::Changes::Stub> changes_;
};

}  // namespace corridor::areas
