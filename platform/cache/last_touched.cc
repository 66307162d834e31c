#include "platform/cache/last_touched.h"

#include <algorithm>
#include <vector>

namespace corridor::cache {

void LastTouched::Touch(const std::string& name, int64_t version) {
  int64_t& last = versions_[name];
  last = std::max(last, version);
}

int64_t LastTouched::Of(const std::string& name) const {
  const auto found = versions_.find(name);
  return found == versions_.end() ? 0 : found->second;
}

int64_t LastTouched::ForgetTheOlderHalf() {
  if (versions_.empty()) return 0;
  std::vector<int64_t> versions;
  versions.reserve(versions_.size());
  for (const auto& [name, version] : versions_) versions.push_back(version);
  const auto middle = versions.begin() + static_cast<std::ptrdiff_t>(versions.size() / 2);
  std::nth_element(versions.begin(), middle, versions.end());
  const int64_t floor = *middle;
  absl::erase_if(versions_, [floor](const auto& entry) { return entry.second <= floor; });
  return floor;
}

}  // namespace corridor::cache
