// The store of a running service is copied while others write, and another service starts from the
// copy; what is purged is gone from the files.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/suite.h"
#include "tests/fault/memberstates_process.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BackupTest : public ::testing::Test {
 protected:
  // Runs the operators' tool; answers its exit code.
  int Store(const std::string& arguments) {
    const int status = std::system(absl::StrCat(Binary("corridor-store"), " ", arguments, " >",
                                                folder_.File("ctl.out"), " 2>&1")
                                       .c_str());
    return WEXITSTATUS(status);
  }
  std::string Said() { return Contents(folder_.File("ctl.out")); }
  static std::string Contents(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  TempDir folder_;
  std::string file_ = folder_.File("memberstates.sqlite");
  std::string copy_ = folder_.File("copy.sqlite");
  std::string other_ = folder_.File("other.sqlite");
};

TEST_F(BackupTest, ACopyMadeWhileOthersWriteServesWhatItHolds) {
  std::string token;
  {
    MemberstatesProcess service(file_);
    ASSERT_OK(service.Create("AAA"));
    std::atomic<bool> stop = false;
    std::atomic<int> written = 0;
    std::thread writer([&] {
      for (int i = 0; !stop; ++i, ++written) EXPECT_OK(service.Create(absl::StrCat("W", i)));
    });
    while (written < 5) std::this_thread::yield();
    ASSERT_EQ(Store(absl::StrCat("backup --service=", service.address(), " --out=", copy_)), 0)
        << Said();
    stop = true;
    writer.join();
    ASSERT_OK(service.Get("AAA"));
    token = service.token();
    EXPECT_THAT(folder_.File("memberstates.sqlite.backup"),
                ::testing::ResultOf(
                    [](const std::string& path) { return std::filesystem::exists(path); }, false));
  }
  {
    auto restore = MemberstatesProcess::Start(other_, {"--restore=" + copy_});
    ASSERT_OK(restore);
    EXPECT_THAT((*restore)->Wait(absl::Now() + kPatience), IsOkAndHolds(0)) << (*restore)->Stderr();
  }
  MemberstatesProcess restored(other_);
  ASSERT_OK(restored.Get("AAA"));
  ASSERT_OK(restored.Get("AAA", "1"));
  ASSERT_OK_AND_ASSIGN(const auto versions, restored.ListVersions("AAA"));
  EXPECT_THAT(versions.versions(), SizeIs(1));
  // What was written since the copy is not there: its positions are not this store's.
  EXPECT_THAT(restored.Get("AAA", "", token), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(restored.Get("AAA", token), StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(restored.Create("BBB"));
}

TEST_F(BackupTest, NothingIsOverwritten) {
  MemberstatesProcess service(file_);
  ASSERT_OK(service.Create("AAA"));
  const std::string backup = absl::StrCat("backup --service=", service.address(), " --out=", copy_);
  ASSERT_EQ(Store(backup), 0) << Said();
  EXPECT_EQ(Store(backup), 1);
  EXPECT_THAT(Said(), HasSubstr(copy_));
  auto restore = MemberstatesProcess::Start(file_, {"--restore=" + copy_});
  ASSERT_OK(restore);
  EXPECT_THAT((*restore)->Wait(absl::Now() + kPatience), IsOkAndHolds(1));
  EXPECT_THAT((*restore)->Stderr(), HasSubstr("is there already"));
}

TEST_F(BackupTest, WhatIsPurgedIsInNoFile) {
  const std::string secret = "ask Jana at +420 123 456 789";
  MemberstatesProcess service(file_);
  ASSERT_OK(service.Create("AAA", secret));
  ASSERT_EQ(Store(absl::StrCat("purge --service=", service.address(),
                               " --name=areas/AAA --fields=description --reason='asked to'")),
            0)
      << Said();
  EXPECT_THAT(Said(), HasSubstr("\"scrubbed\":true"));
  ASSERT_OK_AND_ASSIGN(const memberstates::v1::Area then, service.Get("AAA", "1"));
  EXPECT_THAT(then.description(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto versions, service.ListVersions("AAA"));
  EXPECT_EQ(versions.purges(0).reason(), "asked to");
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(Contents(file.path()).find(secret), std::string::npos) << file.path();
  }
  EXPECT_EQ(Store(absl::StrCat("purge --service=", service.address(), " --name=areas/AAA")), 1);
  EXPECT_THAT(Said(), HasSubstr("reason"));
}

}  // namespace
}  // namespace corridor::e2e
