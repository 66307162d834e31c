#include "gateway/http/http1_connection.h"

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http/http1_connection_fixture.h"
#include "gateway/loop.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(Http1ConnectionTest, AnswersAndKeepsTheConnection) {
  Serve();
  const auto client = Connect();
  for (int i = 0; i < 3; ++i) {
    client->Send(kGet);
    const std::string answer = client->ReadUntil("!");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\ndate: "));
    EXPECT_THAT(answer, HasSubstr("content-length: 8\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a !"));
  }
  EXPECT_THAT(log_.WaitFor(3), ElementsAre("OK 200", "OK 200", "OK 200"));
}

TEST_F(Http1ConnectionTest, PipelinedRequestsAreAnsweredInOrderOneAtATime) {
  std::deque<std::shared_ptr<Call>> calls;
  handler_ = [&](const auto& call) { calls.push_back(call); };
  Serve();
  const auto client = Connect();
  client->Send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  for (const std::string path : {"/1", "/2"}) {
    bool one_in_flight = false;
    while (!one_in_flight) loop_.Sync([&] { one_in_flight = calls.size() == 1; });
    loop_.Sync([&] {
      ASSERT_EQ(calls.front()->request().path, path);
      calls.front()->Answer(Text(path + "!"), "OK");
      calls.pop_front();
    });
    EXPECT_THAT(client->ReadUntil("!"), EndsWith(path + "!"));
  }
}

TEST_F(Http1ConnectionTest, BodiesArriveByLengthAndInChunks) {
  Serve();
  const auto client = Connect();
  client->Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("POST /p abc!"));
  client->Send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  client->Send("2\r\nde\r\n1\r\nf\r\n0\r\n\r\n");
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("POST /p def!"));
}

TEST_F(Http1ConnectionTest, HeadGetsTheLengthWithoutTheBody) {
  Serve();
  const auto client = Connect();
  client->Send("HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("content-length: 9\r\n"));
  EXPECT_THAT(answer, EndsWith("connection: close\r\n\r\n"));
}

TEST_F(Http1ConnectionTest, AnswersThatHaveNoBodyEndWithTheirHeadAndStateNoLength) {
  int status = 304;
  handler_ = [&](const auto& call) {
    HttpResponse response = Text("");
    response.status = status;
    call->Answer(std::move(response), "OK");
  };
  Serve();
  const auto client = Connect();
  for (const auto& [code, line] : {std::pair(304, "HTTP/1.1 304 Not Modified\r\n"),
                                   std::pair(204, "HTTP/1.1 204 No Content\r\n")}) {
    status = code;
    client->Send(kGet);
    const std::string answer = client->ReadUntil("\r\n\r\n");
    EXPECT_THAT(answer, StartsWith(line));
    EXPECT_THAT(answer, Not(HasSubstr("content-length")));
  }
}

TEST_F(Http1ConnectionTest, ContinueIsSentBeforeTheBodyIs) {
  Serve();
  const auto client = Connect();
  client->Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client->ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client->Send("x");
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("POST /p x!"));
}

TEST_F(Http1ConnectionTest, ABodyThatIsTooLargeIsRefusedInPlaceOfContinue) {
  Http1Limits limits;
  limits.message.body_bytes = 10;
  Serve(limits);
  const auto client = Connect();
  client->Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"reason\":\"BODY_TOO_LARGE\""));
}

TEST_F(Http1ConnectionTest, MalformedHttpGetsAJsonErrorAndTheConnectionCloses) {
  Serve();
  const auto client = Connect();
  client->Send("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, HasSubstr("content-type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("{\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\","
                                "\"message\":\"header Host is given more than once\""));
  EXPECT_THAT(answer, Not(HasSubstr("GET /b")));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("INVALID_ARGUMENT 400"));
}

