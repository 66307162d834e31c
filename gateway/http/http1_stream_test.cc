// Answers whose body is made while it is sent.
#include <future>
#include <memory>
#include <string>

#include "gateway/http/fake_body_source.h"
#include "gateway/http/http1_connection_fixture.h"
#include "gmock/gmock.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Tells when it is let go of.
class NotedSource : public FakeBodySource {
 public:
  explicit NotedSource(std::promise<void>& gone) : gone_(gone) {}
  ~NotedSource() override { gone_.set_value(); }

 private:
  std::promise<void>& gone_;
};

class Http1StreamTest : public Http1ConnectionTest {
 protected:
  Http1StreamTest() {
    handler_ = [this](const std::shared_ptr<Call>& call) {
      HttpResponse response;
      response.headers = {{"content-type", "text/event-stream"}};
      response.source = source_;
      call_ = call;
      call->Answer(std::move(response), "OK");
    };
  }
  ~Http1StreamTest() override { loop_.Stop(); }

  void OnLoop(const std::function<void(FakeBodySource&)>& what) {
    loop_.Sync([&] { what(*source_); });
  }

  std::shared_ptr<FakeBodySource> source_ = std::make_shared<FakeBodySource>();
  std::weak_ptr<Call> call_;
};

TEST_F(Http1StreamTest, ABodyGoesOutInChunksAsItIsMade) {
  Serve();
  const auto client = Connect();
  client->Send(kGet);
  const std::string head = client->ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("content-length")));
  OnLoop([](FakeBodySource& source) { source.Put("first"); });
  EXPECT_EQ(client->ReadUntil("\r\nfirst\r\n"), "5\r\nfirst\r\n");
  OnLoop([](FakeBodySource& source) { source.Put(std::string(20, 'x')); });
  EXPECT_EQ(client->ReadUntil("x\r\n"), "14\r\nxxxxxxxxxxxxxxxxxxxx\r\n");
  OnLoop([](FakeBodySource& source) {
    source.End("end");
    source.Wake();
  });
  EXPECT_EQ(client->ReadUntil("\r\n0\r\n\r\n"), "3\r\nend\r\n0\r\n\r\n");
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("OK 200"));
}

TEST_F(Http1StreamTest, TheConnectionServesTheNextRequestAfterAStream) {
  source_->End("all");
  Serve();
  const auto client = Connect();
  client->Send(kGet);
  EXPECT_THAT(client->ReadUntil("0\r\n\r\n"), EndsWith("\r\n\r\n3\r\nall\r\n0\r\n\r\n"));
  handler_ = [](const auto& call) { call->Answer(Text("next!"), "OK"); };
  client->Send(kGet);
  EXPECT_THAT(client->ReadUntil("next!"), HasSubstr("content-length: 5\r\n"));
}

TEST_F(Http1StreamTest, AnEmptyBodyIsOneEmptyChunk) {
  source_->End("");
  Serve();
  const auto client = Connect();
  client->Send(kGet);
  EXPECT_THAT(client->ReadUntil("0\r\n\r\n"), EndsWith("keep-alive\r\n\r\n0\r\n\r\n"));
}

TEST_F(Http1StreamTest, AClientOfHttp10GetsTheBodyUntilTheConnectionCloses) {
  source_->End("all");
  Serve();
  const auto client = Connect();
  client->Send("GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, Not(HasSubstr("transfer-encoding")));
  EXPECT_THAT(answer, EndsWith("connection: close\r\n\r\nall"));
}

TEST_F(Http1StreamTest, HeadIsAnsweredWithoutAskingTheSource) {
  Serve();
  const auto client = Connect();
  client->Send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client->ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("content-length")));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("OK 200"));
  OnLoop([](const FakeBodySource& source) { EXPECT_EQ(source.reads, 0); });
}

TEST_F(Http1StreamTest, NothingIsAskedOfTheSourceWhileAPieceWaits) {
  Serve();
  source_->is_endless = true;
  const auto client = Connect();
  client->Send(kGet);
  client->ReadUntil("\r\n\r\n");
  // The socket's own buffers are full once the source is not asked any more.
  int reads = -1;
  for (int again = 0; again != reads;) {
    reads = again;
    for (int i = 0; i < 100; ++i) {
      OnLoop([&](FakeBodySource& source) {
        source.Wake();
        again = source.reads;
      });
    }
  }
  size_t given = 0;
  OnLoop([&](const FakeBodySource& source) { given = source.given; });
  EXPECT_LE(given, size_t{4} << 20);
  EXPECT_LE(Held(), 130 << 10);
  EXPECT_GT(Held(), 60 << 10);
  // It goes on when the client reads on, and nothing is lost between.
  constexpr size_t kRead = size_t{8} << 20;
  client->Skip(kRead);
  OnLoop([](FakeBodySource& source) {
    source.is_endless = false;
    source.End("end");
    source.Wake();
  });
  const std::string rest = client->ReadUntil("\r\n0\r\n\r\n");
  EXPECT_THAT(rest, EndsWith("end\r\n0\r\n\r\n"));
  OnLoop([&](const FakeBodySource& source) { given = source.given; });
  EXPECT_GE(rest.size() + kRead, given);
}

