// Reads through a ReadCache, as clients of a server see them.
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/empty.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "platform/cache/fake_shared_tier.h"
#include "platform/request/position.h"
#include "platform/server/grpc_status.h"
#include "platform/server/unary.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/testing/status_matchers.h"
#include "prometheus/registry.h"

namespace corridor::server {
namespace {

using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStdout;

namespace v1 = memberstates::v1;

// Answers areas from the store, and counts how often it is asked.
class Handler {
 public:
  explicit Handler(store::VersionedStore& store) : store_(store) {}

  absl::StatusOr<v1::Area> GetArea(const v1::GetAreaRequest& request, CallContext& call) {
    v1::Area area;
    RETURN_IF_ERROR(Read(request.known_at(), call, [&](store::Reader& reader) {
      for (const std::string& row : store::AreaStore::Areas(reader)) {
        if (request.name() == "areas/" + row.substr(0, 3)) area.set_name(row);
      }
    }));
    if (area.name().empty()) return NoSuchResource(request.name());
    return area;
  }
  absl::StatusOr<v1::ListAreasResponse> ListAreas(const v1::ListAreasRequest& request,
                                                  CallContext& call) {
    v1::ListAreasResponse areas;
    RETURN_IF_ERROR(Read(request.known_at(), call, [&](store::Reader& reader) {
      for (const std::string& row : store::AreaStore::Areas(reader)) {
        areas.add_areas()->set_name(row);
      }
    }));
    return areas;
  }
  absl::StatusOr<v1::Area> CreateArea(const v1::CreateAreaRequest& request, CallContext& call) {
    const auto put = [&](store::Writer& writer) {
      return store::AreaStore::PutArea(writer, request.area_id(), request.area().display_name());
    };
    ASSIGN_OR_RETURN(const store::Commit commit, store_.Write({}, call.deadline(), put));
    call.AnsweredFrom(store_.epoch(), commit.version);
    return request.area();
  }

  std::atomic<int> reads = 0;
  absl::Notification* go = nullptr;  // Waited for by reads, if set.

 private:
  template <typename Rows>
  absl::Status Read(const std::string& known_at, CallContext& call, Rows rows) {
    ++reads;
    if (go != nullptr) go->WaitForNotification();
    store::KnownAt at;
    if (!known_at.empty()) at = int64_t{std::stoi(known_at)};
    ASSIGN_OR_RETURN(const auto reader, store_.ReadAt(at, call.deadline()));
    call.AnsweredFrom(store_.epoch(), reader->version());
    rows(*reader);
    return absl::OkStatus();
  }

  store::VersionedStore& store_;
};

class AreasService final : public HandlerService<v1::Areas, Handler> {
 public:
  using HandlerService::HandlerService;
  CORRIDOR_UNARY(Read, GetArea, v1::GetAreaRequest, v1::Area)
  CORRIDOR_UNARY(Read, ListAreas, v1::ListAreasRequest, v1::ListAreasResponse)
  CORRIDOR_UNARY(Write, CreateArea, v1::CreateAreaRequest, v1::Area)
};

class KeptAnswersTest : public ::testing::Test {
 protected:
  KeptAnswersTest() {
    CaptureStdout();
    telemetry_ = std::make_unique<telemetry::Telemetry>("memberstates");
    calls_ = std::make_unique<UnaryCalls>("memberstates", ServerOptions(), *store_, *telemetry_,
                                          KeptAnswers{&cache_, &metrics_, 4});
    service_ = std::make_unique<AreasService>(handler_, *calls_);
    server_ = grpc::ServerBuilder().RegisterService(service_.get()).BuildAndStart();
    stub_ = v1::Areas::NewStub(server_->InProcessChannel(grpc::ChannelArguments()));
    cache_.Follow();
  }
  ~KeptAnswersTest() override {
    calls_->StopWaiting();
    server_->Shutdown();
    server_.reset();
    calls_.reset();
    telemetry_.reset();
    GetCapturedStdout();
  }

  static std::string Header(const grpc::ClientContext& client, const char* name) {
    const auto found = client.GetServerInitialMetadata().find(name);
    if (found == client.GetServerInitialMetadata().end()) return "";
    return {found->second.data(), found->second.size()};
  }
  // `<tier> <area>`, or the error's code.
  std::string Get(const std::string& name, const std::string& known_at = "",
                  int64_t min_version = 0) {
    v1::GetAreaRequest request;
    request.set_name(name);
    request.set_known_at(known_at);
    grpc::ClientContext client;
    if (min_version > 0) {
      client.AddMetadata(kMinVersionHeader,
                         EncodePosition("memberstates", store_->epoch(), min_version));
    }
    v1::Area area;
    const grpc::Status status = stub_->GetArea(&client, request, &area);
    version_ = Header(client, kVersionHeader);
    const std::string tier = Header(client, cache::kCacheHeader) + " ";
    if (!status.ok()) return tier + std::string(CodeName(FromGrpcStatus(status).code()));
    return tier + area.name();
  }
  // `<tier> <number of areas>`.
  std::string List() {
    grpc::ClientContext client;
    v1::ListAreasResponse areas;
    EXPECT_TRUE(stub_->ListAreas(&client, {}, &areas).ok());
    return Header(client, cache::kCacheHeader) + " " + std::to_string(areas.areas_size());
  }
  void Create(const std::string& code, const std::string& name) {
    v1::CreateAreaRequest request;
    request.set_area_id(code);
    request.mutable_area()->set_display_name(name);
    grpc::ClientContext client;
    v1::Area area;
    ASSERT_TRUE(stub_->CreateArea(&client, request, &area).ok());
    EXPECT_EQ(Header(client, cache::kCacheHeader), "");
  }
  std::string Token(int64_t version) {
    return EncodePosition("memberstates", store_->epoch(), version);
  }

