#include "platform/telemetry/telemetry.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace corridor::telemetry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStdout;

constexpr char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// The answer of 127.0.0.1:`port` to GET /metrics, headers included.
std::string Scrape(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string_view request = "GET /metrics HTTP/1.0\r\n\r\n";
  EXPECT_EQ(send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(got));
  }
  close(fd);
  return answer;
}

TEST(TraceContextTest, ATraceIsContinuedWithASpanOfOurs) {
  const TraceContext trace = TraceContext::Continue(kParent);
  EXPECT_EQ(trace.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_TRUE(trace.sampled);
  EXPECT_NE(trace.span_id, "00f067aa0ba902b7");
  EXPECT_EQ(trace.Header(), "00-4bf92f3577b34da6a3ce929d0e0e4736-" + trace.span_id + "-01");
}

TEST(TraceContextTest, TheSampledFlagIsPassedOn) {
  const TraceContext trace =
      TraceContext::Continue("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
  EXPECT_FALSE(trace.sampled);
  EXPECT_THAT(trace.Header(), ::testing::EndsWith("-00"));
}

TEST(TraceContextTest, AHigherVersionMayHaveMore) {
  EXPECT_EQ(TraceContext::Continue("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more")
                .trace_id,
            "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(TraceContextTest, AMalformedHeaderStartsANewTrace) {
  for (const char* header : {"", "x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"}) {
    const TraceContext trace = TraceContext::Continue(header);
    EXPECT_NE(trace.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736") << header;
    EXPECT_THAT(trace.Header(), MatchesRegex("00-[0-9a-f]+-[0-9a-f]+-01"));
    EXPECT_EQ(trace.Header().size(), 55u);
  }
  EXPECT_NE(TraceContext::Continue("").trace_id, TraceContext::Continue("").trace_id);
}

TEST(TelemetryTest, ARequestIsOneJsonLine) {
  CaptureStdout();
  {
    Telemetry telemetry("memberstates");
    const TraceContext trace = TraceContext::Continue(kParent);
    telemetry.Record({.method = "/a.B/C",
                      .code = "NOT_FOUND",
                      .latency = absl::Microseconds(1234),
                      .request_bytes = 10,
                      .response_bytes = 20,
                      .trace = &trace,
                      .log = {{"path", "/v1/\"x\"\n"}}});
  }
  EXPECT_THAT(GetCapturedStdout(),
              MatchesRegex(R"(\{"time":"[0-9T:.-]+Z","level":"info","process":"memberstates",)"
                           R"("message":"request","method":"/a.B/C","code":"NOT_FOUND",)"
                           R"("latency_us":1234,"request_bytes":10,"response_bytes":20,)"
                           R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"[0-9a-f]+",)"
                           R"("path":"/v1/\\"x\\"\\u000a"\})"
                           "\n"));
}

TEST(TelemetryTest, ADialectIsALabelAndAMember) {
  CaptureStdout();
  {
    Telemetry telemetry("gateway");
    telemetry.Record({.method = "GET /v1/areas", .code = "OK", .dialect = "rest", .latency = {}});
    telemetry.Record({.method = "GET /v1/areas", .code = "OK", .dialect = "rest", .latency = {}});
    telemetry.Record({.method = "GET /v1/areas", .code = "OK", .latency = {}});
    std::vector<std::string> counts;
    for (const auto& family : telemetry.registry().Collect()) {
      if (family.name != "corridor_requests_total") continue;
      for (const auto& metric : family.metric) {
        std::string labels;
        for (const auto& label : metric.label) {
          if (label.name != "process") labels += label.name + "=" + label.value + " ";
        }
        counts.push_back(labels + std::to_string(static_cast<int>(metric.counter.value)));
      }
    }
    EXPECT_THAT(counts, UnorderedElementsAre("code=OK dialect=rest method=GET /v1/areas 2",
                                             "code=OK method=GET /v1/areas 1"));
  }
  EXPECT_THAT(GetCapturedStdout(), HasSubstr(R"("code":"OK","dialect":"rest","latency_us")"));
}

TEST(TelemetryTest, LinesOutsideRequestsHaveLevelAndMembers) {
  CaptureStdout();
  { Telemetry("gateway").Log("warn", "a service is down", {{"service", "memberstates"}}); }
  EXPECT_THAT(GetCapturedStdout(),
              MatchesRegex(R"(\{"time":"[^"]+","level":"warn","process":"gateway",)"
                           R"("message":"a service is down","service":"memberstates"\})"
                           "\n"));
}

TEST(TelemetryTest, BracesInALineAreNoFormat) {
  CaptureStdout();
  { Telemetry("gateway").Log("info", "{} {0} %v"); }
  EXPECT_THAT(GetCapturedStdout(), HasSubstr(R"("message":"{} {0} %v")"));
}

TEST(AdminServerTest, MetricsAreServedByMethodAndCode) {
  CaptureStdout();
  Telemetry telemetry("memberstates");
  ASSERT_OK_AND_ASSIGN(const auto server, AdminServer::Start("127.0.0.1:0", telemetry));
  ASSERT_GT(server->port(), 0);
  for (int i = 0; i < 3; ++i) {
    telemetry.Record({.method = "/a.B/C", .code = "OK", .latency = absl::Microseconds(150)});
  }
  telemetry.Record({.method = "/a.B/C", .code = "INTERNAL", .latency = absl::Seconds(20)});
  prometheus::BuildGauge().Name("corridor_test").Register(telemetry.registry()).Add({}).Set(7);

  const std::string answer = Scrape(server->port());
  EXPECT_THAT(
      answer,
      AllOf(
          HasSubstr("200 OK"),
          HasSubstr(
              R"(corridor_requests_total{process="memberstates",code="OK",method="/a.B/C"} 3)"),
          HasSubstr(R"(code="INTERNAL",method="/a.B/C"} 1)"),
          HasSubstr(
              R"(corridor_request_duration_seconds_bucket{process="memberstates",method="/a.B/C",le="0.0001"} 0)"),
          HasSubstr(R"(method="/a.B/C",le="0.00025"} 3)"), HasSubstr(R"(le="+Inf"} 4)"),
          HasSubstr("corridor_log_lines_lost_total"), HasSubstr("corridor_test 7")));
  GetCapturedStdout();
}

TEST(AdminServerTest, APortInUseIsAnErrorThatNamesIt) {
  Telemetry telemetry("memberstates");
  ASSERT_OK_AND_ASSIGN(const auto server, AdminServer::Start("127.0.0.1:0", telemetry));
  const std::string address = "127.0.0.1:" + std::to_string(server->port());
  EXPECT_THAT(AdminServer::Start(address, telemetry),
              StatusIs(absl::StatusCode::kUnavailable,
                       "cannot listen on " + address + ": the port is in use or not to be had"));
}

TEST(AdminServerTest, TelemetryMayEndFirst) {
  auto telemetry = std::make_unique<Telemetry>("memberstates");
  ASSERT_OK_AND_ASSIGN(const auto server, AdminServer::Start("127.0.0.1:0", *telemetry));
  telemetry.reset();
  EXPECT_THAT(Scrape(server->port()), Not(HasSubstr("corridor_requests_total")));
}

}  // namespace
}  // namespace corridor::telemetry
