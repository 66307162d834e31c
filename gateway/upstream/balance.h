// Which instance of a service takes the next call, and whether one may be left out. No state.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/random/bit_gen_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gateway/upstream/endpoint_health.h"

namespace corridor::gateway {

struct Candidate {
  bool is_up = false;        // It is connected, if without room for a call.
  bool takes_calls = false;  // Now.
  size_t load = 0;           // Calls under way.
  const EndpointHealth* health = nullptr;
};

// The less loaded of two picked at random; one that comes back slowly is passed over for the other
// as often as its share has it. Ejected ones take calls only while none of the others is up.
// Nothing when the call should wait for room, or there is nobody to take it.
std::optional<size_t> PickOf(absl::Span<const Candidate> all, absl::Time now,
                             absl::BitGenRef random);

// Whether there is another that calls can go to: the last is never ejected.
bool MayEject(absl::Span<const Candidate> all, size_t one, absl::Time now);

}  // namespace corridor::gateway
