// The gateway's cache of rendered answers, as all loops share it: what is kept, what is known of
// the services' commits, and what may be sent to whom.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "gateway/response_cache/asked_form.h"
#include "gateway/response_cache/rendered.h"
#include "gateway/response_cache/shards.h"
#include "gateway/response_cache/validity.h"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
}  // namespace prometheus

namespace corridor::gateway {

struct ResponseCacheOptions {
  int64_t most_bytes = 0;                         // 0: nothing is kept.
  absl::Duration longest_stale = absl::Hours(1);  // 0: nothing is sent that may be outdated.
};

// How a read was answered, for metrics.
enum class ReadResult {
  kHit,     // From what is kept.
  kMiss,    // A service, or several, answered.
  kJoined,  // What a service answered to somebody else who asked the same.
  kStale,   // From what is kept, because a service is down.
};

// Thread-safe.
class ResponseCache {
 public:
  // How old what is known of the commits may be: no answer is older than this.
  static constexpr absl::Duration kTrust = absl::Milliseconds(250);

  // `services` are those whose answers may be kept. `registry` outlives it.
  ResponseCache(const ResponseCacheOptions& options, const std::vector<std::string>& services,
                prometheus::Registry& registry);

  bool is_on() const { return options_.most_bytes > 0; }
  Shards& shards() { return shards_; }
  // Of one of the services; null for any other.
  Validity* ValidityOf(const std::string& service);
  // Where the services are, as far as is known.
  std::map<std::string, StorePoint> Heads() const;

  // Whether the answer is the one that the services would give, or gave within kTrust, and from no
  // version before the client's corridor-min-version. `steady_now` and `now` are by the two clocks.
  bool MayServe(const Rendered& rendered, const AskedForm& form, absl::Time steady_now,
                absl::Time now) const;
  // Whether a write was heard of that may have changed it since.
  bool IsOvertaken(const Rendered& rendered) const;
  // A version that the service has reached and whose commits are not known yet; nullopt for none.
  std::optional<StorePoint> Heard(const std::string& service) const;
  // How old the answer is, if it may be sent in place of an error because a service is down.
  std::optional<absl::Duration> StaleAge(const Rendered& rendered, const AskedForm& form,
                                         absl::Time steady_now) const;
  // Keeps it, unless it is too large.
  void Keep(Slot& slot, const std::shared_ptr<const Rendered>& rendered);
  // Has the slot count the variants of an answer that was used.
  void Account(Slot& slot, const Rendered& used);

  void Count(ReadResult result);
  void CountUnchanged();

 private:
  void Measure();

  Shards shards_;
  const ResponseCacheOptions options_;
  std::map<std::string, Validity> validities_;  // By service; constant.
  std::vector<prometheus::Counter*> results_;   // By ReadResult.
  prometheus::Counter& unchanged_;
  prometheus::Counter& evictions_;
  prometheus::Gauge& bytes_;
  std::atomic<int64_t> counted_evictions_{0};
};

}  // namespace corridor::gateway
