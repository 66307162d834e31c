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

}  // namespace
}  // namespace corridor::gateway
