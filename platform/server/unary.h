// Between grpc++'s callback API and handlers, which know neither: deadlines, errors, exceptions,
// versions, telemetry.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "platform/request/call_context.h"
#include "platform/server/executor.h"
#include "platform/server/server_options.h"
#include "platform/server/version_waiters.h"
#include "platform/store/versioned_store.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::server {

// Runs the unary calls of one process. Thread-safe; outlives the server and `telemetry` outlives
// it.
class UnaryCalls {
 public:
  // `process` names this service in `corridor-version`, e.g. `memberstates`. `versions`, whose
  // versions these are, must outlive this.
  UnaryCalls(std::string process, const ServerOptions& options, store::VersionedStore& versions,
             telemetry::Telemetry& telemetry);

  // Answers on the calling thread, or on a thread for reads when the store is another process.
  // `answer` is called as absl::StatusOr<Response>(const Request&,
  // CallContext&), and may be called again: one that asks for a version which the store has not
  // reached, by `known_at` or `corridor-min-version`, waits for it within its deadline. `service`
  // and `method` as in `corridor.memberstates.v1.Areas` and `GetArea`.
  template <typename Request, typename Response, typename Answer>
  grpc::ServerUnaryReactor* Read(std::string_view service, std::string_view method,
                                 grpc::CallbackServerContext* context, const Request* request,
                                 Response* response, Answer answer) {
    const auto call = std::make_shared<Call>(Begin(service, method, context));
    grpc::ServerUnaryReactor* const reactor = call->reactor;
    if (versions_.is_remote()) {
      RunLater(reads_, call, *request, *response, answer);
    } else {
      Run(call, *request, *response, answer);
    }
    return reactor;
  }

  // Resumes the calls that wait for a version, and lets none wait any more. Call it before the
  // server's Shutdown(), which waits for calls.
  void StopWaiting() { waiters_.Close(); }

  // Answers on a thread for writes, or RESOURCE_EXHAUSTED when too many wait.
  template <typename Request, typename Response, typename Answer>
  grpc::ServerUnaryReactor* Write(std::string_view service, std::string_view method,
                                  grpc::CallbackServerContext* context, const Request* request,
                                  Response* response, Answer answer) {
    const auto call = std::make_shared<Call>(Begin(service, method, context));
    grpc::ServerUnaryReactor* const reactor = call->reactor;
    // Request and response live until the call is finished.
    RunLater(writes_, call, *request, *response, answer);
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
    absl::StatusOr<int64_t> min_version;  // 0: any.
    bool may_wait = true;
  };

  Call Begin(std::string_view service, std::string_view method,
             grpc::CallbackServerContext* context) const;
  // What `body` answers; DEADLINE_EXCEEDED when it is too late to begin, INTERNAL when it throws.
  absl::Status Guarded(const Call& call, absl::FunctionRef<absl::Status()> body);
  void Finish(Call& call, const absl::Status& status, size_t request_bytes, size_t response_bytes);

  template <typename Request, typename Response, typename Answer>
  void Run(const std::shared_ptr<Call>& call, const Request& request, Response& response,
           const Answer& answer) {
    const absl::Status status = Guarded(*call, [&]() -> absl::Status {
      auto result = answer(request, call->context);
      if (!result.ok()) return std::move(result).status();
      response = *std::move(result);
      return absl::OkStatus();
    });
    const int64_t wanted = call->may_wait ? store::VersionNotReachedOf(status) : 0;
    if (wanted > 0 &&
        waiters_.Wait(wanted, EndOfWait(*call), [=, this, &request, &response](bool in_time) {
          call->may_wait = in_time;
          RunLater(writes_, call, request, response, answer);
        })) {
      return;
    }
    Finish(*call, status, request.ByteSizeLong(), status.ok() ? response.ByteSizeLong() : 0);
  }

  // Runs on a thread of `executor`, or finishes with RESOURCE_EXHAUSTED. Request and response live
  // until the call is finished.
  template <typename Request, typename Response, typename Answer>
  void RunLater(Executor& executor, const std::shared_ptr<Call>& call, const Request& request,
                Response& response, const Answer& answer) {
    const absl::Status taken =
        executor.Submit([=, this, &request, &response] { Run(call, request, response, answer); });
    if (!taken.ok()) Finish(*call, taken, request.ByteSizeLong(), 0);
  }

  // Until when a call may wait and still be told why in time.
  static absl::Time EndOfWait(const Call& call);

  const std::string process_;
  const absl::Duration default_deadline_;
  const absl::Duration max_deadline_;
  store::VersionedStore& versions_;
  telemetry::Telemetry& telemetry_;
  Executor reads_;
  Executor writes_;
  VersionWaiters waiters_;  // Resumes its calls among the writes.
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
#define CORRIDOR_RESOURCE_UNARY(Resource, Resources)                                              \
  CORRIDOR_UNARY(Read, Get##Resource, v1::Get##Resource##Request, v1::Resource)                   \
  CORRIDOR_UNARY(Read, List##Resources, v1::List##Resources##Request,                             \
                 v1::List##Resources##Response)                                                   \
  CORRIDOR_UNARY(Write, Create##Resource, v1::Create##Resource##Request, v1::Resource)            \
  CORRIDOR_UNARY(Write, BatchCreate##Resources, v1::BatchCreate##Resources##Request,              \
                 v1::BatchCreate##Resources##Response)                                            \
  CORRIDOR_UNARY(Write, Update##Resource, v1::Update##Resource##Request, v1::Resource)            \
  CORRIDOR_UNARY(Write, BatchUpdate##Resources, v1::BatchUpdate##Resources##Request,              \
                 v1::BatchUpdate##Resources##Response)                                            \
  CORRIDOR_UNARY(Write, Delete##Resource, v1::Delete##Resource##Request, google::protobuf::Empty) \
  CORRIDOR_UNARY(Write, BatchDelete##Resources, v1::BatchDelete##Resources##Request,              \
                 google::protobuf::Empty)

// Defines `<Resources>Rpc`, of a resource that has these methods and no others, in the namespace of
// its `<Resource>Handler`.
#define CORRIDOR_RESOURCE_RPC(Resource, Resources)                                    \
  class Resources##Rpc final                                                          \
      : public ::corridor::server::HandlerService<v1::Resources, Resource##Handler> { \
   public:                                                                            \
    using HandlerService::HandlerService;                                             \
    CORRIDOR_RESOURCE_UNARY(Resource, Resources)                                      \
  };
