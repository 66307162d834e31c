#include <grpcpp/grpcpp.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/changes/changes_service.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/testing/status_matchers.h"

namespace corridor::changes {
namespace {

using store::AreaStore;
using store::Soon;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ChangesTest : public ::testing::Test {
 protected:
  ~ChangesTest() override { StopServer(); }

  void Start(const ChangesOptions& options = {.poll_interval = absl::Milliseconds(5)}) {
    StopServer();
    service_ = std::make_unique<ChangesService>(*store_, calls_, options);
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::Changes::NewStub(server_->InProcessChannel({}));
  }
  void StopServer() {
    if (server_ == nullptr) return;
    service_->Shutdown();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
    server_.reset();
    service_.reset();
  }

  void Put(int from, int to) {
    for (int i = from; i <= to; ++i) {
      ASSERT_OK(store_.Put(absl::StrCat("A", i), absl::StrCat("name ", i),
                           {.actor = "ann", .reason = "test", .request_id = absl::StrCat("r", i)}));
    }
  }

  absl::StatusOr<v1::ListCommitsResponse> List(const v1::ListCommitsRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(Soon()));
    v1::ListCommitsResponse response;
    const grpc::Status status = stub_->ListCommits(&context, request, &response);
    if (!status.ok()) return server::FromGrpcStatus(status);
    return response;
  }

