// Where the areas come from: memberstates, as services that keep a copy of them ask it. Implemented
// by grpc_area_source.h; fake_area_source.h for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/areas/area_copy.h"

namespace corridor::areas {

// One event of memberstates' change feed: a commit, or a sign of life.
struct FeedEvent {
  int64_t version = 0;                   // 0: no commit.
  std::vector<std::string> collections;  // `areas`, `areas/-/members`: see store::Commit.
  std::vector<std::string> purged = {};  // Resources whose content it erased from all versions.
};

// Thread-safe. Errors of all methods: DEADLINE_EXCEEDED and UNAVAILABLE when memberstates cannot be
// reached, CANCELLED once `stop` was requested, and what memberstates answers.
class AreaSource {
 public:
  virtual ~AreaSource() = default;

  // All areas and member records, at `least` or a later version; at any when it has no epoch.
  // Errors: also INTERNAL (what memberstates answered cannot be read), ABORTED (it was restored).
  virtual absl::StatusOr<AreaSnapshot> Fetch(const Cursor& least, absl::Time deadline,
                                             const std::stop_token& stop) = 0;

  // A version at which there is an area with this code; none when there is no such area now.
  virtual absl::StatusOr<std::optional<Cursor>> Find(std::string_view code,
                                                     absl::Time deadline) = 0;

  // Calls `on_event`, on this thread, for each commit after `since`, once and in order, and for
  // signs of life in between, the first at once. Returns why that ended, never OK: what `on_event`
  // returned, ABORTED (`since` is of another epoch), OUT_OF_RANGE (`since` is beyond the head).
  virtual absl::Status Watch(const Cursor& since, const std::stop_token& stop,
                             absl::FunctionRef<absl::Status(const FeedEvent&)> on_event) = 0;
};

}  // namespace corridor::areas
