// Levenshtein distance by bit vectors: G. Myers, "A fast bit-vector algorithm for approximate
// string matching based on dynamic programming", JACM 46 (1999), as H. Hyyrö, "A bit-vector
// algorithm for computing Levenshtein and Damerau edit distances" (2003), states it for whole
// strings.
#include "platform/request/nearest.h"

#include <limits>

#include "absl/strings/ascii.h"

namespace corridor {
namespace {

constexpr size_t kMostBytes = 64;  // A bit of a word each.

// Calls `take` with every byte of `name` that counts, folded.
template <typename Take>
void Fold(std::string_view name, Take take) {
  size_t taken = 0;
  for (const char c : name) {
    if (c == '-' || c == '_') continue;
    if (taken++ == kMostBytes) return;
    take(static_cast<unsigned char>(absl::ascii_tolower(static_cast<unsigned char>(c))));
  }
}

}  // namespace

GivenName::GivenName(std::string_view name) {
  Fold(name, [this](unsigned char c) { positions_[c] |= uint64_t{1} << size_++; });
}

size_t GivenName::DistanceTo(std::string_view other) const {
  // Of the column of distances between this name's prefixes and the first bytes of `other`: where
  // it rises by one from one prefix to the next, and where it falls by one.
  uint64_t rises = ~uint64_t{0};
  uint64_t falls = 0;
  const uint64_t last = size_ == 0 ? 0 : uint64_t{1} << (size_ - 1);
  size_t distance = size_;
  Fold(other, [&](unsigned char c) {
    const uint64_t equal = positions_[c];
    const uint64_t unchanged_down = equal | falls;
    const uint64_t unchanged_along = (((equal & rises) + rises) ^ rises) | equal;
    uint64_t rises_along = falls | ~(unchanged_along | rises);
    uint64_t falls_along = rises & unchanged_along;
    if (last == 0 || (rises_along & last) != 0) ++distance;
    if ((falls_along & last) != 0) --distance;
    rises_along = rises_along << 1 | 1;
    falls_along <<= 1;
    rises = falls_along | ~(unchanged_down | rises_along);
    falls = rises_along & unchanged_down;
  });
  return distance;
}

std::string Nearest(std::string_view name, const std::vector<std::string>& names) {
  const GivenName given(name);
  const std::string* nearest = nullptr;
  size_t least = std::numeric_limits<size_t>::max();
  for (const std::string& candidate : names) {
    const size_t distance = given.DistanceTo(candidate);
    if (distance < least) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : *nearest;
}

}  // namespace corridor
