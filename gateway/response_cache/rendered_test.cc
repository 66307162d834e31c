#include "gateway/response_cache/rendered.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

// What a client makes of a body.
std::string Decoded(std::string_view body, const std::string& coding) {
  std::string out(1 << 20, '\0');
  size_t size = out.size();
  if (coding == "gzip") {
    z_stream stream = {};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    size = stream.total_out;
    inflateEnd(&stream);
  } else if (coding == "br") {
    EXPECT_EQ(BrotliDecoderDecompress(body.size(), reinterpret_cast<const uint8_t*>(body.data()),
                                      &size, reinterpret_cast<uint8_t*>(out.data())),
              BROTLI_DECODER_RESULT_SUCCESS);
  } else if (coding == "zstd") {
    size = ZSTD_decompress(out.data(), out.size(), body.data(), body.size());
    EXPECT_EQ(ZSTD_isError(size), 0u);
  } else {
    return std::string(body);
  }
  out.resize(size);
  return out;
}

std::string LongText() {
  std::string text = "[";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&text, "{\"period\":\"", 1700 + i, "\"},");
  return text + "{}]";
}

std::shared_ptr<const Rendered> Make(const std::string& body,
                                     const std::string& type = "application/json") {
  Rendered::Content content;
  content.route = "/v1/areas";
  content.headers = {{"content-type", type}, {"corridor-version", "v"}};
  content.body = body;
  return std::make_shared<const Rendered>(std::move(content));
}

// Headers of both kinds.
HttpHeaders All(const HttpResponse& response) {
  HttpHeaders all = response.headers;
  if (response.shared != nullptr) {
    all.insert(all.end(), response.shared->headers.begin(), response.shared->headers.end());
  }
  return all;
}
std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  const HttpHeaders all = All(response);
  const std::string* value = FindHeader(all, name);
  return value == nullptr ? "" : *value;
}

HttpResponse Ask(const std::shared_ptr<const Rendered>& rendered, const HttpHeaders& headers = {},
                 std::string_view by = kByGateway, const std::string& method = "GET") {
  HttpRequest request;
  request.method = method;
  request.headers = headers;
  return AnswerWith(rendered, request, AskedForm(request.headers), by);
}

TEST(RenderedTest, AnAnswerSaysWhoMadeItAndHowToAskAgain) {
  const auto rendered = Make("{}");
  const HttpResponse kept = Ask(rendered);
  EXPECT_EQ(kept.status, 200);
  EXPECT_EQ(kept.content(), "{}");
  EXPECT_EQ(HeaderOf(kept, "corridor-cache"), "gateway");
  EXPECT_EQ(HeaderOf(kept, "age"), "0");
  EXPECT_EQ(HeaderOf(kept, "cache-control"), "no-cache");
  EXPECT_EQ(HeaderOf(kept, "vary"), "accept-encoding, corridor-fields, corridor-json");
  EXPECT_EQ(HeaderOf(kept, "accept-ranges"), "bytes");
  EXPECT_EQ(HeaderOf(kept, "corridor-version"), "v");
  EXPECT_EQ(HeaderOf(kept, "content-type"), "application/json");
  EXPECT_THAT(HeaderOf(kept, "etag"), ::testing::MatchesRegex("\"[-_A-Za-z0-9]{22}\""));

  const HttpResponse made = Ask(rendered, {}, "origin");
  EXPECT_EQ(HeaderOf(made, "corridor-cache"), "origin");
  EXPECT_THAT(All(made), Not(Contains(Key("age"))));
  EXPECT_EQ(HeaderOf(made, "etag"), HeaderOf(kept, "etag"));
}

TEST(RenderedTest, TheTagIsThatOfTheBodyAlone) {
  EXPECT_EQ(HeaderOf(Ask(Make("{}")), "etag"), HeaderOf(Ask(Make("{}")), "etag"));
  EXPECT_NE(HeaderOf(Ask(Make("{}")), "etag"), HeaderOf(Ask(Make("[]")), "etag"));
}

TEST(RenderedTest, TheCodingIsTheOneThatTheClientWantsMost) {
  struct Case {
    std::string accepted;
    std::string coding;
  };
  const std::vector<Case> cases = {{"gzip", "gzip"},
                                   {"br", "br"},
                                   {"zstd", "zstd"},
                                   {"gzip, deflate, br, zstd", "zstd"},
                                   {"gzip, deflate, br", "br"},
                                   {"gzip;q=1, zstd;q=0.5", "gzip"},
                                   {"gzip;q=0, *", "zstd"},
                                   {"identity, gzip;q=0.5", ""},
                                   {"gzip;q=0", ""},
                                   {"", ""},
                                   {"deflate", ""}};
  const auto rendered = Make(LongText());
  for (const Case& c : cases) {
    SCOPED_TRACE(c.accepted);
    const HttpResponse response = Ask(rendered, {{"accept-encoding", c.accepted}});
    EXPECT_EQ(HeaderOf(response, "content-encoding"), c.coding);
    EXPECT_EQ(Decoded(response.content(), c.coding), LongText());
  }
  EXPECT_EQ(HeaderOf(Ask(rendered), "content-encoding"), "") << "a client that says nothing";
}

TEST(RenderedTest, EachCodingHasATagOfItsOwn) {
  const auto rendered = Make(LongText());
  std::set<std::string> tags;
  for (const char* coding : {"identity", "gzip", "br", "zstd"}) {
    tags.insert(HeaderOf(Ask(rendered, {{"accept-encoding", coding}}), "etag"));
  }
  EXPECT_EQ(tags.size(), 4u);
}

