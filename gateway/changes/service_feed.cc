// Asks, goes on where it was when the service has been away, and gives up only when told that there
// is no going on.
#include "gateway/changes/service_feed.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/message.h"
#include "google/protobuf/util/time_util.h"
#include "platform/request/position.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

namespace v1 = changes::v1;

constexpr char kWatch[] = "/corridor.changes.v1.Changes/Watch";
constexpr char kListCommits[] = "/corridor.changes.v1.Changes/ListCommits";
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(1);
constexpr absl::Duration kLongestHead = absl::Seconds(5);

// Whether a call that ended so may go well a moment later.
bool MayPass(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    // What a process that dies in the middle of an answer looks like.
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

double Jitter() {
  thread_local absl::BitGen random;
  return absl::Uniform(random, 0.5, 1.0);
}

// The service's part of the token that an answer carries.
std::optional<common::v1::Position::Part> VersionOf(const UnaryReply& reply,
                                                    const std::string& service) {
  const std::string* token = FindHeader(reply.headers, kVersionHeader);
  if (token == nullptr) return std::nullopt;
  const auto position = DecodePosition(*token, kVersionHeader);
  if (!position.ok()) return std::nullopt;
  const auto part = position->parts().find(service);
  if (part == position->parts().end()) return std::nullopt;
  return part->second;
}

}  // namespace

ServiceFeed::ServiceFeed(std::string service, Upstream& upstream, std::optional<Part> position,
                         std::vector<std::string> resources, Headers metadata, AlarmClock& clock,
                         std::function<void()> ready, absl::Duration heartbeats)
    : service_(std::move(service)),
      upstream_(upstream),
      position_(std::move(position)),
      resources_(std::move(resources)),
      metadata_(std::move(metadata)),
      clock_(clock),
      ready_(std::move(ready)),
      heartbeats_(heartbeats),
      retry_(clock.NewAlarm([this] {
        Ask();
        Tell();
      })),
      pause_(kFirstPause) {}

ServiceFeed::~ServiceFeed() {
  if (cancel_) cancel_();
}

void ServiceFeed::Begin() { Ask(); }

void ServiceFeed::Ask() { position_ ? Watch() : LearnHead(); }

void ServiceFeed::LearnHead() {
  v1::ListCommitsRequest request;
  request.set_page_size(1);
  is_asking_ = true;
  cancel_ = upstream_.Unary({kListCommits, request.SerializeAsString(), metadata_,
                             absl::Now() + kLongestHead, /*is_read=*/true},
                            [this](const UnaryReply& reply) {
                              OnHead(reply);
                              if (!is_asking_) Tell();  // Who asks tells, too.
                            });
  is_asking_ = false;
}

void ServiceFeed::OnHead(const UnaryReply& reply) {
  if (!reply.status.ok()) return OnEnd(reply.status);
  position_ = VersionOf(reply, service_);
  if (position_) return Watch();
  FailBy("the service answered a list of commits without its version");
}

void ServiceFeed::Watch() {
  v1::WatchRequest request;
  request.set_since(position_->version());
  request.set_epoch(position_->epoch());
  *request.mutable_resources() = {resources_.begin(), resources_.end()};
  if (heartbeats_ != absl::InfiniteDuration()) {
    *request.mutable_heartbeat_interval() = google::protobuf::util::TimeUtil::NanosecondsToDuration(
        absl::ToInt64Nanoseconds(heartbeats_));
  }
  asked_since_ = clock_.Now();
  stream_ = upstream_.Stream(
      {kWatch, request.SerializeAsString(), metadata_, absl::InfiniteFuture(), /*is_read=*/true},
      [this] { Tell(); });
}

void ServiceFeed::Look() {
  while (stream_ != nullptr && !next_) {
    if (const std::optional<std::string> message = stream_->Take()) {
      OnMessage(*message);
    } else if (const std::optional<absl::Status> end = stream_->End()) {
      return OnEnd(*end);
    } else {
      return;
    }
  }
}

v1::Commit ServiceFeed::Take() {
  v1::Commit commit = std::move(*next_->mutable_commit());
  MoveTo(*next_);
  next_.reset();
  return commit;
}

void ServiceFeed::OnMessage(const std::string& message) {
  v1::WatchResponse response;
  if (!response.ParseFromString(message) || response.epoch().empty()) {
    return FailBy("the service sent what is no event of its feed");
  }
  if (!position_->epoch().empty() && position_->epoch() != response.epoch()) {
    return Fail(ErrorWithReason(
        absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH",
        absl::StrCat("the store is another one now, ", response.epoch(), ": read it anew"),
        {{"epoch", response.epoch()}}));
  }
  is_settled_ = true;
  pause_ = kFirstPause;
  if (response.has_commit()) {
    next_ = std::move(response);
    return;
  }
  MoveTo(response);
}

void ServiceFeed::MoveTo(const v1::WatchResponse& event) {
  position_->set_epoch(event.epoch());
  position_->set_version(event.position());
  if (event.position() < event.head() || !event.has_asked_after()) return;
  known_at_ = std::max(
      known_at_,
      asked_since_ + absl::Nanoseconds(google::protobuf::util::TimeUtil::DurationToNanoseconds(
                         event.asked_after())));
}

void ServiceFeed::OnEnd(const absl::Status& status) {
  stream_ = nullptr;
  if (!MayPass(status.code())) return Fail(status);
  is_settled_ = true;
  retry_->Set(pause_ * Jitter());
  pause_ = std::min(2 * pause_, kLongestPause);
}

void ServiceFeed::Fail(const absl::Status& why) {
  // The fields of the request are not the service's.
  End(absl::IsInvalidArgument(why) ? why : AtField(service_, why));
}

void ServiceFeed::FailBy(const char* garbage) {
  End(UpstreamFailure(service_, absl::InternalError(garbage)));
}

void ServiceFeed::End(absl::Status failure) {
  stream_ = nullptr;
  is_settled_ = true;
  failure_ = std::move(failure);
}

void ServiceFeed::Tell() const {
  const std::function<void()> ready = ready_;  // It may destroy this.
  ready();
}

}  // namespace corridor::gateway
