// Every service as internal systems call it: gRPC without the gateway. Health, reflection, error
// details, versions, deadlines. The gateway's own methods.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "corridor/indicators/v1/indicator.grpc.pb.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "corridor/memberstates/v1/membership.grpc.pb.h"
#include "corridor/programmes/v1/project.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/e2e/raw_grpc.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;

std::chrono::system_clock::time_point In(absl::Duration time) {
  return absl::ToChronoTime(absl::Now() + time);
}

// Asks for the resource `name`, and drops it.
using Get = std::function<grpc::Status(const std::shared_ptr<grpc::Channel>& channel,
                                       grpc::ClientContext& context, const std::string& name)>;

template <typename Service, typename Request, typename Response>
Get Getter(grpc::Status (Service::Stub::*get)(grpc::ClientContext*, const Request&, Response*)) {
  return [get](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context,
               const std::string& name) {
    Request request;
    request.set_name(name);
    Response response;
    return (Service::NewStub(channel).get()->*get)(&context, request, &response);
  };
}

// A service, and one of its resources.
struct Subject {
  std::string service;
  std::vector<std::string> served;
  Get get;
  std::string known;
  std::string unknown;
};

std::vector<Subject> Subjects() {
  return {{"memberstates",
           {"corridor.memberstates.v1.Areas", "corridor.memberstates.v1.Organisations",
            "corridor.memberstates.v1.Memberships"},
           Getter<memberstates::v1::Areas>(&memberstates::v1::Areas::Stub::GetArea),
           "areas/ARM",
           "areas/XYZ"},
          {"indicators",
           {"corridor.indicators.v1.Indicators", "corridor.indicators.v1.Sources",
            "corridor.indicators.v1.Datasets", "corridor.indicators.v1.SeriesService",
            "corridor.indicators.v1.Observations", "corridor.indicators.v1.ContextNotes",
            "corridor.indicators.v1.Targets"},
           Getter<indicators::v1::Indicators>(&indicators::v1::Indicators::Stub::GetIndicator),
           "indicators/POV_2USD",
           "indicators/NONE"},
          {"programmes",
           {"corridor.programmes.v1.Classifications", "corridor.programmes.v1.Crosswalks",
            "corridor.programmes.v1.Offices", "corridor.programmes.v1.Partners",
            "corridor.programmes.v1.ProgrammeAreas", "corridor.programmes.v1.ActivityTypes",
            "corridor.programmes.v1.Projects"},
           Getter<programmes::v1::Projects>(&programmes::v1::Projects::Stub::GetProject),
           "projects/IOM_PRAGUE_ROU_MINORS_2002",
           "projects/NONE"}};
}

class GrpcTest : public ::testing::TestWithParam<Subject> {
 protected:
  static void SetUpTestSuite() { suite = new Suite; }
  static void TearDownTestSuite() {
    delete suite;
    suite = nullptr;
  }

  static Suite* suite;
  const Subject& subject_ = GetParam();
  std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(suite->address(subject_.service), grpc::InsecureChannelCredentials());
};
Suite* GrpcTest::suite = nullptr;

INSTANTIATE_TEST_SUITE_P(, GrpcTest, ::testing::ValuesIn(Subjects()),
                         [](const auto& subject) { return subject.param.service; });

TEST_P(GrpcTest, HealthIsServing) {
  // HealthCheckResponse{status: SERVING}.
  EXPECT_EQ(CallRaw(channel_, "/grpc.health.v1.Health/Check", ""), "\x08\x01");
}

TEST_P(GrpcTest, ReflectionListsTheServices) {
  // ServerReflectionRequest{list_services: ""}.
  const std::string services =
      CallRaw(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              std::string("\x3a\x00", 2));
  for (const std::string& service : subject_.served) EXPECT_THAT(services, HasSubstr(service));
  EXPECT_THAT(services, HasSubstr("corridor.changes.v1.Changes"));
  EXPECT_THAT(services, HasSubstr("grpc.health.v1.Health"));
}

TEST_P(GrpcTest, AnErrorCarriesGoogleRpcDetails) {
  grpc::ClientContext context;
  context.set_deadline(In(absl::Seconds(20)));
  const grpc::Status status = subject_.get(channel_, context, subject_.unknown);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr(subject_.unknown));

  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  google::rpc::ResourceInfo resource;
  for (const auto& detail : details.details()) {
    detail.UnpackTo(&info);
    detail.UnpackTo(&resource);
  }
  EXPECT_EQ(info.domain(), "corridor");
  EXPECT_EQ(resource.resource_name(), subject_.unknown);
}

TEST_P(GrpcTest, AnAnswerNamesItsVersion) {
  grpc::ClientContext context;
  context.set_deadline(In(absl::Seconds(20)));
  const grpc::Status status = subject_.get(channel_, context, subject_.known);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(context.GetServerInitialMetadata().count("corridor-version") +
                context.GetServerTrailingMetadata().count("corridor-version"),
            1U);
}

TEST(GrpcDeadlineTest, ADeadlineThatPassesEndsTheCallAndNotTheService) {
  namespace v1 = memberstates::v1;
  const Suite suite({"memberstates"});
  const auto memberships = v1::Memberships::NewStub(
      grpc::CreateChannel(suite.address("memberstates"), grpc::InsecureChannelCredentials()));
  v1::PanelMembershipsRequest request;
  request.set_parent("organisations/IOM");
  request.set_frequency("M");
  request.set_start_period("1951-12");
  request.set_end_period("2023-12");
  v1::PanelMembershipsResponse response;
  grpc::ClientContext hurried;
  hurried.set_deadline(In(absl::Microseconds(200)));
  EXPECT_EQ(memberships->PanelMemberships(&hurried, request, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);

  grpc::ClientContext patient;
  patient.set_deadline(In(absl::Seconds(20)));
  const grpc::Status status = memberships->PanelMemberships(&patient, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.periods_size(), 73 * 12 - 11);
}

TEST(GatewayGrpcTest, TheProfileIsAnsweredOverGrpc) {
  const Suite suite;
  const auto channel =
      grpc::CreateChannel(suite.address("gateway"), grpc::InsecureChannelCredentials());
  // GetAreaProfileRequest{area: "areas/ARM"}.
  EXPECT_THAT(CallRaw(channel, "/corridor.gateway.v1.Views/GetAreaProfile",
                      "\x0a\x09"
                      "areas/ARM"),
              HasSubstr("Armenia"));
}

}  // namespace
}  // namespace corridor::e2e