TEST(RenderedTest, WhatIsShortOrNoTextOrGainsNothingIsSentAsItIs) {
  const HttpHeaders takes = {{"accept-encoding", "gzip, br, zstd"}};
  EXPECT_EQ(HeaderOf(Ask(Make("{}"), takes), "content-encoding"), "");
  EXPECT_EQ(HeaderOf(Ask(Make(LongText(), "application/octet-stream"), takes), "content-encoding"),
            "");
  EXPECT_EQ(HeaderOf(Ask(Make(std::string(2 << 20, 'x')), takes), "content-encoding"), "");
  std::string noise;
  for (uint32_t i = 0, x = 1; i < 4096; ++i) {
    x = x * 1664525 + 1013904223;
    noise.push_back(static_cast<char>(x >> 24));
  }
  const HttpResponse response = Ask(Make(noise, "text/plain"), takes);
  EXPECT_EQ(HeaderOf(response, "content-encoding"), "");
  EXPECT_EQ(response.content(), noise);
  EXPECT_EQ(HeaderOf(response, "etag"), HeaderOf(Ask(Make(noise, "text/plain")), "etag"));
}

TEST(RenderedTest, AClientThatHasItIsTold304WithTheHeadersOfTheAnswer) {
  const auto rendered = Make(LongText());
  const HttpHeaders takes = {{"accept-encoding", "gzip"}};
  const std::string tag = HeaderOf(Ask(rendered, takes), "etag");
  for (const char* by : {kByGateway, "origin"}) {
    HttpHeaders headers = takes;
    headers.emplace_back("if-none-match", absl::StrCat("\"x\", W/", tag));
    const HttpResponse response = Ask(rendered, headers, by);
    EXPECT_EQ(response.status, 304);
    EXPECT_EQ(response.content(), "");
    EXPECT_EQ(HeaderOf(response, "etag"), tag);
    for (const char* name : {"cache-control", "vary", "corridor-version"}) {
      EXPECT_NE(HeaderOf(response, name), "") << name;
    }
    EXPECT_EQ(HeaderOf(response, "corridor-cache"), by);
    EXPECT_EQ(HeaderOf(response, "content-encoding"), "");
  }
  // The tag of another coding is that of another body.
  EXPECT_EQ(Ask(rendered, {{"if-none-match", tag}}).status, 200);
  EXPECT_EQ(Ask(rendered, {{"if-none-match", "*"}}).status, 304);
}

TEST(RenderedTest, ARangeIsOfTheBodyAsItIsSent) {
  const auto rendered = Make(LongText());
  const HttpHeaders part = {{"range", "bytes=10-19"}};
  const HttpResponse response = Ask(rendered, part);
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.content(), LongText().substr(10, 10));
  EXPECT_EQ(HeaderOf(response, "content-range"), absl::StrCat("bytes 10-19/", LongText().size()));
  EXPECT_NE(HeaderOf(response, "etag"), "");
  EXPECT_EQ(Ask(rendered, part, kByGateway, "HEAD").status, 200);
  EXPECT_EQ(Ask(rendered, {{"range", "bytes=1000000-"}}).status, 416);

  const HttpResponse whole = Ask(rendered, {{"accept-encoding", "gzip"}});
  const HttpResponse end = Ask(rendered, {{"accept-encoding", "gzip"}, {"range", "bytes=100-"}});
  EXPECT_EQ(end.status, 206);
  EXPECT_EQ(end.content(), whole.content().substr(100));

  HttpHeaders same = part;
  same.emplace_back("if-range", HeaderOf(response, "etag"));
  EXPECT_EQ(Ask(rendered, same).status, 206);
  same.back().second = "\"other\"";
  EXPECT_EQ(Ask(rendered, same).status, 200);
}

TEST(RenderedTest, ItsSizeGrowsWithItsVariants) {
  const auto rendered = Make(LongText());
  const size_t bare = rendered->bytes();
  EXPECT_GT(bare, LongText().size());
  rendered->As(Coding::kGzip);
  const size_t more = rendered->bytes();
  EXPECT_GT(more, bare);
  rendered->As(Coding::kGzip);
  EXPECT_EQ(rendered->bytes(), more);
}

// Whose flags alone are looked at.
AskedForm FormOf(const HttpHeaders& headers) { return AskedForm(headers); }

TEST(AskedFormTest, SaysWhatOfTheHeadersMatters) {
  const HttpHeaders headers = {{"accept", "*/*"},
                               {"accept-encoding", "gzip"},
                               {"cache-control", "max-age=0, no-cache"},
                               {"corridor-json", "int64=number"},
                               {"corridor-min-version", "v"}};
  const AskedForm form(headers);
  EXPECT_EQ(*form.accept_encoding, "gzip");
  EXPECT_EQ(*form.json, "int64=number");
  EXPECT_EQ(*form.min_version, "v");
  EXPECT_TRUE(form.wants_origin);
  EXPECT_FALSE(form.is_private);
  EXPECT_FALSE(form.is_unusual);
  EXPECT_FALSE(FormOf({{"cache-control", "max-age=0"}}).wants_origin);
  EXPECT_TRUE(FormOf({{"pragma", "no-cache"}}).wants_origin);
  EXPECT_TRUE(FormOf({{"cache-control", "No-Store"}}).is_private);
  EXPECT_TRUE(FormOf({{"authorization", "Bearer x"}}).is_private);
  EXPECT_TRUE(FormOf({{"corridor-timeout", "1s"}}).has_timeout);
  EXPECT_TRUE(FormOf({{"content-type", "application/grpc"}}).is_unusual);
  EXPECT_TRUE(FormOf({{"corridor-json", "a"}, {"corridor-json", "b"}}).is_unusual);
}

}  // namespace
}  // namespace corridor::gateway
