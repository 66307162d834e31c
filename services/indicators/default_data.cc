// The steps of the load, in an order in which each finds what it names.
#include "services/indicators/default_data.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "platform/default_data/resource_steps.h"
#include "platform/status/status.h"

namespace corridor::indicators {

absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    Handlers& handlers, absl::Time now) {
  const auto read_steps = [&]() -> absl::StatusOr<std::vector<Step>> {
    ASSIGN_OR_RETURN(ResourceSteps steps, ResourceSteps::Open(folder));
    RETURN_IF_ERROR(
        steps.AddBatch("sources", handlers.sources, &SourceHandler::BatchCreateSources));
    RETURN_IF_ERROR(
        steps.AddBatch("datasets", handlers.datasets, &DatasetHandler::BatchCreateDatasets));
    RETURN_IF_ERROR(steps.AddBatch("indicators", handlers.indicators,
                                   &IndicatorHandler::BatchCreateIndicators));
    const auto vintage_of = [](const v1::WriteObservationsRequest& request) {
      return absl::StrCat(request.dataset(), "/", request.release());
    };
    RETURN_IF_ERROR(steps.AddEach("observations", vintage_of, handlers.observations,
                                  &ObservationHandler::WriteObservations));
    RETURN_IF_ERROR(steps.AddBatch("context_notes", handlers.context_notes,
                                   &ContextNoteHandler::BatchCreateContextNotes));
    RETURN_IF_ERROR(
        steps.AddBatch("targets", handlers.targets, &TargetHandler::BatchCreateTargets));
    return steps.Take();
  };
  return LoadSteps(read_steps, versions, now);
}

}  // namespace corridor::indicators
