// The disk that holds the store is full: writes fail and say so, reads go on, and writes resume
// when there is room.
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/fault/memberstates_process.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;

// A disk of so many megabytes, in memory.
class SmallDisk {
 public:
  explicit SmallDisk(int megabytes) {
    const std::string options = absl::StrCat("size=", megabytes, "m");
    mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
    error_ = errno;
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return mounted_; }
  std::string why_not() const { return strerror(error_); }
  std::string File(const std::string& name) const { return folder_.File(name); }
  void Grow(int megabytes) const {
    const std::string options = absl::StrCat("size=", megabytes, "m");
    ASSERT_EQ(mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT, options.c_str()), 0);
  }

 private:
  TempDir folder_;
  bool mounted_ = false;
  int error_ = 0;
};

TEST(FullDiskTest, WritesFailUntilThereIsRoomAndReadsGoOn) {
  const SmallDisk disk(8);
  if (!disk.is_mounted()) GTEST_SKIP() << "no right to mount a small disk: " << disk.why_not();
  MemberstatesProcess service(disk.File("memberstates.sqlite"));
  const std::string description(4'000, 'x');
  int written = 0;
  absl::Status refused;
  for (; written < 10'000 && refused.ok(); ++written) {
    refused = service.Create(absl::StrCat("A", written), description);
  }
  --written;  // The refused one.
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  EXPECT_EQ(ReasonOf(refused), "DISK_FULL");
  ASSERT_GT(written, 100);

  ASSERT_OK(service.Get("A0"));
  ASSERT_OK(service.Get(absl::StrCat("A", written - 1)));
  EXPECT_THAT(service.Get(absl::StrCat("A", written)), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(service.Create("MORE", description),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));

  disk.Grow(64);
  ASSERT_OK(service.Create("MORE", description));
  ASSERT_OK_AND_ASSIGN(const auto versions, service.ListVersions("MORE"));
  // No version was lost to the refused writes.
  EXPECT_EQ(versions.versions(0).version(), written + 1);
}

}  // namespace
}  // namespace corridor::e2e
