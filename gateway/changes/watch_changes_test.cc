#include "gateway/changes/watch_changes.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "corridor/gateway/v1/changes.pb.h"
#include "gateway/changes/fake_alarm_clock.h"
#include "gateway/changes/fake_changes_service.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/proto_text.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// A reader of the merged feed.
class Reader {
 public:
  Reader(WatchChanges& method, const v1::WatchChangesRequest& request, const std::string& id,
         absl::Time deadline = absl::InfiniteFuture()) {
    StreamingCall call{"/corridor.gateway.v1.Changes/WatchChanges",
                       request.SerializeAsString(),
                       {{"x-request-id", "r"}},
                       deadline,
                       true};
    if (!id.empty()) call.metadata.emplace_back(OwnStream::kLastEventId, id);
    auto opened = method.Open(std::move(call), [this] { ++told; });
    status = opened.status();
    if (opened.ok()) events_ = *std::move(opened);
  }

  // What it has now, commits as `memberstates 3`, heartbeats as `heartbeat`.
  std::vector<std::string> Take(size_t most = 1000) {
    std::vector<std::string> taken;
    while (taken.size() < most) {
      const std::optional<OwnEvent> event = events_->Take();
      if (!event) break;
      v1::ChangeEvent change;
      EXPECT_TRUE(change.ParseFromString(event->message));
      EXPECT_EQ(event->id, change.position());
      EXPECT_EQ(event->name, change.has_commit() ? "commit" : "heartbeat");
      last_id = event->id;
      taken.push_back(change.has_commit()
                          ? absl::StrCat(change.service(), " ", change.commit().version())
                          : "heartbeat");
    }
    return taken;
  }
  absl::Status End() {
    EXPECT_THAT(Take(), IsEmpty());
    const std::optional<absl::Status> end = events_->End();
    EXPECT_TRUE(end.has_value());
    return end.value_or(absl::OkStatus());
  }
  void Leave() { events_ = nullptr; }

  int told = 0;
  absl::Status status;
  std::string last_id;

 private:
  std::unique_ptr<OwnEvents> events_;
};

class WatchChangesTest : public ::testing::Test {
 protected:
  WatchChangesTest() {
    for (int i = 0; i < 2; ++i) memberstates_.Commit();
    indicators_.Commit();
  }

  std::unique_ptr<Reader> Open(const std::string& request = "", const std::string& last_id = "",
                               absl::Time deadline = absl::InfiniteFuture()) {
    return std::make_unique<Reader>(method_, Proto<v1::WatchChangesRequest>(request), last_id,
                                    deadline);
  }
  changes::v1::WatchRequest Asked(const FakeChangesService& service) {
    changes::v1::WatchRequest request;
    EXPECT_TRUE(request.ParseFromString(service.upstream.streams.back()->call.message));
    return request;
  }
  // Long enough for any pause.
  void LetRetry() { clock_.Advance(absl::Seconds(1)); }

  FakeAlarmClock clock_;
  FakeChangesService memberstates_{"memberstates"};
  FakeChangesService indicators_{"indicators"};
  WatchChanges method_{
      {{"memberstates", &memberstates_.upstream}, {"indicators", &indicators_.upstream}}, clock_};
};

TEST_F(WatchChangesTest, EverythingComesInOrderAndThenWhatIsNew) {
  const auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(),
              ElementsAre("heartbeat", "indicators 1", "memberstates 1", "memberstates 2"));
  memberstates_.Commit();
  EXPECT_THAT(reader->Take(), ElementsAre("memberstates 3"));
  EXPECT_GE(reader->told, 1);
}

TEST_F(WatchChangesTest, FromNowOnIsFromTheHeadThatAServiceNames) {
  const auto reader = Open();
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat"));
  EXPECT_THAT(Asked(memberstates_), EqualsProto(R"pb(since: 2 epoch: "epoch of memberstates")pb"));
  indicators_.Commit();
  EXPECT_THAT(reader->Take(), ElementsAre("indicators 2"));
}

