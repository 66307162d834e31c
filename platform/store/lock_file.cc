#include "platform/store/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace corridor::store {
namespace {

std::string HolderOf(int fd) {
  char text[24];
  const ssize_t size = pread(fd, text, sizeof(text), 0);
  int64_t pid = 0;
  if (size <= 0 || !absl::SimpleAtoi(absl::string_view(text, static_cast<size_t>(size)), &pid)) {
    return "another process";
  }
  return absl::StrCat("process ", pid);
}

absl::Status CannotLock(const std::string& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? absl::StatusCode::kResourceExhausted
                                                       : absl::StatusCode::kFailedPrecondition;
  return absl::Status(code, absl::StrCat("cannot lock ", path, ": ", strerror(error)));
}

}  // namespace

absl::StatusOr<LockFile> LockFile::Acquire(const std::string& store_path) {
  const std::string path = store_path + ".lock";
  LockFile file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (file.fd_ < 0) return CannotLock(path, errno);
  if (flock(file.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return CannotLock(path, errno);
    return absl::FailedPreconditionError(
        absl::StrCat(store_path, " is in use by ", HolderOf(file.fd_)));
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(file.fd_, 0) != 0 ||
      pwrite(file.fd_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return CannotLock(path, errno);
  }
  return file;
}

LockFile::~LockFile() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace corridor::store
