// The contract of the dialect gRPC, against services that answer as a test says.
#include "gateway/dialects/grpc_relay.h"

#include "gateway/dialects/grpc_fixture.h"
#include "gateway/upstream/grpc_status.h"
#include "google/protobuf/unknown_field_set.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kType[] = "application/grpc";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr char kReflection[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
constexpr size_t kPiece = 64 << 10;

class GrpcRelayTest : public GrpcTest {
 protected:
  static HttpRequest Call(const std::string& path, const std::string& body = Frame("ask")) {
    return Post(path, kType, body);
  }
  // The answer to a request that is answered at once, and its record.
  HttpResponse Answer(HttpRequest request) {
    connection_->responses.clear();
    call_ = Serve(relay_, std::move(request));
    call_->Finish(0, true);
    return Response();
  }
  // The status of an answer that has nothing else.
  absl::Status StatusOf(const HttpResponse& response) {
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.source, nullptr);
    EXPECT_THAT(response.body, IsEmpty());
    EXPECT_EQ(HeaderOf(response.headers, "content-type"), kType);
    return StatusOfTrailers(HeaderOf(response.headers, "grpc-status"),
                            HeaderOf(response.headers, "grpc-message"),
                            HeaderOf(response.headers, "grpc-status-details-bin"));
  }
  // Reads all of an answer, and its trailers.
  static std::string ReadAll(BodySource& source, HttpHeaders& trailers) {
    std::string bytes;
    EXPECT_FALSE(source.Read(bytes, kPiece));
    trailers = source.TakeTrailers();
    return bytes;
  }

  std::shared_ptr<gateway::Call> call_;
  GrpcRelay relay_{Parts()};
};

TEST_F(GrpcRelayTest, AnAnswerPassesThroughAsItIs) {
  HttpRequest request = Call(kGet);
  request.headers.emplace_back("grpc-encoding", "gzip");
  const auto call = Serve(relay_, request);
  ASSERT_THAT(memberstates_.relays, SizeIs(1));
  FakeRelay& relay = *memberstates_.relays[0];
  EXPECT_EQ(relay.call.method, kGet);
  EXPECT_TRUE(relay.call.is_repeatable);
  EXPECT_FALSE(relay.call.is_streaming);
  EXPECT_THAT(relay.call.metadata, Contains(Pair("grpc-encoding", "gzip")));
  EXPECT_EQ(relay.ReadBody(), Frame("ask"));
  EXPECT_TRUE(relay.is_body_over);
  EXPECT_THAT(connection_->responses, IsEmpty());

  relay.Head({{"content-type", "application/grpc"}, {"corridor-version", "v"}, {"x-bin", "AAE"}});
  const HttpResponse response = Response();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(HeaderOf(response.headers, "content-type"), kType);
  EXPECT_EQ(HeaderOf(response.headers, "corridor-version"), "v");
  EXPECT_EQ(HeaderOf(response.headers, "x-bin"), "AAE");
  EXPECT_EQ(HeaderOf(response.headers, "x-request-id"), call->id());
  ASSERT_NE(response.source, nullptr);
  int wakes = 0;
  response.source->Start([&] { ++wakes; });
  std::string bytes;
  EXPECT_TRUE(response.source->Read(bytes, kPiece));
  EXPECT_THAT(bytes, IsEmpty());
  relay.Send("\1any bytes");
  EXPECT_EQ(wakes, 1);
  EXPECT_TRUE(response.source->Read(bytes, 4));
  EXPECT_EQ(bytes, "\1any");
  relay.End({{{"grpc-status", "9"}, {"grpc-message", "no"}, {"x-bin", "AAE"}}, {}});
  EXPECT_EQ(wakes, 2);
  HttpHeaders trailers;
  EXPECT_EQ(ReadAll(*response.source, trailers), " bytes");
  EXPECT_THAT(trailers, ElementsAre(Pair("grpc-status", "9"), Pair("grpc-message", "no"),
                                    Pair("x-bin", "AAE")));
  call->Finish(1, true);
  EXPECT_THAT(log_.lines, ElementsAre(std::string("POST ") + kGet + " FAILED_PRECONDITION"));
}