TEST_F(WatchChangesTest, AnEventIsTheCommitWithItsServiceAndThePositionOfAll) {
  const auto reader = Open();
  reader->Take();
  memberstates_.Commit("areas/GEO");
  reader->Take();
  EXPECT_THAT(DecodePosition(reader->last_id, "id"), IsOkAndHolds(EqualsProto(R"pb(
                parts {
                  key: "indicators"
                  value { epoch: "epoch of indicators" version: 1 }
                }
                parts {
                  key: "memberstates"
                  value { epoch: "epoch of memberstates" version: 3 }
                })pb")));
}

TEST_F(WatchChangesTest, AnIdLeadsToWhatComesAfterItWhateverSinceSays) {
  auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(3), ElementsAre("heartbeat", "indicators 1", "memberstates 1"));
  const std::string id = reader->last_id;
  reader->Leave();
  indicators_.Commit();
  for (const char* request : {R"(since: "0")", ""}) {
    EXPECT_THAT(Open(request, id)->Take(),
                ElementsAre("heartbeat", "indicators 2", "memberstates 2"));
  }
  EXPECT_THAT(Open(absl::StrCat("since: \"", id, "\""))->Take(), SizeIs(3));
}

TEST_F(WatchChangesTest, AServiceThatIsDownIsWaitedForWhileTheOthersFlow) {
  const auto reader = Open(R"(since: "0")");
  reader->Take();
  memberstates_.Stop();
  indicators_.Commit();
  EXPECT_THAT(reader->Take(), ElementsAre("indicators 2"));
  for (int i = 0; i < 3; ++i) {
    LetRetry();
    EXPECT_THAT(reader->Take(), IsEmpty());
  }
  memberstates_.Commit();
  memberstates_.Start();
  LetRetry();
  EXPECT_THAT(reader->Take(), ElementsAre("memberstates 3"));
}

TEST_F(WatchChangesTest, WhatWasLostOnTheWayComesAgainAndNothingTwice) {
  const auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(2), ElementsAre("heartbeat", "indicators 1"));
  memberstates_.Stop(/*loses=*/true);
  EXPECT_THAT(reader->Take(), ElementsAre("memberstates 1"));  // It had come.
  memberstates_.Start();
  LetRetry();
  EXPECT_THAT(reader->Take(), ElementsAre("memberstates 2"));
}

TEST_F(WatchChangesTest, WithAllServicesDownThereAreHeartbeats) {
  memberstates_.Stop();
  indicators_.Stop();
  const auto reader = Open();
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat"));
  EXPECT_EQ(reader->last_id, "");
  for (int i = 0; i < 3; ++i) {
    const int told = reader->told;
    clock_.Advance(absl::Seconds(5));
    EXPECT_GT(reader->told, told);
    EXPECT_THAT(reader->Take(), ElementsAre("heartbeat"));
  }
}

TEST_F(WatchChangesTest, EverythingOfAServiceThatWasDownComesThoughTheReaderReconnected) {
  memberstates_.Stop();
  auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat", "indicators 1"));
  reader = Open(R"(since: "0")", reader->last_id);
  memberstates_.Start();
  LetRetry();
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat", "memberstates 1", "memberstates 2"));
}

TEST_F(WatchChangesTest, AServiceThatIsFirstReachedLateIsFollowedFromThere) {
  memberstates_.Stop();
  const auto reader = Open();
  reader->Take();
  memberstates_.Start();
  LetRetry();
  EXPECT_THAT(reader->Take(), IsEmpty());
  memberstates_.Commit();
  EXPECT_THAT(reader->Take(), ElementsAre("memberstates 3"));
}

TEST_F(WatchChangesTest, TheFirstEventWaitsASecondForAServiceThatHangs) {
  memberstates_.upstream.on_stream = nullptr;
  const auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(), IsEmpty());
  clock_.Advance(absl::Milliseconds(999));
  EXPECT_THAT(reader->Take(), IsEmpty());
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(reader->told, 1);
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat", "indicators 1"));
}

