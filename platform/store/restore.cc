#include "platform/store/restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {
namespace {

namespace fs = std::filesystem;

absl::Status Failure(const std::string& path, const std::error_code& error) {
  const std::string why = absl::StrCat(path, ": ", error.message());
  if (error == std::errc::no_space_on_device) return absl::ResourceExhaustedError(why);
  return absl::FailedPreconditionError(why);
}

// Makes what was written to a file, or to a folder's list of files, durable.
absl::Status Sync(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  return synced ? absl::OkStatus() : Failure(path, {error, std::generic_category()});
}

}  // namespace

absl::Status RestoreBackup(
    const std::string& backup, const std::string& path,
    absl::FunctionRef<absl::StatusOr<std::unique_ptr<Database>>(const std::string&)> open) {
  std::error_code error;
  if (fs::exists(path, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is there already: a backup is restored where no store is"));
  }
  const std::string part = path + ".restoring";
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) fs::remove(part + suffix, error);
  if (!fs::copy_file(backup, part, error)) return Failure(backup, error);
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, open(part));
    if (const absl::Status renewed = RenewEpoch(*database); !renewed.ok()) {
      return absl::Status(renewed.code(), absl::StrCat(backup, ": ", renewed.message()));
    }
    RETURN_IF_ERROR(database->Scrub(absl::InfiniteFuture()));
  }
  RETURN_IF_ERROR(Sync(part));
  fs::rename(part, path, error);
  if (error) return Failure(path, error);
  fs::remove(part + ".lock", error);
  return Sync(fs::absolute(path).parent_path().string());
}

}  // namespace corridor::store
