#include "platform/server/executor.h"

#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::server {
namespace {

using ::testing::ElementsAre;

TEST(ExecutorTest, TasksRunInOrderOfSubmission) {
  std::vector<int> order;
  {
    Executor executor(1, 10, "tasks");
    for (int i = 0; i < 3; ++i) EXPECT_OK(executor.Submit([&order, i] { order.push_back(i); }));
  }
  EXPECT_THAT(order, ElementsAre(0, 1, 2));
}

TEST(ExecutorTest, AFullQueueRefuses) {
  absl::Notification running, go;
  int ran = 0;
  {
    Executor executor(1, 1, "tasks");
    EXPECT_OK(executor.Submit([&] {
      running.Notify();
      go.WaitForNotification();
    }));
    running.WaitForNotification();
    EXPECT_OK(executor.Submit([&] { ++ran; }));
    EXPECT_THAT(executor.Submit([&] { ++ran; }),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         "too many tasks are waiting; try again later"));
    go.Notify();
  }
  EXPECT_EQ(ran, 1);
}

TEST(ExecutorTest, AsManyRunAtATimeAsThereAreThreads) {
  absl::Notification first, second;
  Executor executor(2, 2, "tasks");
  EXPECT_OK(executor.Submit([&] {
    first.Notify();
    second.WaitForNotification();
  }));
  EXPECT_OK(executor.Submit([&] {
    first.WaitForNotification();
    second.Notify();
  }));
}

}  // namespace
}  // namespace corridor::server
