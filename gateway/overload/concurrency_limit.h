// How many calls of a service may run at once, found from how long they take: what a service cannot
// answer in time is turned away at once, instead of waiting with all others. Belongs to one loop.
//
// The limit follows the gradient of latency, as Netflix's concurrency-limits ("Gradient") and
// Envoy's adaptive concurrency filter have it: it grows by its square root while calls are answered
// within their target, and shrinks in proportion to how far they are beyond it. The target of a
// method is its latency without load, and a wait on top; so a method that takes long by itself
// does not count as overload, nor does a short queue, which keeps the service busy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace corridor::gateway {

struct ConcurrencyOptions {
  // What calls may wait beside what they take by themselves. The target is never less than twice
  // the latter.
  absl::Duration wait = absl::Milliseconds(100);
  double least = 32;
  double first = 1'000;
  double most = 10'000;
};

class ConcurrencyLimit {
 public:
  ConcurrencyLimit(const ConcurrencyOptions& options, absl::Time now);

  // Whether a call of `client` may run now; if so, End() must follow. Beyond the limit only those
  // clients have room that have less than an equal share of it: one that asks for much cannot keep
  // the others out.
  bool TryBegin(uint64_t client);
  void End(uint64_t client);

  // A call of `method` was answered, `latency` after it had begun; or was given up so late that it
  // was beyond its target.
  void Answered(std::string_view method, absl::Duration latency, absl::Time now);
  absl::Duration TargetOf(std::string_view method) const;

  double limit() const { return limit_; }
  int running() const { return running_; }

 private:
  struct Method {
    double unloaded = 0;  // Seconds; the least mean of a window, which fades. 0: none yet.
    double sum = 0;       // Of this window.
    int count = 0;
  };

  double TargetSeconds(const Method& method) const;
  void EndWindow(absl::Time now);

  const ConcurrencyOptions options_;
  double limit_;
  int running_ = 0;
  absl::flat_hash_map<uint64_t, int> running_of_;  // By client; none has 0.
  absl::flat_hash_map<std::string, Method> methods_;
  absl::Time window_began_;
  int answered_ = 0;      // In this window.
  int most_running_ = 0;  // Likewise.
};

}  // namespace corridor::gateway
