// Between grpc++'s callback API and handlers, which know neither: deadlines, errors, exceptions,
// versions, telemetry.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "platform/request/call_context.h"
#include "platform/server/executor.h"
#include "platform/server/server_options.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::server {

// Runs the unary calls of one process. Thread-safe; outlives the server and `telemetry` outlives
// it.
class UnaryCalls {
 public:
  // `process` names this service in `corridor-version`, e.g. `memberstates`.
  UnaryCalls(std::string process, const ServerOptions& options, telemetry::Telemetry& telemetry);

  // Answers on the calling thread. `answer` is called as absl::StatusOr<Response>(const Request&,
  // CallContext&). `service` and `method` as in `corridor.memberstates.v1.Areas` and `GetArea`.
  template <typename Request, typename Response, typename Answer>
  grpc::ServerUnaryReactor* Read(std::string_view service, std::string_view method,
                                 grpc::CallbackServerContext* context, const Request* request,
                                 Response* response, Answer answer) {
    Call call = Begin(service, method, context);
    Run(call, *request, *response, answer);
    return call.reactor;
  }

  // Answers on a thread for writes, or RESOURCE_EXHAUSTED when too many wait.
  template <typename Request, typename Response, typename Answer>
  grpc::ServerUnaryReactor* Write(std::string_view service, std::string_view method,
                                  grpc::CallbackServerContext* context, const Request* request,
                                  Response* response, Answer answer) {
    const auto call = std::make_shared<Call>(Begin(service, method, context));
    grpc::ServerUnaryReactor* const reactor = call->reactor;
    // Request and response live until the call is finished.
    const absl::Status taken =
        executor_.Submit([this, call, request, response, answer = std::move(answer)]() mutable {
          Run(*call, *request, *response, answer);
        });
    if (!taken.ok()) Finish(*call, taken, request->ByteSizeLong(), 0);
    return reactor;
  }

  const std::string& process() const { return process_; }

 private:
  // One call from its arrival to its answer.
  struct Call {
    CallContext context;
    grpc::CallbackServerContext* grpc_context;
    grpc::ServerUnaryReactor* reactor;
    telemetry::TraceContext trace;
    std::chrono::steady_clock::time_point arrived;
  };

  Call Begin(std::string_view service, std::string_view method,
             grpc::CallbackServerContext* context) const;
  // What `body` answers; DEADLINE_EXCEEDED when it is too late to begin, INTERNAL when it throws.
  absl::Status Guarded(const Call& call, absl::FunctionRef<absl::Status()> body);
  void Finish(Call& call, const absl::Status& status, size_t request_bytes, size_t response_bytes);

  template <typename Request, typename Response, typename Answer>
  void Run(Call& call, const Request& request, Response& response, Answer& answer) {
    const absl::Status status = Guarded(call, [&]() -> absl::Status {
      auto result = answer(request, call.context);
      if (!result.ok()) return std::move(result).status();
      response = *std::move(result);
      return absl::OkStatus();
    });
    Finish(call, status, request.ByteSizeLong(), status.ok() ? response.ByteSizeLong() : 0);
  }

  const std::string process_;
  const absl::Duration default_deadline_;
  const absl::Duration max_deadline_;
  telemetry::Telemetry& telemetry_;
  Executor executor_;
};

// Base of a gRPC service, such as `v1::Areas`, that hands each request to the method of `Handler`
// with the same name, by CORRIDOR_UNARY. Thread-safe.
template <typename Service, typename Handler>
class HandlerService : public Service::CallbackService {
 public:
  static constexpr const char* kService = Service::service_full_name();
  // Both must outlive this.
  HandlerService(Handler& handler, UnaryCalls& calls) : handler_(handler), calls_(calls) {}

 protected:
  Handler& handler_;
  UnaryCalls& calls_;
};

}  // namespace corridor::server

// Overrides a unary method of a generated CallbackService, in a HandlerService. `Kind` is Read or
// Write.
#define CORRIDOR_UNARY(Kind, Method, Request, Response)                                          \
  grpc::ServerUnaryReactor* Method(grpc::CallbackServerContext* context, const Request* request, \
                                   Response* response) override {                                \
    return calls_.Kind(                                                                          \
        kService, #Method, context, request, response,                                           \
        [this](const Request& q, ::corridor::CallContext& c) { return handler_.Method(q, c); }); \
  }

// Overrides the methods of a resource that resources::Handler answers (AIP-131 to 135, 231), and
// its list, in a HandlerService.
#define CORRIDOR_RESOURCE_UNARY(Resource, Resources)                                   \
  CORRIDOR_UNARY(Read, Get##Resource, v1::Get##Resource##Request, v1::Resource)        \
  CORRIDOR_UNARY(Read, List##Resources, v1::List##Resources##Request,                  \
                 v1::List##Resources##Response)                                        \
  CORRIDOR_UNARY(Write, Create##Resource, v1::Create##Resource##Request, v1::Resource) \
  CORRIDOR_UNARY(Write, BatchCreate##Resources, v1::BatchCreate##Resources##Request,   \
                 v1::BatchCreate##Resources##Response)                                 \
  CORRIDOR_UNARY(Write, Update##Resource, v1::Update##Resource##Request, v1::Resource) \
  CORRIDOR_UNARY(Write, Delete##Resource, v1::Delete##Resource##Request, google::protobuf::Empty)

// Defines `<Resources>Rpc`, of a resource that has these methods and no others, in the namespace of
// its `<Resource>Handler`.
#define CORRIDOR_RESOURCE_RPC(Resource, Resources)                                    \
  class Resources##Rpc final                                                          \
      : public ::corridor::server::HandlerService<v1::Resources, Resource##Handler> { \
   public:                                                                            \
    using HandlerService::HandlerService;                                             \
    CORRIDOR_RESOURCE_UNARY(Resource, Resources)                                      \
  };
