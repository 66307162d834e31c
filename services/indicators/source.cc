#include "services/indicators/source.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/indicators/v1/source.pb.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"
#include "services/indicators/observation_rows.h"

namespace corridor::indicators {
namespace {

using common::v1::Citation;
using resources::Reference;

constexpr size_t kMaxReleaseIdBytes = 64;

// Refuses what is no name of a source, or that of `source` itself.
absl::Status CheckOtherSource(const v1::Source& source, const std::string& name,
                              const std::string& field) {
  RETURN_IF_ERROR(IdIn(name, "sources/*", field).status());
  if (name == source.name()) return InvalidField(field, name, "is the source itself");
  return absl::OkStatus();
}

absl::Status CheckSource(v1::Source& source, const std::string& path) {
  if (source.kind() == Citation::SOURCE_KIND_UNSPECIFIED ||
      !Citation::SourceKind_IsValid(source.kind())) {
    return InvalidField(path + ".kind", std::to_string(source.kind()), "is not a kind of source");
  }
  if (source.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(source.display_name(), path + ".display_name"));
  if (source.has_published()) {
    RETURN_IF_ERROR(ReadDate(*source.mutable_published(), path + ".published"));
  }
  if (!source.cited_by().empty()) {
    RETURN_IF_ERROR(CheckOtherSource(source, source.cited_by(), path + ".cited_by"));
  }
  for (int i = 0; i < source.derived_from_size(); ++i) {
    RETURN_IF_ERROR(CheckOtherSource(source, source.derived_from(i),
                                     absl::StrCat(path, ".derived_from[", i, "]")));
  }
  return absl::OkStatus();
}

std::vector<Reference> ReferencesOfSource(const v1::Source& source, const std::string& path) {
  std::vector<Reference> references;
  if (!source.cited_by().empty()) references.push_back({path + ".cited_by", source.cited_by()});
  for (int i = 0; i < source.derived_from_size(); ++i) {
    references.push_back({absl::StrCat(path, ".derived_from[", i, "]"), source.derived_from(i)});
  }
  return references;
}

absl::Status CheckDataset(v1::Dataset& dataset, const std::string& path) {
  if (dataset.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(dataset.display_name(), path + ".display_name"));
  RETURN_IF_ERROR(IdIn(dataset.source(), "sources/*", path + ".source").status());
  if (dataset.releases().empty()) return MissingField(path + ".releases");
  std::set<std::string> ids;
  for (int i = 0; i < dataset.releases_size(); ++i) {
    const std::string at = absl::StrCat(path, ".releases[", i, "]");
    v1::Dataset::Release& release = *dataset.mutable_releases(i);
    RETURN_IF_ERROR(
        resources::NewIdIn(release.release_id(), "*", at + ".release_id", kMaxReleaseIdBytes)
            .status());
    if (!ids.insert(release.release_id()).second) {
      return InvalidField(at + ".release_id", release.release_id(), "occurs twice");
    }
    if (release.has_published()) {
      RETURN_IF_ERROR(ReadDate(*release.mutable_published(), at + ".published"));
    }
  }
  return CheckCitations(dataset.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfDataset(const v1::Dataset& dataset, const std::string& path) {
  std::vector<Reference> references = {{path + ".source", dataset.source()}};
  for (const v1::Dataset::Release& release : dataset.releases()) {
    references.push_back({.path = path + ".releases",
                          .name = ReleaseName(release.release_id()),
                          .must_exist = false});
  }
  return references;
}

// A release that has observations stays.
absl::Status CheckStoredDataset(resources::Reader& reader, const v1::Dataset* old,
                                const v1::Dataset& now, const std::string& path) {
  if (old == nullptr) return absl::OkStatus();
  std::set<std::string> kept;
  for (const v1::Dataset::Release& release : now.releases()) kept.insert(release.release_id());
  for (const v1::Dataset::Release& release : old->releases()) {
    if (kept.contains(release.release_id())) continue;
    ASSIGN_OR_RETURN(const std::string series,
                     FindSeriesOf(reader.rows(), now.name(), release.release_id()));
    if (series.empty()) continue;
    return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "RESOURCE_IN_USE",
                           absl::StrCat(path, ".releases: lacks ", release.release_id(),
                                        ", of which ", series, " has observations"),
                           {{"name", now.name()}, {"used_by", series}});
  }
  return absl::OkStatus();
}

}  // namespace

const resources::Kind& Sources() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::Source>({.collection = "sources",
                                       .field = "source",
                                       .columns = {"display_name", "kind", "publisher", "cited_by"},
                                       .check = CheckSource,
                                       .references = ReferencesOfSource}));
  return *kind;
}

// The source is that of series already written, so it stays.
const resources::Kind& Datasets() {
  static const auto* kind =
      new resources::Kind(resources::MakeKind<v1::Dataset>({.collection = "datasets",
                                                            .field = "dataset",
                                                            .columns = {"display_name", "source"},
                                                            .check = CheckDataset,
                                                            .references = ReferencesOfDataset,
                                                            .immutable = {"source"},
                                                            .check_stored = CheckStoredDataset}));
  return *kind;
}

std::string ReleaseName(const std::string& release_id) { return "releases/" + release_id; }

}  // namespace corridor::indicators
