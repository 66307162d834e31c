// Reads the affinity from the kernel and the quota from the files of cgroup v2.
#include "gateway/cpu_limit.h"

#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace corridor::gateway {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// `cpu.max` holds `<quota or max> <period>`, both in microseconds.
std::optional<int> ParseCpuMax(const std::string& text) {
  const std::vector<std::string> parts =
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  int64_t quota = 0;
  int64_t period = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &quota) ||
      !absl::SimpleAtoi(parts[1], &period) || quota <= 0 || period <= 0) {
    return std::nullopt;
  }
  return static_cast<int>(std::min<int64_t>((quota + period - 1) / period, 1 << 20));
}

// The path of the line `0::<path>`: version 2's.
std::string GroupPath(std::string_view membership) {
  const std::string text(membership);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.substr(0, 3) == "0::") return std::string(line.substr(3));
  }
  return "";
}

}  // namespace

std::optional<int> CgroupQuotaCores(const std::string& root, std::string_view membership) {
  std::optional<int> least;
  std::string group = GroupPath(membership);
  while (true) {
    const std::optional<int> cores = ParseCpuMax(ReadFile(root + group + "/cpu.max"));
    if (cores && (!least || *cores < *least)) least = cores;
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos) return least;
    group.resize(slash);
  }
}

int UsableCores() {
  cpu_set_t affinity;
  CPU_ZERO(&affinity);
  int cores = sched_getaffinity(0, sizeof(affinity), &affinity) == 0 ? CPU_COUNT(&affinity) : 1;
  const std::optional<int> quota =
      CgroupQuotaCores("/sys/fs/cgroup", ReadFile("/proc/self/cgroup"));
  if (quota) cores = std::min(cores, *quota);
  return std::max(cores, 1);
}

}  // namespace corridor::gateway
