// kill -9 while commits run: what was acknowledged is there afterwards, whole, and nothing half.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"

namespace corridor::store {
namespace {

constexpr int kRowsPerCommit = 20;

// Each commit gives all rows the name of its version, and is acknowledged by its version on
// `acknowledged`.
[[noreturn]] void CommitForEver(AreaStore& store, int acknowledged) {
  store.Reopen();
  while (true) {
    const auto commit = store->Write({}, Soon(), [](Writer& writer) {
      for (int i = 0; i < kRowsPerCommit; ++i) {
        RETURN_IF_ERROR(AreaStore::PutArea(writer, absl::StrCat("A", i),
                                           absl::StrCat(writer.version(), "/", i)));
      }
      return absl::OkStatus();
    });
    if (!commit.ok()) _exit(1);
    if (write(acknowledged, &commit->version, sizeof(commit->version)) <= 0) _exit(1);
  }
}

// Lets a child commit, kills it once it has acknowledged `commits` more, and answers the last
// version acknowledged.
int64_t KillAfter(AreaStore& store, int commits) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  store.Close();
  const pid_t child = fork();
  if (child == 0) CommitForEver(store, ends[1]);
  close(ends[1]);
  int64_t last = 0;
  for (int64_t version = 0; commits > 0 && read(ends[0], &version, sizeof(version)) > 0;
       --commits) {
    last = version;
  }
  kill(child, SIGKILL);
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT_TRUE(WIFSIGNALED(state));
  for (int64_t version = 0; read(ends[0], &version, sizeof(version)) > 0;) last = version;
  close(ends[0]);
  return last;
}

TEST(StoreCrashTest, AcknowledgedCommitsSurviveKillAndNoneIsHalf) {
  AreaStore store;
  const std::string epoch = store->epoch();
  int64_t head = 0;
  for (int round = 1; round <= 6; ++round) {
    const int64_t acknowledged = KillAfter(store, 3 * round);
    ASSERT_GT(acknowledged, head);
    store.Reopen();
    ASSERT_OK_AND_ASSIGN(head, store->Head(Soon()));
    // One commit may have become durable without having been acknowledged.
    EXPECT_GE(head, acknowledged);
    EXPECT_LE(head, acknowledged + 1);
    EXPECT_EQ(store->epoch(), epoch);
    for (int64_t version = 1; version <= head; ++version) {
      ASSERT_OK_AND_ASSIGN(const auto reader, store->ReadAt(version, Soon()));
      const std::vector<std::string> areas = AreaStore::Areas(*reader);
      ASSERT_EQ(areas.size(), kRowsPerCommit);
      for (const std::string& area : areas) {
        EXPECT_THAT(area, ::testing::HasSubstr(absl::StrCat("=", version, "/")));
        EXPECT_THAT(area, ::testing::EndsWith(absl::StrCat("@", version)));
      }
    }
  }
}

}  // namespace
}  // namespace corridor::store
