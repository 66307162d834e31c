#include "gateway/dialects/rest.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "corridor/gateway/v1/profile.pb.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "descriptor_set.h"
#include "gateway/dialects/status_methods.h"
#include "gateway/fake_call.h"
#include "gateway/upstream/fake_upstream.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
namespace ms = ::corridor::memberstates::v1;

class FakeOwnMethod : public OwnMethod {
 public:
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override {
    called = std::move(call);
    done_ = std::move(done);
    return [this] { cancelled = true; };
  }
  void Reply(const OwnReply& reply) { done_(reply); }

  UnaryCall called;
  bool cancelled = false;

 private:
  std::function<void(const OwnReply&)> done_;
};

class RestTest : public ::testing::Test {
 protected:
  RestTest() {
    auto created = Transcoder::Create(descriptor_set.front().contents);
    EXPECT_OK(created);
    transcoder_ = *std::move(created);
    rest_ = std::make_unique<Rest>(
        RpcParts{*transcoder_,
                 hosts_,
                 {{"corridor.memberstates.v1", &memberstates_}},
                 {{"/corridor.gateway.v1.Views/GetAreaProfile", &profile_},
                  {"/corridor.gateway.v1.Status/GetHealth", &health_},
                  {"/corridor.gateway.v1.Status/GetReadiness", &readiness_}}});
    memberstates_.reply = UnaryReply{};
  }

  static HttpRequest Get(const std::string& target) { return Request("GET", target); }
  static HttpRequest Request(const std::string& verb, const std::string& target,
                             const std::string& body = "") {
    HttpRequest request;
    request.method = verb;
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) request.query = target.substr(target.find('?') + 1);
    request.headers = {{"host", "localhost"}};
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    request.body = body;
    return request;
  }

  std::shared_ptr<Call> Serve(HttpRequest request) {
    auto call = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
    rest_->Serve(call);
    return call;
  }
  HttpResponse Answer(HttpRequest request) {
    connection_->responses.clear();
    Serve(std::move(request))->Finish(0, /*sent=*/true);
    EXPECT_THAT(connection_->responses, SizeIs(1));
    return connection_->responses.empty() ? HttpResponse() : connection_->responses.front();
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  FakeUpstream memberstates_;
  std::atomic<Stage> stage_{Stage::kReady};
  FakeOwnMethod profile_;
  HealthMethod health_{"1.2.3"};
  ReadinessMethod readiness_{stage_, {{"memberstates", &memberstates_}}};
  KnownHosts hosts_{""};
  std::unique_ptr<Transcoder> transcoder_;
  std::unique_ptr<Rest> rest_;
};

TEST_F(RestTest, AReadBecomesAnRpcAndItsAnswerJson) {
  ms::Area area;
  area.set_name("areas/ARM");
  memberstates_.reply = UnaryReply{absl::OkStatus(),
                                   area.SerializeAsString(),
                                   {{"corridor-version", "pos"}, {"other", "hidden"}}};
  HttpRequest request = Get("/v1/areas/ARM?knownAt=3");
  request.headers.emplace_back("x-request-id", "mine");
  request.headers.emplace_back("corridor-min-version", "min");
  request.headers.emplace_back("corridor-timeout", "250ms");
  const HttpResponse response = Answer(request);

  ASSERT_THAT(memberstates_.calls, SizeIs(1));
  const UnaryCall& rpc = memberstates_.calls[0];
  EXPECT_EQ(rpc.method, "/corridor.memberstates.v1.Areas/GetArea");
  EXPECT_TRUE(rpc.is_read);
  ms::GetAreaRequest message;
  ASSERT_TRUE(message.ParseFromString(rpc.message));
  EXPECT_EQ(message.name(), "areas/ARM");
  EXPECT_EQ(message.known_at(), "3");
  EXPECT_THAT(rpc.metadata, Contains(Pair("x-request-id", "mine")));
  EXPECT_THAT(rpc.metadata, Contains(Pair("traceparent", testing::StartsWith("00-"))));
  EXPECT_THAT(rpc.metadata, Contains(Pair("corridor-min-version", "min")));
  EXPECT_THAT(rpc.metadata, Not(Contains(Pair("corridor-timeout", testing::_))));
  EXPECT_LE(rpc.deadline, absl::Now() + absl::Milliseconds(250));

  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\"name\":\"areas/ARM\""));
  EXPECT_THAT(response.headers, Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(response.headers, Contains(Pair("cache-control", "no-store")));
  EXPECT_THAT(response.headers, Contains(Pair("x-content-type-options", "nosniff")));
  EXPECT_THAT(response.headers, Contains(Pair("x-request-id", "mine")));
  EXPECT_THAT(response.headers, Contains(Pair("corridor-version", "pos")));
  EXPECT_THAT(response.headers, Not(Contains(Pair("other", testing::_))));
}

