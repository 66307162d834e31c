// Rendezvous hashing (Thaler and Ravishankar 1998): each key belongs to one of several places, and
// when a place goes only its own keys go elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/text/fnv.h"

namespace corridor::cache {

// Index of the place of `key`; `places` is not empty.
inline size_t PlaceOf(std::string_view key, const std::vector<std::string>& places) {
  size_t best = 0;
  uint64_t best_score = 0;
  const uint64_t key_hash = Fnv1a(key);
  for (size_t i = 0; i < places.size(); ++i) {
    uint64_t score = key_hash ^ Fnv1a(places[i]);
    // The finalizer of MurmurHash3: FNV alone leaves the upper bits too much alike.
    score = (score ^ (score >> 33)) * 0xff51afd7ed558ccd;
    score = (score ^ (score >> 33)) * 0xc4ceb9fe1a85ec53;
    score ^= score >> 33;
    if (i == 0 || score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

}  // namespace corridor::cache