  AreaStore store_;
  telemetry::Telemetry telemetry_{"changes_test"};
  server::UnaryCalls calls_{"changes_test", {}, *store_, telemetry_};
  std::unique_ptr<ChangesService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Changes::Stub> stub_;
};

// A caller of Watch.
class Watch {
 public:
  Watch(v1::Changes::Stub& stub, int64_t since, const std::string& epoch,
        const std::vector<std::string>& resources = {})
      : Watch(stub, Request(since, epoch, resources)) {}
  Watch(v1::Changes::Stub& stub, const v1::WatchRequest& request) {
    context_.set_deadline(absl::ToChronoTime(Soon()));
    reader_ = stub.Watch(&context_, request);
  }
  static v1::WatchRequest Request(int64_t since, const std::string& epoch,
                                  const std::vector<std::string>& resources = {}) {
    v1::WatchRequest request;
    request.set_since(since);
    request.set_epoch(epoch);
    request.mutable_resources()->Assign(resources.begin(), resources.end());
    return request;
  }
  bool Next(v1::WatchResponse& response) { return reader_->Read(&response); }
  // Versions of the next `count` commits, heartbeats left out.
  std::vector<int64_t> Versions(size_t count) {
    std::vector<int64_t> versions;
    v1::WatchResponse response;
    while (versions.size() < count && Next(response)) {
      if (response.has_commit()) versions.push_back(response.commit().version());
    }
    return versions;
  }
  void Cancel() { context_.TryCancel(); }
  absl::Status Finish() {
    v1::WatchResponse response;
    while (Next(response)) {
    }
    return server::FromGrpcStatus(reader_->Finish());
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> reader_;
};

std::vector<int64_t> Versions(const v1::ListCommitsResponse& response) {
  std::vector<int64_t> versions;
  for (const v1::Commit& commit : response.commits()) versions.push_back(commit.version());
  return versions;
}

std::vector<int64_t> Through(int64_t from, int64_t to) {
  std::vector<int64_t> versions;
  for (int64_t version = from; version <= to; ++version) versions.push_back(version);
  return versions;
}

TEST_F(ChangesTest, AWatchGetsEveryCommitOnceInOrderThenLiveOnes) {
  Put(1, 40);
  Start();
  Watch watch(*stub_, 0, "");
  EXPECT_EQ(watch.Versions(40), Through(1, 40));
  Put(41, 45);
  EXPECT_EQ(watch.Versions(5), Through(41, 45));
}

TEST_F(ChangesTest, AWatchResumesWhereItWas) {
  Put(1, 20);
  Start();
  Watch watch(*stub_, 17, store_->epoch());
  EXPECT_EQ(watch.Versions(3), Through(18, 20));
}

TEST_F(ChangesTest, AnEventHoldsTheCommitTheEpochAndTheHead) {
  Put(1, 2);
  Start();
  Watch watch(*stub_, 0, "");
  v1::WatchResponse event;
  ASSERT_TRUE(watch.Next(event));
  EXPECT_EQ(event.epoch(), store_->epoch());
  EXPECT_EQ(event.head(), 2);
  EXPECT_EQ(event.commit().actor(), "ann");
  EXPECT_EQ(event.commit().reason(), "test");
  EXPECT_EQ(event.commit().request_id(), "r1");
  EXPECT_THAT(event.commit().resources(), ElementsAre("areas/A1"));
  EXPECT_THAT(event.commit().collections(), ElementsAre("areas"));
  EXPECT_EQ(event.commit().commit_time().seconds(), 1'700'000'000);
  ASSERT_TRUE(watch.Next(event));
  EXPECT_EQ(event.commit().commit_time().nanos(), 1000);
}

TEST_F(ChangesTest, AWatchWithNothingToSayHearsTheHeadAtOnceAndThenHeartbeats) {
  Put(1, 3);
  Start({.poll_interval = absl::Milliseconds(2), .heartbeat_interval = absl::Milliseconds(10)});
  Watch watch(*stub_, 3, store_->epoch());
  for (int i = 0; i < 3; ++i) {
    v1::WatchResponse event;
    ASSERT_TRUE(watch.Next(event));
    EXPECT_FALSE(event.has_commit());
    EXPECT_EQ(event.head(), 3);
    EXPECT_EQ(event.epoch(), store_->epoch());
  }
}

TEST_F(ChangesTest, AWatchHearsOfTheHeadAsOftenAsItAsks) {
  Start({.poll_interval = absl::Milliseconds(2), .heartbeat_interval = absl::Hours(1)});
  v1::WatchRequest request = Watch::Request(0, "");
  request.mutable_heartbeat_interval()->set_nanos(1);
  Watch watch(*stub_, request);
  v1::WatchResponse event;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(watch.Next(event));
    EXPECT_FALSE(event.has_commit());
  }
  request.mutable_heartbeat_interval()->set_nanos(-1);
  EXPECT_THAT(Watch(*stub_, request).Finish(),
              Refuses("heartbeat_interval", "\"-1ns\" is not above zero"));
}

TEST_F(ChangesTest, AnEventSaysWhenTheHeadWasAskedFor) {
  Start({.poll_interval = absl::Milliseconds(2), .heartbeat_interval = absl::Milliseconds(2)});
  const absl::Time called = absl::Now();
  Watch watch(*stub_, 0, "");
  absl::Duration before;
  for (int i = 1; i <= 20; ++i) {
    Put(i, i);
    const absl::Time committed = absl::Now();
    v1::WatchResponse event;
    do {
      ASSERT_TRUE(watch.Next(event));
      const absl::Duration after = absl::Seconds(event.asked_after().seconds()) +
                                   absl::Nanoseconds(event.asked_after().nanos());
      EXPECT_GE(after, before);
      EXPECT_LE(called + after, absl::Now());
      // A head that was asked for after the commit has it.
      if (called + after > committed) {
        EXPECT_GE(event.head(), i);
      }
      before = after;
    } while (event.position() < i);
  }
}

TEST_F(ChangesTest, AWatchOfResourcesHearsOfTheseOnly) {
  Put(1, 60);
  Start();
  Watch watch(*stub_, 0, "", {"areas/A7", "areas/A58"});
  EXPECT_EQ(watch.Versions(2), (std::vector<int64_t>{7, 58}));
  Put(61, 62);
  ASSERT_OK(store_.Put("A7", "another name"));
  EXPECT_EQ(watch.Versions(1), (std::vector<int64_t>{63}));
}

TEST_F(ChangesTest, AWatchOfACollectionHearsOfAllInIt) {
  Put(1, 2);
  ASSERT_OK(store_->Write({}, Soon(), [](store::Writer& writer) {
    return writer.Put(store::kMembers, {"IOM", "ARM"}, "organisations/IOM/memberships/ARM");
  }));
  Put(4, 4);
  Start();
  Watch areas(*stub_, 0, "", {"areas"});
  EXPECT_EQ(areas.Versions(3), (std::vector<int64_t>{1, 2, 4}));
  for (const char* collection : {"organisations/-/memberships", "organisations/IOM/memberships"}) {
    Watch members(*stub_, 0, "", {collection, "organisations"});
    EXPECT_EQ(members.Versions(1), (std::vector<int64_t>{3}));
  }
}

TEST_F(ChangesTest, AWatchOfAResourceHearsOfCommitsThatLeaveResourcesOut) {
  ASSERT_OK(store_->Write({}, Soon(), [](store::Writer& writer) -> absl::Status {
    for (int i = 0; i <= store::kMaxResourcesPerCommit; ++i) {
      RETURN_IF_ERROR(AreaStore::PutArea(writer, absl::StrCat("X", i), absl::StrCat("x", i)));
    }
    return absl::OkStatus();
  }));
  Start();
  Watch watch(*stub_, 0, "", {"areas/ARM"});
  EXPECT_EQ(watch.Versions(1), (std::vector<int64_t>{1}));
}

TEST_F(ChangesTest, APositionCoversWhatWasPassedOver) {
  Put(1, 100);
  Start();
  Watch watch(*stub_, 0, "", {"areas/A3", "areas/A100"});
  v1::WatchResponse event;
  int64_t position = 0;
  while (position < 100 && watch.Next(event)) {
    EXPECT_GE(event.position(), position);
    position = event.position();
    if (event.has_commit()) {
      EXPECT_EQ(event.position(), event.commit().version());
    }
  }
  EXPECT_EQ(position, 100);
}

TEST_F(ChangesTest, ResourcesThatAreNoneAreRefused) {
  Start();
  EXPECT_THAT(Watch(*stub_, 0, "", {"areas/"}).Finish(),
              Refuses("resources", "\"areas/\" is no resource"));
  EXPECT_THAT(Watch(*stub_, 0, "", {""}).Finish(), Refuses("resources", "is no resource"));
  EXPECT_THAT(Watch(*stub_, 0, "", std::vector<std::string>(101, "areas")).Finish(),
              Refuses("resources", "\"101\" entries are more than 100"));
}

TEST_F(ChangesTest, APurgeIsMarked) {
  Put(1, 1);
  ASSERT_OK(store_->Write({}, Soon(), [](store::Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(AreaStore::DeleteArea(writer, "A1"));
    return writer.Purge({.resource = "areas/A1", .rows = {{store::kAreas, {{"code", "A1"}}}}})
        .status();
  }));
  Start();
  Watch watch(*stub_, 1, store_->epoch());
  v1::WatchResponse event;
  ASSERT_TRUE(watch.Next(event));
  EXPECT_TRUE(event.commit().purge());
  EXPECT_THAT(event.commit().resources(), ElementsAre("areas/A1"));
}

TEST_F(ChangesTest, ACallerThatDoesNotReadHoldsUpNeitherWritersNorOthers) {
  Start();
  Watch slow(*stub_, 0, "");
  Watch fast(*stub_, 0, "");
  Put(1, 200);
  EXPECT_EQ(fast.Versions(200), Through(1, 200));
  EXPECT_EQ(slow.Versions(200), Through(1, 200));
}

TEST_F(ChangesTest, AWatchThatCannotBeServedSaysWhy) {
  Put(1, 2);
  Start();
  EXPECT_THAT(
      Watch(*stub_, 3, store_->epoch()).Finish(),
      StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("since: 3 is beyond the last version, 2")));
  EXPECT_THAT(Watch(*stub_, 1, "0123456789abcdef").Finish(),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("0123456789abcdef"), HasSubstr(store_->epoch()))));
  EXPECT_THAT(Watch(*stub_, 1, "").Finish(),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument), HasFieldViolation("epoch")));
  EXPECT_THAT(Watch(*stub_, -1, "").Finish(),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-1")),
                    HasFieldViolation("since")));
}