TEST_F(RestTest, ContinuesTheClientsTrace) {
  HttpRequest request = Get("/v1/areas/ARM");
  const std::string trace(32, 'a');
  request.headers.emplace_back("traceparent", "00-" + trace + "-bbbbbbbbbbbbbbbb-01");
  Answer(request);
  EXPECT_THAT(memberstates_.calls.at(0).metadata,
              Contains(Pair("traceparent", testing::StartsWith("00-" + trace + "-"))));
}

TEST_F(RestTest, HeadIsAnsweredAsGet) {
  EXPECT_EQ(Answer(Request("HEAD", "/v1/areas/ARM")).status, 200);
  EXPECT_TRUE(memberstates_.calls.at(0).is_read);
}

TEST_F(RestTest, AWriteCarriesItsBody) {
  const HttpResponse response =
      Answer(Request("POST", "/v1/areas", R"({"name":"areas/XYZ","displayName":"X"})"));
  EXPECT_EQ(response.status, 200) << response.body;
  ms::CreateAreaRequest message;
  ASSERT_TRUE(message.ParseFromString(memberstates_.calls.at(0).message));
  EXPECT_EQ(message.area().name(), "areas/XYZ");
  EXPECT_FALSE(memberstates_.calls[0].is_read);
}

TEST_F(RestTest, ErrorsKeepCodeAndDetails) {
  memberstates_.reply = UnaryReply{NoSuchResource("areas/XYZ"), "", {}};
  const HttpResponse response = Answer(Get("/v1/areas/XYZ"));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("\"code\":404,\"status\":\"NOT_FOUND\""));
  EXPECT_THAT(response.body, HasSubstr("google.rpc.ResourceInfo"));
}

TEST_F(RestTest, AServiceThatIsDownIs503WithRetryAfter) {
  memberstates_.reply =
      UnaryReply{ErrorWithReason(absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE",
                                 "memberstates is down", {{"service", "memberstates"}}),
                 "",
                 {}};
  const HttpResponse response = Answer(Get("/v1/areas/ARM"));
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.headers, Contains(Pair("retry-after", "1")));
  EXPECT_THAT(response.body, HasSubstr("\"service\":\"memberstates\""));
}

TEST_F(RestTest, APackageThatNoServiceServesIs503NamingTheService) {
  Rest bare(RpcParts{*transcoder_, hosts_, {}, {}});
  auto call = std::make_shared<Call>(Get("/v1/areas/ARM"), "peer", absl::Now(), connection_, log_);
  bare.Serve(call);
  EXPECT_EQ(connection_->responses.at(0).status, 503);
  EXPECT_THAT(connection_->responses[0].body, HasSubstr("\"service\":\"memberstates\""));
}

TEST_F(RestTest, TheDeadlineIs504) {
  memberstates_.reply = UnaryReply{absl::DeadlineExceededError("too late"), "", {}};
  EXPECT_EQ(Answer(Get("/v1/areas/ARM")).status, 504);
}

TEST_F(RestTest, AClientMayLowerTheDeadlineAndNotRaiseIt) {
  HttpRequest request = Get("/v1/areas/ARM");
  request.headers.emplace_back("corridor-timeout", "1h");
  Answer(request);
  EXPECT_LE(memberstates_.calls.at(0).deadline, absl::Now() + absl::Seconds(10));
}

TEST_F(RestTest, AMalformedTimeoutIs400NamingIt) {
  for (const char* timeout : {"soon", "-1s", "0"}) {
    HttpRequest request = Get("/v1/areas/ARM");
    request.headers.emplace_back("corridor-timeout", timeout);
    const HttpResponse response = Answer(request);
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, HasSubstr("corridor-timeout"));
  }
}

