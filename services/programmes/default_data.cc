// The steps of the load, in an order in which each finds what it names.
#include "services/programmes/default_data.h"

#include <vector>

#include "platform/default_data/resource_steps.h"
#include "platform/status/status.h"

namespace corridor::programmes {

absl::StatusOr<int> LoadDefaultData(const std::string& folder, store::VersionedStore& versions,
                                    Handlers& handlers, absl::Time now) {
  const auto read_steps = [&]() -> absl::StatusOr<std::vector<Step>> {
    ASSIGN_OR_RETURN(ResourceSteps steps, ResourceSteps::Open(folder));
    RETURN_IF_ERROR(steps.AddBatch("programme_areas", handlers.programme_areas,
                                   &ProgrammeAreaHandler::BatchCreateProgrammeAreas));
    RETURN_IF_ERROR(steps.AddBatch("activity_types", handlers.activity_types,
                                   &ActivityTypeHandler::BatchCreateActivityTypes));
    RETURN_IF_ERROR(steps.AddBatch("classifications", handlers.classifications,
                                   &ClassificationHandler::BatchCreateClassifications));
    RETURN_IF_ERROR(steps.AddBatch("crosswalks", handlers.crosswalks,
                                   &CrosswalkHandler::BatchCreateCrosswalks));
    RETURN_IF_ERROR(
        steps.AddBatch("offices", handlers.offices, &OfficeHandler::BatchCreateOffices));
    RETURN_IF_ERROR(
        steps.AddBatch("partners", handlers.partners, &PartnerHandler::BatchCreatePartners));
    RETURN_IF_ERROR(
        steps.AddBatch("projects", handlers.projects, &ProjectHandler::BatchCreateProjects));
    return steps.Take();
  };
  return LoadSteps(read_steps, versions, now);
}

}  // namespace corridor::programmes