TEST_F(ChangesTest, OneWatcherTooManyIsRefusedUntilAnotherLeaves) {
  Start({.poll_interval = absl::Milliseconds(5), .max_watchers = 1});
  Watch first(*stub_, 0, "");
  v1::WatchResponse event;
  ASSERT_TRUE(first.Next(event));
  EXPECT_THAT(Watch(*stub_, 0, "").Finish(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("1 watchers already")));
  first.Cancel();
  EXPECT_THAT(first.Finish(), StatusIs(absl::StatusCode::kCancelled));
  const absl::Time give_up = Soon();
  bool admitted = false;
  while (!admitted && absl::Now() < give_up) {
    Watch second(*stub_, 0, "");
    admitted = second.Next(event);
    second.Cancel();
    second.Finish().IgnoreError();
  }
  EXPECT_TRUE(admitted);
}

TEST_F(ChangesTest, ShutdownEndsWatchesAsUnavailableAndTakesNoMore) {
  Start();
  Watch watch(*stub_, 0, "");
  v1::WatchResponse event;
  ASSERT_TRUE(watch.Next(event));
  service_->Shutdown();
  EXPECT_THAT(watch.Finish(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("shutting down")));
  EXPECT_THAT(Watch(*stub_, 0, "").Finish(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("shutting down")));
}