TEST_F(WatchChangesTest, NoServiceKeepsTheOthersFromTheirTurn) {
  for (int i = 0; i < 3; ++i) indicators_.Commit();
  const auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(),
              ElementsAre("heartbeat", "indicators 1", "memberstates 1", "indicators 2",
                          "memberstates 2", "indicators 3", "indicators 4"));
}

TEST_F(WatchChangesTest, WhatIsNotTakenStaysWithTheService) {
  const auto slow = Open(R"(since: "0")");
  EXPECT_THAT(slow->Take(1), ElementsAre("heartbeat"));
  for (int i = 0; i < 100; ++i) memberstates_.Commit();
  EXPECT_THAT(memberstates_.upstream.streams.back()->messages, SizeIs(101));  // But for one.
  EXPECT_THAT(Open(R"(since: "0")")->Take(), SizeIs(104));
  EXPECT_THAT(slow->Take(), SizeIs(103));
}

TEST_F(WatchChangesTest, OnlyTheServicesAskedForAreFollowedAndThePositionKeepsTheOthers) {
  const auto all = Open(R"(since: "0")");
  all->Take();
  const auto one = Open(R"(services: "memberstates" services: "memberstates")", all->last_id);
  indicators_.Commit();
  memberstates_.Commit();
  EXPECT_THAT(one->Take(), ElementsAre("heartbeat", "memberstates 3"));
  EXPECT_THAT(Open("", one->last_id)->Take(), ElementsAre("heartbeat", "indicators 2"));
}

TEST_F(WatchChangesTest, ResourcesArePassedOnAndThePositionMovesPastTheRest) {
  const auto reader = Open(R"(since: "0" resources: "areas/GEO")");
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat"));
  EXPECT_THAT(Asked(memberstates_).resources(), ElementsAre("areas/GEO"));
  memberstates_.Commit("areas/GEO");
  memberstates_.Commit();
  EXPECT_THAT(reader->Take(), ElementsAre("memberstates 3"));
  clock_.Advance(absl::Seconds(5));
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat"));
  EXPECT_THAT(DecodePosition(reader->last_id, "id")->parts().at("memberstates").version(), 4);
}

TEST_F(WatchChangesTest, CallsCarryTheMetadataOfTheRequestAndNotTheId) {
  Open("", EncodePosition("memberstates", "epoch of memberstates", 1))->Take();
  EXPECT_THAT(memberstates_.upstream.streams.back()->call.metadata,
              ElementsAre(Pair("x-request-id", "r")));
  EXPECT_THAT(indicators_.upstream.calls.at(0).metadata, ElementsAre(Pair("x-request-id", "r")));
  EXPECT_EQ(memberstates_.upstream.streams.back()->call.deadline, absl::InfiniteFuture());
  EXPECT_TRUE(memberstates_.upstream.streams.back()->call.is_read);
}

TEST_F(WatchChangesTest, NobodyIsAskedBeforeTheFirstTake) {
  const auto reader = Open(R"(since: "0")");
  EXPECT_THAT(memberstates_.upstream.streams, IsEmpty());
}

TEST_F(WatchChangesTest, WhoLeavesCancelsEveryWatch) {
  const auto reader = Open(R"(since: "0")");
  reader->Take();
  reader->Leave();
  EXPECT_THAT(memberstates_.Live(), IsEmpty());
  EXPECT_THAT(indicators_.Live(), IsEmpty());
}

TEST_F(WatchChangesTest, WhatCannotGoOnFailsBeforeTheFirstEvent) {
  const std::string other = EncodePosition("memberstates", "another epoch", 1);
  const std::string beyond = EncodePosition("memberstates", "epoch of memberstates", 7);
  EXPECT_THAT(Open("", other)->End(),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("memberstates: epoch")));
  EXPECT_THAT(Open("", beyond)->End(),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("memberstates: since")));
  EXPECT_THAT(indicators_.Live(), IsEmpty());
}

