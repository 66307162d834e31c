// Which commits a watcher asked for.
#pragma once

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "corridor/changes/v1/changes.pb.h"
#include "platform/store/versioned_store.h"

namespace corridor::changes {

class Wanted {
 public:
  // Everything.
  Wanted() = default;
  // Errors: INVALID_ARGUMENT naming `resources`.
  static absl::StatusOr<Wanted> Read(const v1::WatchRequest& request);

  bool Matches(const store::Commit& commit) const;

 private:
  absl::flat_hash_set<std::string> resources_;
  absl::flat_hash_set<std::string> collections_;
  // Of the resources: what is known of a commit whose resources are omitted.
  absl::flat_hash_set<std::string> collections_of_resources_;
};

}  // namespace corridor::changes
