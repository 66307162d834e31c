#include "gateway/dialects/dialect_choice.h"

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gateway/fake_call.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

// Answers with its name.
class NamedDialect : public Dialect {
 public:
  explicit NamedDialect(std::string name) : name_(std::move(name)) {}
  bool TakesBodyAsItComes(const HttpRequest&) const override { return name_ == "grpc"; }
  void Serve(const std::shared_ptr<Call>& call) override {
    HttpResponse response;
    response.body = name_;
    call->Answer(std::move(response), "OK");
  }
  HttpResponse Refusal(const HttpRequest&, const HttpError&) const override {
    HttpResponse response;
    response.body = name_;
    return response;
  }

 private:
  const std::string name_;
};

class DialectChoiceTest : public ::testing::Test {
 protected:
  HttpResponse Answer(const HttpRequest& request) {
    connection_->responses.clear();
    choice_.Serve(std::make_shared<Call>(request, "", absl::Now(), connection_, log_));
    return connection_->responses.at(0);
  }
  static HttpRequest Request(const std::string& verb, const std::string& path,
                             const std::string& type) {
    HttpRequest request{verb, path, "", {}, ""};
    if (!type.empty()) request.headers = {{"content-type", type}};
    return request;
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  NamedDialect grpc_{"grpc"}, grpc_web_{"grpc-web"}, connect_{"connect"}, others_{"others"};
  DialectChoice choice_{{grpc_, grpc_web_, connect_, others_}};
};

constexpr char kMethod[] = "/corridor.memberstates.v1.Areas/GetArea";

TEST_F(DialectChoiceTest, TypeAndPathDecide) {
  const struct {
    const char* verb;
    const char* path;
    const char* type;
    const char* dialect;
  } rows[] = {
      {"POST", kMethod, "application/grpc", "grpc"},
      {"POST", kMethod, "application/grpc+proto", "grpc"},
      {"POST", kMethod, "Application/gRPC; charset=utf-8", "grpc"},
      {"POST", "/v1/areas", "application/grpc", "grpc"},
      {"POST", kMethod, "application/grpc-web", "grpc-web"},
      {"POST", kMethod, "application/grpc-web+proto", "grpc-web"},
      {"POST", kMethod, "application/grpc-web-text", "grpc-web"},
      {"POST", kMethod, "application/grpc-web-text+proto", "grpc-web"},
      {"POST", kMethod, "application/connect+json", "connect"},
      {"POST", kMethod, "application/connect+proto", "connect"},
      {"POST", kMethod, "application/connect+thrift", "connect"},
      {"POST", kMethod, "application/json", "connect"},
      {"POST", kMethod, "application/json; charset=utf-8", "connect"},
      {"POST", kMethod, "application/proto", "connect"},
      {"GET", kMethod, "", "connect"},
      {"HEAD", kMethod, "", "connect"},
      {"PUT", kMethod, "application/json", "connect"},
      {"POST", "/v1/areas", "application/json", "others"},
      {"POST", "/v1/areas", "", "others"},
      {"PUT", "/v1/scans/a:upload", "image/png", "others"},
      {"GET", "/", "", "others"},
      {"GET", "/explorer/style.css", "", "others"},
  };
  for (const auto& row : rows) {
    const HttpRequest request = Request(row.verb, row.path, row.type);
    EXPECT_EQ(Answer(request).body, row.dialect) << row.verb << row.path << row.type;
    EXPECT_EQ(choice_.Refusal(request, {}).body, row.dialect) << row.path << row.type;
    EXPECT_EQ(choice_.TakesBodyAsItComes(request), row.dialect == std::string("grpc"));
  }
}

TEST_F(DialectChoiceTest, ATypeThatNoDialectHasIs415AndNeverRest) {
  for (const char* type : {"", "text/plain", "application/grpcx", "application/grpc-webx",
                           "application/x-www-form-urlencoded", "application/jsonp"}) {
    const HttpRequest request = Request("POST", kMethod, type);
    const HttpResponse response = Answer(request);
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_THAT(response.body,
                HasSubstr(std::string("Content-Type: \\\"") + type + "\\\" is none"));
    EXPECT_THAT(response.headers,
                Contains(Pair("accept-post", HasSubstr("application/grpc, application/grpc+proto, "
                                                       "application/grpc-web, "))));
    EXPECT_EQ(choice_.Refusal(request, {413, "", "", {}}).status, 413);
    EXPECT_FALSE(choice_.TakesBodyAsItComes(request));
  }
}

TEST_F(DialectChoiceTest, OptionsOfAMethodIs204) {
  const HttpResponse response = Answer(Request("OPTIONS", kMethod, ""));
  EXPECT_EQ(response.status, 204);
  EXPECT_THAT(response.headers, Contains(Pair("allow", "GET, HEAD, POST")));
}

TEST(IsRpcPathTest, IsAboutShape) {
  for (const char* path : {kMethod, "/grpc.health.v1.Health/Check", "/a.b/c", "/_a.b2/_c"}) {
    EXPECT_TRUE(IsRpcPath(path)) << path;
  }
  for (const char* path :
       {"",        "/",        "/v1/areas", "/healthz", "/a.b/",          "/a.b",    "a.b/c",
        "/.b/c",   "/a./c",    "/a..b/c",   "/a.b/c/d", "/x/a.b/c",       "/1a.b/c", "/a.1b/c",
        "/a.b/1c", "/a.b/c.d", "/a.b/c:d",  "/a-.b/c",  "/explorer/a.js", "/a.b/%63"}) {
    EXPECT_FALSE(IsRpcPath(path)) << path;
  }
}

}  // namespace
}  // namespace corridor::gateway
