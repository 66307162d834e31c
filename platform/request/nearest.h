// What the caller probably meant: the nearest of the names that would have been right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace corridor {

// A name of a caller, to be compared with several. Case does not count, nor do `-` and `_` (so that
// `asOf` is `as_of`), nor what follows the first 64 other bytes.
class GivenName {
 public:
  explicit GivenName(std::string_view name);

  // Least number of single-character edits that make one of the other. Takes one step per byte of
  // `other`, whatever the length of this name.
  size_t DistanceTo(std::string_view other) const;

 private:
  std::array<uint64_t, 256> positions_ = {};  // Of each byte: bit i when it is the i-th.
  size_t size_ = 0;
};

// The one of `names` with the least edit distance to `name`; the first of equals, empty when
// `names` is.
std::string Nearest(std::string_view name, const std::vector<std::string>& names);

}  // namespace corridor