TEST_F(GrpcRelayTest, ABodyIsPassedOnAsItComes) {
  HttpRequest request = Call(kUpload, "");
  EXPECT_TRUE(relay_.TakesBodyAsItComes(request));
  const auto body = std::make_shared<GrowingBody>();
  request.source = body;
  const auto call = Serve(relay_, request);
  FakeRelay& relay = *memberstates_.relays[0];
  EXPECT_TRUE(relay.call.is_streaming);
  EXPECT_FALSE(relay.call.is_repeatable);
  EXPECT_EQ(relay.call.deadline, absl::InfiniteFuture());
  EXPECT_EQ(relay.ReadBody(), "");
  body->Add("one");
  EXPECT_EQ(relay.wakes, 1);
  EXPECT_EQ(relay.ReadBody(2), "on");
  EXPECT_EQ(relay.ReadBody(), "e");
  EXPECT_FALSE(relay.is_body_over);
  body->End();
  relay.ReadBody();
  EXPECT_TRUE(relay.is_body_over);
}

TEST_F(GrpcRelayTest, TheServicesOwnErrorKeepsItsTrailers) {
  memberstates_.on_relay = [](FakeRelay& relay) {
    relay.End({{{"grpc-status", "5"},
                {"grpc-message", "no %C3%A9"},
                {"grpc-status-details-bin", "CAU"},
                {"corridor-version", "v"}},
               {}});
  };
  const HttpResponse response = Answer(Call(kGet));
  EXPECT_THAT(StatusOf(response), StatusIs(absl::StatusCode::kNotFound, "no é"));
  EXPECT_EQ(HeaderOf(response.headers, "grpc-status-details-bin"), "CAU");
  EXPECT_EQ(HeaderOf(response.headers, "corridor-version"), "v");
  EXPECT_THAT(log_.lines, ElementsAre(std::string("POST ") + kGet + " NOT_FOUND"));
}

TEST_F(GrpcRelayTest, AFailureOnTheWayIsAStatusLikeAnyOther) {
  const absl::Status failure = ErrorWithReason(absl::StatusCode::kUnavailable, "GONE", "é is gone",
                                               {{"service", "memberstates"}});
  memberstates_.on_relay = [&](FakeRelay& relay) { relay.End({{}, failure}); };
  EXPECT_EQ(StatusOf(Answer(Call(kGet))), failure);

  memberstates_.on_relay = [&](FakeRelay& relay) {
    relay.Head({});
    relay.Send("part");
    relay.End({{}, failure});
  };
  HttpHeaders trailers;
  EXPECT_EQ(ReadAll(*Answer(Call(kGet)).source, trailers), "part");
  EXPECT_EQ(HeaderOf(trailers, "grpc-status"), "14");
  EXPECT_EQ(HeaderOf(trailers, "grpc-message"), "%C3%A9 is gone");
}

TEST_F(GrpcRelayTest, WhoLeavesBeforeTheAnswerCancelsIt) {
  const auto call = Serve(relay_, Call(kGet));
  call->Cancel();
  EXPECT_TRUE(memberstates_.relays[0]->is_dropped);
  EXPECT_THAT(log_.lines, ElementsAre(std::string("POST ") + kGet + " CANCELLED"));
}

TEST_F(GrpcRelayTest, WhoDropsTheAnswerCancelsIt) {
  const auto call = Serve(relay_, Call(kWatch));
  memberstates_.relays[0]->Head({});
  connection_->responses.clear();
  EXPECT_TRUE(memberstates_.relays[0]->is_dropped);
}

TEST_F(GrpcRelayTest, ADrainEndsStreamsAndLeavesOtherCallsToEnd) {
  for (const auto& [path, ends] : {std::pair(kWatch, true), {kGet, false}}) {
    connection_->responses.clear();
    const auto call = Serve(relay_, Call(path));
    memberstates_.relays.back()->Head({});
    const std::shared_ptr<BodySource> source = Response().source;
    source->Start([] {});
    source->Drain();
    std::string bytes;
    EXPECT_EQ(source->Read(bytes, kPiece), !ends) << path;
    EXPECT_EQ(HeaderOf(source->TakeTrailers(), "grpc-status"), ends ? "14" : "(none)");
    EXPECT_EQ(memberstates_.relays.back()->is_dropped, ends);
  }
}

TEST_F(GrpcRelayTest, MetadataArePassedOnButForWhatIsHttps) {
  HttpRequest request = Call(kGet);
  request.headers.insert(request.headers.end(), {{"user-agent", "grpc-python"},
                                                 {"grpc-accept-encoding", "gzip"},
                                                 {"grpc-timeout", "1S"},
                                                 {"x-request-id", "mine"},
                                                 {"authorization", "Bearer x"},
                                                 {"trace-bin", "AAE="},
                                                 {"corridor-min-version", "min"},
                                                 {"corridor-internal-actor", "root"},
                                                 {"corridor-version", "v"},
                                                 {"content-length", "8"},
                                                 {"cookie", "a=b"},
                                                 {"sec-fetch-mode", "cors"},
                                                 {"twice", "1"},
                                                 {"twice", "2"}});
  const auto call = Serve(relay_, request);
  EXPECT_THAT(memberstates_.relays[0]->call.metadata,
              UnorderedElementsAre(
                  Pair("content-type", kType), Pair("user-agent", "grpc-python"),
                  Pair("grpc-accept-encoding", "gzip"), Pair("x-request-id", "mine"),
                  Pair("traceparent", call->trace().Header()), Pair("authorization", "Bearer x"),
                  Pair("trace-bin", "AAE="), Pair("corridor-min-version", "min"),
                  Pair("twice", "1"), Pair("twice", "2")));
}

