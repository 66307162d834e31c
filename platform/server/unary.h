// Between grpc++'s callback API and handlers, which know neither: deadlines, errors, exceptions,
// versions, telemetry.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "platform/cache/read_cache.h"
#include "platform/request/call_context.h"
#include "platform/server/executor.h"
#include "platform/server/server_options.h"
#include "platform/server/version_waiters.h"
#include "platform/store/versioned_store.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::server {

// What reads are answered from before the store.
struct KeptAnswers {
  cache::ReadCache* cache = nullptr;       // Null: nothing.
  cache::CacheMetrics* metrics = nullptr;  // Of it.
  int64_t shared_reads = 1;                // That may ask its shared tier at a time.
};

// Runs the unary calls of one process. Thread-safe; outlives the server and `telemetry` outlives
// it.
class UnaryCalls {
 public:
  // `process` names this service in `corridor-version`, e.g. `memberstates`. `versions`, whose
  // versions these are, must outlive this, and so must what `kept` points to.
  UnaryCalls(std::string process, const ServerOptions& options, store::VersionedStore& versions,
             telemetry::Telemetry& telemetry, const KeptAnswers& kept = {});

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
    if (MayBeKept(*call, *request)) {
      ReadThrough(call, *request, *response, answer);
    } else {
      ReadStore(call, *request, *response, answer);
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
    call->writes = true;
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
    bool writes = false;
    // Of a read whose answer may be kept: what it asks, which tier answered, how often it may still
    // look there, and what is kept of the store's answer once it is.
    std::optional<cache::Question> question = {};
    std::string_view tier = {};
    int looks = 3;
    int64_t holds_at = 0;  // The last version that was known when it looked there.
    bool fills = false;
    cache::EntryPtr filled = nullptr;
  };

  Call Begin(std::string_view service, std::string_view method,
             grpc::CallbackServerContext* context) const;
  // What `body` answers; DEADLINE_EXCEEDED when it is too late to begin, INTERNAL when it throws.
  absl::Status Guarded(const Call& call, absl::FunctionRef<absl::Status()> body);
  void Finish(Call& call, const absl::Status& status, size_t request_bytes, size_t response_bytes);

  // Whether the answer to a read may be kept: then its question is set.
  bool MayBeKept(Call& call, const google::protobuf::Message& request);
  // Keeps what the store has answered, if this call is to; before it is finished.
  void Keep(Call& call, const google::protobuf::Message& response);

  // Answers from what is kept, else from the store, and keeps that. Of those who ask the same at
  // the same time, one asks the store.
  template <typename Request, typename Response, typename Answer>
  void ReadThrough(const std::shared_ptr<Call>& call, const Request& request, Response& response,
                   const Answer& answer) {
    cache::ReadCache& kept = *kept_.cache;
    call->holds_at = kept.version();
    const cache::EntryPtr entry = kept.FindLocal(*call->question);
    if (entry != nullptr)
      return Serve(call, *entry, cache::kFromProcess, request, response, answer);
    const bool leads =
        kept.Join(*call->question, [=, this, &request, &response](const cache::EntryPtr& landed) {
          call->holds_at = kept_.cache->version();
          if (landed == nullptr || --call->looks == 0) {
            RunLater(reads_, call, request, response, answer);
          } else if (kept_.cache->Answers(*landed, *call->question)) {
            Serve(call, *landed, cache::kFromProcess, request, response, answer);
          } else {
            ReadThrough(call, request, response, answer);
          }
        });
    if (!leads) return;
    if (!versions_.is_remote() && !kept.MayShare(*call->question)) {
      return Lead(call, request, response, answer);
    }
    const auto lead = [=, this, &request, &response] { Lead(call, request, response, answer); };
    if (reads_.Submit(lead).ok()) return;
    kept.Land(*call->question, nullptr);
    ReadStore(call, request, response, answer);
  }

  // Finds the answer for all who ask the same now.
  template <typename Request, typename Response, typename Answer>
  void Lead(const std::shared_ptr<Call>& call, const Request& request, Response& response,
            const Answer& answer) {
    cache::ReadCache& kept = *kept_.cache;
    call->holds_at = kept.version();
    cache::EntryPtr found = kept.FindShared(*call->question);
    absl::Cleanup land = [&] { kept.Land(*call->question, found); };
    if (found != nullptr) {
      return Serve(call, *found, cache::kFromRedis, request, response, answer);
    }
    kept.Pin(*call->question);
    call->fills = true;
    Run(call, request, response, answer);
    // A call that went on to wait for a version fills nothing.
    found = std::exchange(call->filled, nullptr);
    std::move(land).Invoke();
    if (found != nullptr) kept.Share(*call->question, *found);
  }

  // What was found to answer after `holds_at` was noted.
  template <typename Request, typename Response, typename Answer>
  void Serve(const std::shared_ptr<Call>& call, const cache::Entry& entry, std::string_view tier,
             const Request& request, Response& response, const Answer& answer) {
    if (!response.ParseFromString(entry.answer)) {
      return ReadStore(call, request, response, answer);
    }
    call->tier = tier;
    call->context.AnsweredFrom(versions_.epoch(), entry.stamp.version);
    Finish(*call, absl::OkStatus(), request.ByteSizeLong(), entry.answer.size());
  }

  template <typename Request, typename Response, typename Answer>
  void Run(const std::shared_ptr<Call>& call, const Request& request, Response& response,
           const Answer& answer) {
    const absl::Status status = Guarded(*call, [&]() -> absl::Status {
      auto result = answer(request, call->context);
      if (!result.ok()) return std::move(result).status();
      response = *std::move(result);
      return absl::OkStatus();
    });
    if (status.ok()) Keep(*call, response);
    const int64_t wanted = call->may_wait ? store::VersionNotReachedOf(status) : 0;
    // Whoever leads has found nothing then; another thread has the call from here.
    if (wanted > 0) call->fills = false;
    if (wanted > 0 &&
        waiters_.Wait(wanted, EndOfWait(*call), [=, this, &request, &response](bool in_time) {
          call->may_wait = in_time;
          RunLater(writes_, call, request, response, answer);
        })) {
      return;
    }
    Finish(*call, status, request.ByteSizeLong(), status.ok() ? response.ByteSizeLong() : 0);
  }

  // Answers from the store, where it may block if the store is another process.
  template <typename Request, typename Response, typename Answer>
  void ReadStore(const std::shared_ptr<Call>& call, const Request& request, Response& response,
                 const Answer& answer) {
    if (versions_.is_remote()) return RunLater(reads_, call, request, response, answer);
    Run(call, request, response, answer);
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
  const KeptAnswers kept_;
  Executor reads_;  // Where the store or the cache's shared tier is another process.
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
