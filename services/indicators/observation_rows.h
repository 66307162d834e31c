// Observations in rows: all periods of a series in a release are one row, packed
// (packed_observations.h).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/store/versioned_store.h"
#include "services/indicators/packed_observations.h"

namespace corridor::indicators {

inline const store::Table kSeriesObservations = {
    "series_observations", {"series", "release_id"}, {"body"}};

// Given the id of a series, the id of a release, and the packed observations, which live until it
// returns.
using EachVintage = absl::FunctionRef<absl::Status(
    std::string_view series, std::string_view release, std::string_view packed)>;

// The rows of these series, by id, in order of series and release. Errors: those of `each`, and as
// store::Reader::Query.
absl::Status ReadVintages(store::Reader& rows, std::span<const std::string> series,
                          EachVintage each);

// The observations of a series in a release; none when there is no such row. Errors: also
// DATA_LOSS.
absl::StatusOr<std::vector<PackedObservation>> ReadVintage(store::Reader& rows,
                                                           std::string_view series,
                                                           std::string_view release);

// What the observations of one series in one release may take, packed: each write of one value
// keeps the row that was there before.
inline constexpr size_t kMaxVintageBytes = 1 << 20;

// Makes `observations`, which PackObservations takes, those of a series in a release; none: drops
// the row. Errors: as store::Writer::Put, INVALID_ARGUMENT naming `observations` (above
// kMaxVintageBytes).
absl::Status PutVintage(store::Writer& rows, std::string_view series, std::string_view release,
                        std::span<const PackedObservation> observations);

// Drops the observations of a series in all releases.
absl::Status DeleteVintages(store::Writer& rows, const std::string& series);

// The name of some series that has observations of this release of the dataset
// (`datasets/{dataset}`); empty when none does.
absl::StatusOr<std::string> FindSeriesOf(store::Reader& rows, std::string_view dataset,
                                         std::string_view release);

}  // namespace corridor::indicators
