#include "platform/server/unary.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/empty.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "platform/request/position.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStdout;

namespace v1 = memberstates::v1;

// Answers by the name asked for.
class Handler {
 public:
  absl::StatusOr<v1::Area> GetArea(const v1::GetAreaRequest& request, CallContext& call) {
    left = call.deadline() - call.now();
    actor = call.actor();
    if (request.name() == "throws") throw std::runtime_error("secret of the store");
    if (const auto wanted = wanted_version.load(); wanted > 0) {
      const auto reader = store->ReadAt(wanted, call.deadline());
      if (!reader.ok()) return reader.status();
    }
    if (request.name() == "internal") return absl::InternalError("secret of the store");
    call.AnsweredFrom("0123456789abcdef", 42);
    if (request.name() != "areas/ARM") return NoSuchResource(request.name());
    v1::Area area;
    area.set_name(request.name());
    return area;
  }
  absl::StatusOr<google::protobuf::Empty> DeleteArea(const v1::DeleteAreaRequest&, CallContext&) {
    if (!began.HasBeenNotified()) {
      began.Notify();
      go.WaitForNotification();
    }
    return google::protobuf::Empty();
  }

  store::VersionedStore* store = nullptr;
  std::atomic<int64_t> wanted_version = 0;
  absl::Duration left;
  std::string actor;
  absl::Notification began, go;
};

class AreasService final : public HandlerService<v1::Areas, Handler> {
 public:
  using HandlerService::HandlerService;
  CORRIDOR_UNARY(Read, GetArea, v1::GetAreaRequest, v1::Area)
  CORRIDOR_UNARY(Write, DeleteArea, v1::DeleteAreaRequest, google::protobuf::Empty)
};

ServerOptions Options() {
  ServerOptions options;
  options.write_threads = 1;
  options.write_queue = 1;
  return options;
}

class UnaryTest : public ::testing::Test {
 protected:
  UnaryTest() {
    CaptureStdout();
    telemetry_ = std::make_unique<telemetry::Telemetry>("memberstates");
    calls_ = std::make_unique<UnaryCalls>("memberstates", Options(), *store_, *telemetry_);
    handler_.store = &*store_;
    service_ = std::make_unique<AreasService>(handler_, *calls_);
    server_ = grpc::ServerBuilder().RegisterService(service_.get()).BuildAndStart();
    stub_ = v1::Areas::NewStub(server_->InProcessChannel(grpc::ChannelArguments()));
  }
  ~UnaryTest() override { Log(); }

  absl::Status GetArea(const std::string& name) {
    v1::GetAreaRequest request;
    request.set_name(name);
    return FromGrpcStatus(stub_->GetArea(&client_, request, &area_));
  }

  // Stops everything, and answers what was logged.
  std::string Log() {
    if (telemetry_ == nullptr) return "";
    calls_->StopWaiting();
    server_->Shutdown();
    server_.reset();
    calls_.reset();
    telemetry_.reset();
    return GetCapturedStdout();
  }

  // A commit; answers its token.
  std::string Commit(const std::string& code) {
    const auto commit = store_.Put(code, code);
    EXPECT_OK(commit);
    return EncodePosition("memberstates", store_->epoch(), commit.ok() ? commit->version : 0);
  }
  std::string Token(int64_t version) {
    return EncodePosition("memberstates", store_->epoch(), version);
  }

  store::AreaStore store_;
  Handler handler_;
  std::unique_ptr<telemetry::Telemetry> telemetry_;
  std::unique_ptr<UnaryCalls> calls_;
  std::unique_ptr<AreasService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Areas::Stub> stub_;
  grpc::ClientContext client_;
  v1::Area area_;
};

