// Where rendered answers are kept: by key, within a limit of bytes, shared by all loops.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/own_method.h"
#include "gateway/response_cache/rendered.h"

namespace corridor::gateway {

// What came of asking the services once.
struct Outcome {
  absl::Time asked;                          // By the steady clock.
  std::shared_ptr<const Rendered> rendered;  // Null for what is not kept.
  std::string by;                            // Who answered what is rendered, as corridor-cache.
  std::shared_ptr<const OwnReply> reply;     // Else what the service, or the view, answered.
};
using OutcomePtr = std::shared_ptr<const Outcome>;

class Shards;

// What is known of one question. Thread-safe.
class Slot {
 public:
  explicit Slot(Shards& shards) : shards_(shards) {}
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // The last answer; null when there is none any more.
  std::shared_ptr<const Rendered> kept() const;
  // Takes the place of what is kept, unless that is from a later version of the same stores.
  void Keep(std::shared_ptr<const Rendered> rendered);
  // The answer was used, and may have more variants now.
  void Account(const Rendered& used);
  // Forgets what is kept.
  void Drop();

  // At any time one caller asks for all. True for that one, which must call Settle(); for any other
  // `told` is called by whoever settles, on that thread.
  bool Ask(std::function<void(const OutcomePtr&)> told);
  // Null: nobody knows more than before.
  void Settle(const OutcomePtr& outcome);
  // Settles it with null, unless somebody else waits. Whether it did.
  bool Abandon();

 private:
  // With the mutex held.
  void Charge(size_t bytes);

  Shards& shards_;
  mutable std::mutex mutex_;  // Guards the rest.
  std::shared_ptr<const Rendered> kept_;
  size_t charged_ = 0;
  bool is_asked_ = false;
  std::vector<std::function<void(const OutcomePtr&)>> waiting_;
};

// Thread-safe. Outlives its slots.
class Shards {
 public:
  // Keeps at most `most_bytes`, keys and what is around them included; what was not used for the
  // longest time goes, more or less (CLOCK).
  explicit Shards(size_t most_bytes) : most_bytes_(most_bytes) {}
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  // Null when there is none of that key.
  std::shared_ptr<Slot> Find(std::string_view key);
  // Made when there is none.
  std::shared_ptr<Slot> FindOrAdd(std::string_view key);
  // Another key for a slot that was found by one.
  void Alias(std::string_view key, std::shared_ptr<Slot> slot);
  // Forgets every answer.
  void Clear();

  int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  int64_t evictions() const { return evictions_.load(std::memory_order_relaxed); }
  size_t most_bytes() const { return most_bytes_; }

 private:
  friend class Slot;
  static constexpr size_t kShards = 64;

  struct Entry {
    std::string key;
    std::shared_ptr<Slot> slot;
    bool is_alias = false;
    bool is_used = false;  // Since the hand came by.
  };
  struct alignas(64) Shard {
    std::mutex mutex;  // Guards the rest.
    std::list<Entry> entries;
    std::list<Entry>::iterator hand = entries.end();
    absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_key;
  };

  Shard& ShardOf(std::string_view key);
  // With the shard's mutex held.
  void Add(Shard& shard, std::string_view key, std::shared_ptr<Slot> slot, bool is_alias);
  void Charge(int64_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  // Until there is room again. With no lock held.
  void MakeRoom();
  // Moves the hand of a shard on by one. With its mutex held.
  void Turn(Shard& shard);

  const size_t most_bytes_;
  std::atomic<int64_t> bytes_{0};
  std::atomic<int64_t> evictions_{0};
  std::atomic<size_t> next_{0};  // Shard to make room in.
  std::array<Shard, kShards> shards_;
};

}  // namespace corridor::gateway