TEST_F(RestTest, AHeaderOfOursThatCannotTravelIs400) {
  HttpRequest request = Get("/v1/areas/ARM");
  request.headers.emplace_back("corridor-min-version", "caf\xC3\xA9");
  EXPECT_EQ(Answer(request).status, 400);
  request.headers.back().second = std::string(1025, 'v');
  EXPECT_EQ(Answer(request).status, 400);
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(RestTest, HeadersThatNoServiceKnowsStayHere) {
  HttpRequest request = Get("/v1/areas/ARM");
  request.headers.emplace_back("corridor-x", std::string(20'000, 'x'));
  Answer(request);
  ASSERT_THAT(memberstates_.calls, SizeIs(1));
  EXPECT_THAT(memberstates_.calls[0].metadata, Not(Contains(Pair("corridor-x", testing::_))));
}

TEST_F(RestTest, AnUnknownPathIs404WithTheNearestRoutes) {
  const HttpResponse response = Answer(Get("/v1/area"));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("there is nothing at /v1/area; nearest: "));
  EXPECT_THAT(response.body, HasSubstr("/v1/areas"));
  EXPECT_THAT(log_.lines, Contains("unmatched NOT_FOUND"));
}

TEST_F(RestTest, AWrongVerbIs405WithAllow) {
  const HttpResponse response = Answer(Request("PUT", "/v1/areas"));
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.headers, Contains(Pair("allow", "GET, HEAD, POST")));
  EXPECT_EQ(Answer(Request("POST", "/healthz")).status, 405);
}

TEST_F(RestTest, OptionsIs204WithAllow) {
  const HttpResponse response = Answer(Request("OPTIONS", "/v1/areas"));
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_THAT(response.headers, Contains(Pair("allow", "GET, HEAD, POST")));
  EXPECT_EQ(Answer(Request("OPTIONS", "/v1/nothing/at/all")).status, 404);
}

TEST_F(RestTest, AnAnswerThatIsNoneIs502NamingTheService) {
  memberstates_.reply = UnaryReply{absl::OkStatus(), "\xFF", {}};
  const HttpResponse response = Answer(Get("/v1/areas/ARM"));
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("\"code\":502,\"status\":\"INTERNAL\""));
  EXPECT_THAT(response.body, HasSubstr("\"service\":\"memberstates\""));
  memberstates_.reply =
      UnaryReply{ErrorWithReason(absl::StatusCode::kInternal, "UPSTREAM_FAILURE",
                                 "memberstates: no gRPC", {{"service", "memberstates"}}),
                 "",
                 {}};
  EXPECT_EQ(Answer(Get("/v1/areas/ARM")).status, 502);
  // An error of the service's own is its own.
  memberstates_.reply = UnaryReply{absl::InternalError("a bug"), "", {}};
  EXPECT_EQ(Answer(Get("/v1/areas/ARM")).status, 500);
}

TEST_F(RestTest, ABodyWithAnEncodingIs415) {
  HttpRequest request = Request("POST", "/v1/areas", "{}");
  request.headers.emplace_back("content-encoding", "gzip");
  const HttpResponse response = Answer(request);
  EXPECT_EQ(response.status, 415);
  EXPECT_THAT(response.body, HasSubstr("Content-Encoding: \\\"gzip\\\" is not taken here"));
  request.headers.back().second = "identity";
  EXPECT_EQ(Answer(request).status, 200);
}

TEST_F(RestTest, WhatAsksForJsonIsNoParameterOfTheMethod) {
  EXPECT_EQ(Answer(Get("/v1/areas/ARM?$int64=number&knownAt=3&fields=name")).status, 200);
  ms::GetAreaRequest message;
  ASSERT_TRUE(message.ParseFromString(memberstates_.calls.at(0).message));
  EXPECT_EQ(message.known_at(), "3");
  const HttpResponse response = Answer(Get("/v1/areas/ARM?$int64=text"));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("$int64: \\\"text\\\" is for int64 neither string nor"));
}

