// Which names commits touched last, as far back as there is room for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace corridor::cache {

class LastTouched {
 public:
  void Touch(const std::string& name, int64_t version);
  // The last version that touched `name`; 0 for none that is known.
  int64_t Of(const std::string& name) const;
  size_t size() const { return versions_.size(); }
  void Clear() { versions_.clear(); }
  // Forgets the names, about half of them, that were touched first. Answers the last version that
  // touched one: what any commit up to it touched is no longer known.
  int64_t ForgetTheOlderHalf();

 private:
  absl::flat_hash_map<std::string, int64_t> versions_;
};

}  // namespace corridor::cache
