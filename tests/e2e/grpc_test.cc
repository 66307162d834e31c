// memberstates as internal systems call it: gRPC without the gateway. Health, reflection, error
// details, deadlines.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "corridor/memberstates/v1/membership.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

namespace v1 = memberstates::v1;
using ::testing::HasSubstr;

std::chrono::system_clock::time_point In(absl::Duration time) {
  return absl::ToChronoTime(absl::Now() + time);
}

grpc::ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

class GrpcTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { suite_ = new Suite; }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }
  static Suite* suite_;
  std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(suite_->memberstates_address(), grpc::InsecureChannelCredentials());
  std::unique_ptr<v1::Areas::Stub> areas_ = v1::Areas::NewStub(channel_);
};
Suite* GrpcTest::suite_ = nullptr;

// One message there and back on a method whose contract Debian's grpc++ does not ship.
std::string CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                    const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(In(absl::Seconds(20)));
  grpc::CompletionQueue queue;
  grpc::ByteBuffer response;
  grpc::Status status;
  void* tag = nullptr;
  bool ok = false;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const auto step = [&] { return queue.Next(&tag, &ok) && ok; };
  call->StartCall(nullptr);
  if (!step()) ADD_FAILURE() << "cannot call " << method;
  call->Write(Bytes(request), nullptr);
  if (!step()) ADD_FAILURE() << "cannot write to " << method;
  call->Read(&response, nullptr);
  if (!step()) ADD_FAILURE() << "no answer from " << method;
  call->WritesDone(nullptr);
  step();
  call->Finish(&status, nullptr);
  step();
  EXPECT_TRUE(status.ok()) << method << ": " << status.error_message();
  return TextOf(response);
}

TEST_F(GrpcTest, HealthIsServing) {
  // HealthCheckResponse{status: SERVING}.
  EXPECT_EQ(CallRaw(channel_, "/grpc.health.v1.Health/Check", ""), "\x08\x01");
}

TEST_F(GrpcTest, ReflectionListsTheServices) {
  // ServerReflectionRequest{list_services: ""}.
  const std::string services =
      CallRaw(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              std::string("\x3a\x00", 2));
  for (const char* service :
       {"corridor.memberstates.v1.Areas", "corridor.memberstates.v1.Organisations",
        "corridor.memberstates.v1.Memberships", "corridor.changes.v1.Changes",
        "grpc.health.v1.Health"}) {
    EXPECT_THAT(services, HasSubstr(service));
  }
}

TEST_F(GrpcTest, AnErrorCarriesGoogleRpcDetails) {
  grpc::ClientContext context;
  context.set_deadline(In(absl::Seconds(20)));
  v1::GetAreaRequest request;
  request.set_name("areas/XYZ");
  v1::Area area;
  const grpc::Status status = areas_->GetArea(&context, request, &area);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("areas/XYZ"));

  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  google::rpc::ResourceInfo resource;
  for (const auto& detail : details.details()) {
    detail.UnpackTo(&info);
    detail.UnpackTo(&resource);
  }
  EXPECT_EQ(info.domain(), "corridor");
  EXPECT_EQ(resource.resource_name(), "areas/XYZ");
}

TEST_F(GrpcTest, AnAnswerNamesItsVersionInTheHeader) {
  grpc::ClientContext context;
  context.set_deadline(In(absl::Seconds(20)));
  v1::GetAreaRequest request;
  request.set_name("areas/ARM");
  v1::Area area;
  ASSERT_TRUE(areas_->GetArea(&context, request, &area).ok());
  EXPECT_EQ(area.display_name(), "Armenia");
  EXPECT_EQ(context.GetServerInitialMetadata().count("corridor-version") +
                context.GetServerTrailingMetadata().count("corridor-version"),
            1U);
}

TEST_F(GrpcTest, ADeadlineThatPassesEndsTheCallAndNotTheService) {
  const auto memberships = v1::Memberships::NewStub(channel_);
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

}  // namespace
}  // namespace corridor::e2e
