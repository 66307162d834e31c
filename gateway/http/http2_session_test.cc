// What a client that keeps to HTTP/2 gets.
#include "gateway/http/http2_session.h"

#include <memory>
#include <string>

#include "gateway/http/fake_body_source.h"
#include "gateway/http/http2_session_fixture.h"
#include "gmock/gmock.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(Http2SessionTest, ARequestIsServedAndAnswered) {
  HttpRequest seen;
  handler_ = [&](const auto& call) {
    seen = call->request();
    HttpResponse response = Text("hello");
    response.headers.emplace_back("content-type", "text/plain");
    call->set_route("GET", "/a");
    call->Answer(std::move(response), "OK");
  };
  Serve();
  HttpHeaders headers = GetHeaders("/a%20b?c=d&e?");
  headers.insert(headers.end(), {{"cookie", "a=1"}, {"x-y", "z"}, {"cookie", "b=2"}});
  const int32_t id = peer_->Ask(headers);
  Exchange();
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.path, "/a%20b");
  EXPECT_EQ(seen.query, "c=d&e?");
  EXPECT_TRUE(seen.is_http2);
  EXPECT_THAT(seen.headers,
              ElementsAre(Pair("host", "localhost"), Pair("x-y", "z"), Pair("cookie", "a=1; b=2")));
  const Http2Peer::Answer& answer = peer_->answers[id];
  EXPECT_EQ(answer.Header(":status"), "200");
  EXPECT_EQ(answer.Header("content-type"), "text/plain");
  EXPECT_EQ(answer.Header("content-length"), "5");
  EXPECT_EQ(answer.Header("date"), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_THAT(answer.Header("x-request-id"), SizeIs(32));
  EXPECT_EQ(answer.body, "hello");
  EXPECT_TRUE(answer.is_closed);
  EXPECT_EQ(answer.error, NGHTTP2_NO_ERROR);
  EXPECT_THAT(log_.lines, ElementsAre("GET /a OK"));
  EXPECT_EQ(held(), 0);
}

TEST_F(Http2SessionTest, StreamsAreAnsweredInAnyOrder) {
  handler_ = keep_;
  Serve();
  const int32_t first = peer_->Get("/1");
  const int32_t second = peer_->Get("/2");
  Exchange();
  ASSERT_THAT(calls_, SizeIs(2));
  calls_[1]->Answer(Text("two"), "OK");
  EXPECT_EQ(wakes_, 1);
  Exchange();
  EXPECT_EQ(peer_->answers[second].body, "two");
  EXPECT_FALSE(peer_->answers[first].is_closed);
  calls_[0]->Answer(Text("one"), "OK");
  Exchange();
  EXPECT_EQ(peer_->answers[first].body, "one");
}

