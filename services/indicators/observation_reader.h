// Reads observations across series, of the release of each dataset that answers.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "corridor/indicators/v1/source.pb.h"
#include "platform/dates/partial_date.h"
#include "platform/resources/reader.h"
#include "services/indicators/observation_rows.h"
#include "services/indicators/release.h"

namespace corridor::indicators {

// Sets what `packed` says: period, value with its bounds, status, texts. Errors: as
// PublishedValueOf.
absl::Status FillObservation(const PackedObservation& packed, v1::Observation& observation);

struct ObservationQuery {
  resources::Query series = {};  // Which series; its slice is not read.
  DayRange periods = {};         // Only periods that have a day within.
  ReleaseChoice release = {};
  bool latest = false;  // Only the last period with a value of each series.
};

// How far a list of observations has come: to this one, the last that was answered.
struct ObservationPosition {
  std::string series = {};  // Its id; empty: at the beginning.
  std::string period = {};  // As v1::Observation has it.
};

// A read of one version. Used by one thread at a time. Errors of all methods: those of
// resources::Reader.
class ObservationReader {
 public:
  // `reader` must outlive this.
  explicit ObservationReader(resources::Reader& reader) : reader_(reader) {}

  // At most `limit` observations after `after`, in order of series and period. Errors: also
  // INVALID_ARGUMENT (`filter`).
  absl::StatusOr<std::vector<v1::Observation>> Read(const ObservationQuery& query,
                                                    const ObservationPosition& after, size_t limit);

  // Sets the releases that have observations of a series, and the periods of the first of them.
  absl::Status Describe(v1::Series& series);

 private:
  // Adds what `query` selects of these series; of one that `after` names, what comes after that.
  absl::Status AddObservations(const ObservationQuery& query, const std::vector<v1::Series>& series,
                               const ObservationPosition& after, size_t limit,
                               std::vector<v1::Observation>& observations);
  absl::StatusOr<const v1::Dataset*> DatasetOf(const v1::Series& series);

  resources::Reader& reader_;
  std::map<std::string, v1::Dataset> datasets_;  // Those met, by name.
};

}  // namespace corridor::indicators
