// How many cores this process may use: the smaller of its affinity and of the quota of its cgroup
// (v2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace corridor::gateway {

// At least 1.
int UsableCores();

// The quota in whole cores, rounded up, of the group that `membership` (the text of
// /proc/self/cgroup) names under the mounted hierarchy `root`, and of every group above it; absent
// when nothing limits it.
std::optional<int> CgroupQuotaCores(const std::string& root, std::string_view membership);

}  // namespace corridor::gateway
