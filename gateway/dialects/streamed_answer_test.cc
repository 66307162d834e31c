// Methods that answer with a stream, over REST: from the request to the bytes of the events.
#include "gateway/dialects/streamed_answer.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "corridor/gateway/v1/changes.pb.h"
#include "descriptor_set.h"
#include "gateway/dialects/rest.h"
#include "gateway/fake_call.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

// What a test lets a stream have.
struct Events {
  std::deque<OwnEvent> events;
  std::optional<absl::Status> end;
  std::function<void()> ready;
  bool is_dropped = false;
};

class FakeOwnStream : public OwnStream {
 public:
  absl::StatusOr<std::unique_ptr<OwnEvents>> Open(StreamingCall call,
                                                  std::function<void()> ready) override {
    called = std::move(call);
    if (!refusal.ok()) return refusal;
    events->ready = std::move(ready);
    return std::make_unique<Side>(events);
  }

  StreamingCall called;
  absl::Status refusal;
  std::shared_ptr<Events> events = std::make_shared<Events>();

 private:
  class Side : public OwnEvents {
   public:
    explicit Side(std::shared_ptr<Events> events) : events_(std::move(events)) {}
    ~Side() override { events_->is_dropped = true; }
    std::optional<OwnEvent> Take() override {
      if (events_->events.empty()) return std::nullopt;
      OwnEvent event = std::move(events_->events.front());
      events_->events.pop_front();
      return event;
    }
    std::optional<absl::Status> End() const override {
      return events_->events.empty() ? events_->end : std::nullopt;
    }

   private:
    const std::shared_ptr<Events> events_;
  };
};

class StreamedAnswerTest : public ::testing::Test {
 protected:
  StreamedAnswerTest() {
    auto created = Transcoder::Create(descriptor_set.front().contents);
    EXPECT_OK(created);
    transcoder_ = *std::move(created);
    rest_ =
        std::make_unique<Rest>(RpcParts{*transcoder_,
                                        hosts_,
                                        {},
                                        {},
                                        {{"/corridor.gateway.v1.Changes/WatchChanges", &changes_}},
                                        absl::Seconds(10)});
  }

  void Serve(const std::string& verb = "GET", const HttpHeaders& headers = {},
             const std::string& query = "") {
    HttpRequest request;
    request.method = verb;
    request.path = "/v1/changes";
    request.query = query;
    request.headers = headers;
    request.headers.emplace_back("host", "localhost");
    call_ = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
    rest_->Serve(call_);
  }
  // The one answer.
  const HttpResponse& Answer() {
    EXPECT_THAT(connection_->responses, SizeIs(1));
    return connection_->responses.at(0);
  }
  static OwnEvent Event(const std::string& position, const std::string& service = "") {
    v1::ChangeEvent event;
    event.set_position(position);
    event.set_service(service);
    if (!service.empty()) event.mutable_commit()->set_reason("a\nb");
    return {event.SerializeAsString(), position, service.empty() ? "heartbeat" : "commit"};
  }
  void Put(OwnEvent event) {
    changes_.events->events.push_back(std::move(event));
    changes_.events->ready();
  }
  void End(absl::Status status) {
    changes_.events->end = std::move(status);
    changes_.events->ready();
  }
  // What a connection would send now.
  std::string Read(size_t enough = 64 << 10) {
    std::string out;
    has_more_ = Answer().source->Read(out, enough);
    return out;
  }
  void Begin() {
    Serve();
    Put(Event("p0"));
    Answer().source->Start([this] { ++woken_; });
    Read();
  }
  std::string Recorded() {
    connection_->responses.clear();
    call_->Finish(1, /*sent=*/true);
    return log_.lines.at(0);
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  FakeOwnStream changes_;
  KnownHosts hosts_{""};
  std::unique_ptr<Transcoder> transcoder_;
  std::unique_ptr<Rest> rest_;
  std::shared_ptr<Call> call_;
  bool has_more_ = true;
  int woken_ = 0;
};

TEST_F(StreamedAnswerTest, AnEventIsItsIdItsNameAndOneLineOfJson) {
  Serve("GET", {}, "since=0&services=memberstates");
  EXPECT_THAT(connection_->responses, IsEmpty());
  Put(Event("p1", "memberstates"));
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "text/event-stream")));
  EXPECT_THAT(Answer().headers, Contains(Pair("cache-control", "no-store")));
  const std::string text = Read();
  EXPECT_EQ(text.substr(0, text.find("{")), "retry: 1000\n\nid: p1\nevent: commit\ndata: ");
  EXPECT_THAT(text, HasSubstr(R"({"position":"p1","service":"memberstates","commit":{)"));
  EXPECT_THAT(text, HasSubstr(R"("reason":"a\nb")"));
  EXPECT_EQ(text.substr(text.size() - 3), "}\n\n");
  EXPECT_EQ(text.substr(text.find("data:")).find('\n'), text.substr(text.find("data:")).size() - 2);
  EXPECT_TRUE(has_more_);
  v1::WatchChangesRequest request;
  ASSERT_TRUE(request.ParseFromString(changes_.called.message));
  EXPECT_EQ(request.since(), "0");
  EXPECT_THAT(request.services(), ElementsAre("memberstates"));
  EXPECT_EQ(changes_.called.deadline, absl::InfiniteFuture());
}

