// Where a merged feed goes on from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "corridor/common/v1/position.pb.h"

namespace corridor::gateway {

// What `since` says of `services`: empty, nothing, so that each is followed from now on; `0`, the
// beginning of each; a token, the parts of it that are theirs. Errors: INVALID_ARGUMENT naming
// `field` and the token.
//
// A part without an epoch stands for the beginning of a service that was not reached yet, whose
// epoch nobody knows: without it, who asked for everything and reconnects before that would get
// only what is new. No other token has such parts.
absl::StatusOr<common::v1::Position> ReadSince(std::string_view since, std::string_view field,
                                               const std::vector<std::string>& services);

}  // namespace corridor::gateway
