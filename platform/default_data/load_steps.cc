// Which steps are left, by the commits that the store has.
#include "platform/default_data/load_steps.h"

#include <optional>

#include "platform/status/status.h"

namespace corridor {
namespace {

constexpr absl::Duration kCommitTakesAtMost = absl::Minutes(2);
constexpr int kCommitsAtATime = 1000;

// Request ids of the steps that were made, in order; absent when somebody else has written.
absl::StatusOr<std::optional<std::vector<std::string>>> StepsMade(store::VersionedStore& versions,
                                                                  absl::Time deadline) {
  std::vector<std::string> made;
  int64_t version = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<store::Commit> commits,
                     versions.CommitsAfter(version, kCommitsAtATime, deadline));
    if (commits.empty()) return std::optional(std::move(made));
    for (const store::Commit& commit : commits) {
      if (commit.actor == kDefaultDataActor) {
        made.push_back(commit.request_id);
      } else if (commit.actor != kAreaCopyActor) {
        return std::optional<std::vector<std::string>>();
      }
    }
    version = commits.back().version;
  }
}

}  // namespace

absl::StatusOr<int> LoadSteps(absl::FunctionRef<absl::StatusOr<std::vector<Step>>()> read_steps,
                              store::VersionedStore& versions, absl::Time now) {
  const absl::Time deadline = now + kCommitTakesAtMost;
  ASSIGN_OR_RETURN(const std::optional<std::vector<std::string>> made,
                   StepsMade(versions, deadline));
  if (!made) return 0;
  ASSIGN_OR_RETURN(const std::vector<Step> steps, read_steps());
  int commits = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto& [id, write] = steps[i];
    if (i < made->size()) {
      if ((*made)[i] == id.request_id) continue;
      return commits;
    }
    CallContext call(id.method, kDefaultDataActor, deadline, now);
    if (const absl::Status status = write(call); !status.ok()) {
      return AtField(id.request_id, status);
    }
    ++commits;
  }
  return commits;
}

}  // namespace corridor
