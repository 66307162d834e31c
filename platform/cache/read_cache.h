// Answers of reads, kept in this process (L1) and in Redis (L2), and given again while they are
// true. Whoever answers calls goes through the steps below in order; see platform/server/unary.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "platform/cache/cache_metrics.h"
#include "platform/cache/commit_feed.h"
#include "platform/cache/entry.h"
#include "platform/cache/flights.h"
#include "platform/cache/kept_method.h"
#include "platform/cache/local_tier.h"
#include "platform/cache/shared_tier.h"
#include "platform/cache/validity.h"
#include "platform/store/versioned_store.h"

namespace corridor::cache {

// Name of the metadata that says which tier answered.
inline constexpr char kCacheHeader[] = "corridor-cache";
inline constexpr char kFromProcess[] = "l1";
inline constexpr char kFromRedis[] = "l2";
inline constexpr char kFilled[] = "fill";       // The store answered, and the answer is kept.
inline constexpr char kFromStore[] = "origin";  // The store answered; this answer is not kept.

struct ReadCacheOptions {
  Origin origin;
  std::string secret;                   // Of the seals.
  size_t most_names = size_t{1} << 16;  // As Validity has them.
  size_t max_bytes = 0;                 // Of this process.
  std::function<SteadyTime()> now = std::chrono::steady_clock::now;
};

// Thread-safe.
class ReadCache {
 public:
  // All must outlive this; `shared` may be null.
  ReadCache(ReadCacheOptions options, store::VersionedStore& store, SharedTier* shared,
            CacheMetrics& metrics);

  // Begins to follow the store's commits, on a thread of its own.
  void Follow() { feed_.Follow(kPollInterval); }

  // What `request` of `method` asks at `now`, when its answer may be one that is kept: not when it
  // asks for a version that is not known here yet.
  std::optional<Question> Ask(std::string_view method, const google::protobuf::Message& request,
                              int64_t min_version, absl::Time now);

  // What this process has and is true; null for nothing.
  EntryPtr FindLocal(const Question& question);
  // Whether an entry answers the question.
  bool Answers(const Entry& entry, const Question& question) const;
  // The last commit that is known here: what answers the question later is of that version, too.
  int64_t version() const { return validity_.version(); }

  // As Flights have them.
  bool Join(const Question& question, Flights::Resume resume) {
    return flights_.Join(question.key, std::move(resume));
  }
  void Land(const Question& question, const EntryPtr& entry) { flights_.Land(question.key, entry); }

  // Whether FindShared may find something.
  bool MayShare(const Question& question) const { return question.is_shared && shared_ != nullptr; }
  // What Redis has and is true, which this process then has as well; null for nothing. Blocks.
  EntryPtr FindShared(const Question& question);

  // Before the store is read.
  void Pin(Question& question) const { question.pinned = validity_.version(); }
  // Keeps what the store answered from `version`. Null when that is untrue by now.
  EntryPtr Keep(const Question& question, int64_t version, std::string answer);
  // Puts it into Redis as well, if it belongs there. Blocks.
  void Share(const Question& question, const Entry& entry);

  // This process has just committed `version`: what comes after is answered accordingly.
  void Wrote(int64_t version);

  // Asks the store for what was committed. For tests that have no thread for it.
  absl::Status CatchUp(absl::Time deadline) { return feed_.CatchUp(deadline); }

 private:
  static constexpr absl::Duration kPollInterval = absl::Milliseconds(50);

  std::string SharedName(const Question& question) const;

  const ReadCacheOptions options_;
  SharedTier* const shared_;
  CacheMetrics& metrics_;
  KeptMethods methods_;
  Validity validity_;
  LocalTier local_;
  Flights flights_;
  CommitFeed feed_;  // Last: its thread uses the rest.
};

}  // namespace corridor::cache
