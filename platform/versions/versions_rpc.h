// The gRPC service `Versions` of a service of the suite. `Service` is e.g.
// programmes::v1::Versions.
#pragma once

#include "corridor/changes/v1/versions.pb.h"
#include "platform/server/unary.h"
#include "platform/versions/versions_handler.h"

namespace corridor::versions {

template <typename Service>
class VersionsRpc final : public server::HandlerService<Service, VersionsHandler> {
  using Base = server::HandlerService<Service, VersionsHandler>;

 public:
  using Base::Base;
  using Base::kService;

  CORRIDOR_UNARY(Read, ListVersions, v1::ListVersionsRequest, v1::ListVersionsResponse)
  CORRIDOR_UNARY(Read, DiffVersions, v1::DiffVersionsRequest, v1::DiffVersionsResponse)
  CORRIDOR_UNARY(Write, RestoreVersion, v1::RestoreVersionRequest, google::protobuf::Struct)

 private:
  using Base::calls_;
  using Base::handler_;
};

}  // namespace corridor::versions
