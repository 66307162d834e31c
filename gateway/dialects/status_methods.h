// The methods of corridor.gateway.v1 that the gateway answers itself: whether it lives, and whether
// it can answer.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// Where the process is in its life. Shared by all loops.
enum class Stage { kStarting, kReady, kDraining };

struct OwnReply {
  int http_status = 200;
  std::string message_type;  // Full name.
  std::string message;       // Serialised.
};

// Belongs to one loop.
class StatusMethods {
 public:
  // `services` by name; they and `stage` outlive it.
  StatusMethods(std::string version, const std::atomic<Stage>& stage,
                std::map<std::string, const Upstream*> services);

  // Answers a method by full name. Errors: UNIMPLEMENTED.
  absl::StatusOr<OwnReply> Answer(std::string_view method) const;

 private:
  OwnReply Health() const;
  OwnReply Readiness() const;

  const std::string version_;
  const std::atomic<Stage>& stage_;
  const std::map<std::string, const Upstream*> services_;
};

}  // namespace corridor::gateway
