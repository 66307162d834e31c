// What a client that means harm can do over HTTP/2, and where it ends.
#include <string>

#include "gateway/http/fake_body_source.h"
#include "gateway/http/http2_session.h"
#include "gateway/http/http2_session_fixture.h"
#include "gmock/gmock.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint8_t kEndStream = NGHTTP2_FLAG_END_STREAM;
constexpr uint8_t kEndHeaders = NGHTTP2_FLAG_END_HEADERS;

std::string Headers(int32_t stream, const HttpHeaders& headers,
                    uint8_t flags = kEndStream | kEndHeaders) {
  return Frame(NGHTTP2_HEADERS, flags, stream, Block(headers));
}
std::string Number(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}
std::string Reset(int32_t stream) {
  return Frame(NGHTTP2_RST_STREAM, 0, stream, Number(NGHTTP2_CANCEL));
}
HttpHeaders PostHeaders(HttpHeaders extra = {}) {
  HttpHeaders headers = GetHeaders("/p");
  headers[0].second = "POST";
  headers.insert(headers.end(), extra.begin(), extra.end());
  return headers;
}

class HostileTest : public Http2SessionTest {
 protected:
  void Begin(Http2Limits limits = {}) {
    Serve(limits);
    RawPreface();
  }
  // Sends `round(i)` until the session is over; how often that was.
  template <typename Round>
  int Flood(Round round, int most = 100'000, absl::Duration between = absl::ZeroDuration()) {
    for (int i = 0; i < most; ++i) {
      now_ += between;
      if (!Raw(round(i)).ok() || session_->is_over()) return i;
    }
    return most;
  }
};

