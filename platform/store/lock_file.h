// Keeps a second process off a store: a file beside it that one process holds locked, with its
// process id inside.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace corridor::store {

// The lock goes with the process, however it ends; the file stays.
class LockFile {
 public:
  // Locks `<store_path>.lock`, made when missing. Errors: FAILED_PRECONDITION (held by another
  // process, naming it; the file cannot be made), RESOURCE_EXHAUSTED (disk full).
  static absl::StatusOr<LockFile> Acquire(const std::string& store_path);

  LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LockFile& operator=(LockFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace corridor::store
