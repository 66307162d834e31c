// Where all processes of a service keep answers together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace corridor::cache {

// Thread-safe. May lose anything at any time, and give back anything: what it holds is sealed.
// Blocks for a few milliseconds at most.
class SharedTier {
 public:
  virtual ~SharedTier() = default;
  // What was put last under `key`; nothing also when it cannot be had in time.
  virtual std::optional<std::string> Get(std::string_view key) = 0;
  virtual void Put(std::string_view key, std::string_view value) = 0;
};

}  // namespace corridor::cache
