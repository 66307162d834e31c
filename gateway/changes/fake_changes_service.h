// A service with a change feed, as corridor.changes.v1 has it, that a test writes to, stops and
// starts.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/changes/v1/changes.pb.h"
#include "gateway/changes/alarm_clock.h"
#include "gateway/upstream/fake_upstream.h"
#include "google/protobuf/util/time_util.h"
#include "platform/request/position.h"
#include "platform/status/status.h"

namespace corridor::gateway {

class FakeChangesService {
 public:
  explicit FakeChangesService(std::string name) : name_(std::move(name)) {
    upstream.on_stream = [this](FakeStream& stream) { OnStream(stream); };
    Start();
  }
  FakeChangesService(const FakeChangesService&) = delete;
  FakeChangesService& operator=(const FakeChangesService&) = delete;

  void Commit(const std::string& resource = "areas/ARM") {
    commits_.push_back(resource);
    upstream.reply = is_up_ ? HeadReply() : DownReply();
    for (const auto& live : Live()) SendFrom(*live, head());
  }
  void Heartbeat() {
    for (const auto& live : Live()) SendHeartbeat(*live);
  }
  // `loses`: what was on its way and not taken does not come.
  void Stop(bool loses = false) {
    is_up_ = false;
    upstream.reply = DownReply();
    for (const auto& live : Live()) {
      if (loses) live->messages.clear();
      live->End(Down());
    }
  }
  void Start() {
    is_up_ = true;
    upstream.reply = HeadReply();
  }
  // As from a copy of the first `commits` commits.
  void Restore(int64_t commits) {
    Stop();
    commits_.resize(static_cast<size_t>(commits));
    epoch_ = absl::StrCat(epoch_, "'");
    Start();
  }
  int64_t head() const { return static_cast<int64_t>(commits_.size()); }
  // Watches that run.
  std::vector<std::shared_ptr<FakeStream>> Live() const {
    std::vector<std::shared_ptr<FakeStream>> live;
    for (const auto& stream : upstream.streams) {
      if (!stream->is_dropped && !stream->end) live.push_back(stream);
    }
    return live;
  }

  FakeUpstream upstream;
  absl::Status refusal;               // Of watches, in place of what they ask for.
  const AlarmClock* clock = nullptr;  // By which it says when it looked at its head, when set.

 private:
  absl::Status Down() const {
    return absl::UnavailableError(absl::StrCat(name_, " cannot be reached"));
  }
  UnaryReply DownReply() const { return {Down(), "", {}}; }
  UnaryReply HeadReply() const {
    return {absl::OkStatus(), "", {{kVersionHeader, EncodePosition(name_, epoch_, head())}}};
  }

  static changes::v1::WatchRequest Asked(const FakeStream& stream) {
    changes::v1::WatchRequest request;
    request.ParseFromString(stream.call.message);
    return request;
  }

  void SayWhen(const FakeStream& stream, changes::v1::WatchResponse& response) const {
    if (clock == nullptr) return;
    const absl::Duration after = clock->Now() - arrived_.at(&stream);
    *response.mutable_asked_after() =
        google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(after));
  }

  void OnStream(FakeStream& stream) {
    if (clock != nullptr) arrived_[&stream] = clock->Now();
    const changes::v1::WatchRequest request = Asked(stream);
    if (!is_up_) return stream.End(Down());
    if (!refusal.ok()) return stream.End(refusal);
    if (!request.epoch().empty() && request.epoch() != epoch_) {
      return stream.End(ErrorWithReason(absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH",
                                        "epoch: is not this store's: read it anew"));
    }
    if (request.since() > head()) {
      return stream.End(absl::OutOfRangeError("since: is beyond the last version"));
    }
    if (request.since() == head()) return SendHeartbeat(stream);
    SendFrom(stream, request.since() + 1);
  }

  void SendHeartbeat(FakeStream& stream) const {
    changes::v1::WatchResponse response;
    response.set_epoch(epoch_);
    response.set_head(head());
    response.set_position(head());
    SayWhen(stream, response);
    stream.Send(response.SerializeAsString());
  }
  void SendFrom(FakeStream& stream, int64_t version) const {
    const changes::v1::WatchRequest asked = Asked(stream);
    const auto& wanted = asked.resources();
    bool sent = false;
    for (; version <= head() && !stream.is_dropped; ++version) {
      const std::string& resource = commits_[static_cast<size_t>(version) - 1];
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), resource) == wanted.end()) {
        continue;
      }
      changes::v1::WatchResponse response;
      response.set_epoch(epoch_);
      response.set_head(head());
      response.set_position(version);
      response.mutable_commit()->set_version(version);
      response.mutable_commit()->add_resources(resource);
      response.mutable_commit()->add_collections(resource.substr(0, resource.find('/')));
      SayWhen(stream, response);
      stream.Send(response.SerializeAsString());
      sent = true;
    }
    if (!sent) SendHeartbeat(stream);
  }

  const std::string name_;
  std::string epoch_ = absl::StrCat("epoch of ", name_);
  std::vector<std::string> commits_;  // The resource that each touched.
  std::map<const FakeStream*, absl::Time> arrived_;
  bool is_up_ = true;
};

}  // namespace corridor::gateway
