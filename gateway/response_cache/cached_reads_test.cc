#include "gateway/response_cache/cached_reads.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/changes/fake_alarm_clock.h"
#include "gateway/fake_call.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/cache/told_tags.h"
#include "platform/request/position.h"
#include "platform/status/status.h"
#include "prometheus/registry.h"

namespace corridor::gateway {
namespace {

using ::testing::SizeIs;

constexpr char kTarget[] = "/v1/areas/ARM";

// What a client was answered.
struct Answered {
  int status = 0;  // 0: nothing yet.
  std::string body;
  HttpHeaders headers;

  std::string Header(std::string_view name) const {
    const std::string* value = FindHeader(headers, name);
    return value == nullptr ? "" : *value;
  }
};

class CachedReadsTest : public ::testing::Test {
 protected:
  CachedReadsTest() {
    Service().Begin({"e", 5});
    Know();
  }

  Validity& Service() { return *cache_.ValidityOf("memberstates"); }
  // The service says that nothing was committed until now.
  void Know() { Service().KnowAt(clock_.Now()); }
  void Commit(int64_t version, const std::string& tag = "areas/ARM") {
    Service().Add({version, {tag}});
    Know();
  }

  // Of a client that asks for kTarget. `key`: what REST makes of that.
  struct Asked {
    std::shared_ptr<FakeConnection> connection = std::make_shared<FakeConnection>();
    std::shared_ptr<Call> call;
    bool was_at_once = false;

    Answered answer() const {
      if (connection->responses.empty()) return {};
      const HttpResponse& response = connection->responses.front();
      Answered answered{response.status, std::string(response.content()), response.headers};
      if (response.shared != nullptr) {
        answered.headers.insert(answered.headers.end(), response.shared->headers.begin(),
                                response.shared->headers.end());
      }
      return answered;
    }
  };
  Asked Ask(HttpHeaders headers = {}, const std::string& target = kTarget,
            const std::string& key = "key", bool is_pinned = false) {
    HttpRequest request;
    request.method = "GET";
    SplitTarget(target, request);
    request.headers = std::move(headers);
    Asked asked;
    asked.call =
        std::make_shared<Call>(std::move(request), "peer", absl::Now(), asked.connection, log_);
    asked.was_at_once = reads_.AnswerAtOnce(*asked.call);
    if (asked.was_at_once) return asked;
    CachedRead read;
    read.call = asked.call;
    read.key = key;
    read.route = "/v1/{name=areas/*}";
    read.is_pinned = is_pinned;
    read.ask = [this](std::function<void(const OwnReply&)> done) {
      ++asked_;
      const int id = asked_;
      waiting_.emplace_back(id, std::move(done));
      return [this, id] {
        ++cancelled_;
        std::erase_if(waiting_, [id](const auto& waiting) { return waiting.first == id; });
      };
    };
    read.write = [](const OwnReply& reply) -> absl::StatusOr<HttpResponse> {
      HttpResponse response;
      response.headers = {{"content-type", "application/json"}, {"cache-control", "no-store"}};
      for (const auto& header : reply.headers) response.headers.push_back(header);
      response.body = reply.message;
      return response;
    };
    read.answer = [call = asked.call](const OwnReply& reply) {
      HttpResponse response;
      response.status = reply.status.ok() ? 200 : HttpStatus(reply.status.code());
      response.body = reply.status.ok() ? reply.message : std::string(reply.status.message());
      call->Answer(std::move(response), CodeName(reply.status.code()));
    };
    reads_.Answer(std::move(read));
    return asked;
  }

  static OwnReply Good(const std::string& body, int64_t version, const std::string& epoch = "e") {
    OwnReply reply;
    reply.message = body;
    reply.headers = {{kVersionHeader, EncodePosition("memberstates", epoch, version)},
                     {cache::kTagsMetadata, "1,areas/ARM"}};
    return reply;
  }
  static OwnReply Bad(absl::Status status) { return {{std::move(status), "", {}}}; }
  static OwnReply Down() {
    return Bad(ErrorWithReason(absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE", "down",
                               {{"service", "memberstates"}}));
  }
  // Answers who waits longest, and runs what follows from it.
  void Reply(const OwnReply& reply) {
    ASSERT_FALSE(waiting_.empty());
    const auto done = std::move(waiting_.front().second);
    waiting_.erase(waiting_.begin());
    done(reply);
    while (!posted_.empty()) {
      const auto task = std::move(posted_.front());
      posted_.erase(posted_.begin());
      task();
    }
  }
  Answered AnswerTo(const Asked& asked, const OwnReply& reply) {
    Reply(reply);
    return asked.answer();
  }
  void Fill(int64_t version = 5) { AnswerTo(Ask(), Good("answer", version)); }

