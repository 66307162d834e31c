#include "platform/changes/changes_service.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/changes/commit_message.h"
#include "platform/request/page.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::changes {
namespace {

constexpr int kDefaultCommits = 100;
constexpr int kMaxCommits = 1000;
constexpr int kCommitsPerRead = 50;
constexpr int kReadingThreads = 2;
// A page may be cut short by size: gRPC refuses messages of 4 MB.
constexpr size_t kMaxPageBytes = 1 << 20;
constexpr absl::Duration kLongestCall = absl::Seconds(30);

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  return std::min(absl::FromChrono(context.deadline()), absl::Now() + kLongestCall);
}

absl::Status CheckSince(int64_t since, int64_t head) {
  if (since < 0) return InvalidField("since", absl::StrCat(since), "is below 0");
  if (since <= head) return absl::OkStatus();
  return ErrorWithReason(absl::StatusCode::kOutOfRange, "SINCE_BEYOND_HEAD",
                         absl::StrCat("since: ", since, " is beyond the last version, ", head),
                         {{"head", absl::StrCat(head)}});
}

// How often the caller hears of the head: as it asks, and at least as often as the contract
// promises.
absl::StatusOr<absl::Duration> HeartbeatInterval(const v1::WatchRequest& request,
                                                 absl::Duration longest) {
  if (!request.has_heartbeat_interval()) return longest;
  const absl::Duration asked = absl::Seconds(request.heartbeat_interval().seconds()) +
                               absl::Nanoseconds(request.heartbeat_interval().nanos());
  if (asked > absl::ZeroDuration()) return std::min(asked, longest);
  return InvalidField("heartbeat_interval", absl::FormatDuration(asked), "is not above zero");
}

absl::Status CheckWatch(const v1::WatchRequest& request, store::VersionedStore& store,
                        absl::Time deadline) {
  if (request.since() > 0 && request.epoch().empty()) return MissingField("epoch");
  if (!request.epoch().empty() && request.epoch() != store.epoch()) {
    return ErrorWithReason(
        absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH",
        absl::StrCat("epoch: \"", request.epoch(), "\" is not this store's, which is ",
                     store.epoch(), ": read it anew"),
        {{"epoch", store.epoch()}});
  }
  ASSIGN_OR_RETURN(const int64_t head, store.Head(deadline));
  return CheckSince(request.since(), head);
}

// Commits after `position`, up to and with `until`.
struct Range {
  int64_t position = 0;
  int64_t until = 0;
};

absl::StatusOr<Range> AskedRange(const v1::ListCommitsRequest& request,
                                 store::VersionedStore& store, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, DecodePageToken(request, store.epoch()));
  if (!cursor.has_value()) {
    ASSIGN_OR_RETURN(const int64_t head, store.Head(deadline));
    RETURN_IF_ERROR(CheckSince(request.since(), head));
    return Range{request.since(), head};
  }
  int64_t position = 0;
  if (cursor->keys.size() != 1 || !absl::SimpleAtoi(cursor->keys[0], &position) || position < 0) {
    return InvalidField("page_token", request.page_token(), "was not made by this list");
  }
  return Range{position, cursor->version};
}

absl::StatusOr<v1::ListCommitsResponse> List(const v1::ListCommitsRequest& request,
                                             store::VersionedStore& store, CallContext& call) {
  const absl::Time deadline = call.deadline();
  v1::ListCommitsResponse response;
  ASSIGN_OR_RETURN(const int page_size,
                   PageSize(request.page_size(), kDefaultCommits, kMaxCommits));
  ASSIGN_OR_RETURN(Range range, AskedRange(request, store, deadline));
  size_t bytes = 0;
  while (range.position < range.until && response.commits_size() < page_size &&
         bytes < kMaxPageBytes) {
    const int limit = std::min(kCommitsPerRead, page_size - response.commits_size());
    ASSIGN_OR_RETURN(const auto commits, store.CommitsAfter(range.position, limit, deadline));
    if (commits.empty()) return response;
    for (const store::Commit& commit : commits) {
      if (commit.version > range.until || bytes >= kMaxPageBytes) break;
      *response.add_commits() = ToMessage(commit);
      bytes += response.commits().rbegin()->ByteSizeLong();
      range.position = commit.version;
    }
  }
  if (range.position < range.until) {
    response.set_next_page_token(EncodePageToken(
        request, store.epoch(), {.version = range.until, .keys = {absl::StrCat(range.position)}}));
  }
  call.AnsweredFrom(store.epoch(), range.until);
  return response;
}

// The answer to a Watch that is not admitted.
class Refusal final : public grpc::ServerWriteReactor<v1::WatchResponse> {
 public:
  explicit Refusal(const absl::Status& status) { Finish(server::ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

ChangesService::ChangesService(store::VersionedStore& store, server::UnaryCalls& calls,
                               const ChangesOptions& options)
    : store_(store),
      calls_(calls),
      options_(options),
      reading_(store.is_remote()
                   ? std::make_unique<server::Executor>(
                         kReadingThreads, static_cast<size_t>(2 * options.max_watchers), "watches")
                   : nullptr),
      watchers_(std::make_shared<Watchers>(store, options.poll_interval, options.max_watchers)) {}

void ChangesService::Run(absl::AnyInvocable<void()> task) {
  if (reading_ == nullptr) return task();
  // There is room: a watch has one task at a time.
  if (const absl::Status taken = reading_->Submit(std::move(task)); !taken.ok()) std::abort();
}

grpc::ServerUnaryReactor* ChangesService::ListCommits(grpc::CallbackServerContext* context,
                                                      const v1::ListCommitsRequest* request,
                                                      v1::ListCommitsResponse* response) {
  return calls_.Read(kService, "ListCommits", context, request, response,
                     [this](const v1::ListCommitsRequest& asked, CallContext& call) {
                       return List(asked, store_, call);
                     });
}

grpc::ServerWriteReactor<v1::WatchResponse>* ChangesService::Watch(
    grpc::CallbackServerContext* context, const v1::WatchRequest* request) {
  absl::StatusOr<Wanted> wanted = Wanted::Read(*request);
  if (!wanted.ok()) return new Refusal(wanted.status());
  const absl::StatusOr<absl::Duration> heartbeats =
      HeartbeatInterval(*request, options_.heartbeat_interval);
  if (!heartbeats.ok()) return new Refusal(heartbeats.status());
  auto watcher = std::make_shared<WatchReactor>(
      store_, request->since(), *std::move(wanted), absl::ToChronoNanoseconds(*heartbeats),
      [this](absl::AnyInvocable<void()> task) { Run(std::move(task)); },
      [watchers = watchers_](WatchReactor* done) { watchers->Remove(done); });
  WatchReactor* reactor = watcher.get();
  if (const absl::Status status = watchers_->Add(std::move(watcher)); !status.ok()) {
    return new Refusal(status);
  }
  reactor->Admit([this, asked = *request,
                  deadline = DeadlineOf(*context)] { return CheckWatch(asked, store_, deadline); },
                 [watchers = watchers_] { watchers->Nudge(); });
  return reactor;
}

}  // namespace corridor::changes