TEST_F(Http1StreamTest, AClientThatTakesNothingIsCutOff) {
  Http1Limits limits;
  limits.write_timeout = absl::Milliseconds(20);
  std::promise<void> gone;
  source_ = std::make_shared<NotedSource>(gone);
  source_->is_endless = true;
  Serve(limits);
  const auto client = Connect();
  client->Send(kGet);
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
  source_ = nullptr;
  gone.get_future().wait();
  while (budget_->open() > 0) loop_.Sync([] {});
  EXPECT_EQ(Held(), 0);
}

TEST_F(Http1StreamTest, AStreamWithNothingToSayLastsLongerThanAnyTimeout) {
  Http1Limits limits;
  limits.write_timeout = absl::Milliseconds(5);
  limits.idle_timeout = absl::Milliseconds(5);
  limits.head_timeout = absl::Milliseconds(5);
  Serve(limits);
  const auto client = Connect();
  client->Send(kGet);
  client->ReadUntil("\r\n\r\n");
  std::promise<void> later;
  Timer wait(loop_, [&] { later.set_value(); });
  loop_.Sync([&] { wait.Set(absl::Milliseconds(50)); });
  later.get_future().wait();
  OnLoop([](FakeBodySource& source) { source.Put("still here"); });
  EXPECT_THAT(client->ReadUntil("here\r\n"), EndsWith("still here\r\n"));
}

TEST_F(Http1StreamTest, AClientThatLeavesIsNoticedAtOnce) {
  for (const bool by_half : {false, true}) {
    std::promise<void> gone;
    source_ = std::make_shared<NotedSource>(gone);
    if (!server_) Serve();
    const auto client = Connect();
    client->Send(kGet);
    client->ReadUntil("\r\n\r\n");
    source_ = nullptr;
    by_half ? client->CloseHalf() : client->Close();
    gone.get_future().wait();
  }
  EXPECT_THAT(log_.WaitFor(2), ElementsAre("CANCELLED 499", "CANCELLED 499"));
}

TEST_F(Http1StreamTest, DrainEndsStreamsProperlyAndCloses) {
  Serve();
  const auto client = Connect();
  client->Send(kGet);
  client->ReadUntil("\r\n\r\n");
  loop_.Sync([&] { server_->Drain(); });
  EXPECT_EQ(client->ReadToEnd(), "7\r\ndrained\r\n0\r\n\r\n");
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("OK 200"));
}

TEST_F(Http1StreamTest, AStreamThatBeginsDuringTheDrainEndsAtOnce) {
  Serve();
  const auto client = Connect();
  loop_.Sync([&] { server_->Drain(); });
  client->Send(kGet);
  EXPECT_THAT(client->ReadToEnd(), EndsWith("connection: close\r\n\r\n7\r\ndrained\r\n0\r\n\r\n"));
}

TEST_F(Http1StreamTest, HowAStreamEndedIsRecorded) {
  Serve();
  const auto client = Connect();
  client->Send(kGet);
  client->ReadUntil("\r\n\r\n");
  OnLoop([&](FakeBodySource& source) {
    call_.lock()->set_code("ABORTED");
    source.End("event: error");
    source.Wake();
  });
  client->ReadUntil("0\r\n\r\n");
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("ABORTED 200"));
}

TEST_F(Http1StreamTest, AnAnswerThatBreaksOffDoesNotLookWhole) {
  source_->whole = false;
  source_->End("a part");
  Serve();
  for (const std::string version : {"1.1", "1.0"}) {
    const auto client = Connect();
    client->Send("GET /a HTTP/" + version + "\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client->ReadToEnd(), Not(EndsWith("0\r\n\r\n")));
  }
  EXPECT_THAT(log_.WaitFor(2), ElementsAre("OK 200", "OK 200"));
}

TEST_F(Http1StreamTest, WithoutRoomForAPieceAStreamIsNotBegun) {
  Serve({}, 100, /*max_bytes=*/60'000);
  const auto client = Connect();
  client->Send(kGet);
  const std::string answer = client->ReadUntil("}}]}}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("UNAVAILABLE 503"));
}

TEST_F(Http1StreamTest, APieceThatFindsNoRoomCutsTheStreamOff) {
  Serve({}, 100, /*max_bytes=*/100'000);
  const auto client = Connect();
  client->Send(kGet);
  client->ReadUntil("\r\n\r\n");
  OnLoop([](FakeBodySource& source) { source.Put(std::string(200'000, 'x')); });
  EXPECT_THAT(client->ReadToEnd(), Not(EndsWith("0\r\n\r\n")));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
}

}  // namespace
}  // namespace corridor::gateway
