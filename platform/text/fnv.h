// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): tells a changed text from the same
// one. Not for what somebody might forge.
#pragma once

#include <cstdint>
#include <string_view>

namespace corridor {

inline uint64_t Fnv1a(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace corridor