TEST_F(GrpcRelayTest, MetadataThatGrpcCannotCarryAreRefusedByName) {
  const std::pair<std::string, std::string> cases[] = {
      {"x-bin", "*"},    {"x-bin", "A"},       {"x-bin", "AB"},   {"x-bin", "AAB"},
      {"x-bin", "AA=A"}, {"x-bin", "AAE,AAE"}, {"x", "\xC3\xA9"}, {"x!", "y"}};
  for (const auto& [name, value] : cases) {
    HttpRequest request = Call(kGet);
    request.headers.emplace_back(name, value);
    EXPECT_THAT(StatusOf(Answer(request)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name)))
        << name << ": " << value;
  }
  HttpRequest request = Call(kGet);
  request.headers.emplace_back("long", std::string(8000, 'x'));
  EXPECT_THAT(StatusOf(Answer(request)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("limit of 7168")));
  EXPECT_THAT(memberstates_.relays, IsEmpty());
}

TEST_F(GrpcRelayTest, TheClientsTimeoutIsTheDeadline) {
  HttpRequest request = Call(kGet);
  request.headers.emplace_back("grpc-timeout", "1M");
  const auto call = Serve(relay_, request);
  EXPECT_EQ(memberstates_.relays[0]->call.deadline, call->arrived() + absl::Minutes(1));
  const auto without = Serve(relay_, Call(kGet));
  EXPECT_EQ(memberstates_.relays[1]->call.deadline, without->arrived() + absl::Seconds(10));
  const auto stream = Serve(relay_, Call(kWatch));
  EXPECT_EQ(memberstates_.relays[2]->call.deadline, absl::InfiniteFuture());
  request.headers.back().second = "soon";
  EXPECT_THAT(StatusOf(Answer(request)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"soon\"")));
}

TEST_F(GrpcRelayTest, WhatCannotBeAskedIsToldWhy) {
  struct Case {
    std::string path;
    absl::StatusCode code;
    std::string message;
    std::string recorded;
  };
  const Case cases[] = {
      {"/corridor.memberstates.v1.Areas/GetAera", absl::StatusCode::kUnimplemented,
       "the nearest is /corridor.memberstates.v1.Areas/GetArea", "unmatched UNIMPLEMENTED"},
      {"/no.Such/Method", absl::StatusCode::kUnimplemented, "there is no method /no.Such/Method",
       "unmatched UNIMPLEMENTED"},
      {kPurge, absl::StatusCode::kUnimplemented,
       "every service has a /corridor.changes.v1.Store/Purge of its own",
       std::string("POST ") + kPurge + " UNIMPLEMENTED"},
      {kElsewhere, absl::StatusCode::kUnavailable, "without the service indicators",
       std::string("POST ") + kElsewhere + " UNAVAILABLE"},
  };
  for (const Case& c : cases) {
    log_.lines.clear();
    EXPECT_THAT(StatusOf(Answer(Call(c.path))), StatusIs(c.code, HasSubstr(c.message)));
    EXPECT_THAT(log_.lines, ElementsAre(c.recorded));
  }
}

TEST_F(GrpcRelayTest, PagesFromElsewhereMayNotWrite) {
  HttpRequest request = Call(kWrite);
  request.headers.emplace_back("origin", "http://evil.example");
  EXPECT_THAT(StatusOf(Answer(request)),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("http://evil.example")));
  EXPECT_THAT(memberstates_.relays, IsEmpty());
  request.headers.back().second = "http://localhost:8080";
  Serve(relay_, request);
  EXPECT_THAT(memberstates_.relays, SizeIs(1));
  HttpRequest read = Call(kGet);
  read.headers.emplace_back("origin", "http://evil.example");
  Serve(relay_, read);
  EXPECT_THAT(memberstates_.relays, SizeIs(2));
}

