#include "platform/areas/grpc_area_source.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "platform/areas/fake_area_source.h"
#include "platform/changes/changes_service.h"
#include "platform/request/position.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/telemetry/telemetry.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::areas {
namespace {

namespace v1 = memberstates::v1;

using store::AreaStore;
using store::Soon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kEpoch[] = "0123456789abcdef";

// Answers one record a page, as memberstates at one version.
class PagedAreas final : public v1::Areas::Service {
 public:
  grpc::Status ListAreas(grpc::ServerContext* context, const v1::ListAreasRequest* request,
                         v1::ListAreasResponse* response) override {
    if (says_version) {
      context->AddInitialMetadata(kVersionHeader, EncodePosition(service, kEpoch, version));
    }
    if (request->page_token().empty()) {
      const auto least = context->client_metadata().find(kMinVersionHeader);
      asked_least = least == context->client_metadata().end()
                        ? ""
                        : std::string(least->second.data(), least->second.size());
    }
    Answer(areas, request->page_token(), *response->mutable_areas(), *response);
    return grpc::Status::OK;
  }
  grpc::Status ListAreaMembers(grpc::ServerContext* context,
                               const v1::ListAreaMembersRequest* request,
                               v1::ListAreaMembersResponse* response) override {
    EXPECT_EQ(request->parent(), "areas/-");
    EXPECT_TRUE(request->any_time());
    EXPECT_EQ(request->known_at(), EncodePosition(service, kEpoch, version));
    context->AddInitialMetadata(kVersionHeader, EncodePosition(service, kEpoch, version));
    Answer(members, request->page_token(), *response->mutable_members(), *response);
    return grpc::Status::OK;
  }
  grpc::Status GetArea(grpc::ServerContext* context, const v1::GetAreaRequest* request,
                       v1::Area* area) override {
    context->AddInitialMetadata(kVersionHeader, EncodePosition(service, kEpoch, version));
    if (!failure.ok()) return server::ToGrpcStatus(failure);
    if (request->name() != "areas/ARM")
      return server::ToGrpcStatus(NoSuchResource(request->name()));
    area->set_name(request->name());
    return grpc::Status::OK;
  }

  std::vector<v1::Area> areas = {AreaOf("ARM", "Armenia"), AreaOf("CLUB", "Club", v1::Area::GROUP)};
  std::vector<v1::AreaMember> members = {MemberOf("CLUB", "ARM", "2004"), MemberOf("CLUB", "GEO")};
  std::string service = "memberstates";
  int64_t version = 12;
  bool says_version = true;
  absl::Status failure;
  std::string asked_least;  // With the first page.

 private:
  template <typename Record, typename Field, typename Response>
  static void Answer(const std::vector<Record>& records, const std::string& page_token,
                     Field& field, Response& response) {
    const size_t index = page_token.empty() ? 0 : std::stoul(page_token);
    if (index < records.size()) *field.Add() = records[index];
    if (index + 1 < records.size()) response.set_next_page_token(absl::StrCat(index + 1));
  }
};

class GrpcAreaSourceTest : public ::testing::Test {
 protected:
  GrpcAreaSourceTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&areas_);
    builder.RegisterService(&changes_);
    server_ = builder.BuildAndStart();
    source_ = std::make_unique<GrpcAreaSource>(server_->InProcessChannel({}));
  }
  ~GrpcAreaSourceTest() override {
    changes_.Shutdown();
    server_->Shutdown();
    server_->Wait();
  }

  PagedAreas areas_;
  AreaStore store_;
  telemetry::Telemetry telemetry_{"grpc_area_source_test"};
  server::UnaryCalls calls_{"memberstates", {}, *store_, telemetry_};
  changes::ChangesService changes_{*store_, calls_, {.poll_interval = absl::Milliseconds(5)}};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcAreaSource> source_;
};

TEST_F(GrpcAreaSourceTest, ASnapshotHoldsEveryPageOfOneVersion) {
  ASSERT_OK_AND_ASSIGN(const AreaSnapshot snapshot, source_->Fetch({}, Soon(), {}));
  EXPECT_EQ(snapshot.cursor, (Cursor{kEpoch, 12}));
  EXPECT_THAT(snapshot.areas,
              ElementsAre(EqualsProto(areas_.areas[0]), EqualsProto(areas_.areas[1])));
  EXPECT_THAT(snapshot.members,
              ElementsAre(EqualsProto(areas_.members[0]), EqualsProto(areas_.members[1])));
}

