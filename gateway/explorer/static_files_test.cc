#include "gateway/explorer/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "explorer_files.h"
#include "gateway/fake_call.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

class FakeDialect : public Dialect {
 public:
  void Serve(const std::shared_ptr<Call>& call) override {
    paths.push_back(call->request().path);
    call->Answer({}, "OK");
  }
  std::vector<std::string> paths;
};

class StaticFilesTest : public ::testing::Test {
 protected:
  HttpResponse Answer(const std::string& verb, const std::string& path, HttpHeaders headers = {}) {
    HttpRequest request;
    request.method = verb;
    request.path = path;
    request.headers = std::move(headers);
    connection_->responses.clear();
    auto call = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
    files_.Serve(call);
    call->Finish(0, /*sent=*/true);
    EXPECT_THAT(connection_->responses, SizeIs(1));
    return connection_->responses.empty() ? HttpResponse() : connection_->responses.front();
  }
  HttpResponse Get(const std::string& path) { return Answer("GET", path); }
  HttpResponse GetUnless(const std::string& if_none_match) {
    return Answer("GET", "/", {{"if-none-match", if_none_match}});
  }
  std::string EtagOf(const std::string& path) {
    const HttpResponse response = Get(path);
    const std::string* etag = FindHeader(response.headers, "etag");
    return etag == nullptr ? "none" : *etag;
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  FakeDialect others_;
  const std::vector<EmbeddedFile> page_ = {
      {"index.html", "<html>"}, {"style.css", "body {}"}, {"page.js", "start();"}};
  const std::vector<EmbeddedFile> docs_ = {
      {"index.html", "<docs>"}, {"ui.js.gz", "\x1f\x8b"}, {"NOTICE.txt", "(c)"}};
  const std::vector<EmbeddedFile> document_ = {{"openapi.json", "{}"},
                                               {"openapi.json.gz", "\x1f\x8b"}};
  StaticFiles files_{{{page_, "/", "/explorer/"}, {docs_, "/docs", "/docs/"}, {document_, "", "/"}},
                     others_};
};

TEST_F(StaticFilesTest, EachFileIsServedWithItsContentType) {
  const struct {
    std::string path, type, body;
  } cases[] = {
      {"/", "text/html; charset=utf-8", "<html>"},
      {"/explorer/style.css", "text/css; charset=utf-8", "body {}"},
      {"/explorer/page.js", "text/javascript; charset=utf-8", "start();"},
      {"/docs", "text/html; charset=utf-8", "<docs>"},
      {"/docs/ui.js", "text/javascript; charset=utf-8", "\x1f\x8b"},
      {"/docs/NOTICE.txt", "text/plain; charset=utf-8", "(c)"},
      {"/openapi.json", "application/json", "{}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.path);
    const HttpResponse response = Get(c.path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, c.body);
    EXPECT_THAT(response.headers, Contains(Pair("content-type", c.type)));
  }
  EXPECT_THAT(others_.paths, IsEmpty());
}

TEST_F(StaticFilesTest, ReadersMayGoToPagesAndToFilesThatBelongToNone) {
  EXPECT_THAT(AddressesOf({{page_, "/", "/explorer/"}, {document_, "", "/"}}),
              ElementsAre("/", "/openapi.json"));
}

TEST_F(StaticFilesTest, EveryAnswerForbidsWhatThePageDoesNotNeed) {
  for (const HttpResponse& response : {Get("/"), GetUnless("*"), Get("/explorer/page.js")}) {
    SCOPED_TRACE(response.status);
    EXPECT_THAT(response.headers,
                Contains(Pair("content-security-policy",
                              "default-src 'none'; script-src 'self'; style-src 'self'; "
                              "connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
                              "form-action 'none'; frame-ancestors 'none'")));
    EXPECT_THAT(response.headers, Contains(Pair("x-content-type-options", "nosniff")));
    EXPECT_THAT(response.headers, Contains(Pair("referrer-policy", "no-referrer")));
    EXPECT_THAT(response.headers, Contains(Pair("cache-control", "no-cache")));
  }
}

TEST_F(StaticFilesTest, TheTagIsStrongAndOfTheContents) {
  EXPECT_THAT(EtagOf("/"), MatchesRegex("\"[0-9a-f]{16}\""));
  EXPECT_EQ(EtagOf("/"), EtagOf("/"));
  EXPECT_NE(EtagOf("/"), EtagOf("/explorer/style.css"));
}

TEST_F(StaticFilesTest, AClientThatHasTheFileIsToldSo) {
  const std::string etag = EtagOf("/");
  for (const std::string& held :
       {etag, "W/" + etag, "\"other\", " + etag, "\"other\" ,\t" + etag, std::string("*")}) {
    SCOPED_TRACE(held);
    const HttpResponse response = GetUnless(held);
    EXPECT_EQ(response.status, 304);
    EXPECT_THAT(response.body, IsEmpty());
    EXPECT_THAT(response.headers, Contains(Pair("etag", etag)));
  }
}

TEST_F(StaticFilesTest, AClientThatHasAnotherFileGetsThisOne) {
  const std::string etag = EtagOf("/");
  for (const std::string& held :
       {std::string(), std::string("\"other\""), etag.substr(1), "X" + etag, "w/" + etag}) {
    SCOPED_TRACE(held);
    EXPECT_EQ(GetUnless(held).status, 200);
  }
}

TEST_F(StaticFilesTest, WhatIsCompressedIsSaidToBe) {
  const HttpResponse response = Get("/docs/ui.js");
  EXPECT_THAT(response.headers, Contains(Pair("content-encoding", "gzip")));
  EXPECT_THAT(response.headers, Contains(Pair("vary", "accept-encoding")));
  EXPECT_THAT(Get("/docs").headers, Not(Contains(Pair("content-encoding", "gzip"))));
}

TEST_F(StaticFilesTest, WhatIsCompressedGoesToThoseWhoTakeItOnly) {
  const struct {
    std::string accept_encoding;
    int status;
  } cases[] = {
      {"gzip", 200},
      {"deflate, GZIP;q=0.5", 200},
      {"br;q=1.0, *;q=0.1", 200},
      {"", 406},
      {"identity", 406},
      {"gzip;q=0", 406},
      {"gzip; q=0.0", 406},
      {"br, gzip ; q=0.000", 406},
      {"*, gzip;q=0", 406},
      {"*;q=0, gzip", 200},
      {"xgzip", 406},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.accept_encoding);
    const HttpResponse response =
        Answer("GET", "/docs/ui.js", {{"accept-encoding", c.accept_encoding}});
    EXPECT_EQ(response.status, c.status);
    if (c.status == 200) continue;
    EXPECT_THAT(response.body, HasSubstr("\"reason\":\"NOT_ACCEPTABLE\""));
    EXPECT_THAT(response.body, HasSubstr("/docs/ui.js is served as gzip"));
  }
  EXPECT_EQ(Answer("GET", "/docs", {{"accept-encoding", "identity"}}).status, 200);
}

TEST_F(StaticFilesTest, AFileInTwoFormsIsServedAsTheClientPrefers) {
  const struct {
    HttpHeaders headers;
    std::string body;
  } cases[] = {
      {{}, "{}"},
      {{{"accept-encoding", "gzip, br"}}, "\x1f\x8b"},
      {{{"accept-encoding", "*"}}, "\x1f\x8b"},
      {{{"accept-encoding", "gzip;q=0.5, identity"}}, "{}"},
      {{{"accept-encoding", "br"}}, "{}"},
      {{{"accept-encoding", "gzip;q=0"}}, "{}"},
      {{{"accept-encoding", "identity;q=0"}}, "{}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.headers.empty() ? "no header" : c.headers.front().second);
    const HttpResponse response = Answer("GET", "/openapi.json", c.headers);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, c.body);
    EXPECT_THAT(response.headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(response.headers, Contains(Pair("vary", "accept-encoding")));
    const bool is_gzip = FindHeader(response.headers, "content-encoding") != nullptr;
    EXPECT_EQ(is_gzip, c.body != "{}");
  }
}

TEST_F(StaticFilesTest, HeadIsAnsweredAsGet) {
  const HttpResponse response = Answer("HEAD", "/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "<html>");
}

TEST_F(StaticFilesTest, AnotherVerbIs405NamingThoseThereAre) {
  for (const std::string verb : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"}) {
    SCOPED_TRACE(verb);
    const HttpResponse response = Answer(verb, "/explorer/page.js");
    EXPECT_EQ(response.status, 405);
    EXPECT_THAT(response.headers, Contains(Pair("allow", "GET, HEAD")));
    EXPECT_THAT(response.headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(response.body, HasSubstr("\"reason\":\"METHOD_NOT_ALLOWED\""));
    EXPECT_THAT(response.body,
                HasSubstr("/explorer/page.js has no " + verb + "; it has GET, HEAD"));
  }
}

TEST_F(StaticFilesTest, WhatIsNoFileIsLeftToOthers) {
  const std::vector<std::string> paths = {
      "/v1/areas",      "/index.html", "/explorer/",     "/explorer/index.html",
      "/explorer/../",  "//",          "/docs/",         "/docs/index.html",
      "/docs/ui.js.gz", "/openapi",    "/docs/style.css"};
  for (const std::string& path : paths) Get(path);
  EXPECT_EQ(others_.paths, paths);
}

TEST_F(StaticFilesTest, CallsAreRecordedByFileAndOutcome) {
  Get("/");
  GetUnless("*");
  Answer("HEAD", "/explorer/style.css");
  Answer("POST", "/");
  EXPECT_THAT(log_.lines, ElementsAre("GET / OK", "GET / OK", "HEAD /explorer/style.css OK",
                                      "unmatched UNIMPLEMENTED"));
}

// The policy would stop them, silently for whoever looks at the page.
TEST(FrontPageTest, HasNeitherInlineScriptNorInlineStyle) {
  ASSERT_EQ(explorer_files.front().name, "index.html");
  const std::string page(explorer_files.front().contents);
  EXPECT_THAT(page, HasSubstr("<script type=\"module\" src=\"/explorer/front_page.js\"></script>"));
  EXPECT_THAT(page, HasSubstr("<link rel=\"stylesheet\" href=\"/explorer/style.css\">"));
  for (const std::string inline_code : {"<script>", "<style", " style=", " onclick=", " onload="}) {
    EXPECT_THAT(page, Not(HasSubstr(inline_code)));
  }
}

// What is shown comes from the API, so it must never be read as markup.
TEST(FrontPageTest, WritesDataAsTextOnly) {
  for (const auto& [name, contents] : explorer_files) {
    SCOPED_TRACE(std::string(name));
    for (const std::string markup :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"}) {
      EXPECT_THAT(std::string(contents), Not(HasSubstr(markup)));
    }
  }
}

}  // namespace
}  // namespace corridor::gateway