TEST_F(GrpcRelayTest, WhatNoGrpcClientSendsIsAnErrorOfHttp) {
  HttpRequest old = Call(kGet);
  old.is_http2 = false;
  EXPECT_FALSE(relay_.TakesBodyAsItComes(old));
  EXPECT_EQ(Answer(old).status, 505);
  HttpRequest get = Call(kGet);
  get.method = "GET";
  EXPECT_FALSE(relay_.TakesBodyAsItComes(get));
  const HttpResponse response = Answer(get);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(HeaderOf(response.headers, "allow"), "POST");
  EXPECT_THAT(StatusOf(Answer(Post(kGet, "application/grpc+json"))),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("application/grpc+json")));
}

TEST_F(GrpcRelayTest, WhatHttpRefusesIsAStatus) {
  const std::pair<int, absl::StatusCode> cases[] = {
      {408, absl::StatusCode::kDeadlineExceeded},  {413, absl::StatusCode::kResourceExhausted},
      {431, absl::StatusCode::kResourceExhausted}, {503, absl::StatusCode::kUnavailable},
      {599, absl::StatusCode::kUnknown},
  };
  for (const auto& [http, code] : cases) {
    const HttpResponse response = relay_.Refusal(Call(kGet), {http, "WHY", "é", {{"limit", "1"}}});
    const absl::Status status = StatusOf(response);
    EXPECT_THAT(status, StatusIs(code, "é")) << http;
    EXPECT_EQ(ReasonOf(status), "WHY");
    EXPECT_EQ(ErrorMetadata(status, "limit"), "1");
  }
}

TEST_F(GrpcRelayTest, TheGatewaysOwnMethodsAreAnsweredInFrames) {
  own_method_.reply = OwnReply{{absl::OkStatus(), "answer", {{"corridor-version", "v"}}}};
  const HttpResponse response = Answer(Call(kOwn));
  ASSERT_THAT(own_method_.calls, SizeIs(1));
  EXPECT_EQ(own_method_.calls[0].message, "ask");
  EXPECT_EQ(own_method_.calls[0].method, kOwn);
  EXPECT_EQ(own_method_.calls[0].deadline, call_->arrived() + absl::Seconds(10));
  EXPECT_EQ(HeaderOf(response.headers, "corridor-version"), "v");
  HttpHeaders trailers;
  EXPECT_EQ(ReadAll(*response.source, trailers), Frame("answer"));
  EXPECT_THAT(trailers, ElementsAre(Pair("grpc-status", "0")));
}

TEST_F(GrpcRelayTest, AnOwnMethodThatFailsLaterIsAStatusAndOneThatIsLeftIsCancelled) {
  const auto failing = Serve(relay_, Call(kOwn));
  EXPECT_THAT(connection_->responses, IsEmpty());
  own_method_.later({{NoSuchResource("areas/XYZ"), "", {}}});
  EXPECT_THAT(StatusOf(Response()),
              StatusIs(absl::StatusCode::kNotFound, "there is no \"areas/XYZ\""));
  const auto left = Serve(relay_, Call(kOwn));
  left->Cancel();
  EXPECT_EQ(own_method_.cancelled, 1);
}

