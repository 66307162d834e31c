// Requests over HTTP/1.1 of which two readers could see different bounds: each is refused, and the
// connection closed, so that nothing in it is taken for a second request.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/raw_connection.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(30);

// What must not be taken for a request.
constexpr char kSmuggled[] = "GET /v1/areas/ARM HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct Shape {
  std::string name;
  std::string bytes;
  std::string reason;  // Of the error.
  int status = 400;
};

// A read whose head has `more`.
std::string Read(const std::string& more) {
  return absl::StrCat("GET /v1/areas/ARM HTTP/1.1\r\nHost: localhost\r\n", more, "\r\n");
}

constexpr char kJson[] = R"({"queries":["ARM"]})";

// A write whose head has `lengths`, and then `body`.
std::string Write(const std::string& lengths, const std::string& body) {
  return absl::StrCat("POST /v1/areas:resolve HTTP/1.1\r\nHost: localhost\r\n",
                      "Content-Type: application/json\r\n", lengths, "\r\n", body);
}
std::string Chunked(const std::string& body) {
  return Write("Transfer-Encoding: chunked\r\n", body);
}
// A whole body of chunks, its only chunk with this size and end of it.
std::string ChunkOf(const std::string& size, const std::string& end = "\r\n") {
  return Chunked(absl::StrCat(size, "\r\n", kJson, end, "0\r\n\r\n"));
}

std::vector<Shape> TwoLengths() {
  const std::string length = absl::StrCat("Content-Length: ", sizeof(kJson) - 1, "\r\n");
  const std::string coded = "Transfer-Encoding: chunked\r\n";
  const std::string chunks = absl::StrCat("13\r\n", kJson, "\r\n0\r\n\r\n");
  return {
      {"length, then chunks", Write(length + coded, chunks), "TWO_LENGTHS"},
      {"chunks, then length", Write(coded + length, chunks), "TWO_LENGTHS"},
      {"length 0 and chunks", Write("Content-Length: 0\r\n" + coded, chunks), "TWO_LENGTHS"},
      {"the same length twice", Write(length + length, kJson), "REPEATED_HEADER"},
      {"two lengths", Write("Content-Length: 0\r\n" + length, kJson), "REPEATED_HEADER"},
      {"a list of lengths", Write("Content-Length: 19, 19\r\n", kJson), "BAD_CONTENT_LENGTH"},
      {"a length with a sign", Write("Content-Length: +19\r\n", kJson), "BAD_CONTENT_LENGTH"},
      {"a negative length", Write("Content-Length: -1\r\n", kJson), "BAD_CONTENT_LENGTH"},
      {"a hexadecimal length", Write("Content-Length: 0x13\r\n", kJson), "BAD_CONTENT_LENGTH"},
      {"a length in words", Write("Content-Length: 1 9\r\n", kJson), "BAD_CONTENT_LENGTH"},
      {"a length above 64 bits", Write("Content-Length: 18446744073709551635\r\n", kJson),
       "BAD_CONTENT_LENGTH"},
      {"no length", Write("Content-Length:\r\n", kJson), "BAD_CONTENT_LENGTH"},
  };
}

std::vector<Shape> Encodings() {
  const std::string chunks = absl::StrCat("13\r\n", kJson, "\r\n0\r\n\r\n");
  std::vector<Shape> shapes;
  for (const char* value :
       {"gzip, chunked", "chunked, gzip", "chunked, chunked", "identity", "xchunked", "chunked;q=1",
        "\"chunked\"", "chunked,", ",chunked", "x chunked", ""}) {
    shapes.push_back({absl::StrCat("Transfer-Encoding: ", value),
                      Write(absl::StrCat("Transfer-Encoding: ", value, "\r\n"), chunks),
                      "BAD_TRANSFER_ENCODING"});
  }
  const std::string coded = "Transfer-Encoding: chunked\r\n";
  shapes.push_back({"chunked twice", Write(coded + coded, chunks), "REPEATED_HEADER"});
  shapes.push_back({"chunked, and identity",
                    Write("Transfer-Encoding: identity\r\n" + coded, chunks),
                    "BAD_TRANSFER_ENCODING"});
  shapes.push_back({"chunked on HTTP/1.0",
                    absl::StrCat("POST /v1/areas:resolve HTTP/1.0\r\nHost: localhost\r\n", coded,
                                 "\r\n", chunks),
                    "BAD_TRANSFER_ENCODING"});
  shapes.push_back({"a vertical tab before chunked",
                    Write("Transfer-Encoding: \vchunked\r\n", chunks), "CONTROL_CHARACTER"});
  return shapes;
}

