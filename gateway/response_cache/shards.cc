// Locks are taken in this order: a shard's, then a slot's.
#include "gateway/response_cache/shards.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace corridor::gateway {
namespace {

static_assert(sizeof(size_t) == 8, "a shard is six bits of a hash of 64");

// Of an entry beside its key: nodes of list and map, the slot.
constexpr size_t kEntryBytes = 320;
// Turns of a hand at one time.
constexpr size_t kTurns = 16;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Whether `older` is from before `newer`, of the same stores.
bool IsBefore(const Rendered& older, const Rendered& newer) {
  const auto& before = older.content().sources;
  const auto& after = newer.content().sources;
  for (size_t i = 0; i < before.size() && i < after.size(); ++i) {
    if (before[i].point.epoch == after[i].point.epoch &&
        before[i].point.version < after[i].point.version) {
      return true;
    }
  }
  return false;
}

}  // namespace

Slot::~Slot() { shards_.Charge(-static_cast<int64_t>(charged_)); }

std::shared_ptr<const Rendered> Slot::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

void Slot::Charge(size_t bytes) {
  shards_.Charge(static_cast<int64_t>(bytes) - static_cast<int64_t>(charged_));
  charged_ = bytes;
}

void Slot::Keep(std::shared_ptr<const Rendered> rendered) {
  {
    const std::lock_guard lock(mutex_);
    if (kept_ != nullptr && IsBefore(*rendered, *kept_)) return;
    kept_ = std::move(rendered);
    Charge(kept_->bytes());
  }
  shards_.MakeRoom();
}

void Slot::Account(const Rendered& used) {
  {
    const std::lock_guard lock(mutex_);
    if (kept_.get() != &used || charged_ == used.bytes()) return;
    Charge(used.bytes());
  }
  shards_.MakeRoom();
}

void Slot::Drop() {
  std::shared_ptr<const Rendered> dropped;  // Destroyed without the lock.
  const std::lock_guard lock(mutex_);
  dropped = std::exchange(kept_, nullptr);
  Charge(0);
}

bool Slot::Ask(std::function<void(const OutcomePtr&)> told) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(is_asked_, true)) return true;
  waiting_.push_back(std::move(told));
  return false;
}

void Slot::Settle(const OutcomePtr& outcome) {
  std::vector<std::function<void(const OutcomePtr&)>> waiting;
  {
    const std::lock_guard lock(mutex_);
    is_asked_ = false;
    waiting = std::exchange(waiting_, {});
  }
  for (const auto& told : waiting) told(outcome);
}

bool Slot::Abandon() {
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty()) return false;
  is_asked_ = false;
  return true;
}

Shards::Shard& Shards::ShardOf(std::string_view key) {
  // The upper bits: a shard's map goes by the lower ones.
  return shards_[absl::Hash<absl::string_view>()(View(key)) >> 58];
}

std::shared_ptr<Slot> Shards::Find(std::string_view key) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(View(key));
  if (found == shard.by_key.end()) return nullptr;
  found->second->is_used = true;
  return found->second->slot;
}

std::shared_ptr<Slot> Shards::FindOrAdd(std::string_view key) {
  Shard& shard = ShardOf(key);
  std::shared_ptr<Slot> slot;
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(View(key));
    if (found != shard.by_key.end()) {
      found->second->is_used = true;
      return found->second->slot;
    }
    slot = std::make_shared<Slot>(*this);
    Add(shard, key, slot, /*is_alias=*/false);
  }
  MakeRoom();
  return slot;
}

void Shards::Alias(std::string_view key, std::shared_ptr<Slot> slot) {
  Shard& shard = ShardOf(key);
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(View(key));
    if (found != shard.by_key.end()) {
      found->second->slot = std::move(slot);
      return;
    }
    Add(shard, key, std::move(slot), /*is_alias=*/true);
  }
  MakeRoom();
}

void Shards::Add(Shard& shard, std::string_view key, std::shared_ptr<Slot> slot, bool is_alias) {
  shard.entries.push_back({std::string(key), std::move(slot), is_alias, false});
  const auto added = std::prev(shard.entries.end());
  shard.by_key.emplace(added->key, added);
  Charge(static_cast<int64_t>(key.size() + kEntryBytes));
}

void Shards::Clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const Entry& entry : shard.entries) entry.slot->Drop();
  }
}

void Shards::MakeRoom() {
  // A shard without entries costs a look, so this comes to an end when there are none at all.
  for (size_t empty = 0; bytes() > static_cast<int64_t>(most_bytes_) && empty < kShards;) {
    Shard& shard = shards_[next_.fetch_add(1, std::memory_order_relaxed) % kShards];
    const std::lock_guard lock(shard.mutex);
    empty = shard.entries.empty() ? empty + 1 : 0;
    // Never round to where the hand was, where nobody had the time to use anything again.
    const size_t turns = std::min(kTurns, shard.entries.size());
    for (size_t i = 0; i < turns && bytes() > static_cast<int64_t>(most_bytes_); ++i) Turn(shard);
  }
}

void Shards::Turn(Shard& shard) {
  if (shard.hand == shard.entries.end()) shard.hand = shard.entries.begin();
  Entry& entry = *shard.hand;
  if (std::exchange(entry.is_used, false)) {
    ++shard.hand;
    return;
  }
  if (!entry.is_alias) {
    entry.slot->Drop();
    evictions_.fetch_add(1, std::memory_order_relaxed);
  }
  Charge(-static_cast<int64_t>(entry.key.size() + kEntryBytes));
  shard.by_key.erase(entry.key);
  shard.hand = shard.entries.erase(shard.hand);
}

}  // namespace corridor::gateway
