#include "gateway/http/http1_parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using Event = Http1Parser::Event;
using ::testing::HasSubstr;
using ::testing::Pair;

// Feeds `wire` in pieces of `piece` bytes, as a connection does.
Event FeedAll(Http1Parser& parser, std::string wire, size_t piece = 1 << 20) {
  std::string pending;
  while (true) {
    size_t consumed = 0;
    const Event event = parser.Feed(pending, consumed);
    pending.erase(0, consumed);
    if (event == Event::kComplete || event == Event::kError) return event;
    if (event == Event::kHead) continue;
    if (wire.empty()) return event;
    pending += wire.substr(0, piece);
    wire.erase(0, std::min(piece, wire.size()));
  }
}

TEST(Http1ParserTest, ReadsAGetWithItsQuery) {
  Http1Parser parser({});
  ASSERT_EQ(FeedAll(parser, "GET /v1/areas?pageSize=2 HTTP/1.1\r\nHost: a\r\nX-Y:  z \r\n\r\n"),
            Event::kComplete);
  EXPECT_EQ(parser.request().method, "GET");
  EXPECT_EQ(parser.request().path, "/v1/areas");
  EXPECT_EQ(parser.request().query, "pageSize=2");
  EXPECT_THAT(parser.request().headers,
              ::testing::ElementsAre(Pair("host", "a"), Pair("x-y", "z")));
  EXPECT_TRUE(parser.keep_alive());
}

TEST(Http1ParserTest, ReadsTheSameBodyHoweverTheBytesArrive) {
  const std::string wire =
      "POST /v1/areas HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (size_t piece = 1; piece <= wire.size(); ++piece) {
    Http1Parser parser({});
    ASSERT_EQ(FeedAll(parser, wire, piece), Event::kComplete) << piece;
    EXPECT_EQ(parser.request().body, "abc0123456789");
    EXPECT_EQ(parser.request().wire_bytes, wire.size());
    EXPECT_EQ(FindHeader(parser.request().headers, "trailer"), nullptr);
  }
}

TEST(Http1ParserTest, LeavesTheNextRequestAlone) {
  Http1Parser parser({});
  const std::string first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
  const std::string second = "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string bytes = first + second;
  size_t consumed = 0;
  ASSERT_EQ(parser.Feed(bytes, consumed), Event::kHead);
  bytes.erase(0, consumed);
  ASSERT_EQ(parser.Feed(bytes, consumed), Event::kComplete);
  EXPECT_EQ(bytes.substr(consumed), second);
  parser.Reset();
  EXPECT_FALSE(parser.started());
  ASSERT_EQ(FeedAll(parser, second), Event::kComplete);
  EXPECT_EQ(parser.request().path, "/2");
  EXPECT_EQ(parser.request().body, "");
}