TEST_F(RestTest, ABodyOnAReadIs400) {
  EXPECT_EQ(Answer(Request("GET", "/v1/areas/ARM", "{}")).status, 400);
  EXPECT_EQ(Answer(Request("DELETE", "/v1/areas/ARM", "{}")).status, 400);
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(RestTest, AWriteUnderAnUnknownHostOrAsAFormIsRefused) {
  HttpRequest rebound = Request("POST", "/v1/areas", "{}");
  rebound.headers[0].second = "evil.example";
  EXPECT_EQ(Answer(rebound).status, 403);
  HttpRequest form = Request("POST", "/v1/areas", "{}");
  form.headers[1].second = "text/plain";
  EXPECT_EQ(Answer(form).status, 415);
  HttpRequest read = Get("/v1/areas/ARM");
  read.headers[0].second = "anything.example";
  EXPECT_EQ(Answer(read).status, 200);
}

TEST_F(RestTest, BadInputNamesFieldAndValue) {
  const HttpResponse query = Answer(Get("/v1/areas?pageSiz=3"));
  EXPECT_EQ(query.status, 400);
  EXPECT_THAT(query.body, HasSubstr("pageSiz"));
  const HttpResponse json = Answer(Request("POST", "/v1/areas", "{\"name\":"));
  EXPECT_EQ(json.status, 400);
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(RestTest, AFieldThatTheAnswerHasNotIsRefusedBeforeAnythingIsWritten) {
  const HttpResponse refused =
      Answer(Request("POST", "/v1/areas?fields=nope", R"({"name":"areas/XYZ"})"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"(fields: \"nope\")"));
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(RestTest, AWriteOfNothingIsRefused) {
  for (const char* body : {" ", "null"}) {
    const HttpResponse refused =
        Answer(Request("PATCH", "/v1/areas/ARM?updateMask=description", body));
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_THAT(refused.body, HasSubstr("body: ")) << body;
  }
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(RestTest, HealthAndReadinessAreAnsweredHere) {
  EXPECT_EQ(Answer(Get("/healthz")).body, R"({"status":"ok","version":"1.2.3"})");
  memberstates_.available = absl::UnavailableError("refused");
  const HttpResponse ready = Answer(Get("/readyz"));
  EXPECT_EQ(ready.status, 200);
  EXPECT_THAT(ready.body, HasSubstr("\"state\":\"READY\""));
  EXPECT_THAT(ready.body, HasSubstr("\"missing\":[\"memberstates\"]"));
  stage_ = Stage::kDraining;
  EXPECT_EQ(Answer(Get("/readyz")).status, 503);
  EXPECT_THAT(memberstates_.calls, IsEmpty());
}

TEST_F(RestTest, AMethodOfTheGatewayIsCalledAsOneOfAService) {
  HttpRequest request = Get("/v1/areas/ARM/profile?asOf=2018");
  request.headers.emplace_back("x-request-id", "mine");
  request.headers.emplace_back("corridor-timeout", "250ms");
  const auto call = Serve(std::move(request));
  EXPECT_EQ(profile_.called.method, "/corridor.gateway.v1.Views/GetAreaProfile");
  v1::GetAreaProfileRequest message;
  ASSERT_TRUE(message.ParseFromString(profile_.called.message));
  EXPECT_EQ(message.as_of(), "2018");
  EXPECT_THAT(profile_.called.metadata, Contains(Pair("x-request-id", "mine")));
  EXPECT_LE(profile_.called.deadline, absl::Now() + absl::Milliseconds(250));

  profile_.Reply({{absl::OkStatus(), "", {{"corridor-version", "pos"}}}, 200});
  ASSERT_THAT(connection_->responses, SizeIs(1));
  EXPECT_THAT(connection_->responses[0].body, HasSubstr("\"missing\":[]"));
  EXPECT_THAT(connection_->responses[0].headers, Contains(Pair("corridor-version", "pos")));
}

TEST_F(RestTest, AClientThatLeavesCancelsAMethodOfTheGateway) {
  const auto call = Serve(Get("/v1/areas/ARM/profile"));
  call->Cancel();
  EXPECT_TRUE(profile_.cancelled);
}

TEST_F(RestTest, ALateAnswerReachesTheClient) {
  memberstates_.reply.reset();
  const auto call = Serve(Get("/v1/areas/ARM"));
  EXPECT_THAT(connection_->responses, IsEmpty());
  memberstates_.Reply({});
  EXPECT_EQ(connection_->responses.at(0).status, 200);
}

TEST_F(RestTest, AClientThatLeavesCancelsTheRpc) {
  memberstates_.reply.reset();
  const auto call = Serve(Get("/v1/areas/ARM"));
  call->Cancel();
  EXPECT_EQ(memberstates_.cancelled, 1);
  EXPECT_THAT(log_.lines, testing::ElementsAre("GET /v1/{name=areas/*} CANCELLED"));
}

}  // namespace
}  // namespace corridor::gateway
