// What gRPC and gRPC-Web have in common: which method a path is, who answers it, and what of the
// request's headers is passed on.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/call.h"
#include "gateway/dialects/grpc_health.h"
#include "gateway/dialects/reflection.h"
#include "gateway/dialects/relayed_response.h"
#include "gateway/dialects/rpc.h"
#include "gateway/dialects/status_methods.h"
#include "gateway/http/http_error.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// What gRPC needs besides, likewise.
struct GrpcParts {
  RpcParts rpc;
  const Reflection& reflection;
  const std::atomic<Stage>& stage;
};

// Belongs to one loop.
class GrpcCalls {
 public:
  explicit GrpcCalls(GrpcParts parts);

  // How a request came, and how its answer goes.
  struct Shape {
    GrpcForm form = GrpcForm::kGrpc;
    std::string request_type;   // Content-Type, as the service is told it.
    std::string response_type;  // Content-Type.
  };
  // Answers `call`, whose request has `body`, and names its route. The service gets all headers of
  // the request but those of HTTP and of browsers, with `traceparent` and the request's id set; of
  // `corridor-` headers those that services know.
  //
  // Besides the methods of the contract there are gRPC's health (Check) and reflection (v1 and
  // v1alpha). Errors: UNIMPLEMENTED (no such method, of which the nearest is named; one of
  // corridor.changes.v1, which is each service's own), PERMISSION_DENIED (a page from elsewhere),
  // INVALID_ARGUMENT (grpc-timeout; metadata that gRPC cannot carry), RESOURCE_EXHAUSTED (more than
  // 7 KB of metadata, since services take 8), UNAVAILABLE (no such service), and what the service
  // says.
  void Serve(const std::shared_ptr<Call>& call, const Shape& shape,
             std::shared_ptr<BodySource> body);

 private:
  struct Opened {
    std::unique_ptr<RelayedAnswer> answer;
    bool is_streaming = false;  // It may go on for as long as the gateway runs.
  };
  absl::StatusOr<Opened> Open(Call& call, const std::string& content_type,
                              std::shared_ptr<BodySource> body, std::function<void()> ready);
  absl::StatusOr<Opened> OpenMethod(const Method& method, RelayCall rpc,
                                    std::function<void()> ready);

  const GrpcParts parts_;
  GrpcHealth health_;
};

// An error of HTTP's own, in gRPC's form.
HttpResponse GrpcResponse(const HttpError& error, GrpcForm form, const std::string& content_type);

}  // namespace corridor::gateway