std::vector<Shape> Chunks() {
  return {
      {"a size with a sign", ChunkOf("+13"), "BAD_CHUNK"},
      {"a negative size", ChunkOf("-1"), "BAD_CHUNK"},
      {"a size with 0x", ChunkOf("0x13"), "BAD_CHUNK"},
      {"a space before the size", ChunkOf(" 13"), "BAD_CHUNK"},
      {"a space after the size", ChunkOf("13 "), "BAD_CHUNK"},
      {"a tab after the size", ChunkOf("13\t"), "BAD_CHUNK"},
      {"an underscore in the size", ChunkOf("1_3"), "BAD_CHUNK"},
      {"no size", ChunkOf(""), "BAD_CHUNK"},
      {"only an extension", ChunkOf(";a=b"), "BAD_CHUNK"},
      {"a size that is no number", ChunkOf("xyz"), "BAD_CHUNK"},
      {"a size of NUL", ChunkOf(std::string("13\0", 3)), "BAD_CHUNK"},
      {"a size above 64 bits", ChunkOf("10000000000000013"), "BAD_CHUNK"},
      {"a size of 64 bits", ChunkOf("ffffffffffffffff"), "BAD_CHUNK"},
      {"a size above the limit", ChunkOf("fffffffffffff"), "BODY_TOO_LARGE", 413},
      {"many zeros", ChunkOf(std::string(100, '0') + "13"), "BAD_CHUNK"},
      {"a chunk longer than its size", ChunkOf("12"), "BAD_CHUNK"},
      {"a chunk without CR LF", ChunkOf("13", ""), "BAD_CHUNK"},
      {"a chunk with LF", ChunkOf("13", "\n"), "BAD_CHUNK"},
      {"a size with LF", Chunked(absl::StrCat("13\n", kJson, "\r\n0\r\n\r\n")), "BAD_CHUNK"},
      {"a size with CR", Chunked(absl::StrCat("13\r", kJson, "\r\n0\r\n\r\n")), "BAD_CHUNK"},
      {"a last chunk with LF", Chunked(absl::StrCat("13\r\n", kJson, "\r\n0\n\n")), "BAD_CHUNK"},
      {"LF in an extension", Chunked(absl::StrCat("13;a\n", kJson, "\r\n0\r\n\r\n")), "BAD_CHUNK"},
      {"a long extension", ChunkOf(absl::StrCat("13;", std::string(300, 'e'))), "CHUNK_EXTENSION"},
      {"CR in an extension", ChunkOf("13;a\rb"), "BARE_CARRIAGE_RETURN"},
      {"a control character in an extension", ChunkOf("13;a\x01"), "CONTROL_CHARACTER"},
      {"a trailer without a colon", Chunked(absl::StrCat("13\r\n", kJson, "\r\n0\r\nnone\r\n\r\n")),
       "BAD_HEADER"},
      {"a folded trailer", Chunked(absl::StrCat("13\r\n", kJson, "\r\n0\r\na: b\r\n c\r\n\r\n")),
       "FOLDED_HEADER"},
      {"a trailer with LF", Chunked(absl::StrCat("13\r\n", kJson, "\r\n0\r\na: b\n\r\n")),
       "BAD_CHUNK"},
  };
}

