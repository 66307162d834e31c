// What the caller probably meant: the nearest of the names that would have been right.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace corridor {

// Least number of single-character edits between two names, letters compared without case, `-` and
// `_` left out (so that `asOf` is `as_of`). Only the first 100 bytes of a name count.
size_t EditDistance(std::string_view a, std::string_view b);

// The one of `names` with the least edit distance to `name`; the first of equals, empty when
// `names` is.
std::string Nearest(std::string_view name, const std::vector<std::string>& names);

}  // namespace corridor
