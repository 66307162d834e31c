#include "gateway/http/chunked_body.h"

#include <string>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using Event = ChunkedBody::Event;

struct Row {
  const char* promise;
  std::string wire;
  std::string body;
  int status;  // 0: whole.
  const char* reason = "";
};

const Row kRows[] = {
    {"one chunk", "3\r\nabc\r\n0\r\n\r\n", "abc", 0},
    {"many chunks, sizes in either case", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
     "01234567890123456789", 0},
    {"an empty body", "0\r\n\r\n", "", 0},
    {"several zeros", "000\r\n\r\n", "", 0},
    {"extensions", "1;a=b;c=\"d\"\r\nx\r\n0;last\r\n\r\n", "x", 0},
    {"trailers are dropped", "1\r\nx\r\n0\r\nHost: evil\r\nB: c\r\n\r\n", "x", 0},
    {"data that looks like an end", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n", 0},

    {"no size", "\r\nx", "", 400, "BAD_CHUNK"},
    {"a size that is no number", "xyz\r\n", "", 400, "BAD_CHUNK"},
    {"a sign", "+3\r\nabc\r\n0\r\n\r\n", "", 400, "BAD_CHUNK"},
    {"a prefix", "0x3\r\nabc\r\n0\r\n\r\n", "", 400, "BAD_CHUNK"},
    {"a space after the size", "3 \r\nabc\r\n0\r\n\r\n", "", 400, "BAD_CHUNK"},
    {"a size beyond 60 bits", "FFFFFFFFFFFFFFFFFF\r\n", "", 400, "BAD_CHUNK"},
    {"a bare LF after the size", "3\nabc\r\n0\r\n\r\n", "", 400, "BAD_CHUNK"},
    {"a bare CR in an extension", "3;\ra\r\nabc\r\n", "", 400, "BARE_CARRIAGE_RETURN"},
    {"a control in an extension", "3;\x01\r\nabc\r\n", "", 400, "CONTROL_CHARACTER"},
    {"data longer than its size", "3\r\nabcd\r\n0\r\n\r\n", "abc", 400, "BAD_CHUNK"},
    {"a bare LF after data", "3\r\nabc\n0\r\n\r\n", "abc", 400, "BAD_CHUNK"},
    {"a bare LF in trailers", "0\r\nT: u\nV: w\r\n\r\n", "", 400, "BAD_CHUNK"},
    {"a trailer without colon", "0\r\nT\r\n\r\n", "", 400, "BAD_HEADER"},
    {"a folded trailer", "0\r\nT: u\r\n v\r\n\r\n", "", 400, "FOLDED_HEADER"},
    {"a body above the limit", "20\r\n01234567890123456789012345678901\r\n1\r\nx\r\n",
     "01234567890123456789012345678901", 413, "BODY_TOO_LARGE"},
    {"trailers above the limit", "0\r\nT: " + std::string(100, 'u') + "\r\n\r\n", "", 431,
     "TRAILERS_TOO_LARGE"},
    {"a trailer of exactly the limit, and another",
     "0\r\nT: " + std::string(61, 'u') + "\r\nV: " + std::string(200, 'w') + "\r\n\r\n", "", 431,
     "TRAILERS_TOO_LARGE"},
    {"trailers of the limit with their line ends",
     "0\r\nT: " + std::string(27, 'u') + "\r\nV: " + std::string(27, 'w') + "\r\n\r\n", "", 0},
    {"an endless extension", "1;" + std::string(400, 'x'), "", 400, "CHUNK_EXTENSION"},
};

TEST(ChunkedBodyTest, DecodesOrRefusesTheSameHoweverTheBytesArrive) {
  for (const Row& row : kRows) {
    for (size_t piece = 1; piece <= row.wire.size(); ++piece) {
      ChunkedBody chunked(32, 64);
      std::string body;
      std::string pending;
      Event event = Event::kNeedMore;
      for (size_t i = 0; i < row.wire.size() && event == Event::kNeedMore; i += piece) {
        pending += row.wire.substr(i, piece);
        size_t consumed = 0;
        event = chunked.Feed(pending, consumed, body);
        pending.erase(0, consumed);
      }
      EXPECT_EQ(event, row.status == 0 ? Event::kComplete : Event::kError)
          << row.promise << ", " << piece;
      EXPECT_EQ(chunked.error().reason, row.reason) << row.promise << ", " << piece;
      if (row.status != 0) {
        EXPECT_EQ(chunked.error().status, row.status) << row.promise;
      }
      EXPECT_EQ(body, row.body) << row.promise << ", " << piece;
    }
  }
}

TEST(ChunkedBodyTest, LeavesWhatFollowsAlone) {
  ChunkedBody chunked(32, 64);
  std::string body;
  size_t consumed = 0;
  EXPECT_EQ(chunked.Feed("1\r\nx\r\n0\r\n\r\nGET /", consumed, body), Event::kComplete);
  EXPECT_EQ(consumed, 11u);
}

}  // namespace
}  // namespace corridor::gateway
