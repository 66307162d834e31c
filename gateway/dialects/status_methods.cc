#include "gateway/dialects/status_methods.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "corridor/gateway/v1/status.pb.h"

namespace corridor::gateway {
namespace {

OwnReply Reply(int http_status, const google::protobuf::Message& message) {
  return {http_status, message.GetDescriptor()->full_name(), message.SerializeAsString()};
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

StatusMethods::StatusMethods(std::string version, const std::atomic<Stage>& stage,
                             std::map<std::string, const Upstream*> services)
    : version_(std::move(version)), stage_(stage), services_(std::move(services)) {}

absl::StatusOr<OwnReply> StatusMethods::Answer(std::string_view method) const {
  if (method == "/corridor.gateway.v1.Status/GetHealth") return Health();
  if (method == "/corridor.gateway.v1.Status/GetReadiness") return Readiness();
  return absl::UnimplementedError(absl::StrCat("this gateway does not answer ",
                                               absl::string_view(method.data(), method.size())));
}

OwnReply StatusMethods::Health() const {
  v1::Health health;
  health.set_status("ok");
  health.set_version(version_);
  return Reply(200, health);
}

OwnReply StatusMethods::Readiness() const {
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
  return Reply(stage == Stage::kReady ? 200 : 503, readiness);
}

}  // namespace corridor::gateway
