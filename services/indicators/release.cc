#include "services/indicators/release.h"

#include <algorithm>
#include <tuple>

#include "platform/dates/partial_date.h"

namespace corridor::indicators {
namespace {

using Release = v1::Dataset::Release;

// Absent when nothing says when it was published at the latest.
std::optional<absl::CivilDay> PublishedBy(const Release& release) {
  return release.has_published() ? Days(release.published()).latest : std::nullopt;
}

bool MayAnswer(const Release& release, const ReleaseChoice& choice) {
  if (!choice.release.empty() && release.release_id() != choice.release) return false;
  if (!choice.released_by) return true;
  const std::optional<absl::CivilDay> published = PublishedBy(release);
  return published && *published <= *choice.released_by;
}

}  // namespace

std::vector<const Release*> ReleasesInOrder(const v1::Dataset& dataset,
                                            const ReleaseChoice& choice) {
  std::vector<const Release*> releases;
  for (const Release& release : dataset.releases()) {
    if (MayAnswer(release, choice)) releases.push_back(&release);
  }
  std::sort(releases.begin(), releases.end(), [](const Release* a, const Release* b) {
    return std::forward_as_tuple(PublishedBy(*a), a->release_id()) >
           std::forward_as_tuple(PublishedBy(*b), b->release_id());
  });
  return releases;
}

}  // namespace corridor::indicators
