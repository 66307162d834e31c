#include "gateway/upstream/balance.h"

#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/random/distributions.h"

namespace corridor::gateway {
namespace {

using Indexes = absl::InlinedVector<size_t, 8>;

size_t PickAmong(const Indexes& able, absl::Span<const Candidate> all, absl::Time now,
                 absl::BitGenRef random) {
  if (able.size() == 1) return able[0];
  const size_t first = absl::Uniform<size_t>(random, 0, able.size());
  const size_t second = (first + absl::Uniform<size_t>(random, 1, able.size())) % able.size();
  size_t picked = able[first], other = able[second];
  if (all[other].load < all[picked].load) std::swap(picked, other);
  const double share = all[picked].health->share(now);
  return share < 1 && !absl::Bernoulli(random, share) ? other : picked;
}

}  // namespace

std::optional<size_t> PickOf(absl::Span<const Candidate> all, absl::Time now,
                             absl::BitGenRef random) {
  Indexes fit, ejected;
  bool is_one_up = false;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_ejected = all[i].health->is_ejected(now);
    if (all[i].takes_calls) (is_ejected ? ejected : fit).push_back(i);
    is_one_up = is_one_up || (all[i].is_up && !is_ejected);
  }
  if (!fit.empty()) return PickAmong(fit, all, now, random);
  if (is_one_up || ejected.empty()) return std::nullopt;
  return PickAmong(ejected, all, now, random);
}

bool MayEject(absl::Span<const Candidate> all, size_t one, absl::Time now) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (i != one && all[i].is_up && !all[i].health->is_ejected(now)) return true;
  }
  return false;
}

}  // namespace corridor::gateway
