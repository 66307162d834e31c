#include "gateway/dialects/grpc_health.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/unknown_field_set.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// HealthCheckRequest.service and HealthCheckResponse.status.
constexpr int kField = 1;
constexpr uint64_t kServing = 1;
constexpr uint64_t kNotServing = 2;

std::string ServiceAskedFor(const std::string& message) {
  UnknownFieldSet request;
  std::string service;
  if (!request.ParseFromString(message)) return service;
  for (int i = 0; i < request.field_count(); ++i) {
    const UnknownField& field = request.field(i);
    if (field.number() == kField && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      service = field.length_delimited();
    }
  }
  return service;
}

}  // namespace

std::function<void()> GrpcHealth::Answer(UnaryCall call,
                                         std::function<void(const OwnReply&)> done) {
  const std::string service = ServiceAskedFor(call.message);
  bool is_serving = stage_.load(std::memory_order_relaxed) == Stage::kReady;
  bool is_known = service.empty();
  for (const auto& [package, upstream] : upstreams_) {
    if (service != package && service.substr(0, package.size() + 1) != package + ".") continue;
    is_known = true;
    is_serving = is_serving && upstream->Available().ok();
  }
  OwnReply reply;
  if (is_known) {
    UnknownFieldSet response;
    response.AddVarint(kField, is_serving ? kServing : kNotServing);
    response.SerializeToString(&reply.message);
  } else {
    reply.status = NoSuchResource(service);
  }
  done(reply);
  return [] {};  // It has answered: there is nothing to cancel.
}

}  // namespace corridor::gateway