TEST_F(WatchChangesTest, WhatAServiceRefusesFailsWithItsWords) {
  memberstates_.refusal = InvalidField("resources[0]", "areas/", "is no resource");
  const absl::Status invalid = Open(R"(since: "0")")->End();
  EXPECT_THAT(invalid, StatusIs(absl::StatusCode::kInvalidArgument,
                                "resources[0]: \"areas/\" is no resource"));
  EXPECT_THAT(invalid, HasFieldViolation("resources[0]"));
  memberstates_.refusal = absl::ResourceExhaustedError("256 watchers already");
  EXPECT_THAT(Open(R"(since: "0")")->End(),
              StatusIs(absl::StatusCode::kResourceExhausted, "memberstates: 256 watchers already"));
}

TEST_F(WatchChangesTest, WhatIsNoEventIsGarbageOfTheServiceNamed) {
  memberstates_.upstream.on_stream = [](FakeStream& stream) { stream.Send("\xFF"); };
  const absl::Status garbage = Open(R"(since: "0")")->End();
  EXPECT_THAT(garbage, StatusIs(absl::StatusCode::kInternal, HasSubstr("memberstates: ")));
  EXPECT_TRUE(IsGarbage(garbage));
  EXPECT_EQ(ErrorMetadata(garbage, "service"), "memberstates");
  memberstates_.upstream.reply = {absl::OkStatus(), "", {}};
  EXPECT_TRUE(IsGarbage(Open()->End())) << "a head without a version";
}

TEST_F(WatchChangesTest, AStoreThatWasReplacedEndsTheStream) {
  const auto reader = Open(R"(since: "0")");
  EXPECT_THAT(reader->Take(), SizeIs(4));
  memberstates_.Restore(1);
  EXPECT_THAT(reader->Take(), IsEmpty());
  LetRetry();
  EXPECT_THAT(reader->End(), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(indicators_.Live(), IsEmpty());
}

TEST_F(WatchChangesTest, AnotherEpochWithinAWatchEndsTheStream) {
  const auto reader = Open(R"(since: "0")");
  reader->Take();
  memberstates_.upstream.streams.back()->Send(
      Proto<changes::v1::WatchResponse>(R"(epoch: "e" position: 9)").SerializeAsString());
  EXPECT_THAT(reader->End(), StatusIs(absl::StatusCode::kAborted, HasSubstr("another one now")));
}

TEST_F(WatchChangesTest, WhatIsNotOfTheContractEndsTheStream) {
  for (const char* message : {"\xFF", ""}) {
    const auto reader = Open(R"(since: "0")");
    reader->Take();
    memberstates_.upstream.streams.back()->Send(message);
    EXPECT_THAT(reader->End(),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("memberstates: the service sent")));
  }
  memberstates_.upstream.reply = UnaryReply{};
  EXPECT_THAT(Open()->End(), StatusIs(absl::StatusCode::kInternal, HasSubstr("its version")));
}

TEST_F(WatchChangesTest, AStreamEndsAtTheDeadlineThatTheClientGave) {
  const auto reader = Open(R"(since: "0")", "", absl::Now() + absl::Seconds(10));
  reader->Take();
  clock_.Advance(absl::Seconds(9));
  EXPECT_THAT(reader->Take(), ElementsAre("heartbeat"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(reader->End(), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(WatchChangesTest, ABadRequestIsRefusedByFieldBeforeAnybodyIsAsked) {
  const struct {
    const char* request;
    const char* id;
    const char* field;
    const char* message;
  } rows[] = {
      {R"(services: "member_state")", "", "services",
       "\"member_state\" is no service of this gateway; nearest: memberstates; "
       "all: indicators, memberstates"},
      {R"(since: "soon")", "", "since", "\"soon\" is neither 0 nor a position"},
      {R"(since: "0")", "17", "Last-Event-ID", "\"17\" is neither 0 nor a position"},
  };
  for (const auto& row : rows) {
    const absl::Status status = Open(row.request, row.id)->status;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.message)));
    EXPECT_THAT(status, HasFieldViolation(row.field));
  }
  EXPECT_THAT(memberstates_.upstream.streams, IsEmpty());
}

}  // namespace
}  // namespace corridor::gateway
