// Methods that answer with a stream, over REST: from the request to the bytes of the events.
#include "gateway/dialects/event_stream.h"

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

class EventStreamTest : public ::testing::Test {
 protected:
  EventStreamTest() {
    auto created = Transcoder::Create(descriptor_set.front().contents);
    EXPECT_OK(created);
    transcoder_ = *std::move(created);
    rest_ =
        std::make_unique<Rest>(RestParts{*transcoder_,
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

TEST_F(EventStreamTest, AnEventIsItsIdItsNameAndOneLineOfJson) {
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

TEST_F(EventStreamTest, AnEventWithoutAPositionHasNoId) {
  Serve();
  Put(Event(""));
  EXPECT_THAT(Read(), HasSubstr("1000\n\nevent: heartbeat\ndata: {"));
}

TEST_F(EventStreamTest, WhatComesLaterWakesTheConnection) {
  Begin();
  EXPECT_EQ(woken_, 0);
  Put(Event("p1", "memberstates"));
  EXPECT_EQ(woken_, 1);
  EXPECT_THAT(Read(), HasSubstr("id: p1\n"));
  EXPECT_EQ(Read(), "");
}

TEST_F(EventStreamTest, NoMoreIsTakenThanWasAskedFor) {
  Begin();
  for (int i = 0; i < 5; ++i) changes_.events->events.push_back(Event("p", "memberstates"));
  Read(1);
  EXPECT_THAT(changes_.events->events, SizeIs(4));
}

TEST_F(EventStreamTest, TheLastIdAndTheTimeThatTheClientGivesArePassedOn) {
  Serve("GET", {{"last-event-id", "p7"}, {"corridor-timeout", "1h"}});
  EXPECT_THAT(changes_.called.metadata, Contains(Pair("last-event-id", "p7")));
  EXPECT_EQ(changes_.called.deadline, call_->arrived() + absl::Hours(1));
}

TEST_F(EventStreamTest, WhatFailsBeforeTheFirstEventIsAnHttpError) {
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

TEST_F(EventStreamTest, ABadRequestIsAnHttpError) {
  changes_.refusal = InvalidField("since", "soon", "is neither 0 nor a position");
  Serve();
  EXPECT_EQ(Answer().status, 400);
  EXPECT_THAT(Answer().body, HasSubstr("since: \\\"soon\\\""));
}

TEST_F(EventStreamTest, WhatFailsLaterIsTheLastEventAndRecorded) {
  Begin();
  End(absl::AbortedError("another epoch"));
  EXPECT_EQ(woken_, 1);
  const std::string last = Read();
  EXPECT_THAT(last, ::testing::StartsWith("event: error\ndata: {\"error\":{\"code\":409,"));
  EXPECT_THAT(last, HasSubstr("another epoch"));
  EXPECT_EQ(std::count(last.begin(), last.end(), '\n'), 3);
  EXPECT_FALSE(has_more_);
  EXPECT_TRUE(changes_.events->is_dropped);
  EXPECT_EQ(Recorded(), "GET /v1/changes ABORTED");
}

TEST_F(EventStreamTest, ADrainIsAnErrorToTheClientAndRecordedAsOk) {
  Begin();
  changes_.events->events.push_back(Event("p1", "memberstates"));
  Answer().source->Drain();
  EXPECT_THAT(Read(), ::testing::StartsWith("event: error\ndata: {\"error\":{\"code\":503,"));
  EXPECT_FALSE(has_more_);
  EXPECT_TRUE(changes_.events->is_dropped);
  EXPECT_EQ(Recorded(), "GET /v1/changes OK");
}

TEST_F(EventStreamTest, AnEventThatCannotBeWrittenIsAnError) {
  Begin();
  changes_.events->events.push_back({"\xFF", "p1", "commit"});
  EXPECT_THAT(Read(), HasSubstr("\"status\":\"INTERNAL\""));
  EXPECT_FALSE(has_more_);
}

TEST_F(EventStreamTest, AStreamWithoutEventsMayEndWell) {
  Serve();
  End(absl::OkStatus());
  EXPECT_EQ(Read(), "retry: 1000\n\n");
  EXPECT_FALSE(has_more_);
}

TEST_F(EventStreamTest, WhoLeavesBeforeTheFirstEventEndsTheStream) {
  Serve();
  call_->Cancel();
  EXPECT_TRUE(changes_.events->is_dropped);
  changes_.events->ready();
  EXPECT_THAT(connection_->responses, IsEmpty());
}

TEST_F(EventStreamTest, WhoLeavesLaterEndsTheStream) {
  Begin();
  connection_->responses.clear();  // As a connection that is closed.
  EXPECT_TRUE(changes_.events->is_dropped);
  changes_.events->ready();
}

TEST_F(EventStreamTest, HeadIsAnsweredWithoutTakingEvents) {
  changes_.events->events.push_back(Event("p1"));
  Serve("HEAD");
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "text/event-stream")));
  EXPECT_NE(Answer().source, nullptr);
  EXPECT_THAT(changes_.events->events, SizeIs(1));
  EXPECT_TRUE(changes_.events->is_dropped);
}

TEST_F(EventStreamTest, WhoDoesNotTakeEventsIsToldWhatThereIs) {
  Serve("GET", {{"accept", "application/json"}});
  EXPECT_EQ(Answer().status, 406);
  EXPECT_THAT(Answer().body, HasSubstr("/v1/changes is answered as text/event-stream"));
  EXPECT_EQ(changes_.called.method, "");
}

TEST_F(EventStreamTest, AcceptIsReadAsMediaRanges) {
  const struct {
    HttpHeaders headers;
    bool takes;
  } rows[] = {
      {{}, true},
      {{{"accept", "*/*"}}, true},
      {{{"accept", "text/event-stream"}}, true},
      {{{"accept", "Text/Event-Stream; charset=utf-8"}}, true},
      {{{"accept", "application/json, text/*;q=0.1"}}, true},
      {{{"accept", "application/json"}, {"accept", "text/event-stream"}}, true},
      {{{"accept", "application/json"}}, false},
      {{{"accept", "text/html"}}, false},
      {{{"accept", ""}}, false},
      {{{"accept", "text/event-stream;q=0, application/json"}}, false},
      {{{"accept", "text/event-stream; q=0.0"}}, false},
      {{{"accept", "text/event-streams"}}, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(AcceptsEvents(row.headers), row.takes)
        << (row.headers.empty() ? "nothing" : row.headers[0].second);
  }
}

TEST_F(EventStreamTest, AStreamingMethodThatNobodyAnswersIsUnimplemented) {
  Rest rest(RestParts{*transcoder_, hosts_, {}, {}, {}, absl::Seconds(10)});
  HttpRequest request;
  request.method = "GET";
  request.path = "/v1/changes";
  call_ = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
  rest.Serve(call_);
  EXPECT_EQ(Answer().status, 501);
}

}  // namespace
}  // namespace corridor::gateway