TEST_F(GrpcAreaSourceTest, AStoreWithoutCommitsIsAnEmptySnapshot) {
  areas_.version = 0;
  areas_.areas.clear();
  ASSERT_OK_AND_ASSIGN(const AreaSnapshot snapshot, source_->Fetch({}, Soon(), {}));
  EXPECT_EQ(snapshot.cursor, (Cursor{kEpoch, 0}));
  EXPECT_THAT(snapshot.areas, IsEmpty());
  EXPECT_THAT(snapshot.members, IsEmpty());
}

TEST_F(GrpcAreaSourceTest, AnAnswerThatCannotBeReadIsAnErrorThatShowsIt) {
  areas_.says_version = false;
  EXPECT_THAT(source_->Fetch({}, Soon(), {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("from which version")));
  areas_.says_version = true;
  areas_.service = "indicators";
  EXPECT_THAT(source_->Fetch({}, Soon(), {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("another service")));
  areas_.service = "memberstates";
  areas_.areas[1].set_name("areas/club");
  EXPECT_THAT(source_->Fetch({}, Soon(), {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("areas/club")));
  areas_.areas[1].set_name("areas/CLUB");
  areas_.members[0].mutable_start()->set_text("spring 2004");
  EXPECT_THAT(source_->Fetch({}, Soon(), {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("spring 2004")));
}

TEST_F(GrpcAreaSourceTest, ASnapshotIsAskedForFromTheLeastVersionOn) {
  ASSERT_OK(source_->Fetch({}, Soon(), {}));
  EXPECT_EQ(areas_.asked_least, "");
  ASSERT_OK(source_->Fetch({kEpoch, 7}, Soon(), {}));
  EXPECT_EQ(areas_.asked_least, EncodePosition("memberstates", kEpoch, 7));
}

TEST_F(GrpcAreaSourceTest, AnAreaIsFoundWhenMemberstatesAnswersIt) {
  EXPECT_THAT(source_->Find("ARM", Soon()), IsOkAndHolds(Cursor{kEpoch, 12}));
  EXPECT_THAT(source_->Find("XYZ", Soon()), IsOkAndHolds(std::nullopt));
  areas_.failure = absl::UnavailableError("draining");
  EXPECT_THAT(source_->Find("ARM", Soon()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("draining")));
}

TEST_F(GrpcAreaSourceTest, AStoppedSourceFetchesNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(source_->Fetch({}, Soon(), stop.get_token()), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(GrpcAreaSourceTest, TheFeedTellsCommitsByTheirCollectionsUntilTheWatcherEndsIt) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_.Put("GEO", "Georgia"));
  std::vector<FeedEvent> events;
  const absl::Status ended =
      source_->Watch({store_->epoch(), 1}, {}, [&](const FeedEvent& event) -> absl::Status {
        events.push_back(event);
        return absl::ResourceExhaustedError("enough");
      });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kResourceExhausted, "enough"));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].version, 2);
  EXPECT_THAT(events[0].collections, ElementsAre("areas"));
}

TEST_F(GrpcAreaSourceTest, TheFeedRefusesAPositionThatDoesNotLeadOn) {
  const auto never = [](const FeedEvent&) { return absl::InternalError("called"); };
  EXPECT_THAT(source_->Watch({"fedcba9876543210", 1}, {}, never),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("fedcba9876543210")));
  EXPECT_THAT(source_->Watch({store_->epoch(), 5}, {}, never),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("beyond the last version")));
}

TEST_F(GrpcAreaSourceTest, StoppingEndsAWatchThatWaits) {
  std::stop_source stop;
  const absl::Status ended =
      source_->Watch({store_->epoch(), 0}, stop.get_token(), [&](const FeedEvent& event) {
        EXPECT_EQ(event.version, 0);  // The first sign of life.
        stop.request_stop();
        return absl::OkStatus();
      });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(GrpcAreaSourceTest, AServiceThatDrainsEndsItsFeed) {
  const absl::Status ended = source_->Watch({store_->epoch(), 0}, {}, [&](const FeedEvent&) {
    changes_.Shutdown();
    return absl::OkStatus();
  });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ChannelToMemberstatesTest, AnAddressWhereNobodyListensIsUnavailable) {
  GrpcAreaSource source(ChannelToMemberstates("unix:/nonexistent/memberstates.sock"));
  EXPECT_THAT(source.Find("ARM", Soon()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(source.Watch({}, {}, [](const FeedEvent&) { return absl::OkStatus(); }),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace corridor::areas