TEST_F(UnaryTest, AnAnswerComesWithTheVersionItWasMadeFrom) {
  EXPECT_OK(GetArea("areas/ARM"));
  EXPECT_THAT(area_, EqualsProto(R"pb(name: "areas/ARM")pb"));
  EXPECT_EQ(handler_.actor, "local");
  const auto& metadata = client_.GetServerInitialMetadata();
  const auto header = metadata.find(kVersionHeader);
  ASSERT_NE(header, metadata.end());
  EXPECT_EQ(std::string(header->second.data(), header->second.size()),
            EncodePosition("memberstates", "0123456789abcdef", 42));
}

TEST_F(UnaryTest, AnErrorComesWithItsDetails) {
  const absl::Status status = GetArea("areas/XYZ");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, "there is no \"areas/XYZ\""));
  EXPECT_THAT(ToRpcStatus(status), EqualsProto(ToRpcStatus([] {
                return FromRpcStatus(ToRpcStatus(NoSuchResource("areas/XYZ")));
              }())));
}

TEST_F(UnaryTest, WithoutADeadlineThereIsOne) {
  EXPECT_OK(GetArea("areas/ARM"));
  EXPECT_EQ(handler_.left, absl::Seconds(10));
}

TEST_F(UnaryTest, AFarDeadlineIsBroughtNearer) {
  client_.set_deadline(std::chrono::system_clock::now() + std::chrono::hours(1));
  EXPECT_OK(GetArea("areas/ARM"));
  EXPECT_EQ(handler_.left, absl::Seconds(60));
}

TEST_F(UnaryTest, TheClientsDeadlineIsKept) {
  client_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  EXPECT_OK(GetArea("areas/ARM"));
  EXPECT_LT(handler_.left, absl::Seconds(31));  // Crosses in whole milliseconds, rounded up.
  EXPECT_GT(handler_.left, absl::Seconds(15));
}

TEST_F(UnaryTest, AnExceptionIsInternalAndToldToTheLogOnly) {
  client_.AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_THAT(
      GetArea("throws"),
      StatusIs(absl::StatusCode::kInternal,
               "internal error; the log has it under trace 4bf92f3577b34da6a3ce929d0e0e4736"));
  EXPECT_THAT(Log(), AllOf(HasSubstr(R"("code":"INTERNAL")"),
                           HasSubstr(R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736")"),
                           HasSubstr(R"("error":"exception: secret of the store")")));
}

TEST_F(UnaryTest, AnInternalErrorDoesNotLeakItsText) {
  EXPECT_THAT(GetArea("internal"), StatusIs(absl::StatusCode::kInternal, Not(HasSubstr("secret"))));
  EXPECT_THAT(Log(), HasSubstr("secret of the store"));
}

TEST_F(UnaryTest, ACallIsOneLogLine) {
  EXPECT_OK(GetArea("areas/ARM"));
  EXPECT_THAT(Log(),
              AllOf(HasSubstr(R"("method":"/corridor.memberstates.v1.Areas/GetArea","code":"OK")"),
                    HasSubstr(R"("request_bytes":11,"response_bytes":11)")));
}

