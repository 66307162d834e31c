// Where a process listens: loopback only, until identities exist.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace corridor::process {

struct ListenAddress {
  std::string host;   // Always `127.0.0.1`.
  uint16_t port = 0;  // 0: any free one.
};

// Reads `127.0.0.1:8080`. Errors: INVALID_ARGUMENT naming `option` and the text; any other host is
// refused, saying why.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text, std::string_view option);

}  // namespace corridor::process
