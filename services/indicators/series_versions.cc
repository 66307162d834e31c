#include "services/indicators/series_versions.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "corridor/indicators/v1/source.pb.h"
#include "google/protobuf/util/json_util.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"
#include "services/indicators/observation_reader.h"
#include "services/indicators/observation_rows.h"
#include "services/indicators/packed_observations.h"
#include "services/indicators/source.h"

namespace corridor::indicators {
namespace {

using google::protobuf::Message;
using google::protobuf::Struct;

// Packed observations by release.
using Vintages = std::map<std::string, std::string>;

absl::StatusOr<Vintages> VintagesOf(store::Reader& rows, const std::string& id) {
  Vintages vintages;
  RETURN_IF_ERROR(ReadVintages(
      rows, {&id, 1},
      [&vintages](std::string_view, std::string_view release, std::string_view packed) {
        vintages.emplace(release, packed);
        return absl::OkStatus();
      }));
  return vintages;
}

absl::Status AddVintage(std::string_view packed, Struct& periods) {
  ASSIGN_OR_RETURN(const std::vector<PackedObservation> observations, UnpackObservations(packed));
  for (const PackedObservation& one : observations) {
    v1::Observation observation;
    RETURN_IF_ERROR(FillObservation(one, observation));
    const std::string period =
        observation.period().empty() ? std::string("_U") : observation.period();
    observation.clear_period();
    observation.clear_period_start();
    observation.clear_period_end();
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(observation, &json).ok() ||
        !google::protobuf::util::JsonStringToMessage(
             json, (*periods.mutable_fields())[period].mutable_struct_value())
             .ok()) {
      return absl::InternalError("no JSON for an observation");
    }
  }
  return absl::OkStatus();
}

absl::Status AddObservations(store::Reader& rows, const std::string& id, Struct& series) {
  ASSIGN_OR_RETURN(const Vintages vintages, VintagesOf(rows, id));
  Struct& releases = *(*series.mutable_fields())["observations"].mutable_struct_value();
  for (const auto& [release, packed] : vintages) {
    RETURN_IF_ERROR(
        AddVintage(packed, *(*releases.mutable_fields())[release].mutable_struct_value()));
  }
  return absl::OkStatus();
}

// That the dataset has all of the releases.
absl::Status CheckReleases(const v1::Series& series, const Vintages& vintages,
                           resources::Reader& reader) {
  v1::Dataset dataset;
  RETURN_IF_ERROR(reader.Get(Datasets(), Datasets().Id(series.dataset()), dataset));
  for (const auto& [release, packed] : vintages) {
    const auto& has = dataset.releases();
    if (std::none_of(has.begin(), has.end(),
                     [&id = release](const auto& one) { return one.release_id() == id; })) {
      return InvalidField("release", release,
                          absl::StrCat("is no longer a release of ", series.dataset()));
    }
  }
  return absl::OkStatus();
}

absl::Status RestoreObservations(resources::Writer& writer, const std::string& id,
                                 const Message& series, store::Reader& then) {
  ASSIGN_OR_RETURN(const Vintages was, VintagesOf(then, id));
  RETURN_IF_ERROR(CheckReleases(static_cast<const v1::Series&>(series), was, writer.reader()));
  ASSIGN_OR_RETURN(const Vintages is, VintagesOf(writer.rows(), id));
  for (const auto& [release, packed] : is) {
    if (!was.contains(release)) RETURN_IF_ERROR(PutVintage(writer.rows(), id, release, {}));
  }
  for (const auto& [release, packed] : was) {
    ASSIGN_OR_RETURN(const auto observations, UnpackObservations(packed));
    RETURN_IF_ERROR(PutVintage(writer.rows(), id, release, observations));
  }
  return absl::OkStatus();
}

}  // namespace

resources::KindParts ObservationsOfSeries() {
  return {.table = kSeriesObservations,
          .id_column = "series",
          .add = AddObservations,
          .restore = RestoreObservations,
          .erase = [](resources::Writer& writer, const std::string& id) {
            return DeleteVintages(writer.rows(), id);
          }};
}

}  // namespace corridor::indicators
