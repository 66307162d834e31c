#include "platform/store/sqlite_file_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace corridor::store {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeaderBytes = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

using Header = std::array<unsigned char, kHeaderBytes>;

uint32_t BigEndian(const Header& header, size_t offset, size_t bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = value << 8 | header[offset + i];
  return value;
}

bool IsFilled(const std::string& path) {
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  return !missing && size > 0;
}

absl::Status CheckHeader(const std::string& path, const Header& header, uint64_t file_bytes) {
  if (std::memcmp(header.data(), kMagic.data(), kMagic.size()) != 0) {
    return absl::DataLossError(absl::StrCat(path, " is not a SQLite database"));
  }
  const uint32_t page_field = BigEndian(header, 16, 2);
  const uint64_t page_bytes = page_field == 1 ? 65536 : page_field;
  if (page_bytes < 512 || (page_bytes & (page_bytes - 1)) != 0) {
    return absl::DataLossError(
        absl::StrCat(path, " is damaged: its header gives a page size of ", page_bytes));
  }
  const uint64_t pages = BigEndian(header, 28, 4);
  const bool count_is_current = BigEndian(header, 24, 4) == BigEndian(header, 92, 4);
  // With a write-ahead log the missing pages may be in there.
  if (count_is_current && file_bytes < pages * page_bytes && !IsFilled(path + "-wal")) {
    return absl::DataLossError(absl::StrCat(path, " is damaged: it has ", file_bytes,
                                            " bytes and should have ", pages * page_bytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDatabasePath(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is a directory, not a database file"));
  }
  if (status.type() == fs::file_type::not_found) {
    const fs::path folder = fs::absolute(path).parent_path();
    if (fs::is_directory(folder, error)) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("there is no folder ", folder.string(), " to hold the database file"));
  }
  if (faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " cannot be read and written: ", strerror(errno)));
  }
  if (!fs::is_regular_file(status)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  return absl::OkStatus();
}

absl::Status CheckDatabaseHeader(const std::string& path) {
  // A rollback journal means that a crash left the file in between; SQLite repairs it from there.
  if (!IsFilled(path) || IsFilled(path + "-journal")) return absl::OkStatus();

  std::ifstream file(path, std::ios::binary);
  Header header{};
  if (!file.read(reinterpret_cast<char*>(header.data()), kHeaderBytes)) {
    return absl::DataLossError(absl::StrCat(path, " is not a SQLite database"));
  }
  std::error_code unknown;
  const uint64_t bytes = fs::file_size(path, unknown);
  if (unknown) return absl::FailedPreconditionError(absl::StrCat(path, ": ", unknown.message()));
  return CheckHeader(path, header, bytes);
}

}  // namespace corridor::store
