// A shared tier in memory. For tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "platform/cache/shared_tier.h"

namespace corridor::cache {

// Not thread-safe.
class FakeSharedTier final : public SharedTier {
 public:
  std::optional<std::string> Get(std::string_view key) override {
    ++gets;
    const auto found = values.find(std::string(key));
    if (!reachable || found == values.end()) return std::nullopt;
    return found->second;
  }
  void Put(std::string_view key, std::string_view value) override {
    if (reachable) values[std::string(key)] = value;
  }

  bool reachable = true;
  int gets = 0;
  std::map<std::string, std::string> values;
};

}  // namespace corridor::cache
