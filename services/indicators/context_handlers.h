// Answers the calls of corridor.indicators.v1.ContextNotes and Targets: validate, ask, answer.
// Thread-safe. Errors: as the contract says of each method.
#pragma once

#include "corridor/indicators/v1/context.pb.h"
#include "platform/resources/handler.h"
#include "services/indicators/context.h"

namespace corridor::indicators {

class ContextNoteHandler : private resources::Handler {
 public:
  explicit ContextNoteHandler(const resources::Parts& parts) : Handler(parts, ContextNotes()) {}

  CORRIDOR_RESOURCE_METHODS(ContextNote, ContextNotes)
  absl::StatusOr<v1::ListContextNotesResponse> ListContextNotes(
      const v1::ListContextNotesRequest& request, CallContext& call);
};

class TargetHandler : private resources::Handler {
 public:
  explicit TargetHandler(const resources::Parts& parts) : Handler(parts, Targets()) {}

  CORRIDOR_RESOURCE_METHODS(Target, Targets)
  absl::StatusOr<v1::ListTargetsResponse> ListTargets(const v1::ListTargetsRequest& request,
                                                      CallContext& call);
  absl::StatusOr<v1::TargetAssessment> AssessTarget(const v1::AssessTargetRequest& request,
                                                    CallContext& call);
};

}  // namespace corridor::indicators