std::vector<Shape> Lines() {
  const std::string line = "GET /v1/areas/ARM HTTP/1.1";
  return {
      {"all lines with LF", line + "\nHost: localhost\n\n", "BARE_NEWLINE"},
      {"the request line with LF", line + "\nHost: localhost\r\n\r\n", "BARE_NEWLINE"},
      {"a header with LF", Read("A: b\nC: d\r\n"), "BARE_NEWLINE"},
      {"the head ends with LF", line + "\r\nHost: localhost\r\n\n", "BARE_NEWLINE"},
      {"CR within a header", Read("A: b\rC: d\r\n"), "BARE_CARRIAGE_RETURN"},
      {"CR twice", Read("A: b\r\r\n"), "BARE_CARRIAGE_RETURN"},
      {"a folded header", Read("A: b\r\n c\r\n"), "FOLDED_HEADER"},
      {"a header folded with a tab", Read("A: b\r\n\tc\r\n"), "FOLDED_HEADER"},
      {"a folded length", Write("Content-Length:\r\n 19\r\n", kJson), "BAD_CONTENT_LENGTH"},
      {"a folded first header", line + "\r\n Host: localhost\r\n\r\n", "FOLDED_HEADER"},
      {"NUL in a value", Read(std::string("A: b\0c\r\n", 8)), "CONTROL_CHARACTER"},
      {"NUL in a name", Read(std::string("A\0: b\r\n", 7)), "CONTROL_CHARACTER"},
      {"NUL in the target",
       std::string("GET /v1/areas/ARM\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 48),
       "CONTROL_CHARACTER"},
      {"a backspace in a value", Read("A: \b\r\n"), "CONTROL_CHARACTER"},
      {"a space before the colon", Read("Content-Length : 5\r\n"), "BAD_HEADER"},
      {"a tab before the colon", Read("Transfer-Encoding\t: chunked\r\n"), "BAD_HEADER"},
      {"a space in a name", Read("Content Length: 5\r\n"), "BAD_HEADER"},
      {"a bracket in a name", Read("Content(Length: 5\r\n"), "BAD_HEADER"},
      {"a byte above 0x7E in a name", Read("Content-Length\xa0: 5\r\n"), "BAD_HEADER"},
      {"no name", Read(": 5\r\n"), "BAD_HEADER"},
      {"no colon", Read("Content-Length 5\r\n"), "BAD_HEADER"},
  };
}

std::string ReadOf(const std::string& line) {
  return absl::StrCat(line, "\r\nHost: localhost\r\n\r\n");
}

std::vector<Shape> RequestLines() {
  return {
      {"no host", "GET /v1/areas/ARM HTTP/1.1\r\n\r\n", "NO_HOST"},
      {"two hosts", Read("Host: localhost\r\n"), "REPEATED_HEADER"},
      {"two hosts that differ", Read("Host: elsewhere\r\n"), "REPEATED_HEADER"},
      {"an empty host", "GET /v1/areas/ARM HTTP/1.1\r\nHost:\r\n\r\n", "BAD_HOST"},
      {"a list of hosts", "GET /v1/areas/ARM HTTP/1.1\r\nHost: localhost, elsewhere\r\n\r\n",
       "BAD_HOST"},
      {"a host with a path", "GET /v1/areas/ARM HTTP/1.1\r\nHost: localhost/x\r\n\r\n", "BAD_HOST"},
      {"a host with a user", "GET /v1/areas/ARM HTTP/1.1\r\nHost: a@localhost\r\n\r\n", "BAD_HOST"},
      {"two types of content", Write("Content-Type: text/plain\r\nContent-Length: 19\r\n", kJson),
       "REPEATED_HEADER"},
      {"HTTP/0.9", "GET /v1/areas/ARM\r\n\r\n", "BAD_REQUEST_LINE"},
      {"HTTP/1.2", ReadOf("GET /v1/areas/ARM HTTP/1.2"), "HTTP_VERSION", 505},
      {"HTTP/2.0", ReadOf("GET /v1/areas/ARM HTTP/2.0"), "HTTP_VERSION", 505},
      {"HTTP/1.10", ReadOf("GET /v1/areas/ARM HTTP/1.10"), "HTTP_VERSION", 505},
      {"a version in lower case", ReadOf("GET /v1/areas/ARM http/1.1"), "BAD_REQUEST_LINE"},
      {"a space after the version", ReadOf("GET /v1/areas/ARM HTTP/1.1 "), "BAD_REQUEST_LINE"},
      {"two spaces", ReadOf("GET  /v1/areas/ARM HTTP/1.1"), "BAD_TARGET"},
      {"a tab", ReadOf("GET\t/v1/areas/ARM HTTP/1.1"), "BAD_REQUEST_LINE"},
      {"a space in the target", ReadOf("GET /v1/areas/A RM HTTP/1.1"), "BAD_TARGET"},
      {"a fragment", ReadOf("GET /v1/areas/ARM#x HTTP/1.1"), "BAD_TARGET"},
      {"a byte above 0x7E", ReadOf("GET /v1/areas/\xc3\x84 HTTP/1.1"), "BAD_TARGET"},
      {"a target without a slash", ReadOf("GET v1/areas/ARM HTTP/1.1"), "BAD_TARGET"},
      {"another scheme", ReadOf("GET ftp://localhost/v1/areas/ARM HTTP/1.1"), "BAD_TARGET"},
      {"an absolute target of another host", ReadOf("GET http://elsewhere/v1/areas/ARM HTTP/1.1"),
       "TWO_HOSTS"},
      {"no method", ReadOf(" /v1/areas/ARM HTTP/1.1"), "BAD_REQUEST_LINE"},
      {"a method with a colon", ReadOf("G:T /v1/areas/ARM HTTP/1.1"), "BAD_REQUEST_LINE"},
      {"CONNECT", ReadOf("CONNECT localhost:80 HTTP/1.1"), "BAD_TARGET"},
      {"a line of two requests", ReadOf("GET /v1/areas/ARM HTTP/1.1GET /v1/areas/ARM HTTP/1.1"),
       "BAD_TARGET"},
  };
}

// The answer that `received` begins with, and what comes after it.
struct Answered {
  int status = 0;
  std::string head;
  std::string body;
  std::string rest;
};
Answered FirstAnswer(const std::string& received) {
  constexpr char kEndOfHead[] = "\r\n\r\n";
  Answered answered;
  const size_t end = received.find(kEndOfHead);
  if (end == std::string::npos || received.size() < 12) return answered;
  answered.head = received.substr(0, end + 4);
  if (!absl::SimpleAtoi(received.substr(9, 3), &answered.status)) return answered;
  const std::string name = "content-length: ";
  const size_t at = answered.head.find(name);
  size_t length = 0;
  if (at != std::string::npos) length = std::stoul(answered.head.substr(at + name.size()));
  answered.body = received.substr(end + 4, length);
  answered.rest = received.substr(end + 4 + answered.body.size());
  return answered;
}

class SmugglingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { suite = new Suite({"memberstates"}); }
  static void TearDownTestSuite() { delete std::exchange(suite, nullptr); }

  static void ExpectRefused(const std::vector<Shape>& shapes) {
    for (const Shape& shape : shapes) {
      SCOPED_TRACE(shape.name);
      RawConnection connection(suite->address("gateway"));
      connection.Send(shape.bytes + kSmuggled, absl::Now() + kPatience);
      EXPECT_TRUE(connection.WaitForEnd(absl::Now() + kPatience));
      const Answered answered = FirstAnswer(connection.received());
      EXPECT_EQ(answered.status, shape.status);
      EXPECT_THAT(answered.head, HasSubstr("\r\nconnection: close\r\n"));
      EXPECT_THAT(answered.body, HasSubstr(absl::StrCat("\"", shape.reason, "\"")));
      EXPECT_EQ(answered.rest, "");
    }
  }

  static Suite* suite;
};
Suite* SmugglingTest::suite = nullptr;

