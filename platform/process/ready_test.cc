#include "platform/process/ready.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace corridor::process {
namespace {

std::string ReadAll(int fd) {
  std::string all;
  char buffer[256];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;) {
    all.append(buffer, static_cast<size_t>(got));
  }
  return all;
}

TEST(ReadyTest, OneJsonLineIsWrittenAndTheDescriptorClosed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  AnnounceReady(ends[1], {{"listen", "127.0.0.1:41234"}, {"admin", "127.0.0.1:41235"}});
  EXPECT_EQ(ReadAll(ends[0]), "{\"listen\":\"127.0.0.1:41234\",\"admin\":\"127.0.0.1:41235\"}\n");
  EXPECT_EQ(fcntl(ends[1], F_GETFD), -1);
  close(ends[0]);
}

TEST(ReadyTest, AParentThatHasGoneDoesNoHarm) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  AnnounceReady(ends[1], {{"listen", "127.0.0.1:1"}});
  EXPECT_EQ(fcntl(ends[1], F_GETFD), -1);
}

TEST(ReadyTest, AStandardStreamStaysOpenForTheLog) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const int kept = dup(STDOUT_FILENO);
  ASSERT_EQ(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
  AnnounceReady(STDOUT_FILENO, {{"listen", "127.0.0.1:1"}});
  const bool is_open = fcntl(STDOUT_FILENO, F_GETFD) != -1;
  ASSERT_EQ(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
  close(kept);
  close(ends[1]);
  EXPECT_TRUE(is_open);
  EXPECT_EQ(ReadAll(ends[0]), "{\"listen\":\"127.0.0.1:1\"}\n");
  close(ends[0]);
}

TEST(ReadyTest, NoDescriptorMeansNothingIsSaid) { AnnounceReady(-1, {{"listen", "127.0.0.1:1"}}); }

}  // namespace
}  // namespace corridor::process