TEST_F(Http2SessionTest, ALongAnswerDoesNotHoldUpAShortOne) {
  handler_ = keep_;
  Serve();
  nghttp2_session_set_local_window_size(peer_->session, NGHTTP2_FLAG_NONE, 0, 8 << 20);
  const int32_t slow = peer_->Get();
  Exchange();
  const int32_t quick = peer_->Get();
  Exchange();
  calls_[0]->Answer(Text(std::string(60'000, 'x')), "OK");
  calls_[1]->Answer(Text("quick"), "OK");
  std::string out;
  ASSERT_TRUE(session_->Send(out, 20'000, now_).ok());
  nghttp2_session_mem_recv(peer_->session, reinterpret_cast<const uint8_t*>(out.data()),
                           out.size());
  EXPECT_EQ(peer_->answers[quick].body, "quick");
  EXPECT_FALSE(peer_->answers[slow].is_closed);
}

TEST_F(Http2SessionTest, ABodyIsCollectedWhateverItsPieces) {
  Serve();
  const std::string large(300'000, 'x');
  const int32_t whole = peer_->Post(large, {{"content-length", "300000"}});
  const int32_t begun = peer_->Begin();
  Exchange();
  EXPECT_EQ(peer_->answers[whole].body, "POST /p " + large + "!");
  EXPECT_EQ(peer_->answers[begun].body, "");
  peer_->More(begun, "ab", false);
  Exchange();
  peer_->More(begun, "c", true);
  Exchange();
  EXPECT_EQ(peer_->answers[begun].body, "POST /p abc!");
}

TEST_F(Http2SessionTest, HeadAndNotModifiedHaveNoBody) {
  handler_ = [](const auto& call) {
    HttpResponse response = Text("12345");
    if (call->request().method != "HEAD") {
      response.status = 304;
      response.body.clear();
    }
    call->Answer(std::move(response), "OK");
  };
  Serve();
  HttpHeaders head = GetHeaders();
  head[0].second = "HEAD";
  const int32_t headed = peer_->Ask(head);
  const int32_t not_modified = peer_->Get();
  Exchange();
  EXPECT_EQ(peer_->answers[headed].Header("content-length"), "5");
  EXPECT_EQ(peer_->answers[headed].body, "");
  EXPECT_TRUE(peer_->answers[headed].is_closed);
  EXPECT_EQ(peer_->answers[not_modified].Header(":status"), "304");
  EXPECT_EQ(peer_->answers[not_modified].Header("content-length"), "");
  EXPECT_TRUE(peer_->answers[not_modified].is_closed);
}

TEST_F(Http2SessionTest, AnAnswerOfTrailersAloneIsOneBlock) {
  handler_ = [](const auto& call) {
    HttpResponse response;
    response.headers = {{"content-type", "application/grpc"}, {"grpc-status", "5"}};
    call->Answer(std::move(response), "NOT_FOUND");
  };
  Serve();
  const int32_t id = peer_->Get();
  Exchange();
  EXPECT_EQ(peer_->answers[id].Header("grpc-status"), "5");
  EXPECT_EQ(peer_->answers[id].Header("content-length"), "");
  EXPECT_THAT(peer_->answers[id].trailers, IsEmpty());
  EXPECT_TRUE(peer_->answers[id].is_closed);
}

TEST_F(Http2SessionTest, AnAnswerIsSentAsItIsMadeWithItsTrailers) {
  handler_ = keep_;
  Serve();
  const int32_t id = peer_->Get();
  Exchange();
  const auto source = std::make_shared<FakeBodySource>();
  source->trailers = {{"grpc-status", "0"}};
  calls_[0]->Answer(MadeBy(source), "OK");
  Exchange();
  EXPECT_EQ(peer_->answers[id].Header(":status"), "200");
  EXPECT_EQ(peer_->answers[id].Header("content-length"), "");
  source->Put("first");
  Exchange();
  EXPECT_EQ(peer_->answers[id].body, "first");
  EXPECT_FALSE(peer_->answers[id].is_closed);
  source->End(" last");
  source->Wake();
  Exchange();
  EXPECT_EQ(peer_->answers[id].body, "first last");
  EXPECT_THAT(peer_->answers[id].trailers, ElementsAre(Pair("grpc-status", "0")));
  EXPECT_EQ(peer_->answers[id].error, NGHTTP2_NO_ERROR);
  EXPECT_THAT(log_.lines, ElementsAre("unmatched OK"));
  EXPECT_EQ(source.use_count(), 1);
}

TEST_F(Http2SessionTest, AnAnswerThatBreaksOffDoesNotLookWhole) {
  handler_ = keep_;
  Serve();
  const int32_t id = peer_->Get();
  Exchange();
  const auto source = std::make_shared<FakeBodySource>();
  source->whole = false;
  source->End("a part");
  calls_[0]->Answer(MadeBy(source), "OK");
  calls_[0]->set_code("ABORTED");
  Exchange();
  EXPECT_EQ(peer_->answers[id].body, "a part");
  EXPECT_EQ(peer_->answers[id].error, NGHTTP2_INTERNAL_ERROR);
  EXPECT_THAT(log_.lines, ElementsAre("unmatched ABORTED"));
}

TEST_F(Http2SessionTest, AReaderThatStopsHoldsOnePieceAndItsWindow) {
  handler_ = keep_;
  Serve({}, /*takes_body=*/false);
  const int32_t id = peer_->Get();
  Exchange();
  const auto source = std::make_shared<FakeBodySource>();
  source->is_endless = true;
  calls_[0]->Answer(MadeBy(source), "OK");
  for (int i = 0; i < 10; ++i) {
    Exchange();
    source->Wake();
  }
  EXPECT_EQ(peer_->answers[id].body.size(), 65'535u);
  EXPECT_LE(source->given, size_t{128} << 10);
  EXPECT_EQ(held(), 64 << 10);
  // And holds up nobody else.
  nghttp2_session_consume_connection(peer_->session, 65'535);
  const int32_t other = peer_->Get();
  Exchange();
  calls_[1]->Answer(Text("other"), "OK");
  Exchange();
  EXPECT_EQ(peer_->answers[other].body, "other");
}

TEST_F(Http2SessionTest, WhoGivesUpCancelsTheCall) {
  int cancelled = 0;
  handler_ = [&](const auto& call) {
    calls_.push_back(call);
    call->OnCancel([&] { ++cancelled; });
  };
  Serve();
  peer_->Reset(peer_->Get());
  const int32_t given_up = peer_->Get();
  peer_->Get();
  Exchange();
  peer_->Reset(given_up);
  Exchange();
  EXPECT_EQ(cancelled, 1);
  EXPECT_EQ(session_->active(), 1u);
  session_->Lose();
  EXPECT_EQ(cancelled, 2);
  EXPECT_THAT(log_.lines, ElementsAre("unmatched CANCELLED", "unmatched CANCELLED"));
}

TEST_F(Http2SessionTest, WhoLeavesAmidAnAnswerLetsItsSourceGo) {
  handler_ = keep_;
  Serve({}, /*takes_body=*/false);
  const int32_t id = peer_->Get();
  Exchange();
  auto source = std::make_shared<FakeBodySource>();
  source->is_endless = true;
  calls_[0]->Answer(MadeBy(source), "OK");
  Exchange();
  peer_->Reset(id);
  Exchange();
  EXPECT_EQ(source.use_count(), 1);
  source->Wake();
  EXPECT_THAT(log_.lines, ElementsAre("unmatched CANCELLED"));
  EXPECT_EQ(held(), 0);
}

// --- Bodies taken as they come.

class Http2UploadTest : public Http2SessionTest {
 protected:
  Http2UploadTest() {
    dialect_.takes_body_as_it_comes = [](const HttpRequest& head) { return head.path == "/p"; };
    handler_ = [this](const auto& call) {
      calls_.push_back(call);
      body_ = call->request().source;
      body_->Start([this] { ++news_; });
    };
  }
  std::string Read(size_t enough = 1 << 20) {
    std::string out;
    is_over_ = !body_->Read(out, enough);
    return out;
  }

  std::shared_ptr<BodySource> body_;
  int news_ = 0;
  bool is_over_ = false;
};

TEST_F(Http2UploadTest, TheCallBeginsBeforeItsBodyEnds) {
  Serve();
  const int32_t id = peer_->Begin();
  Exchange();
  ASSERT_THAT(calls_, SizeIs(1));
  EXPECT_EQ(Read(), "");
  EXPECT_FALSE(is_over_);
  peer_->More(id, "abc", false);
  Exchange();
  EXPECT_EQ(news_, 1);
  EXPECT_EQ(Read(2), "ab");
  EXPECT_EQ(Read(), "c");
  peer_->More(id, "d", true);
  Exchange();
  EXPECT_EQ(Read(), "d");
  EXPECT_TRUE(is_over_);
  EXPECT_TRUE(body_->is_whole());
  calls_[0]->Answer(Text("done"), "OK");
  Exchange();
  EXPECT_EQ(peer_->answers[id].body, "done");
  EXPECT_EQ(peer_->answers[id].error, NGHTTP2_NO_ERROR);
}

TEST_F(Http2UploadTest, ARequestWithoutABodyHasAnEmptyOne) {
  Serve();
  peer_->Ask(GetHeaders("/p"));
  Exchange();
  ASSERT_NE(body_, nullptr);
  EXPECT_EQ(Read(), "");
  EXPECT_TRUE(is_over_);
  EXPECT_TRUE(body_->is_whole());
}

TEST_F(Http2UploadTest, WhatIsNotTakenWaitsAtTheClient) {
  Serve();
  const int32_t id = peer_->Begin();
  peer_->More(id, std::string(1 << 20, 'x'), true);
  Exchange();
  EXPECT_EQ(peer_->uploads[id].sent, 65'535u);
  EXPECT_EQ(held(), 65'535);
  EXPECT_THAT(Read(40'000), SizeIs(40'000));
  EXPECT_GE(wakes_, 1);
  Exchange();
  EXPECT_EQ(peer_->uploads[id].sent, 105'535u);
  size_t rest = 0;
  while (!is_over_) {
    rest += Read(64 << 10).size();
    Exchange();
  }
  EXPECT_EQ(rest + 40'000, size_t{1} << 20);
  EXPECT_EQ(held(), 0);
}

TEST_F(Http2UploadTest, AnUploadThatIsNotTakenHoldsUpNobodyElse) {
  Serve();
  for (int i = 0; i < 30; ++i) {
    peer_->More(peer_->Begin(), std::string(100'000, 'x'), true);
  }
  Exchange();
  const int32_t other = peer_->Get("/other");
  handler_ = [](const auto& call) { call->Answer(Text("other"), "OK"); };
  Exchange();
  EXPECT_EQ(peer_->answers[other].body, "other");
}

TEST_F(Http2UploadTest, AnUploadThatIsGivenUpIsNotWhole) {
  Serve();
  const int32_t id = peer_->Begin();
  Exchange();
  Read();
  peer_->More(id, "abc", false);
  Exchange();
  peer_->Reset(id);
  Exchange();
  EXPECT_EQ(news_, 1);
  EXPECT_EQ(Read(), "");
  EXPECT_TRUE(is_over_);
  EXPECT_FALSE(body_->is_whole());
}

TEST_F(Http2UploadTest, AnAnswerBeforeTheBodysEndStopsTheUpload) {
  Serve();
  const int32_t id = peer_->Begin();
  Exchange();
  calls_[0]->Answer(Text("enough"), "OK");
  Exchange();
  EXPECT_EQ(peer_->answers[id].body, "enough");
  EXPECT_TRUE(peer_->answers[id].is_closed);
  EXPECT_EQ(peer_->answers[id].error, NGHTTP2_NO_ERROR);
  EXPECT_THAT(log_.lines, ElementsAre("unmatched OK"));
}

TEST_F(Http2UploadTest, ContinueIsSentWhenTheBodyIsFirstAskedFor) {
  Serve();
  const int32_t id = peer_->Begin({{"expect", "100-continue"}});
  Exchange();
  EXPECT_THAT(peer_->answers[id].headers, IsEmpty());
  Read();
  Exchange();
  EXPECT_EQ(peer_->answers[id].Header(":status"), "100");
}

TEST_F(Http2UploadTest, ASilentUploadEndsUnlessTheAnswerHasBegun) {
  Serve();
  const int32_t silent = peer_->Begin();
  Exchange();
  const int32_t conversing = peer_->Begin();
  Exchange();
  const auto source = std::make_shared<FakeBodySource>();
  calls_[1]->Answer(MadeBy(source), "OK");
  Exchange();
  Pass(absl::Seconds(29));
  EXPECT_FALSE(peer_->answers[silent].is_closed);
  Pass(absl::Seconds(2));
  EXPECT_EQ(peer_->answers[silent].Header(":status"), "408");
  EXPECT_THAT(peer_->answers[silent].body, HasSubstr("\"reason\":\"BODY_TIMEOUT\""));
  Pass(absl::Seconds(100));
  EXPECT_FALSE(peer_->answers[conversing].is_closed);
  peer_->More(conversing, "still here", false);
  Exchange();
  EXPECT_EQ(Read(), "still here");
}

// --- Refusals.

struct HeadRow {
  const char* promise;
  HttpHeaders headers;
  std::string status;
  std::string reason;
};

class Http2HeadTest : public Http2SessionTest, public ::testing::WithParamInterface<HeadRow> {};

TEST_P(Http2HeadTest, IsJudged) {
  Serve({.head_bytes = 4096});
  const int32_t id = peer_->Ask(GetParam().headers);
  Exchange();
  const Http2Peer::Answer& answer = peer_->answers[id];
  EXPECT_EQ(answer.Header(":status"), GetParam().status) << GetParam().promise;
  EXPECT_THAT(answer.body, HasSubstr("\"reason\":\"" + GetParam().reason + "\""))
      << GetParam().promise;
  EXPECT_EQ(session_->active(), 0u);
  EXPECT_THAT(peer_->goaways, IsEmpty());
}

HttpHeaders With(const std::string& path, HttpHeaders extra,
                 const std::string& authority = "localhost", const std::string& method = "GET") {
  HttpHeaders headers = {{":method", method}, {":scheme", "http"}, {":path", path}};
  if (!authority.empty()) headers.emplace_back(":authority", authority);
  headers.insert(headers.end(), extra.begin(), extra.end());
  return headers;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Http2HeadTest,
    ::testing::Values(
        HeadRow{"a fragment", With("/a#b", {}), "400", "BAD_TARGET"},
        HeadRow{"a fragment in the query", With("/a?b#c", {}), "400", "BAD_TARGET"},
        HeadRow{"a byte above 0x7E", With("/\xC3\xA4", {}), "400", "BAD_TARGET"},
        HeadRow{"CONNECT",
                {{":method", "CONNECT"}, {":authority", "localhost:80"}},
                "400",
                "BAD_TARGET"},
        HeadRow{"two hosts that differ", With("/a", {{"host", "other"}}), "400", "TWO_HOSTS"},
        HeadRow{"an authority with a user", With("/a", {}, "a@b"), "400", "BAD_HOST"},
        HeadRow{"two content types", With("/a", {{"content-type", "a/b"}, {"content-type", "c/d"}}),
                "400", "REPEATED_HEADER"},
        HeadRow{"an expectation that nobody knows", With("/a", {{"expect", "more"}}), "417",
                "EXPECTATION"},
        HeadRow{"a large header", With("/a", {{"x", std::string(5'000, 'y')}}), "431",
                "HEAD_TOO_LARGE"},
        HeadRow{"too many headers", With("/a", HttpHeaders(101, {"x", "y"})), "431",
                "TOO_MANY_HEADERS"}));

TEST_F(Http2SessionTest, AHostThatAgreesIsTakenAndAStarOfOptions) {
  Serve();
  const int32_t both = peer_->Ask(With("/a", {{"host", "LOCALHOST"}}));
  const int32_t host_alone = peer_->Ask(With("/a", {{"host", "localhost"}}, ""));
  Exchange();
  EXPECT_EQ(peer_->answers[both].Header(":status"), "200");
  EXPECT_EQ(peer_->answers[host_alone].Header(":status"), "200");
  const int32_t star = peer_->Ask(With("*", {}, "localhost", "OPTIONS"));
  Exchange();
  EXPECT_EQ(peer_->answers[star].body, "OPTIONS * !");
}

TEST_F(Http2SessionTest, ABodyAboveTheLimitIs413AndItsUploadStops) {
  Serve({.body_bytes = 10});
  const int32_t stated = peer_->Begin({{"content-length", "11"}});
  const int32_t found = peer_->Begin();
  peer_->More(found, std::string(11, 'x'), false);
  Exchange();
  for (const int32_t id : {stated, found}) {
    EXPECT_EQ(peer_->answers[id].Header(":status"), "413");
    EXPECT_THAT(peer_->answers[id].body, HasSubstr("\"limitBytes\":\"10\""));
    EXPECT_TRUE(peer_->answers[id].is_closed);
    EXPECT_EQ(peer_->answers[id].error, NGHTTP2_NO_ERROR);
  }
}

TEST_F(Http2SessionTest, ABodyThatDoesNotArriveIs408) {
  Serve();
  const int32_t id = peer_->Begin();
  Exchange();
  Pass(absl::Seconds(31));
  EXPECT_EQ(peer_->answers[id].Header(":status"), "408");
  EXPECT_TRUE(peer_->answers[id].is_closed);
}

TEST_F(Http2SessionTest, BodiesAndAnswersBeyondTheMemoryAre503) {
  handler_ = [](const auto& call) { call->Answer(Text(std::string(kMostBytes, 'x')), "OK"); };
  Serve();
  ASSERT_TRUE(bytes_.Resize(spare_, 1000));
  const int32_t large_answer = peer_->Get();
  Exchange();
  EXPECT_EQ(peer_->answers[large_answer].Header(":status"), "503");
  EXPECT_THAT(peer_->answers[large_answer].body, HasSubstr("\"reason\":\"OUT_OF_MEMORY\""));
  ASSERT_TRUE(bytes_.Resize(spare_, kMostBytes - 10'000));
  const int32_t large_body = peer_->Post(std::string(30'000, 'x'));
  Exchange();
  EXPECT_EQ(peer_->answers[large_body].Header(":status"), "503");
  bytes_.Resize(spare_, 0);
  EXPECT_EQ(held(), 0);
}

// --- The end of a connection.

TEST_F(Http2SessionTest, DrainServesWhatIsOnItsWayAndThenCloses) {
  handler_ = keep_;
  Serve();
  const int32_t running = peer_->Get();
  Exchange();
  session_->Drain();
  // Sent before the client heard of it.
  const int32_t on_its_way = peer_->Get();
  Exchange();
  ASSERT_THAT(calls_, SizeIs(2));
  EXPECT_THAT(peer_->goaways,
              ElementsAre(Pair(NGHTTP2_NO_ERROR, INT32_MAX), Pair(NGHTTP2_NO_ERROR, on_its_way)));
  EXPECT_FALSE(session_->is_over());
  calls_[0]->Answer(Text("1"), "OK");
  calls_[1]->Answer(Text("2"), "OK");
  Exchange();
  EXPECT_EQ(peer_->answers[running].body, "1");
  EXPECT_EQ(peer_->answers[on_its_way].body, "2");
  EXPECT_TRUE(session_->is_over());
}

TEST_F(Http2SessionTest, DrainEndsAnswersThatAreBeingMade) {
  handler_ = keep_;
  Serve();
  const int32_t id = peer_->Get();
  Exchange();
  const auto source = std::make_shared<FakeBodySource>();
  calls_[0]->Answer(MadeBy(source), "OK");
  Exchange();
  session_->Drain();
  Exchange();
  EXPECT_EQ(peer_->answers[id].body, "drained");
  EXPECT_TRUE(session_->is_over());
}

TEST_F(Http2SessionTest, AnIdleConnectionIsClosedInPeace) {
  Serve();
  peer_->Get();
  Exchange();
  Pass(absl::Seconds(59));
  peer_->Get();
  Exchange();
  Pass(absl::Seconds(59));
  EXPECT_THAT(peer_->goaways, IsEmpty());
  Pass(absl::Seconds(2));
  EXPECT_EQ(Error(), NGHTTP2_NO_ERROR);
  EXPECT_TRUE(session_->is_over());
}

TEST_F(Http2SessionTest, AClientThatSaysNothingIsCutOff) {
  Serve();
  TakeOutput();
  now_ += absl::Seconds(9);
  session_->Expire(now_);
  EXPECT_FALSE(session_->is_over());
  now_ += absl::Seconds(2);
  session_->Expire(now_);
  TakeOutput();
  EXPECT_TRUE(session_->is_over());
  EXPECT_EQ(Error(), NGHTTP2_SETTINGS_TIMEOUT);
}

}  // namespace
}  // namespace corridor::gateway
