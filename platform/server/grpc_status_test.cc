#include "platform/server/grpc_status.h"

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::server {
namespace {

using ::testing::EndsWith;
using ::testing::SizeIs;

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status rpc;
  EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
  return rpc;
}

TEST(GrpcStatusTest, OkIsOkBothWays) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_OK(FromGrpcStatus(grpc::Status::OK));
}

TEST(GrpcStatusTest, AnErrorCrossesWithItsDetails) {
  const absl::Status error = InvalidField("name", "x", "is bad");
  const grpc::Status crossed = ToGrpcStatus(error);
  EXPECT_EQ(crossed.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(crossed.error_message(), "name: \"x\" is bad");
  EXPECT_THAT(Details(crossed), EqualsProto(ToRpcStatus(error)));
  EXPECT_THAT(ToRpcStatus(FromGrpcStatus(crossed)), EqualsProto(ToRpcStatus(error)));
}

TEST(GrpcStatusTest, WithoutReadableDetailsCodeAndMessageAreKept) {
  for (const std::string details : {"", "\xff\xff"}) {
    EXPECT_THAT(FromGrpcStatus({grpc::StatusCode::UNAVAILABLE, "gone", details}),
                StatusIs(absl::StatusCode::kUnavailable, "gone"));
  }
}

TEST(GrpcStatusTest, WhatHeadersCannotHoldIsLeftOut) {
  std::string message(1023, 'a');
  message += "éé";
  EXPECT_THAT(ToGrpcStatus(absl::InternalError(message)).error_message(), EndsWith("a…"));

  const std::string value(5000, 'v');
  const grpc::Status with_metadata =
      ToGrpcStatus(ErrorWithReason(absl::StatusCode::kAborted, "R", "m", {{"k", value}}));
  EXPECT_THAT(Details(with_metadata).details(), SizeIs(1));  // Values are cut to 200 bytes.

  absl::Status many = InvalidField("f", "v", "why");
  for (int i = 0; i < 9; ++i) many = AtField(std::string(600, 'p'), many);
  const grpc::Status crossed = ToGrpcStatus(many);
  EXPECT_LE(crossed.error_details().size(), 4096u);
  EXPECT_THAT(Details(crossed).details(), SizeIs(1));
}

}  // namespace
}  // namespace corridor::server
