#include "platform/changes/wanted.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"

namespace corridor::changes {
namespace {

constexpr int kMostResources = 100;

}  // namespace

absl::StatusOr<Wanted> Wanted::Read(const v1::WatchRequest& request) {
  if (request.resources_size() > kMostResources) {
    return InvalidField("resources", absl::StrCat(request.resources_size()),
                        absl::StrCat("entries are more than ", kMostResources));
  }
  Wanted wanted;
  for (const std::string& name : request.resources()) {
    const std::vector<std::string> segments = absl::StrSplit(name, '/');
    const bool has_empty = std::any_of(segments.begin(), segments.end(),
                                       [](const std::string& segment) { return segment.empty(); });
    if (has_empty) {
      return InvalidField("resources", name,
                          "is no resource such as areas/ARM and no collection such as areas");
    }
    if (segments.size() % 2 == 0) {
      wanted.resources_.insert(name);
      wanted.collections_of_resources_.insert(store::CollectionOf(name));
    } else {
      wanted.collections_.insert(store::CollectionOf(name + "/-"));
    }
  }
  return wanted;
}

bool Wanted::Matches(const store::Commit& commit) const {
  if (resources_.empty() && collections_.empty()) return true;
  const auto in = [](const auto& set) {
    return [&set](const std::string& name) { return set.contains(name); };
  };
  const auto& touched = commit.collections;
  if (std::any_of(touched.begin(), touched.end(), in(collections_))) return true;
  if (commit.resources_omitted) {
    return std::any_of(touched.begin(), touched.end(), in(collections_of_resources_));
  }
  return std::any_of(commit.resources.begin(), commit.resources.end(), in(resources_));
}

}  // namespace corridor::changes
