// Who follows GET /v1/changes gets every commit of every service once and in order, through
// restarts of the services and of the gateway.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/gateway/v1/changes.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "platform/request/position.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/event_reader.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using gateway::v1::ChangeEvent;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kChanges[] = "/v1/changes";
constexpr char kArea[] = "areas/SOUTH_CAUCASUS";
constexpr absl::Duration kLongest = absl::Seconds(20);

class ChangesFeedTest : public ::testing::Test {
 protected:
  // Follows from now on, or from the last event that was read.
  void Follow(const std::string& target = kChanges) {
    std::vector<std::string> headers = {"Accept: text/event-stream"};
    if (!last_id_.empty()) headers.push_back(absl::StrCat("Last-Event-ID: ", last_id_));
    reader_ = std::make_unique<EventReader>(suite_.address("gateway"), target, headers);
    ASSERT_EQ(reader_->status(), 200) << reader_->head();
    ASSERT_THAT(reader_->head(), HasSubstr("content-type: text/event-stream\r\n"));
  }

  // The next commit, which is the one after the last of its service; nullopt when the stream ends.
  std::optional<ChangeEvent> Next() {
    const absl::Time deadline = absl::Now() + kLongest;
    while (const std::optional<ServerEvent> event = reader_->Next(deadline)) {
      if (event->name == "error") last_error_ = event->data;
      if (event->name == "error") continue;
      last_id_ = event->id;
      if (event->name == "heartbeat") continue;
      ChangeEvent change;
      EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(event->data, &change).ok())
          << event->data;
      EXPECT_EQ(change.position(), event->id);
      Count(change);
      return change;
    }
    EXPECT_TRUE(reader_->has_ended()) << "nothing came in time";
    return std::nullopt;
  }

  // Reads on to the commit of `service` with this reason.
  void ReadTo(const std::string& service, const std::string& reason) {
    while (!HasFailure()) {
      const std::optional<ChangeEvent> change = Next();
      ASSERT_TRUE(change.has_value()) << "the stream ended before " << reason;
      if (change->service() == service && change->commit().reason() == reason) return;
    }
  }

  // A commit of memberstates, and of the others, who copy its areas. Waits for a service that is
  // not back yet.
  void PatchArea(const std::string& reason) {
    Write("PATCH", absl::StrCat("/v1/", kArea, "?updateMask=description&reason=", reason),
          absl::StrCat(R"({"description":")", reason, "\"}"));
  }
  // A commit of programmes.
  void CreateProject(const std::string& reason) {
    Write("POST", absl::StrCat("/v1/projects?projectId=", reason, "&reason=", reason),
          R"({"displayName":"Test","countries":[{"area":"areas/ARM"}],
              "citations":[{"source":"TEST","kind":"INFERRED","claimant":"test","title":"t",
                            "reasoning":"r"}]})");
  }

  Suite suite_;
  std::unique_ptr<EventReader> reader_;
  std::string last_error_;
  std::map<std::string, int64_t> versions_;  // Last one seen, by service.

 private:
  void Count(const ChangeEvent& change) {
    const int64_t version = change.commit().version();
    const auto [last, is_first] = versions_.try_emplace(change.service(), version - 1);
    EXPECT_EQ(version, last->second + 1) << change.service();
    last->second = version;
  }

  void Write(const std::string& verb, const std::string& target, const std::string& json) {
    HttpClient client = suite_.Client();
    const absl::Time deadline = absl::Now() + kLongest;
    HttpResponse response = client.SendJson(verb, target, json);
    while (response.status == 503 && absl::Now() < deadline) {
      std::this_thread::yield();
      response = client.SendJson(verb, target, json);
    }
    ASSERT_EQ(response.status, 200) << response.transport_error << response.body;
  }

  std::string last_id_;
};

TEST_F(ChangesFeedTest, ACommitIsSeenWithinASecond) {
  Follow();
  absl::Duration fastest = absl::InfiniteDuration();
  for (int i = 0; i < 5; ++i) {
    const absl::Time written = absl::Now();
    const std::string reason = absl::StrCat("r", i);
    PatchArea(reason);
    ReadTo("memberstates", reason);
    fastest = std::min(fastest, absl::Now() - written);
  }
  EXPECT_LT(fastest, absl::Seconds(1));
  // The others' copies of the area are commits of theirs.
  while (versions_.size() < 3 && !HasFailure()) Next();
}

TEST_F(ChangesFeedTest, AServiceThatRestartsIsFollowedOnAndTheOthersMeanwhile) {
  Follow();
  PatchArea("before");
  ReadTo("memberstates", "before");
  suite_.Kill("memberstates");
  CreateProject("MEANWHILE");
  ReadTo("programmes", "MEANWHILE");
  suite_.Restart("memberstates");
  PatchArea("after");
  ReadTo("memberstates", "after");
}

TEST_F(ChangesFeedTest, WhoReconnectsMissesNothingOfRestartsMeanwhile) {
  Follow();
  PatchArea("one");
  CreateProject("ONE");
  ReadTo("programmes", "ONE");
  reader_ = nullptr;

  PatchArea("two");
  suite_.Kill("programmes");
  suite_.Restart("programmes");
  CreateProject("TWO");
  Follow();
  ReadTo("programmes", "TWO");
  PatchArea("three");

  suite_.Kill("gateway");
  while (Next()) {
  }
  EXPECT_TRUE(reader_->has_ended());
  EXPECT_FALSE(reader_->is_complete());
  suite_.Restart("gateway");
  PatchArea("four");
  // `since` is of the first request: it is the id that counts.
  Follow(absl::StrCat(kChanges, "?since=0"));
  ReadTo("memberstates", "four");
}

TEST_F(ChangesFeedTest, EverythingIsReplayedFromTheBeginning) {
  PatchArea("last");
  Follow(absl::StrCat(kChanges, "?since=0"));
  const std::optional<ChangeEvent> first = Next();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->commit().version(), 1);
  ReadTo("memberstates", "last");
}

TEST_F(ChangesFeedTest, OnlyWhatWasAskedForComes) {
  Follow(absl::StrCat(kChanges, "?services=memberstates&resources=", kArea));
  PatchArea("wanted");
  const std::optional<ChangeEvent> change = Next();
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->service(), "memberstates");
  EXPECT_THAT(change->commit().resources(), Contains(kArea));
}

TEST_F(ChangesFeedTest, WhatCannotBeFollowedIsAnErrorBeforeAnyEvent) {
  HttpClient client = suite_.Client();
  const struct {
    std::string query;
    int status;
    const char* message;
  } rows[] = {
      {"?since=soon", 400, "since: \"soon\""},
      {"?services=memberstate", 400, "nearest: memberstates"},
      {"?resources=areas/", 400, "resources"},
      {"?since=" + EncodePosition("memberstates", "0123456789abcdef", 1), 409, "memberstates"},
  };
  for (const auto& row : rows) {
    const HttpResponse response = client.Get(kChanges + row.query);
    EXPECT_EQ(response.status, row.status) << row.query << response.body;
    EXPECT_THAT(std::string(ErrorOf(response).message()), HasSubstr(row.message));
  }
  HttpRequest image;
  image.target = kChanges;
  image.headers = {"Accept: image/png"};
  EXPECT_EQ(client.Send(image).status, 406);
  HttpRequest head;
  head.verb = "HEAD";
  head.target = kChanges;
  const HttpResponse answer = client.Send(head);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), "text/event-stream");
}

}  // namespace
}  // namespace corridor::e2e
