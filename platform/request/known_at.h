// The request field `known_at`: as of which known time a read is to answer.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "platform/store/versioned_store.h"

namespace corridor {

// Reads `text`: empty (the head), a decimal version (`42`), an RFC 3339 timestamp
// (`2018-01-01T00:00:00Z`), or a token of the header `corridor-version` that `service` answered
// with. `epoch` is that of the store asked. Errors: INVALID_ARGUMENT naming `field` and the
// text; ABORTED (POSITION_OF_ANOTHER_EPOCH) for a token of a store that this one is not, e.g. from
// before a restore.
absl::StatusOr<store::KnownAt> ParseKnownAt(std::string_view text, std::string_view service,
                                            std::string_view epoch,
                                            std::string_view field = "known_at");

}  // namespace corridor
