#include "gateway/response_cache/validity.h"

#include <algorithm>
#include <utility>

namespace corridor::gateway {

void Validity::Begin(StorePoint head) {
  const std::lock_guard lock(mutex_);
  floor_ = purged_ = head.version;
  heard_ = 0;
  head_ = std::move(head);
  known_at_ = absl::InfinitePast();
  last_by_tag_.Clear();
}

void Validity::Add(const Commit& commit) {
  const std::lock_guard lock(mutex_);
  head_->version = std::max(head_->version, commit.version);
  if (commit.is_purge) purged_ = std::max(purged_, commit.version);
  if (commit.is_all) {
    floor_ = std::max(floor_, commit.version);
    last_by_tag_.Clear();
    return;
  }
  for (const std::string& tag : commit.tags) last_by_tag_.Touch(tag, commit.version);
  if (last_by_tag_.size() > most_tags_) {
    floor_ = std::max(floor_, last_by_tag_.ForgetTheOlderHalf());
  }
}

void Validity::KnowAt(absl::Time asked) {
  const std::lock_guard lock(mutex_);
  known_at_ = std::max(known_at_, asked);
}

void Validity::Hear(const StorePoint& reached) {
  const std::lock_guard lock(mutex_);
  if (head_ && head_->epoch == reached.epoch) heard_ = std::max(heard_, reached.version);
}

std::optional<StorePoint> Validity::heard() const {
  const std::lock_guard lock(mutex_);
  if (!head_ || heard_ <= head_->version) return std::nullopt;
  return StorePoint{head_->epoch, heard_};
}

bool Validity::IsOvertaken(const StorePoint& point) const {
  const std::lock_guard lock(mutex_);
  return head_ && head_->epoch == point.epoch && point.version < heard_;
}

std::optional<absl::Time> Validity::CurrentAt(const StorePoint& point,
                                              const std::vector<std::string>& tags) const {
  const std::lock_guard lock(mutex_);
  if (!head_ || head_->epoch != point.epoch || point.version < floor_) return std::nullopt;
  if (point.version < heard_ && head_->version < heard_) return std::nullopt;
  if (point.version >= head_->version) return known_at_;
  if (tags.empty()) return std::nullopt;
  const bool is_touched = std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return last_by_tag_.Of(tag) > point.version;
  });
  return is_touched ? std::nullopt : std::optional(known_at_);
}

bool Validity::WasRight(const StorePoint& point) const {
  const std::lock_guard lock(mutex_);
  return !head_ || (head_->epoch == point.epoch && point.version >= purged_);
}

std::optional<StorePoint> Validity::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

}  // namespace corridor::gateway
