#include "platform/status/status.h"

#include <map>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

template <typename Detail>
Detail Unpack(const google::rpc::Status& status) {
  Detail detail;
  for (const auto& any : status.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  ADD_FAILURE() << "no " << detail.GetTypeName() << " in " << status.ShortDebugString();
  return detail;
}

TEST(StatusTest, InvalidFieldNamesFieldValueAndReason) {
  const absl::Status status = InvalidField("page_size", "-1", "is not between 1 and 1000");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               "page_size: \"-1\" is not between 1 and 1000"));
  EXPECT_THAT(status, HasFieldViolation("page_size"));
  EXPECT_THAT(Unpack<google::rpc::BadRequest>(ToRpcStatus(status)), EqualsProto(R"pb(
                field_violations {
                  field: "page_size"
                  description: "\"-1\" is not between 1 and 1000"
                })pb"));
}

TEST(StatusTest, MissingFieldSaysThatItIsRequired) {
  EXPECT_THAT(MissingField("area.name"), AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                                                        "area.name: is required and empty"),
                                               HasFieldViolation("area.name")));
}

TEST(StatusTest, ALongValueIsCutBetweenCharacters) {
  std::string value(199, 'a');
  value += "éé";
  const absl::Status status = InvalidField("filter", value, "is too long");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("aé…\" is too long")));
}

TEST(StatusTest, BytesThatAreNotTextAreEscaped) {
  const absl::Status status = InvalidField("name", "a\xff\n\xc3", "is not a name");
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(R"("a\xff\x0a\xc3" is not)")));
  google::rpc::Status parsed;
  EXPECT_TRUE(parsed.ParseFromString(ToRpcStatus(status).SerializeAsString()));
}

TEST(StatusTest, NoSuchResourceCarriesItsNameAndCollection) {
  const absl::Status status = NoSuchResource("organisations/IOM/memberships/XYZ");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound,
                               HasSubstr("organisations/IOM/memberships/XYZ")));
  EXPECT_THAT(Unpack<google::rpc::ResourceInfo>(ToRpcStatus(status)), EqualsProto(R"pb(
                resource_type: "memberships"
                resource_name: "organisations/IOM/memberships/XYZ")pb"));
}

TEST(StatusTest, ReasonAndMetadataLeaveAsErrorInfo) {
  const absl::Status status = ErrorWithReason(absl::StatusCode::kOutOfRange, "BEFORE_FIRST_COMMIT",
                                              "too early", {{"version", "1"}});
  EXPECT_THAT(Unpack<google::rpc::ErrorInfo>(ToRpcStatus(status)), EqualsProto(R"pb(
                reason: "BEFORE_FIRST_COMMIT"
                domain: "corridor"
                metadata { key: "version" value: "1" })pb"));
}

TEST(StatusTest, EveryErrorLeavesWithAnErrorInfoOfItsCode) {
  const google::rpc::Status rpc = ToRpcStatus(absl::UnavailableError("gone"));
  EXPECT_EQ(rpc.code(), 14);
  EXPECT_EQ(rpc.message(), "gone");
  EXPECT_THAT(rpc.details(), SizeIs(1));
  EXPECT_THAT(Unpack<google::rpc::ErrorInfo>(rpc), EqualsProto(R"pb(reason: "UNAVAILABLE"
                                                                    domain: "corridor")pb"));
}

TEST(StatusTest, OkHasNoDetails) {
  EXPECT_THAT(ToRpcStatus(absl::OkStatus()), EqualsProto(""));
  EXPECT_OK(FromRpcStatus(google::rpc::Status()));
}

TEST(StatusTest, TheWireFormSurvivesARoundTrip) {
  const google::rpc::Status rpc =
      ToRpcStatus(AtField("requests[3].", InvalidField("area.name", "x", "is bad")));
  EXPECT_THAT(ToRpcStatus(FromRpcStatus(rpc)), EqualsProto(rpc));
}

TEST(StatusTest, AnUnknownCodeBecomesUnknown) {
  google::rpc::Status rpc;
  for (const int code : {17, -1, 1000}) {
    rpc.set_code(code);
    EXPECT_THAT(FromRpcStatus(rpc), StatusIs(absl::StatusCode::kUnknown));
  }
}

TEST(StatusTest, AtFieldPrefixesFieldViolations) {
  const absl::Status status = AtField("requests[3].", InvalidField("area.name", "x", "is bad"));
  EXPECT_THAT(
      status,
      AllOf(StatusIs(absl::StatusCode::kInvalidArgument, "requests[3].area.name: \"x\" is bad"),
            HasFieldViolation("requests[3].area.name"), Not(HasFieldViolation("area.name"))));
}

TEST(StatusTest, AtFieldKeepsTheDetailsOfOtherErrors) {
  const absl::Status status = AtField("requests[3].", NoSuchResource("areas/XYZ"));
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kNotFound, "requests[3]: there is no \"areas/XYZ\""));
  EXPECT_EQ(Unpack<google::rpc::ResourceInfo>(ToRpcStatus(status)).resource_name(), "areas/XYZ");
  EXPECT_OK(AtField("requests[3].", absl::OkStatus()));
}

TEST(StatusTest, CodesHaveTheirNamesAndHttpStatuses) {
  const std::map<absl::StatusCode, std::pair<std::string, int>> expected = {
      {absl::StatusCode::kOk, {"OK", 200}},
      {absl::StatusCode::kInvalidArgument, {"INVALID_ARGUMENT", 400}},
      {absl::StatusCode::kFailedPrecondition, {"FAILED_PRECONDITION", 400}},
      {absl::StatusCode::kOutOfRange, {"OUT_OF_RANGE", 400}},
      {absl::StatusCode::kUnauthenticated, {"UNAUTHENTICATED", 401}},
      {absl::StatusCode::kPermissionDenied, {"PERMISSION_DENIED", 403}},
      {absl::StatusCode::kNotFound, {"NOT_FOUND", 404}},
      {absl::StatusCode::kAborted, {"ABORTED", 409}},
      {absl::StatusCode::kAlreadyExists, {"ALREADY_EXISTS", 409}},
      {absl::StatusCode::kResourceExhausted, {"RESOURCE_EXHAUSTED", 429}},
      {absl::StatusCode::kCancelled, {"CANCELLED", 499}},
      {absl::StatusCode::kUnimplemented, {"UNIMPLEMENTED", 501}},
      {absl::StatusCode::kUnavailable, {"UNAVAILABLE", 503}},
      {absl::StatusCode::kDeadlineExceeded, {"DEADLINE_EXCEEDED", 504}},
      {absl::StatusCode::kInternal, {"INTERNAL", 500}},
      {absl::StatusCode::kDataLoss, {"DATA_LOSS", 500}},
      {absl::StatusCode::kUnknown, {"UNKNOWN", 500}},
  };
  for (const auto& [code, names] : expected) {
    EXPECT_EQ(CodeName(code), names.first);
    EXPECT_EQ(HttpStatus(code), names.second);
  }
}

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return InvalidField("n", std::to_string(n), "is odd");
  return n / 2;
}
absl::StatusOr<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const int half, Half(n));
  RETURN_IF_ERROR(Half(half).status());
  return half / 2;
}

TEST(StatusTest, MacrosPassTheFirstErrorOn) {
  EXPECT_THAT(Quarter(8), IsOkAndHolds(2));
  EXPECT_THAT(Quarter(7), StatusIs(absl::StatusCode::kInvalidArgument, EndsWith("is odd")));
  EXPECT_THAT(Quarter(6), HasFieldViolation("n"));
}

}  // namespace
}  // namespace corridor
