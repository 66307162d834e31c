// The documentation as its readers meet it: the document over HTTP, its examples asked of the
// suite, and the page in Chromium without a window, if installed.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/docs/example.h"
#include "gateway/docs/testdata/documented_requests.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/chromium.h"
#include "tests/e2e/json_text.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::google::protobuf::Value;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class DocsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { suite = new Suite; }
  static void TearDownTestSuite() {
    delete suite;
    suite = nullptr;
  }

  static Suite* suite;
  HttpClient client_ = suite->Client();
};
Suite* DocsTest::suite = nullptr;

TEST_F(DocsTest, TheDocumentIsServedWithItsTag) {
  const HttpResponse whole = client_.Get("/openapi.json");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.Header("content-type"), "application/json");
  EXPECT_THAT(whole.Header("etag"), MatchesRegex("\"[0-9a-f]{16}\""));
  ASSERT_OK_AND_ASSIGN(const Value document, ParseJson(whole.body));
  EXPECT_EQ(TextAt(document, "openapi"), "3.1.0");
  EXPECT_EQ(TextAt(document, "info.title"), "Corridor");

  HttpRequest again;
  again.target = "/openapi.json";
  again.headers = {absl::StrCat("If-None-Match: ", whole.Header("etag"))};
  const HttpResponse same = client_.Send(again);
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");

  again.headers = {"Accept-Encoding: gzip, br"};
  const HttpResponse packed = client_.Send(again);
  EXPECT_EQ(packed.Header("content-encoding"), "gzip");
  EXPECT_NE(packed.Header("etag"), whole.Header("etag"));
  EXPECT_LT(packed.body.size() * 8, whole.body.size());
}

// What differs from one start to the next.
bool Varies(const std::string& member) {
  return member == "etag" || member == "version" || member == "commitTime";
}

// Holds every member of an example against what is answered now. Lists in examples may be shorter.
void ExpectWithin(const Value& example, const Value& answer, const std::string& where) {
  ASSERT_EQ(example.kind_case(), answer.kind_case()) << where;
  for (const auto& [name, member] : example.struct_value().fields()) {
    const std::string here = absl::StrCat(where, ".", name);
    if (Varies(name)) continue;
    const auto found = answer.struct_value().fields().find(name);
    ASSERT_NE(found, answer.struct_value().fields().end()) << here;
    ExpectWithin(member, found->second, here);
  }
  ASSERT_LE(example.list_value().values_size(), answer.list_value().values_size()) << where;
  for (int i = 0; i < example.list_value().values_size(); ++i) {
    ExpectWithin(example.list_value().values(i), answer.list_value().values(i),
                 absl::StrCat(where, "[", i, "]"));
  }
  if (example.has_struct_value() || example.has_list_value()) return;
  EXPECT_EQ(TextAt(example, ""), TextAt(answer, "")) << where;
}

TEST_F(DocsTest, ExamplesAreWhatTheSuiteAnswers) {
  suite->WaitUntilNothingIsMissing(client_);
  int asked = 0;
  for (const gateway::Example& example : gateway::Examples()) {
    SCOPED_TRACE(std::string(example.operation));
    if (example.answer.empty()) continue;
    const HttpResponse response = example.body.empty()
                                      ? client_.Get(example.target)
                                      : client_.SendJson("POST", example.target, example.body);
    ASSERT_EQ(response.status, 200) << response.body;
    ASSERT_OK_AND_ASSIGN(const Value shown, ParseJson(std::string(example.answer)));
    ASSERT_OK_AND_ASSIGN(const Value answer, ParseJson(response.body));
    ExpectWithin(shown, answer, "");
    ++asked;
  }
  EXPECT_GE(asked, 12);
}

