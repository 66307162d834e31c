// Resource names, taken apart: `organisations/IOM/memberships/ARM` by
// `organisations/*/memberships/*`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace corridor {

// What the stars of `pattern` stand for in `name`, in order. Each is an id of 1 to 100 letters,
// digits and `-._~`. Errors: INVALID_ARGUMENT naming `field`, the name and the pattern; also when
// it is empty.
absl::StatusOr<std::vector<std::string>> MatchResourceName(std::string_view name,
                                                           std::string_view pattern,
                                                           std::string_view field);

}  // namespace corridor
