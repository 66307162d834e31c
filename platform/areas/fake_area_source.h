// An AreaSource that a test writes, fails and restores.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "platform/areas/area_source.h"
#include "platform/dates/partial_date.h"

namespace corridor::areas {

inline memberstates::v1::Area AreaOf(
    const std::string& code, const std::string& display_name,
    memberstates::v1::Area::Kind kind = memberstates::v1::Area::COUNTRY) {
  memberstates::v1::Area area;
  area.set_name("areas/" + code);
  area.set_display_name(display_name);
  area.set_kind(kind);
  return area;
}

// `start` and `end` as dates are written; empty for none.
inline memberstates::v1::AreaMember MemberOf(const std::string& group, const std::string& member,
                                             const std::string& start = "",
                                             const std::string& end = "") {
  memberstates::v1::AreaMember record;
  record.set_name(absl::StrCat("areas/", group, "/members/", member));
  record.set_member("areas/" + member);
  if (!start.empty()) *record.mutable_start() = ToPartialDate(start, "start").value();
  if (!end.empty()) *record.mutable_end() = ToPartialDate(end, "end").value();
  return record;
}

// Thread-safe.
class FakeAreaSource final : public AreaSource {
 public:
  // Commits that put one record, or delete an area.
  void Put(const memberstates::v1::Area& area) {
    const std::lock_guard lock(mutex_);
    Replace(snapshot_.areas, area);
    Commit("areas");
  }
  void Put(const memberstates::v1::AreaMember& member) {
    const std::lock_guard lock(mutex_);
    Replace(snapshot_.members, member);
    Commit("areas/-/members");
  }
  void DeleteArea(const std::string& code) {
    const std::lock_guard lock(mutex_);
    std::erase_if(snapshot_.areas,
                  [&](const auto& area) { return area.name() == "areas/" + code; });
    Commit("areas");
  }
  // A commit that has nothing to do with areas.
  void CommitMembership() {
    const std::lock_guard lock(mutex_);
    Commit("organisations/-/memberships");
  }
  // As an older backup would: another epoch unless `epoch` is today's, fewer commits.
  void Restore(AreaSnapshot snapshot) {
    const std::lock_guard lock(mutex_);
    snapshot_ = std::move(snapshot);
    commits_.resize(static_cast<size_t>(snapshot_.cursor.version));
    ++restores_;
    handled_ = 0;
    changed_.notify_all();
  }
  AreaSnapshot snapshot() {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  Cursor head() { return snapshot().cursor; }

  // Until `outage` is OK again, everything fails so.
  void Fail(const absl::Status& outage) {
    const std::lock_guard lock(mutex_);
    outage_ = outage;
    changed_.notify_all();
  }
  // The next `count` fetches fail, and only they.
  void FailFetches(int count, const absl::Status& failure) {
    const std::lock_guard lock(mutex_);
    failing_fetches_ = count;
    fetch_failure_ = failure;
  }
  // While held, asks and fetches wait.
  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }

  // Each waits for half a minute at most.
  void WaitUntilAsking(int calls) {
    Await([&] { return waiting_ >= calls; });
  }
  // Until a watcher has handled every commit up to `version`.
  void WaitUntilHandled(int64_t version) {
    Await([&] { return handled_ >= version; });
  }
  void WaitUntilWatched(int watches) {
    Await([&] { return watches_ >= watches; });
  }
  int fetches() {
    const std::lock_guard lock(mutex_);
    return fetches_;
  }
  int asks() {
    const std::lock_guard lock(mutex_);
    return asks_;
  }

  absl::StatusOr<AreaSnapshot> Fetch(const Cursor&, absl::Time,
                                     const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    ++fetches_;
    WaitWhileHeld(lock, stop);
    if (stop.stop_requested()) return absl::CancelledError("stopped");
    if (!outage_.ok()) return outage_;
    if (failing_fetches_ > 0) {
      --failing_fetches_;
      return fetch_failure_;
    }
    return snapshot_;
  }

  absl::StatusOr<std::optional<Cursor>> Find(std::string_view code, absl::Time) override {
    std::unique_lock lock(mutex_);
    ++asks_;
    WaitWhileHeld(lock, {});
    if (!outage_.ok()) return outage_;
    const std::string name = absl::StrCat("areas/", std::string(code));
    const bool is_there = std::any_of(snapshot_.areas.begin(), snapshot_.areas.end(),
                                      [&](const auto& area) { return area.name() == name; });
    return is_there ? std::optional(snapshot_.cursor) : std::nullopt;
  }

  absl::Status Watch(const Cursor& since, const std::stop_token& stop,
                     absl::FunctionRef<absl::Status(const FeedEvent&)> on_event) override {
    std::unique_lock lock(mutex_);
    ++watches_;
    changed_.notify_all();
    if (!outage_.ok()) return outage_;
    if (since.epoch != snapshot_.cursor.epoch) return absl::AbortedError("another epoch");
    if (since.version > snapshot_.cursor.version) return absl::OutOfRangeError("beyond the head");
    const int restores = restores_;
    int64_t sent = since.version;
    FeedEvent event;  // The first one is a sign of life.
    while (true) {
      lock.unlock();
      absl::Status handled = on_event(event);
      lock.lock();
      if (!handled.ok()) return handled;
      handled_ = std::max(handled_, sent);
      changed_.notify_all();
      changed_.wait(lock, stop, [&] {
        return !outage_.ok() || restores != restores_ || snapshot_.cursor.version > sent;
      });
      if (stop.stop_requested()) return absl::CancelledError("stopped");
      if (!outage_.ok()) return outage_;
      if (restores != restores_) return absl::UnavailableError("restored");
      event = commits_[static_cast<size_t>(sent++)];
    }
  }

 private:
  template <typename Record>
  static void Replace(std::vector<Record>& records, const Record& record) {
    std::erase_if(records, [&](const Record& old) { return old.name() == record.name(); });
    records.push_back(record);
  }
  void Commit(const std::string& collection) {
    commits_.push_back({++snapshot_.cursor.version, {collection}});
    changed_.notify_all();
  }
  void WaitWhileHeld(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, stop, [&] { return !held_; });
    --waiting_;
  }
  template <typename Condition>
  void Await(Condition condition) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), condition));
  }

  std::mutex mutex_;  // Guards the rest.
  std::condition_variable_any changed_;
  AreaSnapshot snapshot_ = {{"0123456789abcdef", 0}, {}, {}};
  std::vector<FeedEvent> commits_;  // Of versions from 1.
  absl::Status outage_;
  absl::Status fetch_failure_;
  int failing_fetches_ = 0;
  bool held_ = false;
  int restores_ = 0;
  int waiting_ = 0;
  int fetches_ = 0;
  int asks_ = 0;
  int watches_ = 0;
  int64_t handled_ = 0;
};

}  // namespace corridor::areas