TEST_F(GrpcRelayTest, AnOwnMethodTakesExactlyOneSoundMessage) {
  struct Case {
    std::string body;
    absl::StatusCode code;
    std::string message;
  };
  const Case cases[] = {
      {"", absl::StatusCode::kUnimplemented, "exactly one message"},
      {Frame("a") + Frame("b"), absl::StatusCode::kUnimplemented, "exactly one message"},
      {Frame("abc").substr(0, 6), absl::StatusCode::kInvalidArgument, "ends within a message"},
      {std::string("\1\0\0\0\1x", 6), absl::StatusCode::kUnimplemented, "compressed"},
      {std::string("\0\0\x20\0\0", 5), absl::StatusCode::kResourceExhausted,
       "2097152 bytes is above the limit of 1048576"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(StatusOf(Answer(Call(kOwn, c.body))), StatusIs(c.code, HasSubstr(c.message)));
  }
  EXPECT_THAT(own_method_.calls, IsEmpty());
}

TEST_F(GrpcRelayTest, AnOwnMethodWaitsForItsMessage) {
  HttpRequest request = Call(kOwn, "");
  const auto body = std::make_shared<GrowingBody>();
  request.source = body;
  const auto call = Serve(relay_, request);
  body->Add(Frame("ask").substr(0, 3));
  body->Add(Frame("ask").substr(3));
  EXPECT_THAT(own_method_.calls, IsEmpty());
  body->End();
  ASSERT_THAT(own_method_.calls, SizeIs(1));
  EXPECT_EQ(own_method_.calls[0].message, "ask");
  call->Cancel();
  body->Add("after the call is gone");
}

TEST_F(GrpcRelayTest, AnOwnStreamIsAnsweredMessageByMessage) {
  const auto call = Serve(relay_, Call(kOwnStream));
  ASSERT_THAT(own_stream_.calls, SizeIs(1));
  EXPECT_EQ(own_stream_.calls[0].deadline, absl::InfiniteFuture());
  EXPECT_THAT(connection_->responses, IsEmpty());
  own_stream_.Send("one");
  const std::shared_ptr<BodySource> source = Response().source;
  int wakes = 0;
  source->Start([&] { ++wakes; });
  std::string bytes;
  EXPECT_TRUE(source->Read(bytes, kPiece));
  EXPECT_EQ(bytes, Frame("one"));
  own_stream_.Send(std::string(100'000, 'x'));
  own_stream_.Send("three");
  EXPECT_EQ(wakes, 2);
  EXPECT_THAT(own_stream_.messages, SizeIs(1));
  bytes.clear();
  EXPECT_TRUE(source->Read(bytes, 1 << 20));
  EXPECT_EQ(bytes, Frame(std::string(100'000, 'x')) + Frame("three"));
  own_stream_.end = absl::AbortedError("another epoch");
  own_stream_.tell();
  HttpHeaders trailers;
  EXPECT_EQ(ReadAll(*source, trailers), "");
  EXPECT_EQ(HeaderOf(trailers, "grpc-status"), "10");
  EXPECT_TRUE(own_stream_.is_dropped);
}

TEST_F(GrpcRelayTest, AnOwnStreamThatIsRefusedIsAStatus) {
  own_stream_.refusal = InvalidField("since", "x", "is no position");
  EXPECT_THAT(StatusOf(Answer(Call(kOwnStream))), HasFieldViolation("since"));
}

TEST_F(GrpcRelayTest, HealthIsTheGatewaysAndThatOfWhatItReaches) {
  struct Case {
    std::string service;
    Stage stage;
    absl::Status available;
    std::string message;  // `status` of the answer; empty for NOT_FOUND.
  };
  const absl::Status gone = absl::UnavailableError("gone");
  const Case cases[] = {
      {"", Stage::kReady, {}, "\x08\x01"},
      {"", Stage::kReady, gone, "\x08\x01"},
      {"", Stage::kDraining, {}, "\x08\x02"},
      {"corridor.memberstates.v1", Stage::kReady, {}, "\x08\x01"},
      {"corridor.memberstates.v1.Areas", Stage::kReady, {}, "\x08\x01"},
      {"corridor.memberstates.v1.Areas", Stage::kReady, gone, "\x08\x02"},
      {"corridor.memberstates.v1x", Stage::kReady, {}, ""},
      {"other", Stage::kReady, {}, ""},
  };
  for (const Case& c : cases) {
    stage_ = c.stage;
    memberstates_.available = c.available;
    google::protobuf::UnknownFieldSet request;
    if (!c.service.empty()) request.AddLengthDelimited(1, c.service);
    std::string message;
    request.SerializeToString(&message);
    const HttpResponse response = Answer(Call(kHealth, Frame(message)));
    if (c.message.empty()) {
      EXPECT_THAT(StatusOf(response), StatusIs(absl::StatusCode::kNotFound));
      continue;
    }
    HttpHeaders trailers;
    EXPECT_EQ(ReadAll(*response.source, trailers), Frame(c.message)) << c.service;
  }
}

TEST_F(GrpcRelayTest, ReflectionAnswersEachQuestionAsItComes) {
  for (const std::string path :
       {kReflection, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    connection_->responses.clear();
    HttpRequest request = Call(path, "");
    const auto body = std::make_shared<GrowingBody>();
    request.source = body;
    const auto call = Serve(relay_, request);
    const std::string question("\x3A\0", 2);  // list_services: ""
    body->Add(Frame(question));
    const std::shared_ptr<BodySource> source = Response().source;
    source->Start([] {});
    for (int i = 0; i < 2; ++i) {
      std::string bytes;
      EXPECT_TRUE(source->Read(bytes, kPiece));
      EXPECT_EQ(bytes, Frame(reflection_->Answer(question)));
      body->Add(Frame(question));
    }
    body->End();
    HttpHeaders trailers;
    EXPECT_EQ(ReadAll(*source, trailers), Frame(reflection_->Answer(question)));
    EXPECT_THAT(trailers, ElementsAre(Pair("grpc-status", "0")));
  }
}

}  // namespace
}  // namespace corridor::gateway