// What the services hold: every write is a version.
std::string Versions(HttpClient& client) {
  std::string versions;
  for (const char* list : {"/v1/areas", "/v1/sources", "/v1/offices"}) {
    const auto answer = ParseJson(client.Get(absl::StrCat(list, "?pageSize=1")).body);
    absl::StrAppend(&versions, " ", TextAt(answer.value_or(Value()), "knownVersion.version"));
  }
  return versions;
}

std::vector<gateway::DocumentedRequest> RequestsOf(HttpClient& client) {
  const auto document = ParseJson(client.Get("/openapi.json").body);
  return gateway::RequestsIn(document.value_or(Value()).struct_value());
}

TEST_F(DocsTest, WhateverIsTriedIsAnsweredAndWritesNothing) {
  suite->WaitUntilNothingIsMissing(client_);
  const std::string versions = Versions(client_);
  for (const gateway::DocumentedRequest& request : RequestsOf(client_)) {
    SCOPED_TRACE(absl::StrCat(request.verb, " ", request.Target(), " ", request.body));
    const HttpResponse response =
        request.body.empty() ? client_.Send({request.verb, request.Target(), {}, ""})
                             : client_.SendJson(request.verb, request.Target(), request.body);
    // What others name is not deleted.
    if (absl::StrContains(request.operation, "Delete") && response.status == 400) {
      EXPECT_TRUE(absl::IsFailedPrecondition(ErrorOf(response))) << response.body;
    } else {
      EXPECT_EQ(response.status, 200) << response.body;
    }
  }
  EXPECT_EQ(Versions(client_), versions);
}

TEST_F(DocsTest, WhatIsRequiredIsMissedWhereItIsAbsent) {
  suite->WaitUntilNothingIsMissing(client_);
  int left_out = 0;
  for (const gateway::DocumentedRequest& request : RequestsOf(client_)) {
    for (const std::string& name : request.required) {
      SCOPED_TRACE(request.Target(name));
      EXPECT_EQ(client_.Get(request.Target(name)).status, 400);
      ++left_out;
    }
    if (request.verb != "POST") continue;
    SCOPED_TRACE(absl::StrCat(request.Target(), " {}"));
    EXPECT_EQ(client_.SendJson("POST", request.Target(), "{}").status, 400);
  }
  EXPECT_GE(left_out, 25);
}

TEST_F(DocsTest, WhatIsNearAPageIsToldOfIt) {
  for (const auto& [path, nearest] :
       {std::pair("/docs/", "/docs"), {"/openapi.jsn", "/openapi.json"}}) {
    const HttpResponse response = client_.Get(path);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(ErrorMetadata(ErrorOf(response), "nearest"), nearest);
  }
}

TEST_F(DocsTest, AnOperationIsOpenedAndTriedUnderThePolicyOfTheGateway) {
  const absl::Time deadline = absl::Now() + absl::Seconds(90);
  ASSERT_OK_AND_ASSIGN(const bool is_installed, ChromiumIsInstalled(deadline));
  if (!is_installed) GTEST_SKIP() << "chromium is not installed";
  ASSERT_OK_AND_ASSIGN(const DrawnPage page,
                       DrawPage(absl::StrCat("http://", suite->address("gateway"),
                                             "/docs?try#/Memberships/Memberships_CountMemberships"),
                                absl::Seconds(20), deadline,
                                {"--enable-logging=stderr", "--window-size=1200,1000"}));
  EXPECT_THAT(page.html, HasSubstr("id=\"operations-Memberships-Memberships_CountMemberships\""));
  EXPECT_THAT(page.html, HasSubstr("/v1/organisations/IOM/memberships:count?status=MEMBER"));
  EXPECT_THAT(page.html, HasSubstr("live-responses-table"));
  EXPECT_THAT(page.html, HasSubstr("corridor-version: "));
  EXPECT_THAT(page.html, HasSubstr("href=\"#/Observations\""));
  EXPECT_THAT(page.log, Not(HasSubstr("Content Security Policy")));
}

}  // namespace
}  // namespace corridor::e2e
