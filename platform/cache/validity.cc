#include "platform/cache/validity.h"

#include <algorithm>
#include <mutex>

#include "platform/cache/told_tags.h"

namespace corridor::cache {
namespace {

void Raise(int64_t& value, int64_t to) { value = std::max(value, to); }

}  // namespace

void Validity::BeginAt(int64_t head) {
  const std::unique_lock lock(mutex_);
  names_.Clear();
  collections_.Clear();
  in_bulk_.Clear();
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
  if (names_.size() > most_names_) Raise(floor_, names_.ForgetTheOlderHalf());
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
    for (const std::string& tag : TagsTouchedBy(resource)) names_.Touch(tag, commit.version);
  }
  for (const std::string& collection : commit.collections) {
    collections_.Touch(collection, commit.version);
    if (commit.resources_omitted) in_bulk_.Touch(collection, commit.version);
  }
  if (commit.purge) Raise(purge_, commit.version);
}

int64_t Validity::LastOf(const Tag& tag) const {
  if (tag.part.empty()) return collections_.Of(tag.collection);
  return std::max(names_.Of(tag.part), in_bulk_.Of(tag.collection));
}

}  // namespace corridor::cache
