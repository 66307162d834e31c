// Bytes that gzip (RFC 1952) made smaller, as they were.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace corridor::gateway {

// Errors: INVALID_ARGUMENT (not gzip, cut off, or followed by something), RESOURCE_EXHAUSTED above
// `most_bytes`, which is noticed before they are made.
absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t most_bytes);

}  // namespace corridor::gateway