  store::AreaStore store_;
  Handler handler_{*store_};
  prometheus::Registry registry_;
  cache::CacheMetrics metrics_{registry_};
  cache::FakeSharedTier redis_;
  cache::ReadCache cache_{{.origin = {"test", "memberstates", store_->epoch(), "1.0"},
                           .secret = "sixteen bytes it is",
                           .max_bytes = 1 << 20},
                          *store_,
                          &redis_,
                          metrics_};
  std::unique_ptr<telemetry::Telemetry> telemetry_;
  std::unique_ptr<UnaryCalls> calls_;
  std::unique_ptr<AreasService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Areas::Stub> stub_;
  std::string version_;  // `corridor-version` of the last answer to Get.
};

TEST_F(KeptAnswersTest, AnAnswerIsGivenAgainWithItsVersion) {
  Create("ARM", "Armenia");
  EXPECT_EQ(Get("areas/ARM"), "fill ARM=Armenia@1");
  EXPECT_EQ(version_, Token(1));
  Create("GEO", "Georgia");
  EXPECT_EQ(Get("areas/ARM"), "l1 ARM=Armenia@1");
  EXPECT_EQ(version_, Token(1));
  EXPECT_EQ(handler_.reads, 1);
}

TEST_F(KeptAnswersTest, WhoeverIsToldOfAWriteSeesIt) {
  for (int i = 1; i <= 50; ++i) {
    const std::string name = "Armenia " + std::to_string(i);
    Create("ARM", name);
    const std::string area = "ARM=" + name + "@" + std::to_string(i);
    EXPECT_EQ(Get("areas/ARM"), "fill " + area);
    EXPECT_EQ(Get("areas/ARM"), "l1 " + area);
  }
}

TEST_F(KeptAnswersTest, AnAnswerIsNeverFromBeforeTheVersionThatTheClientKnows) {
  Create("ARM", "Armenia");
  EXPECT_EQ(Get("areas/ARM"), "fill ARM=Armenia@1");
  Create("GEO", "Georgia");
  EXPECT_EQ(Get("areas/ARM", "", 2), "fill ARM=Armenia@1");
  EXPECT_EQ(version_, Token(2));
  EXPECT_EQ(Get("areas/ARM", "", 2), "l1 ARM=Armenia@1");
}

TEST_F(KeptAnswersTest, AnEarlierVersionStaysWhatItWas) {
  Create("ARM", "Armenia");
  Create("ARM", "Hayastan");
  EXPECT_EQ(Get("areas/ARM", "1"), "fill ARM=Armenia@1");
  Create("ARM", "Armenia again");
  EXPECT_EQ(Get("areas/ARM", "1"), "l1 ARM=Armenia@1");
  EXPECT_EQ(version_, Token(1));
}

TEST_F(KeptAnswersTest, ErrorsAreNotKept) {
  EXPECT_EQ(Get("areas/ARM"), "origin NOT_FOUND");
  EXPECT_EQ(Get("areas/ARM"), "origin NOT_FOUND");
  EXPECT_EQ(handler_.reads, 2);
}

TEST_F(KeptAnswersTest, WhatIsSharedIsFoundInRedis) {
  Create("ARM", "Armenia");
  EXPECT_EQ(List(), "fill 1");
  EXPECT_EQ(List(), "l1 1");
  EXPECT_EQ(handler_.reads, 1);
}

TEST_F(KeptAnswersTest, OfManyWhoAskAtOnceOneAsksTheStore) {
  Create("ARM", "Armenia");
  EXPECT_EQ(List(), "fill 1");
  Create("GEO", "Georgia");
  absl::Notification go;
  handler_.go = &go;
  constexpr int kCallers = 64;
  struct Caller {
    grpc::ClientContext client;
    v1::ListAreasResponse areas;
    bool ok = false;
  };
  std::vector<Caller> callers(kCallers);
  absl::BlockingCounter answered(kCallers);
  const v1::ListAreasRequest request;
  for (Caller& caller : callers) {
    stub_->async()->ListAreas(&caller.client, &request, &caller.areas, [&](grpc::Status status) {
      caller.ok = status.ok();
      answered.DecrementCount();
    });
  }
  go.Notify();
  answered.Wait();
  for (const Caller& caller : callers) {
    EXPECT_TRUE(caller.ok);
    EXPECT_EQ(caller.areas.areas_size(), 2);
  }
  EXPECT_EQ(handler_.reads, 2);
}

TEST_F(KeptAnswersTest, WhoWaitedForAFailureAsksAgain) {
  absl::Notification go;
  handler_.go = &go;
  constexpr int kCallers = 16;
  std::vector<grpc::ClientContext> clients(kCallers);
  std::vector<v1::Area> areas(kCallers);
  std::atomic<int> missing = 0;
  absl::BlockingCounter answered(kCallers);
  v1::GetAreaRequest request;
  request.set_name("areas/XYZ");
  for (size_t i = 0; i < kCallers; ++i) {
    stub_->async()->GetArea(&clients[i], &request, &areas[i], [&](grpc::Status status) {
      missing += status.error_code() == grpc::StatusCode::NOT_FOUND;
      answered.DecrementCount();
    });
  }
  go.Notify();
  answered.Wait();
  EXPECT_EQ(missing, kCallers);
}

}  // namespace
}  // namespace corridor::server