TEST_F(ChangesTest, TheServerStopsThoughACallerDoesNotRead) {
  Put(1, 50);
  Start();
  Watch watch(*stub_, 0, "");
  v1::WatchResponse event;
  ASSERT_TRUE(watch.Next(event));
  StopServer();
  EXPECT_FALSE(watch.Finish().ok());
}

TEST_F(ChangesTest, ManyWatchersComeAndGoWhileOthersWrite) {
  Start({.poll_interval = absl::Milliseconds(1), .heartbeat_interval = absl::Milliseconds(2)});
  constexpr int kCommits = 150;
  std::thread writer([&] { Put(1, kCommits); });
  std::vector<std::thread> callers;
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&, i] {
      int64_t position = 0;
      while (position < kCommits) {
        Watch watch(*stub_, position, position == 0 ? "" : store_->epoch());
        const size_t count = std::min<size_t>(static_cast<size_t>(5 + 10 * i),
                                              static_cast<size_t>(kCommits - position));
        const std::vector<int64_t> versions = watch.Versions(count);
        ASSERT_EQ(versions, Through(position + 1, position + static_cast<int64_t>(count)));
        position = versions.back();
        watch.Cancel();
        if (i % 2 == 0) watch.Finish().IgnoreError();
      }
    });
  }
  writer.join();
  for (std::thread& caller : callers) caller.join();
}

TEST_F(ChangesTest, PagesHoldWhatWasThereAtTheFirst) {
  Put(1, 5);
  Start();
  v1::ListCommitsRequest request;
  request.set_since(1);
  request.set_page_size(3);
  ASSERT_OK_AND_ASSIGN(const auto first, List(request));
  EXPECT_EQ(Versions(first), Through(2, 4));
  Put(6, 9);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, List(request));
  EXPECT_EQ(Versions(second), Through(5, 5));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
}

TEST_F(ChangesTest, AListWithoutCommitsIsEmpty) {
  Start();
  ASSERT_OK_AND_ASSIGN(const auto response, List({}));
  EXPECT_THAT(response.commits(), IsEmpty());
  EXPECT_THAT(response.next_page_token(), IsEmpty());
}

TEST_F(ChangesTest, APageStaysBelowTheSizeThatGrpcCarries) {
  const std::string reason(400'000, 'x');
  for (int i = 0; i < 8; ++i) {
    ASSERT_OK(store_.Put("ARM", absl::StrCat(i), {.reason = reason}));
  }
  Start();
  v1::ListCommitsRequest request;
  std::vector<int64_t> versions;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, List(request));
    EXPECT_LT(page.ByteSizeLong(), 2u << 20);
    for (const int64_t version : Versions(page)) versions.push_back(version);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(versions, Through(1, 8));
}

TEST_F(ChangesTest, AListThatCannotBeServedNamesFieldAndValue) {
  Put(1, 3);
  Start();
  v1::ListCommitsRequest request;
  request.set_since(4);
  EXPECT_THAT(List(request), StatusIs(absl::StatusCode::kOutOfRange,
                                      HasSubstr("since: 4 is beyond the last version, 3")));
  request.set_since(-2);
  EXPECT_THAT(List(request), AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-2")),
                                   HasFieldViolation("since")));
  request.set_since(0);
  request.set_page_size(1001);
  EXPECT_THAT(List(request), AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1001")),
                                   HasFieldViolation("page_size")));
  request.set_page_size(1);
  request.set_page_token("nonsense");
  EXPECT_THAT(List(request),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nonsense")),
                    HasFieldViolation("page_token")));
}

}  // namespace
}  // namespace corridor::changes
