#include "platform/testing/process.h"

#include <csignal>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ProcessTest : public ::testing::Test {
 protected:
  // A shell that runs `script`; the ready descriptor is 3.
  std::unique_ptr<ChildProcess> Shell(const std::string& script) {
    auto child = ChildProcess::Start("/bin/sh", {"-c", script}, dir_.File("child"));
    EXPECT_OK(child);
    return *std::move(child);
  }

  TempDir dir_;
  const absl::Time soon_ = absl::Now() + absl::Seconds(30);
};

constexpr char kServe[] =
    R"(echo '{"listen":"127.0.0.1:1","admin":"127.0.0.1:2"}' >&3; exec 3>&-; exec tail -f /dev/null)";

TEST_F(ProcessTest, AnswersTheReadyLine) {
  const auto child = Shell(kServe);
  EXPECT_THAT(child->WaitReady(soon_), IsOkAndHolds(ElementsAre(Pair("admin", "127.0.0.1:2"),
                                                                Pair("listen", "127.0.0.1:1"))));
}

TEST_F(ProcessTest, StopSendsSigtermAndAnswersHowItEnded) {
  const auto child = Shell(kServe);
  ASSERT_OK(child->WaitReady(soon_));
  EXPECT_THAT(child->Stop(soon_), IsOkAndHolds(128 + SIGTERM));
  EXPECT_THAT(child->Wait(soon_), IsOkAndHolds(128 + SIGTERM));
}

TEST_F(ProcessTest, KillEndsItAtOnce) {
  const auto child = Shell("trap '' TERM; " + std::string(kServe));
  ASSERT_OK(child->WaitReady(soon_));
  EXPECT_THAT(child->Stop(absl::Now()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  child->Kill();
  EXPECT_THAT(child->Wait(soon_), IsOkAndHolds(128 + SIGKILL));
  child->Signal(SIGTERM);
}

TEST_F(ProcessTest, OneThatEndsBeforeItIsReadyIsAnErrorWithItsStderr) {
  const auto child = Shell("echo in use >&2; exit 1");
  EXPECT_THAT(child->WaitReady(soon_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use")));
  EXPECT_THAT(child->Wait(soon_), IsOkAndHolds(1));
}

TEST_F(ProcessTest, WaitingHasADeadline) {
  const auto child = Shell("exec tail -f /dev/null");
  EXPECT_THAT(child->WaitReady(absl::Now()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(child->Wait(absl::Now()), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(ProcessTest, OutputIsKept) {
  const auto child = Shell("echo out; echo err >&2; exit 3");
  EXPECT_THAT(child->Wait(soon_), IsOkAndHolds(3));
  EXPECT_EQ(child->Stdout(), "out\n");
  EXPECT_EQ(child->Stderr(), "err\n");
}

TEST_F(ProcessTest, ABinaryThatIsNotThereExitsWith127) {
  ASSERT_OK_AND_ASSIGN(const auto child,
                       ChildProcess::Start(dir_.File("none"), {}, dir_.File("none")));
  EXPECT_THAT(child->Wait(soon_), IsOkAndHolds(127));
}

}  // namespace
}  // namespace corridor