  FakeLog log_;
  FakeAlarmClock clock_;
  prometheus::Registry registry_;
  ResponseCache cache_{{1 << 20, absl::Minutes(10)}, {"memberstates", "indicators"}, registry_};
  std::vector<std::function<void()>> posted_;
  CachedReads reads_{cache_, clock_,
                     [this](std::function<void()> task) { posted_.push_back(std::move(task)); }};
  std::vector<std::pair<int, std::function<void(const OwnReply&)>>> waiting_;
  int asked_ = 0;
  int cancelled_ = 0;
};

TEST_F(CachedReadsTest, TheSecondWhoAsksIsAnsweredAtOnce) {
  const Answered first = AnswerTo(Ask(), Good("answer", 5));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.Header("corridor-cache"), "origin");
  EXPECT_EQ(first.Header(cache::kTagsMetadata), "");
  EXPECT_EQ(first.Header("cache-control"), "no-cache");
  const Asked second = Ask();
  EXPECT_TRUE(second.was_at_once);
  EXPECT_EQ(second.answer().body, "answer");
  EXPECT_EQ(second.answer().Header("corridor-cache"), "gateway");
  EXPECT_EQ(second.answer().Header("etag"), first.Header("etag"));
  EXPECT_EQ(asked_, 1);
  second.call->Finish(0, true);
  EXPECT_THAT(log_.lines, ::testing::Contains("GET /v1/{name=areas/*} OK"));
}

TEST_F(CachedReadsTest, OtherWordsForTheSameFindItToo) {
  Fill();
  const Asked other = Ask({}, absl::StrCat(kTarget, "?view=BASIC"));
  EXPECT_FALSE(other.was_at_once);
  EXPECT_EQ(other.answer().Header("corridor-cache"), "gateway");
  EXPECT_TRUE(Ask({}, absl::StrCat(kTarget, "?view=BASIC")).was_at_once);
  EXPECT_EQ(asked_, 1);
}

TEST_F(CachedReadsTest, OtherJsonIsAnotherQuestion) {
  Fill();
  EXPECT_FALSE(Ask({{"corridor-json", "int64=number"}}, kTarget, "key2").was_at_once);
  EXPECT_EQ(asked_, 2);
}

TEST_F(CachedReadsTest, WhatIsKnownOfTheServiceIsTrustedForAQuarterOfASecond) {
  Fill();
  clock_.Advance(absl::Milliseconds(250));
  EXPECT_TRUE(Ask().was_at_once);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_FALSE(Ask().was_at_once);
  EXPECT_EQ(asked_, 2);
  Know();
  EXPECT_TRUE(Ask().was_at_once);
}

TEST_F(CachedReadsTest, ACommitThatConcernsItEndsIt) {
  Fill();
  Commit(6, "areas/GEO");
  EXPECT_TRUE(Ask().was_at_once);
  Commit(7);
  const Asked after = Ask();
  EXPECT_EQ(after.answer().status, 0);
  EXPECT_EQ(AnswerTo(after, Good("new answer", 7)).body, "new answer");
  EXPECT_EQ(Ask().answer().body, "new answer");
}

TEST_F(CachedReadsTest, AnAnswerWithoutTagsDependsOnEverything) {
  OwnReply reply = Good("answer", 5);
  reply.headers.pop_back();
  AnswerTo(Ask(), reply);
  EXPECT_TRUE(Ask().was_at_once);
  Commit(6, "areas/GEO");
  EXPECT_FALSE(Ask().was_at_once);
}

// The service kept it itself from before the commits that are known here.
TEST_F(CachedReadsTest, AnAnswerThatIsKnownToHoldIsKeptAndStillOfItsVersion) {
  OwnReply reply = Good("answer", 3);
  AnswerTo(Ask(), reply);
  EXPECT_FALSE(Ask().was_at_once);
  reply.headers.back().second = "5,areas/ARM";
  Reply(reply);
  EXPECT_TRUE(Ask().was_at_once);
  const auto from = [](int64_t version) {
    return HttpHeaders{{kMinVersionHeader, EncodePosition("memberstates", "e", version)}};
  };
  EXPECT_TRUE(Ask(from(3)).was_at_once);
  EXPECT_FALSE(Ask(from(4)).was_at_once);
}

TEST_F(CachedReadsTest, AnAnswerFromBeforeACommitIsNotGivenToOthers) {
  const Asked slow = Ask();
  Commit(6);
  EXPECT_EQ(AnswerTo(slow, Good("answer", 5)).body, "answer");
  EXPECT_FALSE(Ask().was_at_once);
}

TEST_F(CachedReadsTest, NothingIsAnsweredFromBeforeTheVersionThatTheClientNames) {
  Fill();
  const auto at = [](int64_t version, const std::string& epoch = "e") {
    return HttpHeaders{{kMinVersionHeader, EncodePosition("memberstates", epoch, version)}};
  };
  EXPECT_TRUE(Ask(at(5)).was_at_once);
  EXPECT_FALSE(Ask(at(6)).was_at_once) << "the feed has not told of it yet";
  EXPECT_FALSE(Ask(at(5, "another")).was_at_once);
  EXPECT_FALSE(Ask({{kMinVersionHeader, "nonsense"}}).was_at_once);
  EXPECT_TRUE(Ask({{kMinVersionHeader, EncodePosition("indicators", "x", 9)}}).was_at_once)
      << "it has nothing of that service";
  EXPECT_EQ(asked_, 4) << "each asks for itself";
}

TEST_F(CachedReadsTest, WhoWritesHereReadsWhatWasWrittenBeforeTheFeedTells) {
  Fill();
  reads_.OnWritten({{kVersionHeader, EncodePosition("memberstates", "e", 6)}});
  EXPECT_FALSE(Ask().was_at_once);
  Reply(Good("new answer", 6));
  EXPECT_EQ(Ask().answer().body, "new answer");
  Commit(6);
  EXPECT_EQ(Ask().answer().body, "new answer");
}

TEST_F(CachedReadsTest, WhoWroteMeanwhileDoesNotShareAnAnswerFromBefore) {
  const Asked first = Ask();
  reads_.OnWritten({{kVersionHeader, EncodePosition("memberstates", "e", 6)}});
  EXPECT_EQ(reads_.LeastVersion("memberstates"), EncodePosition("memberstates", "e", 6));
  const Asked second = Ask();
  EXPECT_EQ(asked_, 1);
  Reply(Good("answer", 5));
  EXPECT_EQ(first.answer().body, "answer");
  EXPECT_EQ(asked_, 2);
  Reply(Good("new answer", 6));
  EXPECT_EQ(second.answer().body, "new answer");
  Commit(6);
  EXPECT_EQ(reads_.LeastVersion("memberstates"), std::nullopt);
}

TEST_F(CachedReadsTest, AnAnswerOfAnotherStoreIsNotGivenToOthers) {
  AnswerTo(Ask(), Good("answer", 5, "another"));
  EXPECT_FALSE(Ask().was_at_once);
}

TEST_F(CachedReadsTest, ManyWhoAskAtOnceAreAnsweredByOneCall) {
  std::vector<Asked> all;
  all.reserve(64);
  for (int i = 0; i < 64; ++i) all.push_back(Ask());
  EXPECT_EQ(asked_, 1);
  Reply(Good("answer", 5));
  for (const Asked& one : all) EXPECT_EQ(one.answer().body, "answer");

  Commit(6);
  all.clear();
  for (int i = 0; i < 64; ++i) all.push_back(Ask());
  EXPECT_EQ(asked_, 2);
  Reply(Good("new answer", 6));
  for (const Asked& one : all) EXPECT_EQ(one.answer().body, "new answer");
}

TEST_F(CachedReadsTest, WhoComesLongAfterTheOneWhoAskedDoesNotGetAnOldAnswer) {
  const Asked first = Ask();
  clock_.Advance(absl::Seconds(1));
  const Asked late = Ask();
  Commit(6);
  Reply(Good("answer", 5));
  EXPECT_EQ(first.answer().body, "answer");
  EXPECT_EQ(late.answer().status, 0);
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(AnswerTo(late, Good("new answer", 6)).body, "new answer");
}

TEST_F(CachedReadsTest, WhatOthersWaitForGoesOnWhenTheOneWhoAskedLeaves) {
  const Asked first = Ask();
  const Asked second = Ask();
  first.call->Cancel();
  EXPECT_EQ(cancelled_, 0);
  EXPECT_EQ(AnswerTo(second, Good("answer", 5)).body, "answer");
}

TEST_F(CachedReadsTest, WhatNobodyWaitsForIsCancelled) {
  Ask().call->Cancel();
  EXPECT_EQ(cancelled_, 1);
  Ask();
  EXPECT_EQ(asked_, 2);
}

TEST_F(CachedReadsTest, AnErrorIsForAllWhoWaitAndIsNotKept) {
  const Asked first = Ask();
  const Asked second = Ask();
  Reply(Bad(absl::NotFoundError("none")));
  EXPECT_EQ(first.answer().status, 404);
  EXPECT_EQ(second.answer().status, 404);
  Ask();
  EXPECT_EQ(asked_, 2);
}

TEST_F(CachedReadsTest, AnswersWithoutAVersionOrWithGapsAreNotKept) {
  OwnReply bare = Good("answer", 5);
  bare.headers.clear();
  EXPECT_EQ(AnswerTo(Ask(), bare).Header("etag"), "");
  OwnReply partial = Good("answer", 5);
  partial.is_whole = false;
  EXPECT_EQ(AnswerTo(Ask(), partial).Header("etag"), "");
  Ask();
  EXPECT_EQ(asked_, 3);
}

TEST_F(CachedReadsTest, APinnedAnswerIsAsOfWhenItWasAskedFor) {
  const auto ask = [this] { return Ask({}, "/v1/areas/ARM?knownAt=2", "pinned", true); };
  AnswerTo(ask(), Good("old answer", 2));
  EXPECT_TRUE(ask().was_at_once);
  Commit(6);
  EXPECT_FALSE(ask().was_at_once) << "it might have been a purge";
}

TEST_F(CachedReadsTest, AnAnswerOfSeveralServicesNeedsThemAll) {
  cache_.ValidityOf("indicators")->Begin({"i", 3});
  OwnReply both = Good("profile", 5);
  common::v1::Position position;
  (*position.mutable_parts())["memberstates"].set_epoch("e");
  (*position.mutable_parts())["memberstates"].set_version(5);
  (*position.mutable_parts())["indicators"].set_epoch("i");
  (*position.mutable_parts())["indicators"].set_version(3);
  both.headers = {{kVersionHeader, EncodePosition(position)}};
  const auto ask = [this] { return Ask({}, "/v1/areas/ARM/profile", "profile", true); };
  AnswerTo(ask(), both);
  EXPECT_FALSE(ask().was_at_once) << "nothing is known of when indicators was looked at";
  Reply(both);
  cache_.ValidityOf("indicators")->KnowAt(clock_.Now());
  EXPECT_TRUE(ask().was_at_once);
  cache_.ValidityOf("indicators")->Add({4, {"targets/X"}});
  EXPECT_FALSE(ask().was_at_once);
}

TEST_F(CachedReadsTest, AClientMayHaveTheServiceAskedAndTheAnswerKept) {
  Fill();
  const Asked fresh = Ask({{"cache-control", "no-cache"}});
  EXPECT_FALSE(fresh.was_at_once);
  EXPECT_EQ(AnswerTo(fresh, Good("answer again", 5)).Header("corridor-cache"), "origin");
  EXPECT_EQ(Ask().answer().body, "answer again");
}

TEST_F(CachedReadsTest, WhatIsPrivateIsNeitherKeptNorAnsweredFromWhatIsKept) {
  Fill();
  for (const HttpHeaders& headers :
       {HttpHeaders{{"authorization", "Bearer x"}}, HttpHeaders{{"cache-control", "no-store"}}}) {
    const Asked asked = Ask(headers);
    EXPECT_FALSE(asked.was_at_once);
    EXPECT_EQ(AnswerTo(asked, Good("private", 9)).body, "private");
    EXPECT_EQ(Ask().answer().body, "answer");
  }
}

TEST_F(CachedReadsTest, WhenTheServiceIsDownTheLastAnswerIsSentMarked) {
  Fill();
  clock_.Advance(absl::Seconds(90));
  const Answered stale = AnswerTo(Ask(), Down());
  EXPECT_EQ(stale.status, 200);
  EXPECT_EQ(stale.body, "answer");
  EXPECT_EQ(stale.Header("corridor-cache"), "stale");
  EXPECT_EQ(stale.Header("corridor-stale"), "memberstates");
  EXPECT_EQ(stale.Header("age"), "90");
  EXPECT_EQ(stale.Header("warning"), "111 - \"Revalidation Failed\"");
  EXPECT_EQ(stale.Header("corridor-version"), EncodePosition("memberstates", "e", 5));
  const Answered held = AnswerTo(Ask({{"if-none-match", stale.Header("etag")}}), Down());
  EXPECT_EQ(held.status, 304);
  EXPECT_EQ(held.Header("corridor-cache"), "stale");
  const absl::Status garbage =
      UpstreamFailure("memberstates", absl::InternalError("the service broke HTTP/2"));
  EXPECT_EQ(AnswerTo(Ask(), Bad(garbage)).Header("corridor-cache"), "stale");
}

TEST_F(CachedReadsTest, NoOutdatedAnswerIsSentWhereThatWouldBeWrong) {
  Fill();
  clock_.Advance(absl::Seconds(1));
  const std::string later = EncodePosition("memberstates", "e", 6);
  EXPECT_EQ(AnswerTo(Ask({{kMinVersionHeader, later}}), Down()).status, 503);
  EXPECT_EQ(AnswerTo(Ask({{"cache-control", "no-cache"}}), Down()).status, 503);
  EXPECT_EQ(AnswerTo(Ask(), Bad(absl::InternalError("broken"))).status, 500);
  EXPECT_EQ(AnswerTo(Ask(), Bad(absl::NotFoundError("gone"))).status, 404);
  clock_.Advance(absl::Minutes(10));
  EXPECT_EQ(AnswerTo(Ask(), Down()).status, 503) << "too old";
}

TEST_F(CachedReadsTest, NoOutdatedAnswerIsSentOfAnotherStoreOrFromBeforeAPurge) {
  Fill();
  Service().Add({6, {"areas/GEO"}, /*is_all=*/false, /*is_purge=*/true});
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(AnswerTo(Ask(), Down()).status, 503);
  AnswerTo(Ask({{"cache-control", "no-cache"}}), Good("answer", 6));
  Service().Begin({"f", 1});
  EXPECT_EQ(AnswerTo(Ask(), Down()).status, 503);
}

TEST_F(CachedReadsTest, WithoutRoomNothingIsKeptAndAnswersHaveTagsAllTheSame) {
  ResponseCache none({0}, {"memberstates"}, registry_);
  CachedReads reads(none, clock_, [](const std::function<void()>& task) { task(); });
  HttpRequest request;
  request.method = "GET";
  request.path = kTarget;
  const auto connection = std::make_shared<FakeConnection>();
  const auto call = std::make_shared<Call>(request, "peer", absl::Now(), connection, log_);
  EXPECT_FALSE(reads.AnswerAtOnce(*call));
  CachedRead read;
  read.call = call;
  read.ask = [](const std::function<void(const OwnReply&)>& done) {
    done(Good("answer", 5));
    return std::function<void()>();
  };
  read.write = [](const OwnReply& reply) -> absl::StatusOr<HttpResponse> {
    HttpResponse response;
    response.body = reply.message;
    return response;
  };
  reads.Answer(std::move(read));
  ASSERT_THAT(connection->responses, SizeIs(1));
  ASSERT_NE(connection->responses[0].shared, nullptr);
  EXPECT_NE(FindHeader(connection->responses[0].shared->headers, "etag"), nullptr);
  EXPECT_EQ(none.shards().bytes(), 0);
}

}  // namespace
}  // namespace corridor::gateway