TEST_F(StreamedAnswerTest, AnEventWithoutAPositionHasNoId) {
  Serve();
  Put(Event(""));
  EXPECT_THAT(Read(), HasSubstr("1000\n\nevent: heartbeat\ndata: {"));
}

TEST_F(StreamedAnswerTest, WhatComesLaterWakesTheConnection) {
  Begin();
  EXPECT_EQ(woken_, 0);
  Put(Event("p1", "memberstates"));
  EXPECT_EQ(woken_, 1);
  EXPECT_THAT(Read(), HasSubstr("id: p1\n"));
  EXPECT_EQ(Read(), "");
}

TEST_F(StreamedAnswerTest, NoMoreIsTakenThanWasAskedFor) {
  Begin();
  for (int i = 0; i < 5; ++i) changes_.events->events.push_back(Event("p", "memberstates"));
  Read(1);
  EXPECT_THAT(changes_.events->events, SizeIs(4));
}

TEST_F(StreamedAnswerTest, TheLastIdAndTheTimeThatTheClientGivesArePassedOn) {
  Serve("GET", {{"last-event-id", "p7"}, {"corridor-timeout", "1h"}});
  EXPECT_THAT(changes_.called.metadata, Contains(Pair("last-event-id", "p7")));
  EXPECT_EQ(changes_.called.deadline, call_->arrived() + absl::Hours(1));
}

TEST_F(StreamedAnswerTest, WhatFailsBeforeTheFirstEventIsAnHttpError) {
  const struct {
    absl::Status status;
    int http;
  } rows[] = {{absl::AbortedError("another epoch"), 409},
              {absl::OutOfRangeError("beyond the head"), 400},
              {absl::ResourceExhaustedError("too many watchers"), 429},
              {InvalidField("resources", "x", "is none"), 400}};
  for (const auto& row : rows) {
    connection_->responses.clear();
    changes_.events = std::make_shared<Events>();
    Serve();
    End(row.status);
    EXPECT_EQ(Answer().status, row.http);
    EXPECT_EQ(Answer().source, nullptr);
    EXPECT_THAT(Answer().body, HasSubstr("{\"error\":{"));
    EXPECT_TRUE(changes_.events->is_dropped);
  }
}

TEST_F(StreamedAnswerTest, ABadRequestIsAnHttpError) {
  changes_.refusal = InvalidField("since", "soon", "is neither 0 nor a position");
  Serve();
  EXPECT_EQ(Answer().status, 400);
  EXPECT_THAT(Answer().body, HasSubstr("since: \\\"soon\\\""));
}

TEST_F(StreamedAnswerTest, WhatFailsLaterIsTheLastEventAndRecorded) {
  Begin();
  End(absl::AbortedError("another epoch"));
  EXPECT_EQ(woken_, 1);
  const std::string last = Read();
  EXPECT_THAT(last, ::testing::StartsWith("event: error\ndata: {\"error\":{\"code\":409,"));
  EXPECT_THAT(last, HasSubstr("another epoch"));
  EXPECT_EQ(std::count(last.begin(), last.end(), '\n'), 3);
  EXPECT_FALSE(has_more_);
  EXPECT_FALSE(Answer().source->is_whole());
  EXPECT_TRUE(changes_.events->is_dropped);
  EXPECT_EQ(Recorded(), "GET /v1/changes ABORTED");
}

TEST_F(StreamedAnswerTest, ADrainIsAnErrorToTheClientAndRecordedAsOk) {
  Begin();
  changes_.events->events.push_back(Event("p1", "memberstates"));
  Answer().source->Drain();
  EXPECT_THAT(Read(), ::testing::StartsWith("event: error\ndata: {\"error\":{\"code\":503,"));
  EXPECT_FALSE(has_more_);
  EXPECT_TRUE(Answer().source->is_whole());
  EXPECT_TRUE(changes_.events->is_dropped);
  EXPECT_EQ(Recorded(), "GET /v1/changes OK");
}

TEST_F(StreamedAnswerTest, AnEventThatCannotBeWrittenIsAnError) {
  Begin();
  changes_.events->events.push_back({"\xFF", "p1", "commit"});
  EXPECT_THAT(Read(), HasSubstr("\"status\":\"INTERNAL\""));
  EXPECT_FALSE(has_more_);
}

TEST_F(StreamedAnswerTest, AStreamWithoutEventsMayEndWell) {
  Serve();
  End(absl::OkStatus());
  EXPECT_EQ(Read(), "retry: 1000\n\n");
  EXPECT_FALSE(has_more_);
}

