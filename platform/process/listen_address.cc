// Reads `127.0.0.1:PORT`, and nothing else.
#include "platform/process/listen_address.h"

#include <charconv>

#include "platform/status/status.h"

namespace corridor::process {
namespace {

constexpr std::string_view kLoopback = "127.0.0.1";

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text, std::string_view option) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return InvalidField(option, text, "is not an address and port, e.g. 127.0.0.1:8080");
  }
  if (text.substr(0, colon) != kLoopback) {
    return InvalidField(
        option, text,
        "is refused: until callers have identities, Corridor listens on 127.0.0.1 only");
  }
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress address;
  address.host = std::string(kLoopback);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return InvalidField(option, text, "has no port from 0 to 65535");
  }
  return address;
}

}  // namespace corridor::process
