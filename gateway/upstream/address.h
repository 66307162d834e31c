// Where an instance of a service listens.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace corridor::gateway {

struct Address {
  std::string ip;  // Numeric, IPv4 or IPv6.
  uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 compared with for a pointer.
  auto operator<=>(const Address&) const = default;
  // `127.0.0.1:80`, `[::1]:80`.
  std::string Text() const {
    const bool is_v6 = ip.find(':') != std::string::npos;
    return (is_v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
  }
};

// Where a service is said to be: a name or a numeric address, which may stand for many addresses.
struct Target {
  std::string host;  // Without brackets.
  uint16_t port = 0;
};

}  // namespace corridor::gateway
