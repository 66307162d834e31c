// Starts that are refused: the process says why in one line and exits, instead of serving what it
// should not.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/store/sqlite_database.h"
#include "platform/testing/process.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::Duration kEnd = absl::Seconds(60);

class RefusedStartTest : public ::testing::Test {
 protected:
  std::unique_ptr<ChildProcess> Start(const std::vector<std::string>& options) {
    auto process = ChildProcess::Start(Binary(binary_), options,
                                       absl::StrCat(folder_.path(), "/run", ++runs_));
    EXPECT_OK(process);
    return *std::move(process);
  }

  // Expects exit code `code` and one line on stderr; answers the line.
  std::string Refusal(const std::vector<std::string>& options, int code) {
    const auto process = Start(options);
    EXPECT_THAT(process->Wait(absl::Now() + kEnd), IsOkAndHolds(code));
    const std::string said = process->Stderr();
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    return said;
  }

  // Makes a store, empty but for its schema.
  void MakeStore() {
    const auto process = Start({store_});
    EXPECT_OK(process->WaitReady(absl::Now() + kEnd));
    EXPECT_THAT(process->Stop(absl::Now() + kEnd), IsOkAndHolds(0));
  }

  TempDir folder_;
  std::string binary_ = "memberstates";
  std::string file_ = folder_.path() + "/memberstates.sqlite";
  std::string store_ = absl::StrCat("--store=sqlite:", file_);
  int runs_ = 0;
};

TEST_F(RefusedStartTest, AFileThatIsNoDatabase) {
  std::ofstream(file_) << std::string(8192, 'x');
  EXPECT_THAT(Refusal({store_}, 1), AllOf(StartsWith("memberstates: "), HasSubstr(file_)));
}

TEST_F(RefusedStartTest, ADamagedDatabase) {
  MakeStore();
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2 / 4096 * 4096);
  EXPECT_THAT(Refusal({store_}, 1), AllOf(StartsWith("memberstates: "), HasSubstr(file_)));
}

TEST_F(RefusedStartTest, ADatabaseOfANewerBinary) {
  MakeStore();
  {
    auto database = store::OpenSqlite(file_);
    ASSERT_OK(database);
    auto write = (*database)->Write(absl::Now() + kEnd);
    ASSERT_OK(write);
    ASSERT_OK(
        (*write)->ExecuteScript("INSERT INTO schema_migrations SELECT series, 9999, "
                                "'9999_later.sql', hash, 9999, applied_at_us "
                                "FROM schema_migrations LIMIT 1"));
    ASSERT_OK((*write)->Commit());
  }
  EXPECT_THAT(Refusal({store_}, 1), AllOf(StartsWith("memberstates: "), HasSubstr("9999")));
}

TEST_F(RefusedStartTest, AStoreThatAnotherProcessHas) {
  const auto first = Start({store_});
  ASSERT_OK(first->WaitReady(absl::Now() + kEnd));
  EXPECT_THAT(Refusal({store_}, 1), HasSubstr(absl::StrCat(first->pid())));
}

TEST_F(RefusedStartTest, APortInUse) {
  const auto first = Start({store_});
  const auto ready = first->WaitReady(absl::Now() + kEnd);
  ASSERT_OK(ready);
  const std::string other = absl::StrCat("--store=sqlite:", folder_.path(), "/other.sqlite");
  EXPECT_THAT(Refusal({other, absl::StrCat("--listen=", ready->at("listen"))}, 1),
              HasSubstr(ready->at("listen")));
}

TEST_F(RefusedStartTest, AnAddressBeyondThisMachine) {
  EXPECT_THAT(Refusal({store_, "--listen=0.0.0.0:0"}, 2),
              AllOf(HasSubstr("--listen"), HasSubstr("0.0.0.0:0")));
}

TEST_F(RefusedStartTest, AnUnknownOption) {
  EXPECT_THAT(Refusal({store_, "--default-date=x"}, 2),
              AllOf(HasSubstr("--default-date"), HasSubstr("--default-data")));
}

TEST_F(RefusedStartTest, AFirstStartThatCannotCopyTheAreas) {
  const std::string nobody = "--memberstates=127.0.0.1:1";
  for (const std::string& service : AllServices()) {
    if (service == "memberstates") continue;
    binary_ = service;
    EXPECT_THAT(Refusal({absl::StrCat("--store=sqlite:", folder_.path(), "/", service, ".sqlite"),
                         nobody, "--first-copy-timeout=100ms"},
                        1),
                AllOf(StartsWith(service), HasSubstr("copied from memberstates")));
  }
}

}  // namespace
}  // namespace corridor::e2e
