// memberstates by itself, on a store of a test's own, and calls of it over gRPC.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "corridor/memberstates/v1/versions.grpc.pb.h"
#include "gtest/gtest.h"
#include "platform/cache/read_cache.h"
#include "platform/request/position.h"
#include "platform/server/grpc_status.h"
#include "platform/testing/process.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {

inline constexpr absl::Duration kPatience = absl::Seconds(30);

// memberstates on a store of its own, without default data.
class MemberstatesProcess {
 public:
  // `store` is a connection string of PostgreSQL; without it the store is in `file`. `options` are
  // those beside it, `binary` one that may be used as memberstates is.
  explicit MemberstatesProcess(const std::string& file, const std::string& store = "",
                               std::vector<std::string> options = {},
                               const std::string& binary = "memberstates") {
    options.push_back("--store=" + (store.empty() ? "sqlite:" + file : store));
    auto started = ChildProcess::Start(Binary(binary), options, file + ".output");
    EXPECT_OK(started);
    process_ = *std::move(started);
    const auto ready = process_->WaitReady(absl::Now() + kPatience);
    EXPECT_OK(ready);
    address_ = ready->at("listen");
    const auto channel = grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
    areas_ = memberstates::v1::Areas::NewStub(channel);
    versions_ = memberstates::v1::Versions::NewStub(channel);
  }
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const std::string& file,
                                                             std::vector<std::string> options) {
    options.push_back("--store=sqlite:" + file);
    return ChildProcess::Start(Binary("memberstates"), options, file + ".output");
  }

  const std::string& address() const { return address_; }
  ChildProcess& process() { return *process_; }

  absl::Status Create(const std::string& code, const std::string& description = "") {
    memberstates::v1::CreateAreaRequest request;
    memberstates::v1::Area& area = *request.mutable_area();
    area.set_name("areas/" + code);
    area.set_kind(memberstates::v1::Area::GROUP);
    area.set_display_name("Name of " + code);
    area.set_description(description);
    area.add_citations()->set_source("S");
    area.mutable_citations(0)->set_kind(common::v1::Citation::OFFICIAL);
    grpc::ClientContext context;
    SetDeadline(context);
    return server::FromGrpcStatus(areas_->CreateArea(&context, request, &area));
  }
  absl::Status Describe(const std::string& code, const std::string& description) {
    memberstates::v1::UpdateAreaRequest request;
    request.mutable_area()->set_name("areas/" + code);
    request.mutable_area()->set_description(description);
    request.mutable_update_mask()->add_paths("description");
    grpc::ClientContext context;
    SetDeadline(context);
    memberstates::v1::Area area;
    const grpc::Status status = areas_->UpdateArea(&context, request, &area);
    NoteMetadata(context);
    return server::FromGrpcStatus(status);
  }
  // All areas; there are few.
  absl::StatusOr<memberstates::v1::ListAreasResponse> List(const std::string& min_version = "") {
    memberstates::v1::ListAreasRequest request;
    request.set_view(memberstates::v1::FULL);
    grpc::ClientContext context;
    SetDeadline(context);
    if (!min_version.empty()) context.AddMetadata(kMinVersionHeader, min_version);
    memberstates::v1::ListAreasResponse response;
    const grpc::Status status = areas_->ListAreas(&context, request, &response);
    NoteMetadata(context);
    if (!status.ok()) return server::FromGrpcStatus(status);
    return response;
  }
  absl::StatusOr<memberstates::v1::Area> Get(const std::string& code,
                                             const std::string& known_at = "",
                                             const std::string& min_version = "") {
    memberstates::v1::GetAreaRequest request;
    request.set_name("areas/" + code);
    request.set_known_at(known_at);
    grpc::ClientContext context;
    SetDeadline(context);
    if (!min_version.empty()) context.AddMetadata(kMinVersionHeader, min_version);
    memberstates::v1::Area area;
    const grpc::Status status = areas_->GetArea(&context, request, &area);
    NoteMetadata(context);
    if (!status.ok()) return server::FromGrpcStatus(status);
    return area;
  }
  absl::StatusOr<changes::v1::ListVersionsResponse> ListVersions(const std::string& code) {
    changes::v1::ListVersionsRequest request;
    request.set_name("areas/" + code);
    grpc::ClientContext context;
    SetDeadline(context);
    changes::v1::ListVersionsResponse response;
    const grpc::Status status = versions_->ListVersions(&context, request, &response);
    if (!status.ok()) return server::FromGrpcStatus(status);
    return response;
  }
  // Of the last answer: `corridor-version`, and `corridor-cache`.
  const std::string& token() const { return token_; }
  const std::string& tier() const { return tier_; }

 private:
  void NoteMetadata(const grpc::ClientContext& context) {
    const auto& metadata = context.GetServerInitialMetadata();
    const auto text = [&metadata](const char* name) {
      const auto found = metadata.find(name);
      return found == metadata.end() ? std::string()
                                     : std::string(found->second.data(), found->second.size());
    };
    tier_ = text(cache::kCacheHeader);
    if (std::string token = text(kVersionHeader); !token.empty()) token_ = std::move(token);
  }
  static void SetDeadline(grpc::ClientContext& context) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  }

  std::unique_ptr<ChildProcess> process_;
  std::string address_;
  std::unique_ptr<memberstates::v1::Areas::Stub> areas_;
  std::unique_ptr<memberstates::v1::Versions::Stub> versions_;
  std::string token_, tier_;
};

}  // namespace corridor::e2e
