// Answers what the resources of a service were at earlier versions, what changed, and makes them
// what they were: the methods of every service's `Versions`.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/changes/v1/store.pb.h"
#include "corridor/changes/v1/versions.pb.h"
#include "google/protobuf/struct.pb.h"
#include "platform/request/call_context.h"
#include "platform/store/versioned_store.h"
#include "platform/versions/resource_type.h"

namespace corridor::versions {

namespace v1 = ::corridor::changes::v1;

// Thread-safe. Errors: as the contracts say of each method.
class VersionsHandler {
 public:
  // `versions` must outlive this. `service` is that of `services/{service}`.
  VersionsHandler(store::VersionedStore& versions, std::string service,
                  std::vector<ResourceType> types)
      : versions_(versions), service_(std::move(service)), types_(std::move(types)) {}

  absl::StatusOr<v1::ListVersionsResponse> ListVersions(const v1::ListVersionsRequest& request,
                                                        CallContext& call);
  absl::StatusOr<v1::DiffVersionsResponse> DiffVersions(const v1::DiffVersionsRequest& request,
                                                        CallContext& call);
  absl::StatusOr<google::protobuf::Struct> RestoreVersion(const v1::RestoreVersionRequest& request,
                                                          CallContext& call);
  // See changes.v1.Store.Purge. `scrubbed` is not set.
  absl::StatusOr<v1::PurgeResponse> Purge(const v1::PurgeRequest& request, CallContext& call);

 private:
  struct Range;

  // The state of a resource at a version, which must be one that was reached; 0 for before all.
  absl::StatusOr<State> StateAt(const Located& resource, int64_t version, absl::Time deadline);
  // The versions compared. Errors: also INVALID_ARGUMENT (`from`, `to`).
  absl::StatusOr<Range> AskedRange(const v1::DiffVersionsRequest& request, CallContext& call,
                                   int64_t pinned);
  absl::Status DiffOne(const Located& resource, const Range& range, absl::Time deadline,
                       v1::DiffVersionsResponse& response);
  absl::Status DiffAll(const v1::DiffVersionsRequest& request, const Range& range,
                       const std::vector<std::string>& after, absl::Time deadline,
                       v1::DiffVersionsResponse& response);

  store::VersionedStore& versions_;
  const std::string service_;
  const ResourceTypes types_;
};

}  // namespace corridor::versions
