#include "platform/cache/local_tier.h"

#include <cstring>

namespace corridor::cache {

size_t LocalTier::Hash::operator()(const Key& key) const {
  size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

void LocalTier::Shard::Erase(const Key& key) {
  const auto found = entries.find(key);
  if (found == entries.end()) return;
  bytes -= SizeOf(*found->second->second) + kOverhead;
  by_use.erase(found->second);
  entries.erase(found);
}

EntryPtr LocalTier::Find(const Key& key) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(key);
  if (found == shard.entries.end()) return nullptr;
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
  return found->second->second;
}

void LocalTier::Put(const Key& key, EntryPtr entry) {
  const size_t size = SizeOf(*entry) + kOverhead;
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  shard.Erase(key);
  if (size > max_bytes_of_shard_) return;
  shard.by_use.emplace_front(key, std::move(entry));
  shard.entries.emplace(key, shard.by_use.begin());
  shard.bytes += size;
  while (shard.bytes > max_bytes_of_shard_) shard.Erase(Key(shard.by_use.back().first));
}

void LocalTier::Clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.entries.clear();
    shard.by_use.clear();
    shard.bytes = 0;
  }
}

size_t LocalTier::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace corridor::cache
