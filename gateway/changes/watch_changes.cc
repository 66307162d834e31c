// Takes from each service in turn what it has, and says after each event where all of them stand.
#include "gateway/changes/watch_changes.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "corridor/gateway/v1/changes.pb.h"
#include "gateway/changes/feed_position.h"
#include "gateway/changes/service_feed.h"
#include "platform/request/nearest.h"
#include "platform/request/position.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using common::v1::Position;

// The contract promises one in five seconds.
constexpr absl::Duration kHeartbeatInterval = absl::Seconds(4);
// How long the first event waits for services that neither answer nor fail.
constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr char kCommitEvent[] = "commit";
constexpr char kHeartbeatEvent[] = "heartbeat";

// A request, read.
struct Question {
  std::vector<std::string> services;  // To follow.
  Position since;                     // Of known services, also of those that are not followed.
  std::vector<std::string> resources;
};

std::vector<std::string> NamesOf(const std::map<std::string, Upstream*>& services) {
  std::vector<std::string> names;
  names.reserve(services.size());
  for (const auto& [name, upstream] : services) names.push_back(name);
  return names;
}

absl::StatusOr<std::vector<std::string>> ServicesToFollow(const v1::WatchChangesRequest& request,
                                                          const std::vector<std::string>& all) {
  std::vector<std::string> services(request.services().begin(), request.services().end());
  for (const std::string& name : services) {
    if (std::find(all.begin(), all.end(), name) != all.end()) continue;
    return InvalidField("services", name,
                        absl::StrCat("is no service of this gateway; nearest: ", Nearest(name, all),
                                     "; all: ", absl::StrJoin(all, ", ")));
  }
  if (services.empty()) return all;
  std::sort(services.begin(), services.end());
  services.erase(std::unique(services.begin(), services.end()), services.end());
  return services;
}

// Takes the id out of the metadata, since it is not for services.
std::string TakeLastEventId(Headers& metadata) {
  std::string id;
  std::erase_if(metadata, [&id](auto& entry) {
    if (entry.first != OwnStream::kLastEventId) return false;
    id = std::move(entry.second);
    return true;
  });
  return id;
}

absl::StatusOr<Question> ReadQuestion(StreamingCall& call,
                                      const std::map<std::string, Upstream*>& services) {
  v1::WatchChangesRequest request;
  if (!request.ParseFromString(call.message)) {
    return absl::InvalidArgumentError("the message is no WatchChangesRequest");
  }
  const std::vector<std::string> all = NamesOf(services);
  Question question;
  ASSIGN_OR_RETURN(question.services, ServicesToFollow(request, all));
  question.resources = {request.resources().begin(), request.resources().end()};
  const std::string id = TakeLastEventId(call.metadata);
  const std::string& since = id.empty() ? request.since() : id;
  // The beginning is that of the services that are followed; of the others a token may say more.
  ASSIGN_OR_RETURN(question.since, ReadSince(since, id.empty() ? "since" : "Last-Event-ID",
                                             since == "0" ? question.services : all));
  return question;
}

class MergedFeed : public OwnEvents {
 public:
  MergedFeed(const std::map<std::string, Upstream*>& services, const Question& question,
             const Headers& metadata, absl::Time deadline, AlarmClock& clock,
             std::function<void()> ready);

  std::optional<OwnEvent> Take() override;
  std::optional<absl::Status> End() const override { return end_; }

 private:
  void Begin();
  std::optional<OwnEvent> Next();
  bool IsEverySettled() const;
  OwnEvent Event(ServiceFeed& feed);
  OwnEvent Heartbeat();
  OwnEvent WithPosition(v1::ChangeEvent event, const char* name);
  void EndWith(absl::Status why);
  void Tell();
  // An alarm that makes `is_so` true.
  std::unique_ptr<Alarm> Marks(bool& is_so, AlarmClock& clock);

  Position position_;
  const absl::Time deadline_;
  const std::function<void()> ready_;
  std::vector<std::unique_ptr<ServiceFeed>> feeds_;
  size_t turn_ = 0;  // Who is looked at first.
  bool has_begun_ = false;
  bool is_open_ = false;    // The first event was taken.
  bool is_taking_ = false;  // Who takes needs not be told.
  bool is_patience_over_ = false;
  bool is_heartbeat_due_ = false;
  bool is_late_ = false;
  const std::unique_ptr<Alarm> patience_;
  const std::unique_ptr<Alarm> heartbeat_;
  const std::unique_ptr<Alarm> late_;
  std::optional<absl::Status> end_;
};

