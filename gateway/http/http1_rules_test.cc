#include "gateway/http/http1_rules.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

struct Row {
  const char* promise;
  std::string head;
  int status;  // 0: accepted.
  const char* reason = "";
};

std::string Get(const std::string& headers) {
  return "GET /v1/areas HTTP/1.1\r\n" + headers + "\r\n";
}
std::string Post(const std::string& headers) {
  return "POST /v1/areas HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

class CheckHeadTest : public ::testing::TestWithParam<Row> {};

TEST_P(CheckHeadTest, Judges) {
  const auto verdict = CheckHead(GetParam().head);
  EXPECT_EQ(verdict ? verdict->status : 0, GetParam().status) << GetParam().promise;
  EXPECT_EQ(verdict ? verdict->reason : "", GetParam().reason) << GetParam().promise;
}

std::string ManyHeaders(int count) {
  std::string headers = "Host: a\r\n";
  for (int i = 1; i < count; ++i) headers += "x: y\r\n";
  return Get(headers);
}

INSTANTIATE_TEST_SUITE_P(
    Accepted, CheckHeadTest,
    ::testing::Values(
        Row{"the plain case", Get("Host: localhost:8080\r\n"), 0},
        Row{"HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 0},
        Row{"a query and percent escapes", "GET /a%20b?c=%C3%A4&d HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        Row{"an absolute target", "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        Row{"an absolute target, in any case", "GET HTTP://A:80?b HTTP/1.1\r\nHost: a:80\r\n\r\n",
            0},
        Row{"OPTIONS of the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        Row{"an IPv6 host", Get("Host: [::1]:80\r\n"), 0},
        Row{"tabs and bytes above 0x7F in a value", Get("Host: a\r\nx: \xC3\xA4\tb\r\n"), 0},
        Row{"an empty value", Get("Host: a\r\nx:\r\n"), 0},
        Row{"one Content-Length", Post("Content-Length: 12\r\n"), 0},
        Row{"one chunked, in any case", Post("Transfer-Encoding: Chunked\r\n"), 0},
        Row{"a hundred headers", ManyHeaders(100), 0}));

INSTANTIATE_TEST_SUITE_P(
    Lengths, CheckHeadTest,
    ::testing::Values(
        Row{"gzip, chunked", Post("Transfer-Encoding: gzip, chunked\r\n"), 400,
            "BAD_TRANSFER_ENCODING"},
        Row{"chunked twice in one", Post("Transfer-Encoding: chunked, chunked\r\n"), 400,
            "BAD_TRANSFER_ENCODING"},
        Row{"chunked twice in two",
            Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400,
            "REPEATED_HEADER"},
        Row{"identity", Post("Transfer-Encoding: identity\r\n"), 400, "BAD_TRANSFER_ENCODING"},
        Row{"nothing", Post("Transfer-Encoding:\r\n"), 400, "BAD_TRANSFER_ENCODING"},
        Row{"a vertical tab before chunked",
            Post("Transfer-Encoding: \x0B"
                 "chunked\r\n"),
            400, "CONTROL_CHARACTER"},
        Row{"chunked on 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            400, "BAD_TRANSFER_ENCODING"},
        Row{"both lengths", Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400,
            "TWO_LENGTHS"},
        Row{"two equal lengths", Post("Content-Length: 3\r\nContent-Length: 3\r\n"), 400,
            "REPEATED_HEADER"},
        Row{"a list of lengths", Post("Content-Length: 3, 3\r\n"), 400, "BAD_CONTENT_LENGTH"},
        Row{"a signed length", Post("Content-Length: +3\r\n"), 400, "BAD_CONTENT_LENGTH"},
        Row{"a hexadecimal length", Post("Content-Length: 0x3\r\n"), 400, "BAD_CONTENT_LENGTH"},
        Row{"an empty length", Post("Content-Length: \r\n"), 400, "BAD_CONTENT_LENGTH"},
        Row{"a length beyond 64 bits", Post("Content-Length: 99999999999999999999\r\n"), 400,
            "BAD_CONTENT_LENGTH"}));

INSTANTIATE_TEST_SUITE_P(
    Lines, CheckHeadTest,
    ::testing::Values(
        Row{"no Host", Get(""), 400, "NO_HOST"},
        Row{"no Host on 1.0", "GET / HTTP/1.0\r\n\r\n", 400, "NO_HOST"},
        Row{"two Hosts", Get("Host: a\r\nhost: a\r\n"), 400, "REPEATED_HEADER"},
        Row{"an empty Host", Get("Host: \r\n"), 400, "BAD_HOST"},
        Row{"a Host with a path", Get("Host: a/b\r\n"), 400, "BAD_HOST"},
        Row{"an absolute target of another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400,
            "TWO_HOSTS"},
        Row{"an absolute target of another port", "GET http://a:1/ HTTP/1.1\r\nHost: a\r\n\r\n",
            400, "TWO_HOSTS"},
        Row{"an absolute target without a host", "GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n", 400,
            "TWO_HOSTS"},
        Row{"a Host with a user", Get("Host: a@b\r\n"), 400, "BAD_HOST"},
        Row{"two content types", Post("Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400,
            "REPEATED_HEADER"},
        Row{"two origins", Post("Origin: http://a\r\nOrigin: http://b\r\n"), 400,
            "REPEATED_HEADER"},
        Row{"folding by a space", Get("Host: a\r\nx: y\r\n z\r\n"), 400, "FOLDED_HEADER"},
        Row{"folding by a tab", Get("Host: a\r\nx: y\r\n\tz\r\n"), 400, "FOLDED_HEADER"},
        Row{"folding of the first line", Get(" Host: a\r\n"), 400, "FOLDED_HEADER"},
        Row{"a space before the colon", Get("Host : a\r\n"), 400, "BAD_HEADER"},
        Row{"no colon", Get("Host\r\n"), 400, "BAD_HEADER"},
        Row{"an empty name", Get("Host: a\r\n: b\r\n"), 400, "BAD_HEADER"},
        Row{"a bare LF", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "BARE_NEWLINE"},
        Row{"a bare CR", Get("Host: a\rb\r\n"), 400, "BARE_CARRIAGE_RETURN"},
        Row{"a NUL", Get(std::string("Host: a\0b\r\n", 11)), 400, "CONTROL_CHARACTER"},
        Row{"a DEL", Get("Host: a\r\nx: \x7F\r\n"), 400, "CONTROL_CHARACTER"},
        Row{"more than a hundred headers", ManyHeaders(101), 431, "TOO_MANY_HEADERS"}));

INSTANTIATE_TEST_SUITE_P(
    RequestLines, CheckHeadTest,
    ::testing::Values(
        Row{"a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"a byte above 0x7E", "GET /\xC3\xA4 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"a relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"a star beside GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"},
        Row{"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_REQUEST_LINE"},
        Row{"an empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_REQUEST_LINE"},
        Row{"no version", "GET /\r\nHost: a\r\n\r\n", 400, "BAD_REQUEST_LINE"},
        Row{"a method that is no token", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400,
            "BAD_REQUEST_LINE"},
        Row{"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\n", 505, "HTTP_VERSION"},
        Row{"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, "HTTP_VERSION"},
        Row{"another protocol", "GET / RTSP/1.0\r\nHost: a\r\n\r\n", 400, "BAD_REQUEST_LINE"},
        Row{"nothing at all", "\r\n\r\n", 400, "BAD_REQUEST_LINE"},
        Row{"no line end", "GET", 400, "BAD_REQUEST_LINE"}));

TEST(CheckHeadTest, NamesTheOffendingValue) {
  const auto verdict = CheckHead(Post("Content-Length: 3, 3\r\n"));
  ASSERT_TRUE(verdict.has_value());
  EXPECT_THAT(verdict->message, HasSubstr("Content-Length: \"3, 3\""));
}

TEST(ScanHeadTest, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = Get("Host: a\r\n");
  HeadScan scan;
  for (size_t i = 1; i < head.size(); ++i) {
    ScanHead(std::string_view(head).substr(0, i), scan);
    ASSERT_EQ(scan.end, 0u) << i;
  }
  ScanHead(head + "GET /next", scan);
  EXPECT_EQ(scan.end, head.size());
  EXPECT_FALSE(scan.bare_newline);
}

TEST(ScanHeadTest, SeesABareNewlineAtOnce) {
  HeadScan scan;
  ScanHead("GET / HTTP/1.1\nHost", scan);
  EXPECT_TRUE(scan.bare_newline);
}

TEST(CheckChunkExtensionTest, AllowsUpToTheLimit) {
  EXPECT_FALSE(CheckChunkExtension(std::string(256, 'x')).has_value());
  const auto verdict = CheckChunkExtension(std::string(257, 'x'));
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->status, 400);
  EXPECT_EQ(verdict->reason, "CHUNK_EXTENSION");
}

}  // namespace
}  // namespace corridor::gateway