TEST_F(StreamedAnswerTest, WhoLeavesBeforeTheFirstEventEndsTheStream) {
  Serve();
  call_->Cancel();
  EXPECT_TRUE(changes_.events->is_dropped);
  changes_.events->ready();
  EXPECT_THAT(connection_->responses, IsEmpty());
}

TEST_F(StreamedAnswerTest, WhoLeavesLaterEndsTheStream) {
  Begin();
  connection_->responses.clear();  // As a connection that is closed.
  EXPECT_TRUE(changes_.events->is_dropped);
  changes_.events->ready();
}

TEST_F(StreamedAnswerTest, HeadIsAnsweredWithoutTakingEvents) {
  changes_.events->events.push_back(Event("p1"));
  Serve("HEAD");
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "text/event-stream")));
  EXPECT_NE(Answer().source, nullptr);
  EXPECT_THAT(changes_.events->events, SizeIs(1));
  EXPECT_TRUE(changes_.events->is_dropped);
}

TEST_F(StreamedAnswerTest, WhoTakesNoFormIsToldWhatThereIs) {
  Serve("GET", {{"accept", "text/html"}});
  EXPECT_EQ(Answer().status, 406);
  EXPECT_THAT(Answer().body, HasSubstr("/v1/changes is answered as text/event-stream, "
                                       "application/x-ndjson or application/json"));
  EXPECT_EQ(changes_.called.method, "");
}

TEST_F(StreamedAnswerTest, LinesAndAnArrayAreThereForWhoAsksForThem) {
  Serve("GET", {{"accept", "application/x-ndjson"}});
  Put(Event("p1"));
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/x-ndjson")));
  EXPECT_THAT(Read(), ::testing::MatchesRegex("\\{\"position\":\"p1\".*\\}\n"));
  connection_->responses.clear();
  changes_.events = std::make_shared<Events>();
  Serve("GET", {{"accept", "application/json"}});
  Put(Event("p1"));
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(Read(), ::testing::MatchesRegex("\\[\\{\"position\":\"p1\".*\\}"));
  changes_.events->events.push_back(Event("p2"));
  EXPECT_THAT(Read(), ::testing::StartsWith(",\n{\"position\":\"p2\""));
  // The drain of what has no end leaves no array that parses.
  Answer().source->Drain();
  const std::string end = Read();
  EXPECT_THAT(end, ::testing::StartsWith(",\n{\"error\":{\"code\":503,"));
  EXPECT_THAT(end, Not(::testing::EndsWith("]\n")));
  EXPECT_FALSE(Answer().source->is_whole());
}

TEST_F(StreamedAnswerTest, AcceptIsReadAsMediaRanges) {
  using enum StreamForm;
  const struct {
    HttpHeaders headers;
    std::optional<StreamForm> endless;
    std::optional<StreamForm> with_end;
  } rows[] = {
      {{}, kEvents, kArray},
      {{{"accept", "*/*"}}, kEvents, kArray},
      {{{"accept", "text/html, */*;q=0.8"}}, kEvents, kArray},
      {{{"accept", "text/event-stream"}}, kEvents, kEvents},
      {{{"accept", "Text/Event-Stream; charset=utf-8"}}, kEvents, kEvents},
      {{{"accept", "application/x-ndjson"}}, kLines, kLines},
      {{{"accept", "application/json"}}, kArray, kArray},
      {{{"accept", "application/*"}}, kLines, kArray},
      {{{"accept", "application/json, text/*;q=0.1"}}, kArray, kArray},
      {{{"accept", "application/json;q=0.5, text/*"}}, kEvents, kEvents},
      {{{"accept", "*/*, application/x-ndjson"}}, kLines, kLines},
      {{{"accept", "*/*;q=0.1, application/x-ndjson;q=0"}}, kEvents, kArray},
      {{{"accept", "application/json;q=0.9"}, {"accept", "text/event-stream"}}, kEvents, kEvents},
      {{{"accept", "text/html"}}, {}, {}},
      {{{"accept", ""}}, {}, {}},
      {{{"accept", "text/event-stream;q=0, application/json"}}, kArray, kArray},
      {{{"accept", "text/event-stream; q=0.0"}}, {}, {}},
      {{{"accept", "text/event-streams"}}, {}, {}},
      {{{"accept", "*/*;q=nan"}}, {}, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.headers.empty() ? "nothing" : row.headers[0].second);
    EXPECT_EQ(PreferredForm(row.headers, /*is_endless=*/true), row.endless);
    EXPECT_EQ(PreferredForm(row.headers, /*is_endless=*/false), row.with_end);
  }
}

TEST_F(StreamedAnswerTest, AStreamingMethodThatNobodyAnswersIs503NamingTheService) {
  Rest rest(RpcParts{*transcoder_, hosts_, {}, {}, {}, absl::Seconds(10)});
  HttpRequest request;
  request.method = "GET";
  request.path = "/v1/changes";
  call_ = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
  rest.Serve(call_);
  EXPECT_EQ(Answer().status, 503);
  EXPECT_THAT(Answer().body, HasSubstr("\"service\":\"gateway\""));
}

}  // namespace
}  // namespace corridor::gateway
