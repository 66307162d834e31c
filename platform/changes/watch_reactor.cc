#include "platform/changes/watch_reactor.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "platform/changes/commit_message.h"
#include "platform/server/grpc_status.h"

namespace corridor::changes {
namespace {

constexpr int kCommitsPerPage = 16;
constexpr absl::Duration kPageTime = absl::Seconds(1);

}  // namespace

void WatchReactor::Admit(absl::AnyInvocable<absl::Status()> check,
                         absl::AnyInvocable<void()> admitted) {
  run_([alive = shared_from_this(), this, check = std::move(check),
        admitted = std::move(admitted)]() mutable {
    const absl::Status status = check();
    bool ends = false;
    {
      const std::lock_guard lock(mutex_);
      if (!status.ok() && !end_.has_value()) end_ = status;
      ends = end_.has_value();
      busy_ = ends;
    }
    if (ends) return Advance();
    admitted();
  });
}

void WatchReactor::GoOn() {
  run_([alive = shared_from_this()] { alive->Advance(); });
}

void WatchReactor::OnHead(int64_t head, std::chrono::steady_clock::time_point asked) {
  {
    const std::lock_guard lock(mutex_);
    head_ = std::max(head_, head);
    asked_ = std::max(asked_, asked);
    if (busy_ || finished_ || (position_ >= head_ && !HeartbeatIsDue())) return;
    busy_ = true;
  }
  Advance();
}

void WatchReactor::End(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (!end_.has_value()) end_ = status;
    if (busy_ || finished_) return;
    busy_ = true;
  }
  GoOn();
}

void WatchReactor::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    last_sent_ = std::chrono::steady_clock::now();
    if (!ok && !end_.has_value()) end_ = absl::CancelledError("the caller left");
  }
  GoOn();
}

void WatchReactor::Advance() {
  const std::shared_ptr<WatchReactor> alive = shared_from_this();
  ReadPage();
  std::unique_lock lock(mutex_);
  if (end_.has_value()) {
    finished_ = true;
    lock.unlock();
    Finish(server::ToGrpcStatus(*end_));
    return;
  }
  response_.Clear();
  SkipUnwanted();
  if (!page_.empty()) {
    *response_.mutable_commit() = ToMessage(page_.front());
    position_ = page_.front().version;
    page_.pop_front();
  } else if (position_ >= head_ && !HeartbeatIsDue()) {
    // Short of the head it says how far it came, and goes on when that is written: this thread may
    // be the one that all watchers share.
    busy_ = false;
    return;
  }
  response_.set_epoch(store_.epoch());
  response_.set_head(std::max(head_, position_));
  response_.set_position(position_);
  *response_.mutable_asked_after() =
      google::protobuf::util::TimeUtil::NanosecondsToDuration((asked_ - arrived_).count());
  lock.unlock();
  StartWrite(&response_);
}

void WatchReactor::ReadPage() {
  int64_t position = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!page_.empty() || end_.has_value() || position_ >= head_) return;
    position = position_;
  }
  absl::StatusOr<std::vector<store::Commit>> commits =
      store_.CommitsAfter(position, kCommitsPerPage, absl::Now() + kPageTime);
  if (commits.ok()) {
    page_.assign(std::make_move_iterator(commits->begin()),
                 std::make_move_iterator(commits->end()));
    return;
  }
  const std::lock_guard lock(mutex_);
  end_ = absl::UnavailableError(absl::StrCat("the commits after ", position,
                                             " could not be read: ", commits.status().message()));
}

void WatchReactor::SkipUnwanted() {
  while (!page_.empty() && !wanted_.Matches(page_.front())) {
    position_ = page_.front().version;
    page_.pop_front();
  }
}

bool WatchReactor::HeartbeatIsDue() const {
  return !last_sent_.has_value() ||
         std::chrono::steady_clock::now() - *last_sent_ >= heartbeat_interval_;
}

}  // namespace corridor::changes
