// Answers the calls of corridor.indicators.v1.SeriesService: validate, ask, answer. Thread-safe.
// Errors: as the contract says of each method.
#pragma once

#include "corridor/indicators/v1/observation.pb.h"
#include "platform/resources/handler.h"
#include "services/indicators/series.h"

namespace corridor::indicators {

class SeriesHandler : private resources::Handler {
 public:
  explicit SeriesHandler(const resources::Parts& parts) : Handler(parts, AllSeries()) {}

  absl::StatusOr<v1::Series> GetSeries(const v1::GetSeriesRequest& request, CallContext& call) {
    return Get<v1::Series>(request, call);
  }
  absl::StatusOr<v1::ListSeriesResponse> ListSeries(const v1::ListSeriesRequest& request,
                                                    CallContext& call);
  absl::StatusOr<v1::Series> UpdateSeries(const v1::UpdateSeriesRequest& request,
                                          CallContext& call) {
    return Update<v1::Series>(request, call);
  }
  absl::StatusOr<google::protobuf::Empty> DeleteSeries(const v1::DeleteSeriesRequest& request,
                                                       CallContext& call) {
    return Delete(request, call);
  }
  absl::StatusOr<v1::BatchUpdateSeriesResponse> BatchUpdateSeries(
      const v1::BatchUpdateSeriesRequest& request, CallContext& call) {
    return BatchUpdate<v1::Series, v1::BatchUpdateSeriesResponse>(request, call);
  }
  absl::StatusOr<google::protobuf::Empty> BatchDeleteSeries(
      const v1::BatchDeleteSeriesRequest& request, CallContext& call) {
    return BatchDelete(request, call);
  }
};

}  // namespace corridor::indicators
