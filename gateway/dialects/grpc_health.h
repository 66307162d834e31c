// grpc.health.v1.Health/Check (grpc/health/v1/health.proto), answered for the gateway.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "gateway/dialects/status_methods.h"
#include "gateway/own_method.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// SERVING while the gateway is ready. Asked about a package of the contract, or a service of one,
// also only while that can be reached; about anything else NOT_FOUND.
class GrpcHealth : public OwnMethod {
 public:
  // `upstreams` by package; they and `stage` outlive it.
  GrpcHealth(const std::atomic<Stage>& stage, std::map<std::string, Upstream*> upstreams)
      : stage_(stage), upstreams_(std::move(upstreams)) {}
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override;

 private:
  const std::atomic<Stage>& stage_;
  const std::map<std::string, Upstream*> upstreams_;
};

}  // namespace corridor::gateway