TEST_F(HostileTest, RapidResetsEndTheConnection) {
  handler_ = keep_;
  Begin({.resets_per_second = 10});
  const auto opens_and_resets = [&](int i) {
    const std::string opening = Headers(2 * i + 1, GetHeaders());
    EXPECT_TRUE(session_->Receive(opening, now_).ok());
    return Reset(2 * i + 1);
  };
  EXPECT_EQ(Flood(opens_and_resets), 40);
  EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(HostileTest, ResetsInTheSameReadAreNotServedButCounted) {
  handler_ = keep_;
  Begin({.resets_per_second = 10});
  EXPECT_EQ(Flood([](int i) { return Headers(2 * i + 1, GetHeaders()) + Reset(2 * i + 1); }), 40);
  EXPECT_THAT(calls_, IsEmpty());
  EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(HostileTest, ResetsThatWeAreMadeToSendCountAsWell) {
  handler_ = keep_;
  Begin({.resets_per_second = 10});
  EXPECT_EQ(Flood([](int i) {
              return Headers(2 * i + 1, PostHeaders({{"content-length", "5"}}), kEndHeaders) +
                     Frame(NGHTTP2_DATA, kEndStream, 2 * i + 1, "abc");
            }),
            40);
  EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(HostileTest, ResetsAtAnOrdinaryRateAreServedOnAndOn) {
  handler_ = keep_;
  Begin({.resets_per_second = 10});
  EXPECT_EQ(Flood([](int i) { return Headers(2 * i + 1, GetHeaders()) + Reset(2 * i + 1); }, 500,
                  absl::Milliseconds(101)),
            500);
}

TEST_F(HostileTest, ContinuationsWithoutEndEndTheConnection) {
  Begin({.head_bytes = 4096});
  ASSERT_TRUE(Raw(Headers(1, GetHeaders(), 0)).ok());
  const std::string more = Block({{"x-a", std::string(100, 'y')}});
  const int rounds = Flood([&](int) { return Frame(NGHTTP2_CONTINUATION, 0, 1, more); });
  EXPECT_LE(rounds, 10);
  EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(HostileTest, EmptyContinuationsEndTheConnection) {
  Begin();
  ASSERT_TRUE(Raw(Headers(1, GetHeaders(), 0)).ok());
  const int rounds = Flood([](int) { return Frame(NGHTTP2_CONTINUATION, 0, 1, ""); });
  EXPECT_LE(rounds, 10);
}

TEST_F(HostileTest, FramesOfUnknownTypesWithoutEndEndTheConnection) {
  Begin();
  const int rounds = Flood([](int) { return Frame(0x42, 0, 0, "?"); });
  EXPECT_GE(rounds, 1990);
  EXPECT_LE(rounds, 2001);
  EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(HostileTest, FramesOfUnknownTypesAtAnOrdinaryRateAreIgnoredOnAndOn) {
  Begin();
  EXPECT_EQ(Flood([](int) { return Frame(0x42, 0, 0, "?"); }, 10'000, absl::Milliseconds(2)),
            10'000);
  EXPECT_EQ(Flood([](int i) { return Headers(2 * i + 1, GetHeaders()); }, 1000), 1000);
}

TEST_F(HostileTest, AHeaderBlockThatExpandsWithoutEndEndsTheConnection) {
  Begin({.head_bytes = 4096});
  // Puts one field in the table, then names it again and again by one byte.
  std::string block = Block(GetHeaders());
  block += '\x40';
  block += '\x01';
  block += 'x';
  block += '\x7e';
  block += std::string(126, 'y');
  block += std::string(16'000, '\xBE');
  (void)Raw(Frame(NGHTTP2_HEADERS, kEndStream | kEndHeaders, 1, block));
  EXPECT_TRUE(session_->is_over());
  EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_F(HostileTest, AHeaderBlockThatDoesNotEndTimesOut) {
  Begin();
  ASSERT_TRUE(Raw(Headers(1, GetHeaders(), 0)).ok());
  now_ += absl::Seconds(9);
  session_->Expire(now_);
  EXPECT_FALSE(session_->is_over());
  now_ += absl::Seconds(2);
  session_->Expire(now_);
  TakeOutput();
  EXPECT_TRUE(session_->is_over());
}

TEST_F(HostileTest, FloodsOfFramesThatMoveNothingEndTheConnection) {
  const struct {
    const char* promise;
    std::string frame;
  } rows[] = {
      {"pings", Frame(NGHTTP2_PING, 0, 0, "12345678")},
      {"pongs", Frame(NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, "12345678")},
      {"settings", Frame(NGHTTP2_SETTINGS, 0, 0, "")},
      {"priorities", Frame(NGHTTP2_PRIORITY, 0, 3, std::string("\0\0\0\0\x10", 5))},
      {"empty data", Frame(NGHTTP2_DATA, 0, 1, "")},
      {"padding alone", Frame(NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, 1, std::string(1, '\0'))},
      {"tiny window updates", Frame(NGHTTP2_WINDOW_UPDATE, 0, 1, Number(1))},
  };
  for (const auto& row : rows) {
    error_ = -1;
    handler_ = keep_;
    Begin();
    ASSERT_TRUE(Raw(Headers(1, PostHeaders(), kEndHeaders)).ok());
    EXPECT_LE(Flood([&](int) { return row.frame; }), 2100) << row.promise;
    EXPECT_EQ(Error(), NGHTTP2_ENHANCE_YOUR_CALM) << row.promise;
    EXPECT_LE(most_output_, 1000u) << row.promise;
  }
}

TEST_F(HostileTest, AcknowledgementsThatAreNotReadDoNotPileUp) {
  Begin();
  int sent = 0;
  while (session_->Receive(Frame(NGHTTP2_PING, 0, 0, "12345678"), now_).ok()) ++sent;
  EXPECT_LE(sent, 101);
}

TEST_F(HostileTest, WhoTakesNothingOfAnAnswerLosesIt) {
  handler_ = keep_;
  Serve({}, /*takes_body=*/false);
  const int32_t id = peer_->Get();
  Exchange();
  auto source = std::make_shared<FakeBodySource>();
  source->is_endless = true;
  calls_[0]->Answer(MadeBy(source), "OK");
  Exchange();
  Pass(absl::Seconds(29));
  EXPECT_FALSE(peer_->answers[id].is_closed);
  Pass(absl::Seconds(2));
  EXPECT_EQ(peer_->answers[id].error, NGHTTP2_CANCEL);
  EXPECT_EQ(source.use_count(), 1);
  EXPECT_EQ(held(), 0);
  EXPECT_THAT(log_.lines, ElementsAre("unmatched CANCELLED"));
}

TEST_F(HostileTest, WhoTakesAByteAtATimeLosesItAsWell) {
  handler_ = keep_;
  Serve({}, /*takes_body=*/false);
  const int32_t id = peer_->Get();
  Exchange();
  calls_[0]->Answer(Text(std::string(1 << 20, 'x')), "OK");
  Exchange();
  for (int i = 0; i < 40 && !peer_->answers[id].is_closed; ++i) {
    nghttp2_submit_window_update(peer_->session, NGHTTP2_FLAG_NONE, id, 1);
    nghttp2_submit_window_update(peer_->session, NGHTTP2_FLAG_NONE, 0, 1);
    Pass(absl::Seconds(1));
  }
  EXPECT_EQ(peer_->answers[id].error, NGHTTP2_CANCEL);
}

TEST_F(HostileTest, WhoTakesSlowlyButSteadilyGetsAll) {
  handler_ = keep_;
  Serve({}, /*takes_body=*/false);
  const int32_t id = peer_->Get();
  Exchange();
  calls_[0]->Answer(Text(std::string(200'000, 'x')), "OK");
  Exchange();
  for (int i = 0; i < 40 && !peer_->answers[id].is_closed; ++i) {
    nghttp2_submit_window_update(peer_->session, NGHTTP2_FLAG_NONE, id, 8 << 10);
    nghttp2_submit_window_update(peer_->session, NGHTTP2_FLAG_NONE, 0, 8 << 10);
    Pass(absl::Seconds(20));
  }
  EXPECT_THAT(peer_->answers[id].body, SizeIs(200'000));
}

TEST_F(HostileTest, StreamsBeyondTheLimitAreRefused) {
  handler_ = keep_;
  Begin({.streams = 3});
  ASSERT_TRUE(Raw(Frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, "")).ok());
  for (int32_t id = 1; id < 2000; id += 2) {
    if (!Raw(Headers(id, GetHeaders())).ok() || session_->is_over()) break;
  }
  EXPECT_LE(session_->active(), 3u);
  EXPECT_LE(calls_.size(), 3u);
}

struct MalformedRow {
  const char* promise;
  std::string frames;
};
class MalformedTest : public HostileTest, public ::testing::WithParamInterface<MalformedRow> {};

TEST_P(MalformedTest, IsNeverServed) {
  handler_ = keep_;
  Begin();
  (void)Raw(GetParam().frames);
  EXPECT_THAT(calls_, IsEmpty()) << GetParam().promise;
  if (session_->is_over()) return;
  EXPECT_EQ(session_->active(), 0u) << GetParam().promise;
  // The connection serves others on.
  ASSERT_TRUE(Raw(Headers(101, GetHeaders())).ok());
  EXPECT_THAT(calls_, SizeIs(1)) << GetParam().promise;
}

HttpHeaders Plus(HttpHeaders extra) {
  HttpHeaders headers = GetHeaders();
  headers.insert(headers.end(), extra.begin(), extra.end());
  return headers;
}

INSTANTIATE_TEST_SUITE_P(
    Requests, MalformedTest,
    ::testing::Values(
        MalformedRow{"no method",
                     Headers(1, {{":scheme", "http"}, {":path", "/"}, {":authority", "a"}})},
        MalformedRow{"no path",
                     Headers(1, {{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}})},
        MalformedRow{"no scheme",
                     Headers(1, {{":method", "GET"}, {":path", "/"}, {":authority", "a"}})},
        MalformedRow{"no host",
                     Headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}})},
        MalformedRow{"a path that is none", Headers(1, GetHeaders("a"))},
        MalformedRow{"an absolute path", Headers(1, GetHeaders("http://a/b"))},
        MalformedRow{"an empty path", Headers(1, GetHeaders(""))},
        MalformedRow{"two paths", Headers(1, Plus({{":path", "/b"}}))},
        MalformedRow{"two authorities", Headers(1, Plus({{":authority", "b"}}))},
        MalformedRow{"an unknown pseudo header", Headers(1, Plus({{":odd", "b"}}))},
        MalformedRow{"a status", Headers(1, Plus({{":status", "200"}}))},
        MalformedRow{"a pseudo header after others", Headers(1, {{":method", "GET"},
                                                                 {":scheme", "http"},
                                                                 {"x", "y"},
                                                                 {":path", "/"},
                                                                 {":authority", "a"}})},
        MalformedRow{"an upper-case name", Headers(1, Plus({{"X-Y", "z"}}))},
        MalformedRow{"a name with a space", Headers(1, Plus({{"x y", "z"}}))},
        MalformedRow{"a line end in a value", Headers(1, Plus({{"x", "y\r\nz: a"}}))},
        MalformedRow{"a NUL in a value", Headers(1, Plus({{"x", std::string("y\0z", 3)}}))},
        MalformedRow{"a space at a value's end", Headers(1, Plus({{"x", "y "}}))},
        MalformedRow{"connection", Headers(1, Plus({{"connection", "close"}}))},
        MalformedRow{"keep-alive", Headers(1, Plus({{"keep-alive", "1"}}))},
        MalformedRow{"proxy-connection", Headers(1, Plus({{"proxy-connection", "close"}}))},
        MalformedRow{"transfer-encoding", Headers(1, Plus({{"transfer-encoding", "chunked"}}))},
        MalformedRow{"upgrade", Headers(1, Plus({{"upgrade", "h2c"}}))},
        MalformedRow{"te of another kind", Headers(1, Plus({{"te", "gzip"}}))},
        MalformedRow{"two lengths",
                     Headers(1, PostHeaders({{"content-length", "1"}, {"content-length", "1"}}),
                             kEndHeaders)},
        MalformedRow{"a length that is none",
                     Headers(1, PostHeaders({{"content-length", "+1"}}), kEndHeaders)},
        MalformedRow{"less than the length",
                     Headers(1, PostHeaders({{"content-length", "5"}}), kEndHeaders) +
                         Frame(NGHTTP2_DATA, kEndStream, 1, "abc")},
        MalformedRow{"more than the length",
                     Headers(1, PostHeaders({{"content-length", "2"}}), kEndHeaders) +
                         Frame(NGHTTP2_DATA, kEndStream, 1, "abc")},
        MalformedRow{"nothing of the length", Headers(1, PostHeaders({{"content-length", "2"}}))},
        MalformedRow{"pseudo headers in trailers",
                     Headers(1, PostHeaders(), kEndHeaders) + Headers(1, {{":path", "/b"}})},
        MalformedRow{"data before headers", Frame(NGHTTP2_DATA, kEndStream, 1, "abc")},
        MalformedRow{"a stream of even number", Headers(2, GetHeaders())},
        MalformedRow{"a push",
                     Frame(NGHTTP2_PUSH_PROMISE, kEndHeaders, 1, Number(2) + Block(GetHeaders()))},
        MalformedRow{"a frame that is too large",
                     Frame(NGHTTP2_DATA, 0, 1, std::string(20'000, 'x'))},
        MalformedRow{"a broken header block", Frame(NGHTTP2_HEADERS, kEndStream | kEndHeaders, 1,
                                                    "\xFF\xFF\xFF\xFF\xFF\xFF\xFF")},
        MalformedRow{"a frame between headers and their continuation",
                     Headers(1, GetHeaders(), 0) + Frame(NGHTTP2_PING, 0, 0, "12345678")},
        MalformedRow{"a window beyond 2^31",
                     Frame(NGHTTP2_WINDOW_UPDATE, 0, 0, Number(0x7FFFFFFF)) +
                         Frame(NGHTTP2_WINDOW_UPDATE, 0, 0, Number(0x7FFFFFFF))}));

TEST_F(HostileTest, TeOfTrailersIsTaken) {
  handler_ = keep_;
  Begin();
  ASSERT_TRUE(Raw(Headers(1, Plus({{"te", "trailers"}}))).ok());
  EXPECT_THAT(calls_, SizeIs(1));
}

TEST_F(HostileTest, WhatIsNoHttp2IsAnError) {
  Serve();
  const absl::Status received = Raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(received.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(received.message()), HasSubstr("HTTP/2 cannot go on"));
}

}  // namespace
}  // namespace corridor::gateway
