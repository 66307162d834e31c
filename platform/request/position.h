// The token `corridor-version`: a corridor.common.v1.Position, base64url-encoded without padding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "corridor/common/v1/position.pb.h"

namespace corridor {

// Names of the metadata: where an answer was made from,
inline constexpr char kVersionHeader[] = "corridor-version";
// A read answers from no earlier position than this one.
inline constexpr char kMinVersionHeader[] = "corridor-min-version";

// Equal positions give equal tokens.
std::string EncodePosition(const common::v1::Position& position);

// The position of one service.
std::string EncodePosition(std::string_view service, std::string_view epoch, int64_t version);

// Errors: INVALID_ARGUMENT naming `field` and the token.
absl::StatusOr<common::v1::Position> DecodePosition(std::string_view token, std::string_view field);

}  // namespace corridor