TEST_F(Http1ConnectionTest, HeadersAboveTheLimitAre431) {
  Http1Limits limits;
  limits.message.head_bytes = 1000;
  Serve(limits);
  const auto client = Connect();
  client->Send("GET /a HTTP/1.1\r\nHost: a\r\nx: " + std::string(2000, 'y'));
  EXPECT_THAT(client->ReadToEnd(), StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

TEST_F(Http1ConnectionTest, ASlowHeadIs408) {
  Http1Limits limits;
  limits.head_timeout = absl::Milliseconds(20);
  Serve(limits);
  const auto client = Connect();
  client->Send("GET /a HTTP/1.1\r\nHost:");
  EXPECT_THAT(client->ReadToEnd(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_F(Http1ConnectionTest, ASlowBodyIs408) {
  Http1Limits limits;
  limits.body_timeout = absl::Milliseconds(20);
  Serve(limits);
  const auto client = Connect();
  client->Send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_THAT(client->ReadToEnd(), HasSubstr("\"reason\":\"BODY_TIMEOUT\""));
}

TEST_F(Http1ConnectionTest, AConnectionThatSaysNothingIsClosed) {
  Http1Limits limits;
  limits.head_timeout = absl::Milliseconds(20);
  Serve(limits);
  EXPECT_EQ(Connect()->ReadToEnd(), "");
}

TEST_F(Http1ConnectionTest, AnIdleConnectionIsClosed) {
  Http1Limits limits;
  limits.idle_timeout = absl::Milliseconds(20);
  Serve(limits);
  const auto client = Connect();
  client->Send(kGet);
  EXPECT_THAT(client->ReadToEnd(), EndsWith("GET /a !"));
  while (budget_->open() > 0) loop_.Sync([] {});
}

TEST_F(Http1ConnectionTest, AClientThatDoesNotReadIsCutOff) {
  Http1Limits limits;
  limits.write_timeout = absl::Milliseconds(20);
  handler_ = [](const auto& call) { call->Answer(Text(std::string(32 << 20, 'x')), "OK"); };
  Serve(limits);
  const auto client = Connect();
  client->Send(kGet);
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
  while (budget_->open() > 0) loop_.Sync([] {});
}

TEST_F(Http1ConnectionTest, WorkStopsWhenTheClientLeaves) {
  std::promise<void> begun;
  std::promise<void> cancelled;
  handler_ = [&](const auto& call) {
    call->OnCancel([&] { cancelled.set_value(); });
    begun.set_value();
  };
  Serve();
  const auto client = Connect();
  client->Send(kGet);
  begun.get_future().wait();
  client->Close();
  cancelled.get_future().wait();
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
}

TEST_F(Http1ConnectionTest, AboveTheLimitConnectionsAreTold503) {
  Serve({}, 1);
  const auto first = Connect();
  const auto second = Connect();
  const std::string answer = second->ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, HasSubstr("limit of 1 connections"));
  EXPECT_THAT(answer, HasSubstr("retry-after: 1\r\n"));
  first->Send(kGet);
  EXPECT_THAT(first->ReadUntil("!"), EndsWith("GET /a !"));
  EXPECT_EQ(budget_->open(), 1);
}

TEST_F(Http1ConnectionTest, BodiesBeyondTheMemoryOfAllConnectionsAre503) {
  handler_ = [](const auto& call) { call->Answer(Text("x!"), "OK"); };
  Serve({}, 100, /*max_bytes=*/10'000);
  const auto first = Connect();
  const auto second = Connect();
  const std::string head = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 8000\r\n\r\n";
  first->Send(head + std::string(7000, 'x'));
  // Until the first one's bytes are counted.
  while (Held() <= 6000) {
  }
  second->Send(head + std::string(7000, 'x'));
  const std::string answer = second->ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"reason\":\"OUT_OF_MEMORY\""));
  first->Send(std::string(1000, 'x'));
  EXPECT_THAT(first->ReadUntil("!"), EndsWith("x!"));
}

TEST_F(Http1ConnectionTest, AnAnswerBeyondTheMemoryOfAllConnectionsIs503AndRecordedAsThat) {
  handler_ = [](const auto& call) { call->Answer(Text(std::string(20'000, 'x')), "OK"); };
  Serve({}, 100, /*max_bytes=*/10'000);
  const auto client = Connect();
  client->Send(kGet);
  const std::string answer = client->ReadUntil("}}]}}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, HasSubstr("retry-after: 1\r\n"));
  EXPECT_THAT(answer, HasSubstr("x-request-id: "));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("UNAVAILABLE 503"));
}

TEST_F(Http1ConnectionTest, ARequestCountsUntilItIsAnsweredTogetherWithItsAnswer) {
  handler_ = [](const auto& call) { call->Answer(Text(std::string(6'000, 'x')), "OK"); };
  Serve({}, 100, /*max_bytes=*/10'000);
  const auto client = Connect();
  client->Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 6000\r\n\r\n" +
               std::string(6'000, 'x'));
  EXPECT_THAT(client->ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(Http1ConnectionTest, PipelinedInputCountsAndIsNotReadBeyondOneBuffer) {
  std::shared_ptr<Call> running;
  handler_ = [&](const auto& call) { running = call; };
  Serve({}, 100, /*max_bytes=*/100'000);
  const auto client = Connect();
  client->Send(kGet + std::string(80'000, 'x'));
  while (Held() <= 8'000) {
  }
  for (int i = 0; i < 100; ++i) ASSERT_LE(Held(), 2 * 8'192);
  loop_.Sync([&] { running.reset(); });
}

TEST_F(Http1ConnectionTest, DrainClosesIdleConnectionsAndFinishesWhatRuns) {
  std::shared_ptr<Call> running;
  std::promise<void> begun;
  handler_ = [&](const auto& call) {
    if (call->request().path == "/at-once") return call->Answer(Text("!"), "OK");
    running = call;
    begun.set_value();
  };
  Serve();
  const auto idle = Connect();
  idle->Send("GET /at-once HTTP/1.1\r\nHost: a\r\n\r\n");
  idle->ReadUntil("!");
  log_.WaitFor(1);
  const auto busy = Connect();
  busy->Send(kGet);
  begun.get_future().wait();
  loop_.Sync([&] { server_->Drain(); });
  EXPECT_EQ(idle->ReadToEnd(), "");
  loop_.Sync([&] { std::exchange(running, nullptr)->Answer(Text("done!"), "OK"); });
  const std::string answer = busy->ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("done!"));
}

TEST_F(Http1ConnectionTest, DrainAnswersTheFirstRequestOfAConnectionJustMade) {
  Serve();
  const auto client = Connect();
  loop_.Sync([&] { server_->Drain(); });
  client->Send(kGet);
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("GET /a !"));
}

TEST_F(Http1ConnectionTest, EveryAnswerCarriesARequestId) {
  Serve();
  const auto client = Connect();
  client->Send("GET /a HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\n\r\n");
  EXPECT_THAT(client->ReadUntil("!"), HasSubstr("x-request-id: mine-1\r\n"));
  client->Send("GET /a HTTP/1.1\r\nHost: a\r\nX-Request-Id: not sane\r\n\r\n");
  EXPECT_THAT(client->ReadUntil("!"), ::testing::ContainsRegex("x-request-id: [0-9a-f]{32}\r\n"));
}

TEST_F(Http1ConnectionTest, TheServerMayEndBeforeItsConnections) {
  Serve();
  const auto client = Connect();
  loop_.Sync([&] { server_.reset(); });
  EXPECT_EQ(client->ReadToEnd(), "");
  EXPECT_EQ(budget_->open(), 0);
}

}  // namespace
}  // namespace corridor::gateway
