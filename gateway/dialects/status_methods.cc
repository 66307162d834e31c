#include "gateway/dialects/status_methods.h"

#include "absl/status/status.h"
#include "corridor/gateway/v1/status.pb.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {
namespace {

// Both answer at once, so there is nothing to cancel.
void Nothing() {}

OwnReply Reply(int http_status, const google::protobuf::Message& message) {
  return {{absl::OkStatus(), message.SerializeAsString(), {}}, http_status};
}

v1::Readiness::State StateOf(Stage stage) {
  switch (stage) {
    case Stage::kStarting:
      return v1::Readiness::STARTING;
    case Stage::kReady:
      return v1::Readiness::READY;
    case Stage::kDraining:
      return v1::Readiness::DRAINING;
  }
  return v1::Readiness::STATE_UNSPECIFIED;
}

}  // namespace

std::function<void()> HealthMethod::Answer(UnaryCall /*call*/,
                                           std::function<void(const OwnReply&)> done) {
  v1::Health health;
  health.set_status("ok");
  health.set_version(version_);
  done(Reply(200, health));
  return Nothing;
}

std::function<void()> ReadinessMethod::Answer(UnaryCall /*call*/,
                                              std::function<void(const OwnReply&)> done) {
  const Stage stage = stage_.load(std::memory_order_relaxed);
  v1::Readiness readiness;
  readiness.set_state(StateOf(stage));
  for (const auto& [name, upstream] : services_) {
    const absl::Status available = upstream->Available();
    v1::Readiness::Service& service = *readiness.add_services();
    service.set_service(name);
    service.set_available(available.ok());
    if (available.ok()) continue;
    service.set_reason(std::string(available.message()));
    readiness.add_missing(name);
  }
  done(Reply(stage == Stage::kReady ? 200 : 503, readiness));
  return Nothing;
}

}  // namespace corridor::gateway
