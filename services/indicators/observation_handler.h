// Answers the calls of corridor.indicators.v1.Observations: validate, ask, answer. Thread-safe.
// Errors: as the contract says of each method.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "platform/request/call_context.h"
#include "platform/resources/handler.h"
#include "services/indicators/observation_reader.h"

namespace corridor::indicators {

class ObservationHandler {
 public:
  explicit ObservationHandler(const resources::Parts& parts) : parts_(parts) {}

  absl::StatusOr<v1::ListObservationsResponse> ListObservations(
      const v1::ListObservationsRequest& request, CallContext& call);
  absl::StatusOr<v1::CompareSourcesResponse> CompareSources(
      const v1::CompareSourcesRequest& request, CallContext& call);
  absl::StatusOr<v1::DeriveObservationsResponse> DeriveObservations(
      const v1::DeriveObservationsRequest& request, CallContext& call);
  absl::StatusOr<v1::WriteObservationsResponse> WriteObservations(
      const v1::WriteObservationsRequest& request, CallContext& call);

 private:
  resources::Parts parts_;
};

}  // namespace corridor::indicators
