#include "platform/cache/validity.h"

#include <algorithm>
#include <mutex>

#include "platform/cache/told_tags.h"

namespace corridor::cache {
namespace {

void Raise(int64_t& value, int64_t to) { value = std::max(value, to); }

int64_t Find(const absl::flat_hash_map<std::string, int64_t>& versions, const std::string& name) {
  const auto found = versions.find(name);
  return found == versions.end() ? 0 : found->second;
}

}  // namespace

void Validity::BeginAt(int64_t head) {
  const std::unique_lock lock(mutex_);
  names_.clear();
  collections_.clear();
  in_bulk_.clear();
  purge_ = 0;
  floor_ = version_ = head;
}

bool Validity::Replay(const store::Commit& commit) {
  const std::unique_lock lock(mutex_);
  if (names_.size() + 3 * commit.resources.size() > most_names_) return false;
  Note(commit);
  floor_ = commit.version - 1;
  return true;
}

void Validity::Apply(const store::Commit& commit) {
  const std::unique_lock lock(mutex_);
  Note(commit);
  version_ = commit.version;
  if (names_.size() > most_names_) ForgetTheOlderHalf();
}

void Validity::AskedAt(SteadyTime asked) {
  const std::unique_lock lock(mutex_);
  asked_ = std::max(asked_, asked);
}

void Validity::Expect(int64_t version) {
  const std::unique_lock lock(mutex_);
  Raise(expected_, version);
}

bool Validity::Holds(const Stamp& stamp, int64_t min_version, SteadyTime now) const {
  const std::shared_lock lock(mutex_);
  if (version_ < expected_ || version_ < min_version || now > asked_ + kTrusted ||
      asked_ == SteadyTime::min()) {
    return false;
  }
  if (stamp.position < floor_ || stamp.position > version_) return false;
  if (stamp.is_fixed) return purge_ <= stamp.position;
  return stamp.version >= min_version &&
         std::all_of(stamp.tags.begin(), stamp.tags.end(),
                     [&](const Tag& tag) { return LastOf(tag) <= stamp.position; });
}

int64_t Validity::version() const {
  const std::shared_lock lock(mutex_);
  return version_;
}

int64_t Validity::last_purge() const {
  const std::shared_lock lock(mutex_);
  return purge_;
}

void Validity::Note(const store::Commit& commit) {
  for (const std::string& resource : commit.resources) {
    for (const std::string& tag : TagsTouchedBy(resource)) Raise(names_[tag], commit.version);
  }
  for (const std::string& collection : commit.collections) {
    Raise(collections_[collection], commit.version);
    if (commit.resources_omitted) Raise(in_bulk_[collection], commit.version);
  }
  if (commit.purge) Raise(purge_, commit.version);
}

int64_t Validity::LastOf(const Tag& tag) const {
  if (tag.part.empty()) return Find(collections_, tag.collection);
  return std::max(Find(names_, tag.part), Find(in_bulk_, tag.collection));
}

void Validity::ForgetTheOlderHalf() {
  std::vector<int64_t> versions;
  versions.reserve(names_.size());
  for (const auto& [name, version] : names_) versions.push_back(version);
  const auto middle = versions.begin() + static_cast<ptrdiff_t>(versions.size() / 2);
  std::nth_element(versions.begin(), middle, versions.end());
  Raise(floor_, *middle);
  absl::erase_if(names_, [&](const auto& entry) { return entry.second <= floor_; });
}

}  // namespace corridor::cache
