// Turns a service's name into addresses, again and again: in Kubernetes they come and go.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/upstream/address.h"

namespace corridor::gateway {

class Loop;

// Belongs to its loop's thread. Ends when destroyed.
class Resolver {
 public:
  // Called after every resolution: every address once, in order; never none. UNAVAILABLE with the
  // reason on failure.
  using OnResolved = std::function<void(const absl::StatusOr<std::vector<Address>>&)>;

  // Resolves at once, then every `period`, and sooner after a failure. A numeric `host` is answered
  // without asking.
  Resolver(Loop& loop, std::string host, uint16_t port, absl::Duration period,
           OnResolved on_resolved);
  ~Resolver();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace corridor::gateway
