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
  last_by_tag_.clear();
}

void Validity::Add(const Commit& commit) {
  const std::lock_guard lock(mutex_);
  head_->version = std::max(head_->version, commit.version);
  if (commit.is_purge) purged_ = std::max(purged_, commit.version);
  if (commit.is_all) {
    floor_ = std::max(floor_, commit.version);
    last_by_tag_.clear();
    return;
  }
  for (const std::string& tag : commit.tags) {
    int64_t& last = last_by_tag_[tag];
    last = std::max(last, commit.version);
  }
  if (last_by_tag_.size() > most_tags_) Forget();
}

void Validity::Forget() {
  std::vector<int64_t> versions;
  versions.reserve(last_by_tag_.size());
  for (const auto& [tag, version] : last_by_tag_) versions.push_back(version);
  const auto middle = versions.begin() + static_cast<std::ptrdiff_t>(versions.size() / 2);
  std::nth_element(versions.begin(), middle, versions.end());
  floor_ = std::max(floor_, *middle);
  absl::erase_if(last_by_tag_, [this](const auto& entry) { return entry.second <= floor_; });
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
    const auto last = last_by_tag_.find(tag);
    return last != last_by_tag_.end() && last->second > point.version;
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
