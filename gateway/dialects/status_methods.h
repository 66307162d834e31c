// The methods of corridor.gateway.v1.Status: whether the gateway lives, and whether it can answer.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "gateway/own_method.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// Where the process is in its life. Shared by all loops.
enum class Stage { kStarting, kReady, kDraining };

// GetHealth.
class HealthMethod : public OwnMethod {
 public:
  explicit HealthMethod(std::string version) : version_(std::move(version)) {}
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override;

 private:
  const std::string version_;
};

// GetReadiness.
class ReadinessMethod : public OwnMethod {
 public:
  // `services` by name; they and `stage` outlive it.
  ReadinessMethod(const std::atomic<Stage>& stage, std::map<std::string, Upstream*> services)
      : stage_(stage), services_(std::move(services)) {}
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override;

 private:
  const std::atomic<Stage>& stage_;
  const std::map<std::string, Upstream*> services_;
};

}  // namespace corridor::gateway
