#include "services/indicators/observation_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::indicators {
namespace {

using store::Param;
using store::Row;

// Series asked for at a time; the statement always takes so many.
constexpr size_t kSeriesAtATime = 64;

const std::string& VintagesSql() {
  static const auto* sql = [] {
    std::string places = "?1";
    for (size_t i = 2; i <= kSeriesAtATime; ++i) absl::StrAppend(&places, ", ?", i);
    return new std::string(
        absl::StrCat("SELECT series, release_id, body FROM {series_observations} WHERE series IN (",
                     places, ") ORDER BY series, release_id"));
  }();
  return *sql;
}

std::string SeriesNameOf(std::string_view id) { return "series/" + std::string(id); }

}  // namespace

absl::Status ReadVintages(store::Reader& rows, std::span<const std::string> series,
                          EachVintage each) {
  for (size_t begin = 0; begin < series.size(); begin += kSeriesAtATime) {
    const auto chunk = series.subspan(begin, std::min(kSeriesAtATime, series.size() - begin));
    std::vector<Param> params(kSeriesAtATime, std::string_view());
    for (size_t i = 0; i < chunk.size(); ++i) params[i] = std::string_view(chunk[i]);
    RETURN_IF_ERROR(rows.Query(VintagesSql(), params, [&](const Row& row) {
      return each(row.Text(0), row.Text(1), row.Text(2));
    }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PackedObservation>> ReadVintage(store::Reader& rows,
                                                           std::string_view series,
                                                           std::string_view release) {
  std::vector<PackedObservation> observations;
  RETURN_IF_ERROR(
      rows.Query("SELECT body FROM {series_observations} WHERE series = ?1 AND release_id = ?2",
                 {series, release}, [&](const Row& row) -> absl::Status {
                   ASSIGN_OR_RETURN(observations, UnpackObservations(row.Text(0)));
                   return absl::OkStatus();
                 }));
  return observations;
}

absl::Status PutVintage(store::Writer& rows, std::string_view series, std::string_view release,
                        std::span<const PackedObservation> observations) {
  if (observations.empty()) {
    const absl::Status dropped =
        rows.Delete(kSeriesObservations, {series, release}, SeriesNameOf(series));
    return absl::IsNotFound(dropped) ? absl::OkStatus() : dropped;
  }
  const std::string packed = PackObservations(observations);
  if (packed.size() > kMaxVintageBytes) {
    return InvalidField("observations", absl::StrCat(packed.size(), " bytes"),
                        absl::StrCat("are more than a series may take in one release, ",
                                     kMaxVintageBytes, ", packed"));
  }
  return rows.Put(kSeriesObservations, {series, release, store::Blob{packed}},
                  SeriesNameOf(series));
}

absl::Status DeleteVintages(store::Writer& rows, const std::string& series) {
  std::vector<std::string> releases;
  RETURN_IF_ERROR(ReadVintages(rows, {&series, 1},
                               [&](std::string_view, std::string_view release, std::string_view) {
                                 releases.emplace_back(release);
                                 return absl::OkStatus();
                               }));
  for (const std::string& release : releases)
    RETURN_IF_ERROR(PutVintage(rows, series, release, {}));
  return absl::OkStatus();
}

absl::StatusOr<std::string> FindSeriesOf(store::Reader& rows, std::string_view dataset,
                                         std::string_view release) {
  std::string series;
  RETURN_IF_ERROR(
      rows.Query("SELECT s.id FROM {series} s JOIN {series_observations} o ON o.series = s.id "
                 "WHERE s.dataset = ?1 AND o.release_id = ?2 ORDER BY s.id LIMIT 1",
                 {dataset, release}, [&series](const Row& row) {
                   series = SeriesNameOf(row.Text(0));
                   return absl::OkStatus();
                 }));
  return series;
}

}  // namespace corridor::indicators
