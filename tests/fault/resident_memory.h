// How much memory a process takes while something is done to it.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace corridor::e2e {

// From when it was made on.
class ResidentMemory {
 public:
  // `pid` is of a process of this user.
  explicit ResidentMemory(pid_t pid);
  // Bytes that the process had at most, above what it had at first. 0 in sanitized builds, where
  // what was freed is kept in quarantine.
  int64_t growth() const;

 private:
  const pid_t pid_;
  const int64_t before_;
};

}  // namespace corridor::e2e
