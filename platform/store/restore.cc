#include "platform/store/restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

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

void RemoveAll(const std::string& part) {
  std::error_code unknown;
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) fs::remove(part + suffix, unknown);
}

// Makes `part` the store to be.
absl::Status Prepare(
    const std::string& backup, const std::string& part,
    absl::FunctionRef<absl::StatusOr<std::unique_ptr<Database>>(const std::string&)> open,
    absl::FunctionRef<absl::Status(std::unique_ptr<Database>)> check) {
  std::error_code error;
  if (!fs::copy_file(backup, part, error)) return Failure(backup, error);
  fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write, error);
  if (error) return Failure(part, error);
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, open(part));
    if (const absl::Status renewed = RenewEpoch(*database); !renewed.ok()) {
      return absl::Status(renewed.code(), absl::StrCat(backup, ": ", renewed.message()));
    }
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Database> database, open(part));
  if (const absl::Status fits = check(std::move(database)); !fits.ok()) {
    return absl::Status(fits.code(), absl::StrCat(backup, ": ", fits.message()));
  }
  return Sync(part);
}

}  // namespace

absl::Status RestoreBackup(
    const std::string& backup, const std::string& path,
    absl::FunctionRef<absl::StatusOr<std::unique_ptr<Database>>(const std::string&)> open,
    absl::FunctionRef<absl::Status(std::unique_ptr<Database>)> check) {
  std::error_code error;
  if (fs::exists(path, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is there already: a backup is restored where no store is"));
  }
  const std::string part = path + ".restoring";
  RemoveAll(part);
  if (absl::Status prepared = Prepare(backup, part, open, check); !prepared.ok()) {
    RemoveAll(part);
    return prepared;
  }
  fs::rename(part, path, error);
  if (error) return Failure(path, error);
  RemoveAll(part);
  return Sync(fs::absolute(path).parent_path().string());
}

}  // namespace corridor::store
