// Answers whose body is made while it is sent.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http/http1_connection_fixture.h"
#include "gmock/gmock.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Gives what a test puts in, or bytes without end. Used on the loop.
class FakeSource : public BodySource {
 public:
  explicit FakeSource(std::promise<void>* gone = nullptr) : gone_(gone) {}
  ~FakeSource() override {
    if (gone_ != nullptr) gone_->set_value();
  }

  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override {
    ++reads;
    if (is_endless) out.append(enough, 'x');
    given += is_endless ? enough : 0;
    out += std::exchange(waiting_, "");
    return !is_over_;
  }
  bool is_whole() const override { return whole; }
  void Drain() override { End("drained"); }

  void Put(const std::string& text) {
    waiting_ += text;
    if (wake_) wake_();
  }
  void End(const std::string& last) {
    waiting_ += last;
    is_over_ = true;
  }
  void Wake() { wake_(); }

  bool is_endless = false;
  bool whole = true;
  int reads = 0;
  size_t given = 0;

 private:
  std::promise<void>* gone_;
  std::function<void()> wake_;
  std::string waiting_;
  bool is_over_ = false;
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

  void OnLoop(const std::function<void(FakeSource&)>& what) {
    loop_.Sync([&] { what(*source_); });
  }
  // The bytes of all connections that are counted now.
  bool IsFree(int64_t bytes) {
    bool free = false;
    loop_.Sync([&] {
      int64_t probe = 0;
      free = bytes_->Resize(probe, bytes);
      bytes_->Resize(probe, 0);
    });
    return free;
  }

  std::shared_ptr<FakeSource> source_ = std::make_shared<FakeSource>();
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
  OnLoop([](FakeSource& source) { source.Put("first"); });
  EXPECT_EQ(client->ReadUntil("\r\nfirst\r\n"), "5\r\nfirst\r\n");
  OnLoop([](FakeSource& source) { source.Put(std::string(20, 'x')); });
  EXPECT_EQ(client->ReadUntil("x\r\n"), "14\r\nxxxxxxxxxxxxxxxxxxxx\r\n");
  OnLoop([](FakeSource& source) {
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
  OnLoop([](const FakeSource& source) { EXPECT_EQ(source.reads, 0); });
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
      OnLoop([&](FakeSource& source) {
        source.Wake();
        again = source.reads;
      });
    }
  }
  size_t given = 0;
  OnLoop([&](const FakeSource& source) { given = source.given; });
  EXPECT_LE(given, size_t{4} << 20);
  EXPECT_TRUE(IsFree((1 << 30) - (130 << 10)));
  EXPECT_FALSE(IsFree((1 << 30) - (60 << 10)));
  // It goes on when the client reads on, and nothing is lost between.
  constexpr size_t kRead = size_t{8} << 20;
  client->Skip(kRead);
  OnLoop([](FakeSource& source) {
    source.is_endless = false;
    source.End("end");
    source.Wake();
  });
  const std::string rest = client->ReadUntil("\r\n0\r\n\r\n");
  EXPECT_THAT(rest, EndsWith("end\r\n0\r\n\r\n"));
  OnLoop([&](const FakeSource& source) { given = source.given; });
  EXPECT_GE(rest.size() + kRead, given);
}

TEST_F(Http1StreamTest, AClientThatTakesNothingIsCutOff) {
  Http1Limits limits;
  limits.write_timeout = absl::Milliseconds(20);
  std::promise<void> gone;
  source_ = std::make_shared<FakeSource>(&gone);
  source_->is_endless = true;
  Serve(limits);
  const auto client = Connect();
  client->Send(kGet);
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
  source_ = nullptr;
  gone.get_future().wait();
  while (budget_->open() > 0) loop_.Sync([] {});
  EXPECT_TRUE(IsFree(1 << 30));
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
  OnLoop([](FakeSource& source) { source.Put("still here"); });
  EXPECT_THAT(client->ReadUntil("here\r\n"), EndsWith("still here\r\n"));
}

TEST_F(Http1StreamTest, AClientThatLeavesIsNoticedAtOnce) {
  for (const bool by_half : {false, true}) {
    std::promise<void> gone;
    source_ = std::make_shared<FakeSource>(&gone);
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
  OnLoop([&](FakeSource& source) {
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
  OnLoop([](FakeSource& source) { source.Put(std::string(200'000, 'x')); });
  EXPECT_THAT(client->ReadToEnd(), Not(EndsWith("0\r\n\r\n")));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
}

}  // namespace
}  // namespace corridor::gateway