MergedFeed::MergedFeed(const std::map<std::string, Upstream*>& services, const Question& question,
                       const Headers& metadata, absl::Time deadline, AlarmClock& clock,
                       std::function<void()> ready)
    : position_(question.since),
      deadline_(deadline),
      ready_(std::move(ready)),
      patience_(Marks(is_patience_over_, clock)),
      heartbeat_(Marks(is_heartbeat_due_, clock)),
      late_(Marks(is_late_, clock)) {
  for (const std::string& service : question.services) {
    const auto part = position_.parts().find(service);
    feeds_.push_back(std::make_unique<ServiceFeed>(
        service, *services.at(service),
        part == position_.parts().end() ? std::nullopt : std::optional(part->second),
        question.resources, metadata, clock, [this] { Tell(); }));
  }
}

std::unique_ptr<Alarm> MergedFeed::Marks(bool& is_so, AlarmClock& clock) {
  return clock.NewAlarm([this, &is_so] {
    is_so = true;
    Tell();
  });
}

void MergedFeed::Begin() {
  patience_->Set(kPatience);
  if (deadline_ != absl::InfiniteFuture()) late_->Set(deadline_ - absl::Now());
  for (const auto& feed : feeds_) feed->Begin();
}

std::optional<OwnEvent> MergedFeed::Take() {
  if (end_) return std::nullopt;
  is_taking_ = true;
  std::optional<OwnEvent> event = Next();
  is_taking_ = false;
  if (event) {
    is_heartbeat_due_ = false;
    heartbeat_->Set(kHeartbeatInterval);
  }
  return event;
}

std::optional<OwnEvent> MergedFeed::Next() {
  if (!std::exchange(has_begun_, true)) Begin();
  if (is_late_) {
    EndWith(ErrorWithReason(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                            "the time that the client gave is over"));
    return std::nullopt;
  }
  for (const auto& feed : feeds_) {
    feed->Look();
    if (feed->failure().ok()) continue;
    EndWith(feed->failure());
    return std::nullopt;
  }
  if (!is_open_) {
    if (!is_patience_over_ && !IsEverySettled()) return std::nullopt;
    is_open_ = true;
    return Heartbeat();
  }
  for (size_t i = 0; i < feeds_.size(); ++i) {
    ServiceFeed& feed = *feeds_[(turn_ + i) % feeds_.size()];
    if (!feed.has_commit()) continue;
    turn_ = (turn_ + i + 1) % feeds_.size();
    return Event(feed);
  }
  if (is_heartbeat_due_) return Heartbeat();
  return std::nullopt;
}

bool MergedFeed::IsEverySettled() const {
  return std::all_of(feeds_.begin(), feeds_.end(),
                     [](const auto& feed) { return feed->is_settled(); });
}

OwnEvent MergedFeed::Event(ServiceFeed& feed) {
  v1::ChangeEvent event;
  event.set_service(feed.service());
  *event.mutable_commit() = feed.Take();
  return WithPosition(std::move(event), kCommitEvent);
}

OwnEvent MergedFeed::Heartbeat() { return WithPosition({}, kHeartbeatEvent); }

OwnEvent MergedFeed::WithPosition(v1::ChangeEvent event, const char* name) {
  for (const auto& feed : feeds_) {
    if (feed->position()) (*position_.mutable_parts())[feed->service()] = *feed->position();
  }
  event.set_position(EncodePosition(position_));
  return {event.SerializeAsString(), event.position(), name};
}

// `why` may be that of a feed, which goes.
void MergedFeed::EndWith(absl::Status why) {
  end_ = std::move(why);
  feeds_.clear();
}

void MergedFeed::Tell() {
  if (is_taking_) return;
  const std::function<void()> ready = ready_;  // It may destroy this.
  ready();
}

}  // namespace

WatchChanges::WatchChanges(std::map<std::string, Upstream*> services, AlarmClock& clock)
    : services_(std::move(services)), clock_(clock) {}

absl::StatusOr<std::unique_ptr<OwnEvents>> WatchChanges::Open(StreamingCall call,
                                                              std::function<void()> ready) {
  ASSIGN_OR_RETURN(const Question question, ReadQuestion(call, services_));
  return std::make_unique<MergedFeed>(services_, question, call.metadata, call.deadline, clock_,
                                      std::move(ready));
}

}  // namespace corridor::gateway
