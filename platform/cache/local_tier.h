// The answers that a process keeps itself: those used last, up to a number of bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "platform/cache/entry.h"

namespace corridor::cache {

// Thread-safe: by key into shards of their own locks.
class LocalTier {
 public:
  explicit LocalTier(size_t max_bytes) : max_bytes_of_shard_(max_bytes / kShards) {}

  EntryPtr Find(const Key& key);
  // An entry larger than a shard is not kept.
  void Put(const Key& key, EntryPtr entry);
  void Clear();
  size_t bytes() const;

 private:
  static constexpr size_t kShards = 16;
  // Of the list, the map and the allocations of an entry.
  static constexpr size_t kOverhead = 256;

  // Keys are hashes already.
  struct Hash {
    size_t operator()(const Key& key) const;
  };
  struct Shard {
    mutable std::mutex mutex;                    // Guards the rest.
    std::list<std::pair<Key, EntryPtr>> by_use;  // The one used last first.
    std::unordered_map<Key, decltype(by_use)::iterator, Hash> entries;
    size_t bytes = 0;

    void Erase(const Key& key);
  };
  Shard& ShardOf(const Key& key) {
    return shards_[static_cast<unsigned char>(key.back()) % kShards];
  }

  const size_t max_bytes_of_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace corridor::cache
