#include "platform/areas/grpc_area_source.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/channel_arguments.h"
#include "platform/request/page.h"
#include "platform/request/position.h"
#include "platform/request/resource_name.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::areas {
namespace {

namespace v1 = memberstates::v1;

constexpr char kService[] = "memberstates";
constexpr absl::Duration kLongestSilence = absl::Seconds(15);
// Services allow a ping every five seconds.
constexpr int kKeepaliveMs = 10'000;
constexpr int kKeepaliveTimeoutMs = 5'000;
constexpr int kFirstReconnectMs = 50;
constexpr int kLastReconnectMs = 1'000;

// One unary call. It is answered from the version of the token `position`, if that is one, or a
// later one, whose token it becomes.
template <typename Stub, typename Request, typename Response>
absl::Status Ask(Stub& stub,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, absl::Time deadline, const std::stop_token& stop,
                 Response& response, std::string& position) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  if (!position.empty()) context.AddMetadata(kMinVersionHeader, position);
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return server::FromGrpcStatus(status);
  const auto token = context.GetServerInitialMetadata().find(kVersionHeader);
  if (token == context.GetServerInitialMetadata().end()) {
    return absl::InternalError("memberstates did not say from which version it answered");
  }
  position.assign(token->second.data(), token->second.size());
  return absl::OkStatus();
}

absl::StatusOr<Cursor> CursorOf(const std::string& token) {
  ASSIGN_OR_RETURN(const common::v1::Position position, DecodePosition(token, kVersionHeader));
  const auto part = position.parts().find(kService);
  if (part == position.parts().end()) {
    return absl::InternalError("memberstates answered with the position of another service");
  }
  return Cursor{part->second.epoch(), part->second.version()};
}

