// What does not depend on the types of request and response.
#include "platform/server/unary.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/cache/told_tags.h"
#include "platform/request/position.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::server {
namespace {

// Callers have no identities yet, and all are on this machine.
constexpr char kActor[] = "local";

constexpr absl::Duration kWaitPoll = absl::Milliseconds(20);
constexpr size_t kMostWaiting = 1000;
constexpr absl::Duration kLongestMargin = absl::Milliseconds(200);

std::string_view Metadata(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

// What is ours to know stays in the log.
bool IsOurs(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown;
}

// The version of `process` in the token of the request's `corridor-min-version`; 0 for any.
absl::StatusOr<int64_t> MinVersion(const grpc::CallbackServerContext& context,
                                   const std::string& process, const std::string& epoch) {
  const std::string_view token = Metadata(context, kMinVersionHeader);
  if (token.empty()) return 0;
  ASSIGN_OR_RETURN(const common::v1::Position position, DecodePosition(token, kMinVersionHeader));
  const auto part = position.parts().find(process);
  if (part == position.parts().end()) return 0;
  if (part->second.epoch() == epoch) return part->second.version();
  return ErrorWithReason(absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH",
                         absl::StrCat(kMinVersionHeader,
                                      ": the token is of a store that was restored or replaced "
                                      "since; ask again without it"),
                         {{"service", process}, {"epoch", epoch}});
}

// Reads that may wait for another process at a time; none where nothing is in another process.
int ReadThreads(const ServerOptions& options, const store::VersionedStore& versions,
                const KeptAnswers& kept) {
  if (versions.is_remote()) return static_cast<int>(options.read_threads);
  return kept.cache == nullptr ? 0 : static_cast<int>(kept.shared_reads);
}

}  // namespace

UnaryCalls::UnaryCalls(std::string process, const ServerOptions& options,
                       store::VersionedStore& versions, telemetry::Telemetry& telemetry,
                       const KeptAnswers& kept)
    : process_(std::move(process)),
      default_deadline_(options.default_deadline),
      max_deadline_(options.max_deadline),
      versions_(versions),
      telemetry_(telemetry),
      kept_(kept),
      reads_(ReadThreads(options, versions, kept), static_cast<size_t>(options.read_queue),
             "reads"),
      writes_(static_cast<int>(options.write_threads), static_cast<size_t>(options.write_queue),
              "writes"),
      waiters_(versions, kWaitPoll, kMostWaiting) {}

UnaryCalls::Call UnaryCalls::Begin(std::string_view service, std::string_view method,
                                   grpc::CallbackServerContext* context) const {
  const absl::Time now = absl::Now();
  const auto asked = context->deadline();
  const bool has_deadline = asked != std::chrono::system_clock::time_point::max();
  const absl::Time deadline = has_deadline ? std::min(absl::FromChrono(asked), now + max_deadline_)
                                           : now + std::min(default_deadline_, max_deadline_);
  return {CallContext(absl::StrCat("/", std::string(service), "/", std::string(method)), kActor,
                      deadline, now),
          context,
          context->DefaultReactor(),
          telemetry::TraceContext::Continue(Metadata(*context, "traceparent")),
          std::chrono::steady_clock::now(),
          MinVersion(*context, process_, versions_.epoch())};
}

absl::Time UnaryCalls::EndOfWait(const Call& call) {
  const absl::Time deadline = call.context.deadline();
  return deadline - std::min(kLongestMargin, (deadline - absl::Now()) / 10);
}

absl::Status UnaryCalls::Guarded(const Call& call, absl::FunctionRef<absl::Status()> body) {
  if (absl::Now() >= call.context.deadline()) {
    return absl::DeadlineExceededError("the deadline passed before the call could begin");
  }
  RETURN_IF_ERROR(call.min_version.status());
  if (*call.min_version > 0) {
    ASSIGN_OR_RETURN(const int64_t head, versions_.Head(call.context.deadline()));
    if (head < *call.min_version) return store::VersionNotReached(*call.min_version, head);
  }
  try {
    return body();
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("exception: ", thrown.what()));
  } catch (...) {
    return absl::InternalError("exception of unknown type");
  }
}

bool UnaryCalls::MayBeKept(Call& call, const google::protobuf::Message& request) {
  if (kept_.cache == nullptr || !call.min_version.ok()) return false;
  const CallContext& context = call.context;
  call.question = kept_.cache->Ask(context.method(), request, *call.min_version, context.now());
  if (call.question) call.tier = cache::kFromStore;
  return call.question.has_value();
}

void UnaryCalls::Keep(Call& call, const google::protobuf::Message& response) {
  if (kept_.cache == nullptr) return;
  // Whoever is told of the commit is answered accordingly from now on.
  if (call.writes) kept_.cache->Wrote(call.context.version());
  if (!std::exchange(call.fills, false)) return;
  call.filled =
      kept_.cache->Keep(*call.question, call.context.version(), response.SerializeAsString());
  if (call.filled != nullptr) call.tier = cache::kFilled;
}

void UnaryCalls::Finish(Call& call, const absl::Status& status, size_t request_bytes,
                        size_t response_bytes) {
  const CallContext& context = call.context;
  if (!context.epoch().empty()) {
    call.grpc_context->AddInitialMetadata(
        kVersionHeader, EncodePosition(process_, context.epoch(), context.version()));
  }
  const std::string error(status.message());
  telemetry::RequestRecord record = {
      .method = context.method(),
      .code = CodeName(status.code()),
      .latency = absl::FromChrono(std::chrono::steady_clock::now() - call.arrived),
      .request_bytes = static_cast<int64_t>(request_bytes),
      .response_bytes = static_cast<int64_t>(response_bytes),
      .trace = &call.trace,
  };
  if (!status.ok()) record.log.emplace_back("error", error);
  if (!call.tier.empty()) {
    call.grpc_context->AddInitialMetadata(cache::kCacheHeader, std::string(call.tier));
    if (status.ok() && !call.question->tags.empty()) {
      call.grpc_context->AddInitialMetadata(
          cache::kTagsMetadata,
          cache::TellTags(std::max(call.holds_at, context.version()), call.question->tags));
    }
    record.log.emplace_back("cache", call.tier);
    kept_.metrics->Answered(call.tier);
  }
  telemetry_.Record(record);
  // Finishing lets go of what `call` points to.
  if (IsOurs(status.code())) {
    const std::string message =
        absl::StrCat("internal error; the log has it under trace ", call.trace.trace_id);
    call.reactor->Finish(ToGrpcStatus(absl::Status(status.code(), message)));
  } else {
    call.reactor->Finish(ToGrpcStatus(status));
  }
}

}  // namespace corridor::server
