// Bodies of requests that are taken as they come.
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/http1_connection_fixture.h"
#include "gmock/gmock.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Http1UploadTest : public Http1ConnectionTest {
 protected:
  Http1UploadTest() {
    dialect_.takes_body_as_it_comes = [](const HttpRequest& head) { return head.path == "/up"; };
    handler_ = [this](const std::shared_ptr<Call>& call) {
      if (call->request().path != "/up") return call->Answer(Text("other!"), "OK");
      call_ = call;
      source_ = call->request().source;
      source_->Start([this] { Take(); });
      begun_.set_value();
      if (takes_) Take();
    };
  }
  ~Http1UploadTest() override { loop_.Stop(); }

  // Reads what there is, and answers at the end.
  void Take() {
    while (true) {
      const size_t before = received_.size();
      const bool is_more = source_->Read(received_, before + (16 << 10));
      if (!is_more) return Finish();
      if (received_.size() < before + (16 << 10)) return;
    }
  }
  void Finish() {
    const std::string whole = source_->is_whole() ? "whole" : "cut";
    ended_.set_value(whole);
    call_->Answer(Text(absl::StrCat(whole, " ", received_.size(), "!")), "OK");
    call_ = nullptr;
  }

  bool takes_ = true;  // As soon as it comes.
  std::promise<void> begun_;
  std::promise<std::string> ended_;
  std::shared_ptr<Call> call_;
  std::shared_ptr<BodySource> source_;
  std::string received_;
};

constexpr char kChunked[] = "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string WithLength(size_t bytes, const std::string& extra = "") {
  return absl::StrCat("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: ", bytes, "\r\n", extra,
                      "\r\n");
}

TEST_F(Http1UploadTest, ABodyIsTakenAsItComes) {
  Serve();
  const auto client = Connect();
  client->Send(kChunked);
  begun_.get_future().wait();
  client->Send("3\r\nabc\r\n");
  std::string received;
  while (received.empty()) loop_.Sync([&] { received = received_; });
  EXPECT_EQ(received, "abc");
  client->Send("2;x=y\r\nde\r\n0\r\nTrailer: dropped\r\n\r\n");
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("whole 5!"));
}

TEST_F(Http1UploadTest, TheConnectionIsKeptAfterAWholeBody) {
  Serve();
  const auto client = Connect();
  client->Send(WithLength(5) + "abcde");
  EXPECT_THAT(client->ReadUntil("!"), HasSubstr("connection: keep-alive"));
  client->Send(kGet);
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("other!"));
}

TEST_F(Http1UploadTest, ARequestWithoutABodyHasAnEmptyOne) {
  Serve();
  const auto client = Connect();
  client->Send("GET /up HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("whole 0!"));
  client->Send(kGet);
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("other!"));
}

TEST_F(Http1UploadTest, NoLimitOfBodiesHoldsForIt) {
  Http1Limits limits;
  limits.message.body_bytes = 100;
  Serve(limits);
  const auto client = Connect();
  constexpr size_t kSize = 3 << 20;
  client->Send(WithLength(kSize) + std::string(kSize, 'x'));
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("whole 3145728!"));
}

TEST_F(Http1UploadTest, WhatIsNotTakenWaitsAtTheClient) {
  takes_ = false;
  Serve();
  const auto client = Connect();
  constexpr size_t kSize = 32 << 20;
  std::thread sender([&] { client->Send(WithLength(kSize) + std::string(kSize, 'x')); });
  begun_.get_future().wait();
  while (Held() <= 48 << 10) {
  }
  for (int i = 0; i < 100; ++i) ASSERT_LE(Held(), 80 << 10);
  loop_.Sync([&] { Take(); });
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("whole 33554432!"));
  sender.join();
  while (Held() > 0) {
  }
}

TEST_F(Http1UploadTest, ContinueIsSentWhenTheBodyIsFirstAskedFor) {
  takes_ = false;
  Serve();
  const auto client = Connect();
  client->Send(WithLength(1, "Expect: 100-continue\r\n"));
  begun_.get_future().wait();
  loop_.Sync([&] { Take(); });
  EXPECT_EQ(client->ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client->Send("x");
  EXPECT_THAT(client->ReadUntil("!"), EndsWith("whole 1!"));
}

TEST_F(Http1UploadTest, AnAnswerInPlaceOfContinueClosesTheConnection) {
  handler_ = [](const auto& call) { call->Answer(Text("no!"), "PERMISSION_DENIED"); };
  Serve();
  const auto client = Connect();
  client->Send(WithLength(1, "Expect: 100-continue\r\n"));
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
}

TEST_F(Http1UploadTest, AClientThatLeavesAmidItsBodyHasNotSentAll) {
  Serve();
  const auto client = Connect();
  client->Send(WithLength(5) + "abc");
  begun_.get_future().wait();
  client->Close();
  EXPECT_EQ(ended_.get_future().get(), "cut");
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("CANCELLED 499"));
}

TEST_F(Http1UploadTest, AMalformedChunkEndsTheBodyAndIsAnsweredInTheDialect) {
  dialect_.refusal = [](const HttpRequest& head, const HttpError& error) {
    return Text(head.path + " refused: " + error.reason);
  };
  Serve();
  const auto client = Connect();
  client->Send(std::string(kChunked) + "3\nabc\r\n");
  EXPECT_THAT(client->ReadToEnd(), EndsWith("/up refused: BAD_CHUNK"));
  EXPECT_EQ(ended_.get_future().get(), "cut");
}

TEST_F(Http1UploadTest, ASilentClientIsRefusedInTheDialect) {
  dialect_.refusal = [](const HttpRequest& head, const HttpError& error) {
    return Text(head.path + " refused: " + error.reason);
  };
  Http1Limits limits;
  limits.body_timeout = absl::Milliseconds(20);
  Serve(limits);
  const auto client = Connect();
  client->Send(WithLength(5) + "abc");
  EXPECT_THAT(client->ReadToEnd(), EndsWith("/up refused: BODY_TIMEOUT"));
  EXPECT_EQ(ended_.get_future().get(), "cut");
}

TEST_F(Http1UploadTest, ABodyThatIsCollectedIsRefusedInTheDialectToo) {
  dialect_.refusal = [](const HttpRequest& head, const HttpError& error) {
    return Text(head.path + " refused: " + error.reason);
  };
  Http1Limits limits;
  limits.message.body_bytes = 2;
  Serve(limits);
  const auto client = Connect();
  client->Send("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(client->ReadToEnd(), EndsWith("/other refused: BODY_TOO_LARGE"));
}

TEST_F(Http1UploadTest, AnAnswerBeforeTheBodysEndClosesTheConnection) {
  takes_ = false;
  Serve();
  const auto client = Connect();
  client->Send(WithLength(500'000) + "abc");
  begun_.get_future().wait();
  loop_.Sync([&] { std::exchange(call_, nullptr)->Answer(Text("enough!"), "OK"); });
  const std::string answer = client->ReadToEnd();
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("enough!"));
  EXPECT_THAT(log_.WaitFor(1), ElementsAre("OK 200"));
  EXPECT_THAT(answer, Not(HasSubstr("100 Continue")));
}

}  // namespace
}  // namespace corridor::gateway