// The token of the version that all pages were answered from, which the first page pins, not before
// that of the token `position`.
absl::StatusOr<std::string> FetchAreas(v1::Areas::StubInterface& stub, std::string position,
                                       absl::Time deadline, const std::stop_token& stop,
                                       AreaSnapshot& snapshot) {
  v1::ListAreasRequest request;
  request.set_view(v1::BASIC);
  request.set_page_size(kMaxPageSize);
  do {
    v1::ListAreasResponse page;
    RETURN_IF_ERROR(
        Ask(stub, &v1::Areas::StubInterface::ListAreas, request, deadline, stop, page, position));
    for (v1::Area& area : *page.mutable_areas()) snapshot.areas.push_back(std::move(area));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return position;
}

absl::Status FetchMembers(v1::Areas::StubInterface& stub, std::string position, absl::Time deadline,
                          const std::stop_token& stop, AreaSnapshot& snapshot) {
  v1::ListAreaMembersRequest request;
  request.set_parent("areas/-");
  request.set_any_time(true);
  request.set_page_size(kMaxPageSize);
  request.set_known_at(position);
  do {
    v1::ListAreaMembersResponse page;
    RETURN_IF_ERROR(Ask(stub, &v1::Areas::StubInterface::ListAreaMembers, request, deadline, stop,
                        page, position));
    for (v1::AreaMember& member : *page.mutable_members()) {
      snapshot.members.push_back(std::move(member));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::Status CheckNamesAndDates(const AreaSnapshot& snapshot) {
  for (const v1::Area& area : snapshot.areas) {
    RETURN_IF_ERROR(CodeIn(area.name(), "areas/*", "name").status());
  }
  for (const v1::AreaMember& member : snapshot.members) {
    RETURN_IF_ERROR(TwoCodesIn(member.name(), "areas/*/members/*", "name").status());
    if (member.has_start()) {
      RETURN_IF_ERROR(ParsePartialDate(member.start().text(), "start").status());
    }
    if (member.has_end()) RETURN_IF_ERROR(ParsePartialDate(member.end().text(), "end").status());
  }
  return absl::OkStatus();
}

FeedEvent EventOf(const changes::v1::WatchResponse& response) {
  const changes::v1::Commit& commit = response.commit();
  FeedEvent event = {commit.version(), {commit.collections().begin(), commit.collections().end()}};
  if (commit.purge()) event.purged = {commit.resources().begin(), commit.resources().end()};
  return event;
}

// One call of Watch, an event at a time, each waited for until it is overdue: which the blocking
// interface of gRPC cannot. Used by one thread at a time; `stop` cancels it.
class FeedCall {
 public:
  FeedCall(changes::v1::Changes::Stub& stub, const changes::v1::WatchRequest& request,
           const std::stop_token& stop)
      : cancel_(stop, [this] { context_.TryCancel(); }),
        reader_(stub.PrepareAsyncWatch(&context_, request, &queue_)) {
    reader_->StartCall(nullptr);
    Wait();
  }
  ~FeedCall() {
    if (!finished_) {
      context_.TryCancel();
      Finish().IgnoreError();
    }
    queue_.Shutdown();
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) {
    }
  }
  FeedCall(const FeedCall&) = delete;
  FeedCall& operator=(const FeedCall&) = delete;

  // False when there is no event in time, or no more at all: Finish() then says why.
  bool Read(changes::v1::WatchResponse& response) {
    reader_->Read(&response, nullptr);
    return Wait();
  }

  absl::Status Finish() {
    grpc::Status status;
    reader_->Finish(&status, nullptr);
    Wait();
    finished_ = true;
    if (was_silent_) return absl::UnavailableError("the change feed of memberstates fell silent");
    if (status.ok()) return absl::UnavailableError("the change feed of memberstates ended");
    return server::FromGrpcStatus(status);
  }

 private:
  // Waits for the one operation under way, and cancels the call when that takes too long.
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    const absl::Time deadline = absl::Now() + kLongestSilence;
    if (queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(deadline)) !=
        grpc::CompletionQueue::TIMEOUT) {
      return ok;
    }
    was_silent_ = true;
    context_.TryCancel();
    queue_.Next(&tag, &ok);
    return false;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  const std::stop_callback<std::function<void()>> cancel_;
  const std::unique_ptr<grpc::ClientAsyncReader<changes::v1::WatchResponse>> reader_;
  bool was_silent_ = false;
  bool finished_ = false;
};

}  // namespace

std::shared_ptr<grpc::Channel> ChannelToMemberstates(const std::string& address) {
  grpc::ChannelArguments arguments;
  const std::pair<const char*, int> limits[] = {
      {GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},  // As many as the time between them allows.
      {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs},
      {GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLastReconnectMs},
      {GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLastReconnectMs},
      {GRPC_ARG_ENABLE_HTTP_PROXY, 0},
  };
  for (const auto& [name, value] : limits) arguments.SetInt(name, value);
  // gRPC goes from one address of a list to the next when it loses a connection.
  const std::string target =
      address.find(',') == std::string::npos ? address : absl::StrCat("ipv4:", address);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

absl::StatusOr<AreaSnapshot> GrpcAreaSource::Fetch(const Cursor& least, absl::Time deadline,
                                                   const std::stop_token& stop) {
  AreaSnapshot snapshot;
  const std::string least_position =
      least.epoch.empty() ? "" : EncodePosition(kService, least.epoch, least.version);
  ASSIGN_OR_RETURN(const std::string position,
                   FetchAreas(*areas_, least_position, deadline, stop, snapshot));
  ASSIGN_OR_RETURN(snapshot.cursor, CursorOf(position));
  // Before its first commit there is no version to list members at.
  if (snapshot.cursor.version == 0) return snapshot;
  RETURN_IF_ERROR(FetchMembers(*areas_, position, deadline, stop, snapshot));
  if (const absl::Status unreadable = CheckNamesAndDates(snapshot); !unreadable.ok()) {
    return absl::InternalError(
        absl::StrCat("memberstates answered what is no area: ", unreadable.message()));
  }
  return snapshot;
}

absl::StatusOr<std::optional<Cursor>> GrpcAreaSource::Find(std::string_view code,
                                                           absl::Time deadline) {
  v1::GetAreaRequest request;
  request.set_name(absl::StrCat("areas/", std::string(code)));
  request.set_view(v1::BASIC);
  v1::Area area;
  std::string position;
  const absl::Status status = Ask<v1::Areas::StubInterface>(
      *areas_, &v1::Areas::StubInterface::GetArea, request, deadline, {}, area, position);
  if (absl::IsNotFound(status)) return std::nullopt;
  if (!status.ok()) return status;
  return CursorOf(position);
}

absl::Status GrpcAreaSource::Watch(const Cursor& since, const std::stop_token& stop,
                                   absl::FunctionRef<absl::Status(const FeedEvent&)> on_event) {
  changes::v1::WatchRequest request;
  request.set_since(since.version);
  request.set_epoch(since.epoch);
  FeedCall call(*changes_, request, stop);
  changes::v1::WatchResponse response;
  while (call.Read(response)) RETURN_IF_ERROR(on_event(EventOf(response)));
  return call.Finish();
}

}  // namespace corridor::areas