TEST_F(UnaryTest, WritesBeyondTheQueueAreRefusedAndReadsGoOn) {
  v1::DeleteAreaRequest request;
  google::protobuf::Empty response;
  grpc::ClientContext running, waiting, refused;
  absl::Notification ran, waited;
  grpc::Status ran_status, waited_status;
  stub_->async()->DeleteArea(&running, &request, &response, [&](grpc::Status status) {
    ran_status = std::move(status);
    ran.Notify();
  });
  handler_.began.WaitForNotification();
  // One more waits; which of the next two that is, the server decides.
  google::protobuf::Empty response_of_waiting;
  grpc::Status refused_status;
  stub_->async()->DeleteArea(&waiting, &request, &response_of_waiting, [&](grpc::Status status) {
    waited_status = std::move(status);
    waited.Notify();
  });
  absl::Notification answered;
  google::protobuf::Empty response_of_refused;
  stub_->async()->DeleteArea(&refused, &request, &response_of_refused, [&](grpc::Status status) {
    refused_status = std::move(status);
    answered.Notify();
  });
  EXPECT_OK(GetArea("areas/ARM"));
  const auto one_answered = [&] { return waited.HasBeenNotified() || answered.HasBeenNotified(); };
  while (!one_answered()) std::this_thread::yield();
  handler_.go.Notify();
  ran.WaitForNotification();
  waited.WaitForNotification();
  answered.WaitForNotification();
  EXPECT_OK(FromGrpcStatus(ran_status));
  const grpc::Status& turned_away = waited_status.ok() ? refused_status : waited_status;
  EXPECT_TRUE(waited_status.ok() || refused_status.ok());
  EXPECT_THAT(FromGrpcStatus(turned_away),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too many writes")));
}

TEST_F(UnaryTest, AnAnswerIsNeverFromBeforeTheVersionThatTheClientKnows) {
  client_.AddMetadata(kMinVersionHeader, Commit("ARM"));
  EXPECT_OK(GetArea("areas/ARM"));
}

TEST_F(UnaryTest, AVersionToComeIsWaitedFor) {
  client_.AddMetadata(kMinVersionHeader, Token(2));
  absl::Notification answered;
  grpc::Status status;
  v1::GetAreaRequest request;
  request.set_name("areas/ARM");
  stub_->async()->GetArea(&client_, &request, &area_, [&](grpc::Status given) {
    status = std::move(given);
    answered.Notify();
  });
  Commit("ARM");
  // Others are answered meanwhile.
  grpc::ClientContext other;
  v1::Area area;
  EXPECT_OK(FromGrpcStatus(stub_->GetArea(&other, request, &area)));
  EXPECT_FALSE(answered.HasBeenNotified());
  Commit("GEO");
  answered.WaitForNotification();
  EXPECT_OK(FromGrpcStatus(status));
}

TEST_F(UnaryTest, AKnownTimeToComeIsWaitedFor) {
  handler_.wanted_version = 1;
  std::thread writer([this] { Commit("ARM"); });
  EXPECT_OK(GetArea("areas/ARM"));
  writer.join();
}

TEST_F(UnaryTest, AVersionThatDoesNotComeIsUnavailableWithinTheDeadline) {
  Commit("ARM");
  client_.AddMetadata(kMinVersionHeader, Token(7));
  client_.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  const absl::Status status = GetArea("areas/ARM");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               "version 7 is not reached yet, the last one is 1"));
  EXPECT_EQ(ReasonOf(status), "VERSION_NOT_REACHED");
}

TEST_F(UnaryTest, AVersionOfAnotherStoreIsAborted) {
  client_.AddMetadata(kMinVersionHeader, EncodePosition("memberstates", "fedcba9876543210", 1));
  EXPECT_THAT(GetArea("areas/ARM"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("restored or replaced since")));
}

TEST_F(UnaryTest, AVersionOfAnotherServiceBindsNothing) {
  client_.AddMetadata(kMinVersionHeader, EncodePosition("indicators", "fedcba9876543210", 9));
  EXPECT_OK(GetArea("areas/ARM"));
}

TEST_F(UnaryTest, WhatIsNoVersionIsRefused) {
  client_.AddMetadata(kMinVersionHeader, "seven");
  EXPECT_THAT(GetArea("areas/ARM"),
              Refuses(kMinVersionHeader, "\"seven\" is not a corridor-version token"));
}

TEST_F(UnaryTest, NobodyWaitsOnceTheServerStops) {
  client_.AddMetadata(kMinVersionHeader, Token(7));
  absl::Notification answered;
  grpc::Status status;
  v1::GetAreaRequest request;
  request.set_name("areas/ARM");
  stub_->async()->GetArea(&client_, &request, &area_, [&](grpc::Status given) {
    status = std::move(given);
    answered.Notify();
  });
  Log();
  answered.WaitForNotification();
  EXPECT_THAT(FromGrpcStatus(status), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace corridor::server
