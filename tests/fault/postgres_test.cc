// memberstates on PostgreSQL: what it does while the server is away, what it refuses, and what two
// of its processes on one database know of each other.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/postgres_server.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/raw_grpc.h"
#include "tests/fault/commits.h"
#include "tests/fault/memberstates_process.h"

namespace corridor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// HealthCheckResponse{status: …}.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(server_, PostgresServer::Start()); }
  std::string Store() const { return absl::StrCat("--store=", server_->Uri()); }
  std::unique_ptr<ChildProcess> Start(const std::vector<std::string>& options) {
    auto process = ChildProcess::Start(Binary("memberstates"), options,
                                       folder_.File(absl::StrCat("run", ++runs_)));
    EXPECT_OK(process);
    return *std::move(process);
  }
  static std::string HealthOf(const std::string& address) {
    const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    EXPECT_TRUE(channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience)));
    return CallRaw(channel, "/grpc.health.v1.Health/Check", "");
  }
  // One line that says why the process ended with 1.
  std::string Refusal(const std::vector<std::string>& options) {
    const auto process = Start(options);
    EXPECT_THAT(process->Wait(absl::Now() + kPatience), IsOkAndHolds(1));
    std::string said = process->Stderr();
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    return said;
  }

  TempDir folder_;
  std::unique_ptr<PostgresServer> server_;
  int runs_ = 0;
};

TEST_F(PostgresTest, AServerThatIsNotThereIsWaitedForUnready) {
  std::string address;
  {
    const auto first = Start({Store()});
    ASSERT_OK_AND_ASSIGN(const auto ready, first->WaitReady(absl::Now() + kPatience));
    address = ready.at("listen");
    EXPECT_EQ(HealthOf(address), kServing);
    ASSERT_THAT(first->Stop(absl::Now() + kPatience), IsOkAndHolds(0));
  }
  server_->Kill();
  const auto waiting = Start({Store(), "--listen=" + address});
  EXPECT_EQ(HealthOf(address), kNotServing);
  // Whoever asks it may ask another, or again.
  {
    const auto areas = memberstates::v1::Areas::NewStub(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    memberstates::v1::Area area;
    const grpc::Status refused = areas->GetArea(&context, {}, &area);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE) << refused.error_message();
  }
  ASSERT_OK(server_->Restart());
  ASSERT_OK(waiting->WaitReady(absl::Now() + kPatience));
  EXPECT_EQ(HealthOf(address), kServing);
  EXPECT_THAT(waiting->Stdout(), HasSubstr("the store cannot be reached; trying again"));
}

TEST_F(PostgresTest, WhatIsTheOperatorsToPutRightIsOneLine) {
  const std::string host = "&host=" + server_->socket_folder();
  EXPECT_THAT(Refusal({"--store=postgresql:///postgres?user=nobody" + host}),
              AllOf(StartsWith("memberstates: "), HasSubstr("role \"nobody\" does not exist")));
  EXPECT_THAT(Refusal({"--store=postgresql:///none?user=corridor" + host}),
              HasSubstr("database \"none\" does not exist"));
  EXPECT_THAT(Refusal({Store(), "--migrate=check"}), HasSubstr("lacks migration"));
}

TEST_F(PostgresTest, ProcessesOnOneDatabaseAreOneService) {
  MemberstatesProcess one(folder_.File("one"), server_->Uri());
  MemberstatesProcess other(folder_.File("other"), server_->Uri());
  const auto changes = ChangesOf(other.address());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  const auto watch = changes->Watch(&context, changes::v1::WatchRequest());

  constexpr int kAreas = 20;
  std::thread writer([&one] {
    for (int i = 0; i < kAreas; ++i) EXPECT_OK(one.Create(absl::StrCat("ONE_", i)));
  });
  for (int i = 0; i < kAreas; ++i) EXPECT_OK(other.Create(absl::StrCat("OTHER_", i)));
  writer.join();
  ASSERT_OK(one.Create("LAST"));
  ASSERT_OK(one.Get("LAST"));
  // What one has written the other answers, from a version that is not before it.
  EXPECT_OK(other.Get("LAST", "", one.token()));
  EXPECT_OK(other.Get("LAST", absl::StrCat(2 * kAreas + 1)));
  // A version that neither has is waited for.
  std::thread late([&one] { EXPECT_OK(one.Create("LATE")); });
  EXPECT_OK(other.Get("LATE", absl::StrCat(2 * kAreas + 2)));
  late.join();

  EXPECT_EQ(AllCommits(*changes).size(), 2 * kAreas + 2u);
  changes::v1::WatchResponse event;
  int64_t heard = 0;
  while (heard < 2 * kAreas + 2) {
    ASSERT_TRUE(watch->Read(&event));
    if (!event.has_commit()) continue;
    EXPECT_EQ(event.commit().version(), ++heard);
  }
  context.TryCancel();
}

TEST_F(PostgresTest, ARenewedEpochMakesPositionsOfBeforeInvalid) {
  MemberstatesProcess before(folder_.File("before"), server_->Uri());
  ASSERT_OK(before.Create("A"));
  ASSERT_OK(before.Get("A"));
  const std::string token = before.token();
  EXPECT_THAT(Start({Store(), "--epoch=renew"})->Wait(absl::Now() + kPatience), IsOkAndHolds(0));
  // What runs takes and answers nothing more, and ends to begin anew.
  EXPECT_FALSE(before.Create("B").ok());
  EXPECT_THAT(before.process().Wait(absl::Now() + kPatience), IsOkAndHolds(0));
  MemberstatesProcess after(folder_.File("after"), server_->Uri());
  EXPECT_OK(after.Get("A"));
  EXPECT_THAT(after.Get("A", "", token),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("restored or replaced")));
}

}  // namespace
}  // namespace corridor::e2e