TEST_F(SmugglingTest, TwoLengthsAreRefused) { ExpectRefused(TwoLengths()); }
TEST_F(SmugglingTest, EncodingsButChunkedAreRefused) { ExpectRefused(Encodings()); }
TEST_F(SmugglingTest, OddChunksAreRefused) { ExpectRefused(Chunks()); }
TEST_F(SmugglingTest, OddLinesAreRefused) { ExpectRefused(Lines()); }
TEST_F(SmugglingTest, OddRequestLinesAreRefused) { ExpectRefused(RequestLines()); }

// The same with nothing wrong in them, so that it is known what a second answer looks like.
TEST_F(SmugglingTest, WhatHasOneMeaningIsAnsweredAndSoIsTheNext) {
  const std::string length = "Content-Length: 19\r\n";
  for (const Shape& shape : std::vector<Shape>{
           {"a read", Read(""), "", 200},
           {"a length", Write(length, kJson), "", 200},
           {"chunks", ChunkOf("13"), "", 200},
           {"chunks and a trailer", Chunked(absl::StrCat("13\r\n", kJson, "\r\n0\r\na: b\r\n\r\n")),
            "", 200},
           {"an extension", ChunkOf("13;a=b"), "", 200},
           {"zeros before the size", ChunkOf("00013"), "", 200},
           {"an empty line before", absl::StrCat("\r\n", Read("")), "", 200},
           {"an absolute target", ReadOf("GET http://localhost/v1/areas/ARM HTTP/1.1"), "", 200}}) {
    SCOPED_TRACE(shape.name);
    RawConnection connection(suite->address("gateway"));
    connection.Send(absl::StrCat(shape.bytes, Read("Connection: close\r\n")),
                    absl::Now() + kPatience);
    EXPECT_TRUE(connection.WaitForEnd(absl::Now() + kPatience));
    const Answered first = FirstAnswer(connection.received());
    EXPECT_EQ(first.status, shape.status) << first.body;
    const Answered second = FirstAnswer(first.rest);
    EXPECT_EQ(second.status, 200);
    EXPECT_THAT(second.body, HasSubstr("Armenia"));
    EXPECT_EQ(second.rest, "");
  }
}

}  // namespace
}  // namespace corridor::e2e
