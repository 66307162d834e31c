// The life of a service's process: listen, say that it is ready, answer, drain, end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/server.h"
#include "platform/server/server_options.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::server {

// One contract that the process serves.
struct ServedService {
  std::string name;  // Full name, `corridor.memberstates.v1.Areas`: as grpc.health.v1 knows it.
  grpc::Service* service = nullptr;
};

// Those of `services`, which are HandlerServices.
template <typename... Services>
std::vector<ServedService> Served(Services&... services) {
  return {ServedService{Services::kService, &services}...};
}

// Serves until SIGTERM or SIGINT, with grpc.health.v1 and reflection beside `services`; answers the
// exit code: 0 after a drain, 1 after one line on stderr when an address cannot be had. A second
// signal of the same kind ends the process at once.
//
// At the signal health becomes NOT_SERVING, `begin_drain` is called (to end streams that would go
// on), no new calls are taken, and those that run have `options.drain_grace` to end. One Serve at a
// time in a process.
int Serve(const ServerOptions& options, const std::vector<ServedService>& services,
          telemetry::Telemetry& telemetry, const std::function<void()>& begin_drain = {});

// Says by grpc.health.v1 that this process does not serve yet, and answers everything else
// UNAVAILABLE, until destroyed.
class NotServing {
 public:
  // Errors: UNAVAILABLE (`options.listen` cannot be had).
  static absl::StatusOr<std::unique_ptr<NotServing>> Start(const ServerOptions& options);
  ~NotServing();

 private:
  class Refusals;
  explicit NotServing(std::unique_ptr<Refusals> refusals);
  const std::unique_ptr<Refusals> refusals_;
  std::unique_ptr<grpc::Server> server_;  // After what it calls.
};

}  // namespace corridor::server