TEST(Http1ParserTest, TakesThePathOfAnAbsoluteTarget) {
  const std::vector<std::array<std::string, 3>> rows = {
      {"http://a/b?c", "/b", "c"}, {"HTTP://a", "/", ""}, {"http://a?c", "/", "c"}};
  for (const auto& [target, path, query] : rows) {
    Http1Parser parser({});
    ASSERT_EQ(FeedAll(parser, "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), Event::kComplete);
    EXPECT_EQ(parser.request().path, path) << target;
    EXPECT_EQ(parser.request().query, query) << target;
  }
}

TEST(Http1ParserTest, IgnoresEmptyLinesBeforeARequest) {
  Http1Parser parser({});
  EXPECT_EQ(FeedAll(parser, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 1), Event::kComplete);
}

TEST(Http1ParserTest, ClosesWhenAskedAndByDefaultOnHttp10) {
  Http1Parser asked({});
  ASSERT_EQ(FeedAll(asked, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            Event::kComplete);
  EXPECT_FALSE(asked.keep_alive());
  Http1Parser old({});
  ASSERT_EQ(FeedAll(old, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"), Event::kComplete);
  EXPECT_FALSE(old.keep_alive());
}

TEST(Http1ParserTest, AHeadAboveTheLimitIs431EvenBeforeItEnds) {
  Http1Parser parser({.head_bytes = 100, .body_bytes = 10});
  ASSERT_EQ(FeedAll(parser, "GET /" + std::string(200, 'a'), 7), Event::kError);
  EXPECT_EQ(parser.error().status, 431);
  EXPECT_THAT(parser.error().message, HasSubstr("100 bytes"));
}

TEST(Http1ParserTest, ABodyAboveTheLimitIs413BeforeItIsSent) {
  Http1Parser parser({.head_bytes = 1000, .body_bytes = 10});
  ASSERT_EQ(FeedAll(parser, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"),
            Event::kError);
  EXPECT_EQ(parser.error().status, 413);
  EXPECT_EQ(parser.error().reason, "BODY_TOO_LARGE");
}

TEST(Http1ParserTest, AChunkedBodyAboveTheLimitIs413) {
  Http1Parser parser({.head_bytes = 1000, .body_bytes = 10});
  ASSERT_EQ(FeedAll(parser,
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"),
            Event::kError);
  EXPECT_EQ(parser.error().status, 413);
}

TEST(Http1ParserTest, EndlessTrailersAndChunkHeadsAreRefused) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  Http1Parser trailers({.head_bytes = 200, .body_bytes = 10});
  ASSERT_EQ(FeedAll(trailers, head + "0\r\nX: " + std::string(400, 'a'), 10), Event::kError);
  EXPECT_EQ(trailers.error().status, 431);
  Http1Parser extension({.head_bytes = 2000, .body_bytes = 10});
  ASSERT_EQ(FeedAll(extension, head + "1;x=" + std::string(300, 'a') + "\r\na\r\n"), Event::kError);
  EXPECT_EQ(extension.error().reason, "CHUNK_EXTENSION");
}

TEST(Http1ParserTest, SaysWhenTheClientWaitsForContinue) {
  Http1Parser parser({});
  size_t consumed = 0;
  EXPECT_EQ(
      parser.Feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n",
                  consumed),
      Event::kHead);
  EXPECT_TRUE(parser.expects_continue());
  Http1Parser other({});
  EXPECT_EQ(
      FeedAll(other, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: magic\r\n\r\n"),
      Event::kError);
  EXPECT_EQ(other.error().status, 417);
}

TEST(Http1ParserTest, RulesAndParserErrorsAre400) {
  for (const std::string wire :
       {"GET / HTTP/1.1\nHost: a\n\n", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n"}) {
    Http1Parser parser({});
    ASSERT_EQ(FeedAll(parser, wire), Event::kError) << wire;
    EXPECT_EQ(parser.error().status, 400) << wire;
  }
}

// Every rule that a request is held to, as it looks on the wire: one row each.
struct WireRow {
  const char* rule;
  std::string wire;
  int status;
  const char* reason;
};

class WireRulesTest : public ::testing::TestWithParam<WireRow> {};

TEST_P(WireRulesTest, AreKept) {
  Http1Parser parser({.head_bytes = 4096, .body_bytes = 1024});
  EXPECT_EQ(FeedAll(parser, GetParam().wire), Event::kError) << GetParam().rule;
  EXPECT_EQ(parser.error().status, GetParam().status) << GetParam().rule;
  EXPECT_EQ(parser.error().reason, GetParam().reason) << GetParam().rule;
}

std::string Get(const std::string& target, const std::string& headers = "Host: a\r\n") {
  return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}
std::string Post(const std::string& headers, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
std::string Chunks(const std::string& body) { return Post("Transfer-Encoding: chunked\r\n", body); }

INSTANTIATE_TEST_SUITE_P(
    Lengths, WireRulesTest,
    ::testing::Values(
        WireRow{"one length: both kinds",
                Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
                "TWO_LENGTHS"},
        WireRow{"one length: the kinds the other way about",
                Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400,
                "TWO_LENGTHS"},
        WireRow{"Content-Length once", Post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
                400, "REPEATED_HEADER"},
        WireRow{"Content-Length no list", Post("Content-Length: 3,3\r\n", "abc"), 400,
                "BAD_CONTENT_LENGTH"},
        WireRow{"Transfer-Encoding exactly chunked",
                Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400,
                "BAD_TRANSFER_ENCODING"},
        WireRow{"chunked once",
                Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400,
                "REPEATED_HEADER"},
        WireRow{"chunked on HTTP/1.1 only",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                "BAD_TRANSFER_ENCODING"}));

INSTANTIATE_TEST_SUITE_P(
    Heads, WireRulesTest,
    ::testing::Values(
        WireRow{"no obs-fold", Get("/", "Host: a\r\nx: y\r\n z\r\n"), 400, "FOLDED_HEADER"},
        WireRow{"one Host: none", Get("/", ""), 400, "NO_HOST"},
        WireRow{"one Host: two", Get("/", "Host: a\r\nHost: b\r\n"), 400, "REPEATED_HEADER"},
        WireRow{"no # in the target", Get("/a#b"), 400, "BAD_TARGET"},
        WireRow{"no byte above 0x7E in the target", Get("/\x7F"), 400, "CONTROL_CHARACTER"},
        WireRow{"no byte above 0x7F in the target", Get("/\x80"), 400, "BAD_TARGET"},
        WireRow{"no bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400, "BARE_NEWLINE"},
        WireRow{"no bare LF between headers", "GET / HTTP/1.1\r\nHost: a\nx: y\r\n\r\n", 400,
                "BARE_NEWLINE"},
        WireRow{"no bare CR", "GET / HTTP/1.1\r\nHost: a\rx: y\r\n\r\n", 400,
                "BARE_CARRIAGE_RETURN"}));

INSTANTIATE_TEST_SUITE_P(
    Chunking, WireRulesTest,
    ::testing::Values(
        WireRow{"hexadecimal sizes", Chunks("0x3\r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no sign", Chunks("+3\r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no negative size", Chunks("-3\r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no space before the size", Chunks(" 3\r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no space after the size", Chunks("3 \r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"a size", Chunks("\r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no size beyond 60 bits", Chunks("10000000000000000\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no bare LF after a size", Chunks("3\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"CR LF after a chunk", Chunks("3\r\nabc0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no bare LF after a chunk", Chunks("3\r\nabc\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no chunk longer than its size", Chunks("2\r\nabc\r\n0\r\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"extensions up to 256 bytes",
                Chunks("3;" + std::string(256, 'x') + "\r\nabc\r\n0\r\n\r\n"), 400,
                "CHUNK_EXTENSION"},
        WireRow{"no control in an extension", Chunks("3;a\x01\r\nabc\r\n0\r\n\r\n"), 400,
                "CONTROL_CHARACTER"},
        WireRow{"no bare LF in trailers", Chunks("0\r\nx: y\n\r\n"), 400, "BAD_CHUNK"},
        WireRow{"no fold in trailers", Chunks("0\r\nx: y\r\n z\r\n\r\n"), 400, "FOLDED_HEADER"}));

TEST(Http1ParserTest, AStreamedBodyIsHandedOutInPiecesWithoutALimit) {
  for (const std::string& wire :
       {Post("Content-Length: 6\r\n", "abcdef"), Chunks("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")}) {
    Http1Parser parser({.head_bytes = 1000, .body_bytes = 2});
    size_t consumed = 0;
    ASSERT_EQ(parser.Feed(wire, consumed), Event::kHead);
    parser.StreamBody();
    std::string body;
    Event event = Event::kNeedMore;
    for (size_t at = consumed; at < wire.size() && event == Event::kNeedMore; at += consumed) {
      size_t given = 0;  // More and more, until some of it is taken.
      do {
        event = parser.Feed(std::string_view(wire).substr(at, ++given), consumed);
      } while (consumed == 0 && event == Event::kNeedMore);
      body += parser.TakeBody();
    }
    EXPECT_EQ(event, Event::kComplete);
    EXPECT_EQ(body, "abcdef");
    EXPECT_EQ(parser.request().body, "");
  }
}

}  // namespace
}  // namespace corridor::gateway
